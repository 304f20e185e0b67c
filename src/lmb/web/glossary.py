"""The words of the field, read from `docs/glossary.md`: the one source for tooltips and page.

The file stays in `docs/`, where people who read the repository find it. It is read from the
clone, as translations and page assets are: the project is only ever installed from its clone, in
place, so a copy inside the package would be a second source for nothing.

    ## Auction
    What it means, in English.
    > **Subasta.** What it means, in Spanish.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.text import slugify

SOURCE = Path(__file__).resolve().parents[3] / "docs" / "glossary.md"

_ENTRY = re.compile(
    r"^## (?P<term>[^\n]+)\n+(?P<english>[^>]+?)\n+> \*\*(?P<termino>[^*]+)\.\*\* (?P<spanish>.+)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A word and its meaning in one language; `key` is the same in all of them."""

    key: str
    term: str
    definition: str


def entry(key: str, language: str) -> Entry:
    """One entry. Raises KeyError for a word the glossary does not have."""
    return _entries(language)[key]


def entries(language: str) -> list[Entry]:
    """All entries in the alphabet of a language."""
    return sorted(_entries(language).values(), key=lambda found: slugify(found.term))


@cache
def _entries(language: str) -> dict[str, Entry]:
    return parse(SOURCE.read_text(encoding="utf-8"), language)


def parse(text: str, language: str) -> dict[str, Entry]:
    """The entries of a glossary's text by key. Raises ValueError for one that is incomplete."""
    found = {}
    for section in re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]:
        match = _ENTRY.match(section)
        if match is None:
            raise ValueError(
                f"the glossary entry {section.splitlines()[0]!r} needs a paragraph in English and "
                "one in Spanish that starts with `> **Término.**`"
            )
        key = slugify(match["term"])
        term, meaning = (
            (match["termino"], match["spanish"])
            if language == "es"
            else (match["term"], match["english"])
        )
        found[key] = Entry(key, term, _one_line(meaning))
    return found


def _one_line(paragraph: str) -> str:
    return " ".join(re.sub(r"^> ?", "", paragraph, flags=re.MULTILINE).split())
