"""The picture of the README is the one the pages draw."""

from __future__ import annotations

from xml.etree import ElementTree

from django.test import Client

from lmb.settlement.report import Report
from tests.web.picture import FILE, picture
from tests.web.support import html


def test_picture_of_the_readme_is_that_of_the_demonstration(
    client: Client, demonstration: Report
) -> None:
    drawn = picture(html(client, "/"))
    assert drawn == FILE.read_text(encoding="utf-8"), "run `python -m tests.web.picture`"


def test_picture_of_the_readme_stands_alone() -> None:
    text = FILE.read_text(encoding="utf-8")
    ElementTree.fromstring(text)
    assert "var(" not in text
    assert "href" not in text
