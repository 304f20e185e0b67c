"""A paper as PDF, tagged for screen readers (PDF/UA-1): the same bytes for the same paper. Pure.

The template is code of ours; a paper reaches it as data, so no text of a paper is ever read as
markup. Fonts are those the compiler carries within, whatever the machine has installed.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from functools import cache
from importlib import resources
from threading import local
from typing import Any

import typst

from lmb.bonds.papers.paper import Block, Fact, Facts, Paper, Paragraph, Points, Table
from lmb.bonds.papers.writing import Writer

STANDARDS: list[Any] = ["ua-1"]
PICTURE_PPI = 110

_of_thread = local()


def pdf_document(paper: Paper) -> bytes:
    """The PDF of a paper, dated the day the paper is as of."""
    made = _compiler().compile(
        input=_template(),
        format="pdf",
        sys_inputs=_inputs(paper),
        pdf_standards=STANDARDS,
        timestamp=datetime.combine(paper.as_of, time(), UTC),
    )
    assert isinstance(made, bytes), "without a path the compiler hands the file back"
    return made


def pictures(paper: Paper, ppi: float = PICTURE_PPI) -> list[bytes]:
    """The pages of a paper as PNG pictures, for people to look at."""
    made = _compiler().compile(input=_template(), format="png", sys_inputs=_inputs(paper), ppi=ppi)
    assert made is not None, "without a path the compiler hands the pictures back"
    return [made] if isinstance(made, bytes) else list(made)


def _compiler() -> typst.Compiler:
    """A compiler for each thread: it keeps what the last paper was made of."""
    found: typst.Compiler | None = getattr(_of_thread, "compiler", None)
    if found is None:
        fonts = typst.Fonts(include_system_fonts=False)
        found = typst.Compiler(_template(), font_paths=fonts, ignore_system_fonts=True)
        _of_thread.compiler = found
    return found


@cache
def _template() -> bytes:
    return (resources.files("lmb.bonds.papers") / "paper.typ").read_bytes()


def _inputs(paper: Paper) -> dict[str, str]:
    write = Writer(paper.language, {})
    meta = [Fact(*told) for told in write.meta(paper.cusip, paper.to, paper.as_of)]
    content = {
        "lang": str(paper.language),
        "desk": write.say("desk"),
        "title": paper.title,
        "subject": paper.subject,
        "meta": _pairs(meta),
        "headline": _pairs(paper.headline),
        "lead": paper.lead,
        "sections": [
            {"title": section.title, "blocks": [_block(block) for block in section.blocks]}
            for section in paper.sections
        ],
        "about": {"title": write.say("about"), "items": list(paper.about)},
        "page": write.say("page", page="{page}", pages="{pages}"),
        "demonstration": write.say("demonstration"),
        "fingerprint": f"{write.say('fingerprint')}: {paper.sha256}",
    }
    return {"paper": json.dumps(content)}


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Paragraph(text, lang):
            return {"is": "paragraph", "text": text, "lang": lang}
        case Points(items, lang):
            return {"is": "points", "items": list(items), "lang": lang}
        case Facts(facts):
            return {"is": "facts", "facts": _pairs(facts)}
        case Table(caption, columns, rows, total):
            return {
                "is": "table",
                "caption": caption,
                "columns": [
                    {"title": c.title, "figures": c.figures, "share": c.share, "lang": c.lang}
                    for c in columns
                ],
                "rows": [list(row) for row in rows],
                "total": None if total is None else list(total),
            }


def _pairs(facts: tuple[Fact, ...] | list[Fact]) -> list[list[str]]:
    return [[fact.label, fact.value] for fact in facts]
