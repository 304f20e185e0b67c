"""The examples of the file reference are files the importers read."""

from __future__ import annotations

import re

from lmb.config.paths import CLONE
from lmb.facts.importers.earnings_csv import load_earnings
from lmb.facts.importers.people_csv import load_people


def test_the_examples_of_people_and_earnings_load() -> None:
    page = (CLONE / "docs" / "reference" / "files.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```csv\n(.*?)```", page, flags=re.DOTALL)
    assert len(blocks) == 3
    people = load_people("people.csv", blocks[1].encode())
    assert len(people) == 5
    assert len(load_earnings("earnings.csv", blocks[2].encode(), people)) == 4
