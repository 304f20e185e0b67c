"""A paper as HTML: a fragment that pages embed, or a whole document that stands alone. Pure.

The markup is a tree, so text is text whatever it holds. Nothing carries a style or script of its
own; the document has one style sheet, named by its hash in a policy that allows nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from xml.etree import ElementTree as Tree

from lmb.bonds.papers.paper import Block, Fact, Facts, Paper, Paragraph, Points, Section, Table
from lmb.bonds.papers.writing import Writer


def html_document(paper: Paper) -> bytes:
    """A whole HTML document, the same bytes for the same paper."""
    root = Tree.Element("html", lang=str(paper.language))
    head = Tree.SubElement(root, "head")
    Tree.SubElement(head, "meta", charset="utf-8")
    policy = {"http-equiv": "Content-Security-Policy", "content": content_policy()}
    Tree.SubElement(head, "meta", policy)
    device = {"name": "viewport", "content": "width=device-width, initial-scale=1"}
    Tree.SubElement(head, "meta", device)
    _text(head, "title", f"{paper.title} · {paper.subject}")
    _text(head, "style", style_sheet())
    body = Tree.SubElement(root, "body")
    Tree.SubElement(body, "main").append(_article(paper))
    return f"<!doctype html>\n{Tree.tostring(root, encoding='unicode', method='html')}\n".encode()


def html_fragment(paper: Paper) -> str:
    """The paper as one `article` with an `h1`, for a page that has style, title and language."""
    article = _article(paper)
    article.set("lang", str(paper.language))
    return Tree.tostring(article, encoding="unicode", method="html")


def content_policy() -> str:
    """The Content-Security-Policy of a document: its one style sheet and nothing else."""
    digest = hashlib.sha256(style_sheet().encode()).digest()
    return f"default-src 'none'; style-src 'sha256-{base64.b64encode(digest).decode()}'"


@cache
def style_sheet() -> str:
    """The style sheet of papers, for pages that embed them."""
    return (resources.files("lmb.bonds.papers") / "paper.css").read_text(encoding="utf-8")


def _article(paper: Paper) -> Tree.Element:
    write = Writer(paper.language, {})
    article = Tree.Element("article", {"class": f"paper paper-{paper.kind}"})
    header = Tree.SubElement(article, "header")
    _text(header, "p", write.say("desk"), "paper-desk")
    _text(header, "h1", paper.title)
    _text(header, "p", paper.subject, "paper-subject")
    meta = [Fact(*told) for told in write.meta(paper.cusip, paper.to, paper.as_of)]
    header.append(_facts(meta, "paper-meta"))
    article.append(_facts(paper.headline, "paper-headline"))
    _text(article, "p", paper.lead, "paper-lead")
    about = Section(write.say("about"), (Points(paper.about),))
    for section in (*paper.sections, about):
        part = Tree.SubElement(article, "section")
        _text(part, "h2", section.title)
        part.extend(_block(block) for block in section.blocks)
    footer = Tree.SubElement(article, "footer")
    _text(footer, "p", write.say("demonstration"))
    _text(footer, "p", f"{write.say('fingerprint')}: {paper.sha256}", "paper-fingerprint")
    return article


def _block(block: Block) -> Tree.Element:
    match block:
        case Paragraph(text, lang):
            return _said(_element("p", text), lang)
        case Points(items, lang):
            points = _said(Tree.Element("ul"), lang)
            for item in items:
                _text(points, "li", item)
            return points
        case Facts(facts):
            return _facts(facts, "paper-facts")
        case Table():
            return _table(block)


def _facts(facts: tuple[Fact, ...] | list[Fact], name: str) -> Tree.Element:
    listed = Tree.Element("dl", {"class": name})
    for fact in facts:
        pair = Tree.SubElement(listed, "div")
        _text(pair, "dt", fact.label)
        _text(pair, "dd", fact.value)
    return listed


def _table(table: Table) -> Tree.Element:
    # A wide table scrolls alone, by keyboard too.
    region = {"class": "paper-table", "role": "region", "tabindex": "0"}
    frame = Tree.Element("div", {**region, "aria-label": table.caption})
    element = Tree.SubElement(frame, "table")
    _text(element, "caption", table.caption)
    head = Tree.SubElement(Tree.SubElement(element, "thead"), "tr")
    for column in table.columns:
        cell = _text(head, "th", column.title, "paper-figure" if column.figures else "")
        cell.set("scope", "col")
    body = Tree.SubElement(element, "tbody")
    for row in table.rows:
        _row(body, row, table)
    if table.total is not None:
        _row(Tree.SubElement(element, "tfoot"), table.total, table)
    return frame


def _row(parent: Tree.Element, cells: tuple[str, ...], table: Table) -> None:
    row = Tree.SubElement(parent, "tr")
    for place, (text, column) in enumerate(zip(cells, table.columns, strict=True)):
        name = "paper-figure" if column.figures else ""
        cell = _said(_text(row, "td" if place else "th", text, name), column.lang)
        if not place:
            cell.set("scope", "row")


def _said(element: Tree.Element, lang: str | None) -> Tree.Element:
    if lang is not None:
        element.set("lang", lang)
    return element


def _text(parent: Tree.Element, tag: str, text: str, name: str = "") -> Tree.Element:
    element = _element(tag, text, name)
    parent.append(element)
    return element


def _element(tag: str, text: str, name: str = "") -> Tree.Element:
    element = Tree.Element(tag, {"class": name} if name else {})
    element.text = text
    return element
