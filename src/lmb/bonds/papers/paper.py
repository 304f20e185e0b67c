"""A paper as content: what is said, in which order, before anybody sets it in type. Pure.

    builder (one a kind of paper) ──▶ Paper ──▶ pdf, html, json: all from the same sentences

Texts are plain, final and in the paper's language; no renderer reads markup out of them. `data` are
the figures a paper tells in machine form: cents, days as ISO 8601, rates as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lmb.bonds.linked.phrases import Language
from lmb.values.canonical import Document, fingerprint

FORMAT = "lmb-paper/1"


class PaperKind(StrEnum):
    """The papers a bond has over its life."""

    OFFERING = "offering"
    ANNOUNCEMENT = "announcement"
    RESULTS = "results"
    CONFIRMATION = "confirmation"
    HOLDINGS = "holdings"
    COUPON = "coupon"
    REDEMPTION = "redemption"
    IMPACT = "impact"
    TAX = "tax"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing by its name."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `lang` is given where it is not in the paper's language."""

    text: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Points:
    """Sentences one under another; `lang` as a paragraph's."""

    items: tuple[str, ...]
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Things by their names, one a line."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. Figures stand right. A column with a `share` gets that part of the
    room which those without, as wide as what they hold, leave."""

    title: str
    figures: bool = False
    share: int = 0
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns, the first cell naming its row. `total` is the last row, set apart."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        widths = {len(row) for row in (*self.rows, self.total or self.columns)}
        if widths - {len(self.columns)}:
            raise ValueError(f"{self.caption}: a row has as many cells as there are columns")


Block = Paragraph | Points | Facts | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. `subject` is the bond, `cusip` its CUSIP (empty where there is none, or several),
    `to` whom it is made for (nobody where it is for all), `headline` its one to four most important
    figures, `lead` the sentence that says it all, and `about` what every reader has to know of the
    figures: their unit and where they come from.
    """

    kind: PaperKind
    language: Language
    title: str
    subject: str
    cusip: str
    to: str
    as_of: date
    headline: tuple[Fact, ...]
    lead: str
    sections: tuple[Section, ...]
    about: tuple[str, ...]
    data: Mapping[str, Document]

    @property
    def sha256(self) -> str:
        """The fingerprint of its figures: two papers with the same one tell the same, in
        whichever language and form."""
        return fingerprint(self.figures())

    def figures(self) -> dict[str, Document]:
        """Its figures alone, as the JSON form has them."""
        return {
            "format": FORMAT,
            "kind": str(self.kind),
            "as_of": self.as_of.isoformat(),
            **self.data,
        }
