"""Every paper, in both languages: the figures it was given, whole and alone, and the same bytes."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from string import Formatter
from typing import Any

import pytest
from pypdf import PdfReader

from lmb.bonds.linked.phrases import Language
from lmb.bonds.papers import html, pdf, writing
from lmb.bonds.papers.html import html_document, html_fragment
from lmb.bonds.papers.paper import Column, Paper, Points, Section, Table
from lmb.bonds.papers.pdf import pdf_document
from lmb.config.paths import CLONE
from tests.bonds.papers.reading import (
    MONEY,
    days_in,
    html_text,
    money_in,
    numbers_in,
    numbers_told,
    pdf_text,
)
from tests.bonds.papers.samples import HOSTILE, SAMPLES, coupon, impact

EVERY = [
    pytest.param(make, language, id=f"{name}-{language}")
    for name, make in SAMPLES.items()
    for language in Language
]
MODULES = (
    "auction",
    "confirmation",
    "coupon",
    "holdings",
    "impact",
    "offering",
    "redemption",
    "tax",
)
PHRASES = {
    f"{name}/{key}": texts
    for name in MODULES
    for key, texts in import_module(f"lmb.bonds.papers.{name}").PHRASES.items()
} | {f"shared/{key}": texts for key, texts in writing.SHARED.items()}

Make = Callable[[Language], Paper]


@pytest.mark.parametrize(("make", "language"), EVERY)
def test_a_paper_tells_every_figure_it_was_given_and_no_other_amount(
    make: Make, language: Language
) -> None:
    paper = make(language)
    for text in (pdf_text(pdf_document(paper)), html_text(html_document(paper))):
        told = set(MONEY.findall(text)) - {"$0.00", "£0.00"}
        assert money_in(paper) <= told, money_in(paper) - told
        # The trace, and what people wrote into terms, tell amounts of their own.
        if paper.kind not in {"offering", "coupon"}:
            assert told <= money_in(paper) | _derived(paper), told - money_in(paper)
        assert days_in(paper) <= set(filter(text.__contains__, days_in(paper)))
        assert numbers_in(paper) <= numbers_told(text), numbers_in(paper) - numbers_told(text)
        for name in ("terms_sha256", "account", "reference", "cusip"):
            assert str(paper.data.get(name, "")) in text
        assert paper.sha256 in text


def _derived(paper: Paper) -> set[str]:
    """Amounts a paper adds up for its readers: sums of columns and running balances."""
    sums: set[str] = set()
    for section in paper.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                sums |= {cell for cell in block.total or () if MONEY.fullmatch(cell)}
                running = [row[-1] for row in block.rows if paper.kind == "holdings"]
                sums |= {cell for cell in running if MONEY.fullmatch(cell)}
                bought = [cell for row in block.rows for cell in row if MONEY.fullmatch(cell)]
                sums |= set(bought) if paper.kind == "confirmation" else set()
    return sums


@pytest.mark.parametrize(("make", "language"), EVERY)
def test_the_same_values_give_the_same_bytes(
    make: Make, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, again = make(language), make(language)
    assert html_document(paper) == html_document(again)
    first = pdf_document(paper)
    # A compiler that has made nothing before, as in another process.
    monkeypatch.delattr(pdf._of_thread, "compiler")
    assert pdf_document(again) == first


def test_another_process_makes_the_same_bytes() -> None:
    program = (
        "import django; django.setup();"
        "from tests.bonds.papers.test_papers import fingerprint_of_all; print(fingerprint_of_all())"
    )
    surroundings = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LANG": "C"}
    surroundings["DJANGO_SETTINGS_MODULE"] = "lmb.config.settings"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=CLONE,
        env=surroundings,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == fingerprint_of_all()


def fingerprint_of_all() -> str:
    """One hash over every sample in both forms."""
    papers = [make(Language.SPANISH) for make in SAMPLES.values()]
    made = [form(paper) for paper in papers for form in (html_document, pdf_document)]
    return hashlib.sha256(b"".join(made)).hexdigest()


@pytest.mark.parametrize("make", SAMPLES.values(), ids=SAMPLES)
def test_both_languages_tell_the_same_figures(make: Make) -> None:
    english, spanish = make(Language.ENGLISH), make(Language.SPANISH)
    assert english.sha256 == spanish.sha256
    assert english.title != spanish.title
    assert english.lead != spanish.lead


@pytest.mark.parametrize(("make", "language"), EVERY)
def test_a_pdf_is_tagged_titled_and_in_its_language(make: Make, language: Language) -> None:
    paper = make(language)
    reader = PdfReader(io.BytesIO(pdf_document(paper)))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == str(language)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = reader.metadata
    assert metadata is not None
    assert metadata.title == f"{paper.title} · {paper.subject}"
    assert metadata.creation_date is not None
    assert metadata.creation_date.date() == paper.as_of
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    kinds = set(_kinds(root["/StructTreeRoot"]))
    assert {"/Title", "/H1", "/P"} <= kinds
    tables = [b for s in paper.sections for b in s.blocks if isinstance(b, Table)]
    assert {"/Table", "/TH", "/TD", "/Caption"} <= kinds or not tables


def _kinds(node: Any) -> list[str]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return [kind for child in node for kind in _kinds(child)]
    if not isinstance(node, dict):
        return []
    own = [str(node["/S"])] if "/S" in node else []
    return own + (_kinds(node["/K"]) if "/K" in node else [])


@pytest.mark.parametrize(("make", "language"), EVERY)
def test_a_page_has_no_style_or_script_of_its_own_but_the_one_its_policy_names(
    make: Make, language: Language
) -> None:
    document = html_document(make(language)).decode()
    assert f'<html lang="{language}">' in document
    assert document.count("<style>") == 1
    assert html.content_policy().replace("'", "&#x27;") in document or (
        html.content_policy() in document
    )
    assert not re.search(r"<script|style=| on\w+=|javascript:|https?://", document)
    fragment = html_fragment(make(language))
    assert fragment.startswith(f'<article class="paper paper-{make(language).kind}"')
    assert "<style" not in fragment


def test_text_is_text_whatever_it_holds() -> None:
    paper = coupon(Language.ENGLISH)
    table = Table(HOSTILE, (Column(HOSTILE, share=1), Column("b")), ((HOSTILE, HOSTILE),))
    sections = (Section(HOSTILE, (table, Points((HOSTILE,)))),)
    hostile = replace(paper, subject=HOSTILE, to=HOSTILE, lead=HOSTILE, sections=sections)
    plain = html_text(html_document(hostile))
    assert plain.count(HOSTILE) == 10  # the title of the window is one of them
    printed = pdf_text(pdf_document(hostile))
    assert printed.count('#panic("x")') == 9
    assert "<script>alert(1)</script>" in printed


def test_what_is_in_another_language_says_so() -> None:
    document = html_document(coupon(Language.SPANISH)).decode()
    assert '<td lang="en">vintage 1' in document or 'lang="en"' in document
    assert 'lang="en"' not in html_document(impact(Language.SPANISH)).decode()


def test_a_table_with_a_row_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="as many cells as there are columns"):
        Table("Amounts", (Column("a"), Column("b")), (("1",),))


@pytest.mark.parametrize("key", sorted(PHRASES))
def test_every_language_fills_in_the_same_names(key: str) -> None:
    english, spanish = (
        {name for _, name, _, _ in Formatter().parse(text) if name} for text in PHRASES[key]
    )
    assert english == spanish
