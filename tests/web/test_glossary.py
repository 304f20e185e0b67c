"""The glossary has one source, both languages, and every word the pages link to."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.text import slugify

from lmb.web.glossary import entries, entry, parse
from tests.web.support import WEB, html, words


def test_both_languages_have_the_same_entries_in_their_own_order() -> None:
    english, spanish = entries("en"), entries("es")
    assert len(english) > 30
    assert {found.key for found in english} == {found.key for found in spanish}
    for listed in (english, spanish):
        assert [slugify(found.term) for found in listed] == sorted(
            slugify(found.term) for found in listed
        )
    assert entry("auction", "en").definition.startswith("The sale of a new bond.")
    assert entry("auction", "es").term == "Subasta"


def test_page_shows_every_entry_under_the_key_that_links_use(client: Client) -> None:
    markup = html(client, "/glossary/")
    for found in entries("en"):
        assert f'id="{found.key}"' in markup
        assert found.definition in words(markup)


def test_every_word_a_template_links_to_is_explained() -> None:
    used = {
        key
        for path in WEB.rglob("*.html")
        for key in re.findall(r'{% term "([^"]+)"', path.read_text())
    }
    assert used
    assert used <= {found.key for found in entries("en")}


def test_link_carries_the_definition_in_the_language_of_the_page(
    client: Client, demonstration: object
) -> None:
    for page, language in (("/", "en"), ("/es/", "es")):
        assert f'title="{entry("bonus", language).definition}"' in html(client, page)


def test_entry_without_spanish_is_refused() -> None:
    with pytest.raises(ValueError, match="'## Auction' needs a paragraph in English"):
        parse("# Glossary\n\n## Auction\n\nThe sale.\n\n## Coupon\n\nInterest.\n", "en")
