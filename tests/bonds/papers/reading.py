"""What stands in a made paper, read back by other programs than those that made it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

from pypdf import PdfReader

from lmb.bonds.linked.phrases import Language
from lmb.bonds.papers.paper import Paper
from lmb.bonds.papers.writing import Writer

MONEY = re.compile(r"-?[$£][\d,]+\.\d\d")
NUMBER = re.compile(r"(?<![\w.-])-?\d[\d,]*(?:\.\d+)?(?![\w-])")


def pdf_text(content: bytes) -> str:
    """The words of a PDF, every break a space."""
    pages = PdfReader(io.BytesIO(content)).pages
    return spaced(" ".join(page.extract_text() for page in pages))


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.skips = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skips = tag == "style"

    def handle_data(self, data: str) -> None:
        if not self.skips:
            self.words.append(data)


def html_text(content: bytes) -> str:
    """The words of an HTML document."""
    parser = _Words()
    parser.feed(content.decode())
    return spaced(" ".join(parser.words))


def spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def figures(node: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value of a paper's data with the name it stands under."""
    if isinstance(node, dict):
        for key, child in node.items():
            yield from figures(child, key)
    elif isinstance(node, list | tuple):
        for child in node:
            yield from figures(child, name)
    else:
        yield name, node


def money_in(paper: Paper) -> set[str]:
    """Every amount of the data as it must be written; of nothing nothing need be said."""
    write = writer(paper)
    return {
        write.money(value)
        for name, value in figures(paper.data)
        if name.endswith("_cents") and value
    } | {
        write.money(int(Decimal(value).scaleb(2)))
        for name, value in figures(paper.data)
        if name.endswith("_dollars")
    }


def days_in(paper: Paper) -> set[str]:
    """Every day of the data as it must be written."""
    write = writer(paper)
    return {
        spaced(write.day(date.fromisoformat(value)))
        for name, value in figures(paper.data)
        if (name.endswith(("_on", "_until")) or name in {"on", "from", "held_from"})
        and value is not None
    }


def numbers_in(paper: Paper) -> set[Decimal]:
    """Every rate, price and count of the data; of nothing nothing need be said."""
    endings = ("_percent", "_per_100", "_per_1000", "bid_to_cover")
    found = {
        Decimal(str(value))
        for name, value in figures(paper.data)
        if value is not None and (name.endswith(endings) or name.startswith("people_"))
    }
    return found - {Decimal(0)}


def numbers_told(text: str) -> set[Decimal]:
    """Every number a text tells."""
    return {Decimal(found.replace(",", "")) for found in NUMBER.findall(text)}


def writer(paper: Paper) -> Writer:
    return Writer(Language(paper.language), {}, str(paper.data.get("currency", "USD")))
