"""What several tests of the pages use."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path

from babel.messages.extract import extract
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation.template import templatize

import lmb.web
from lmb.ledger import queries as ledger
from lmb.settlement.report import Report

WEB = Path(lmb.web.__file__).parent
FUNCTIONS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
TRANSFER_CODES = (
    "accrued-interest",
    "allocation",
    "bond-price",
    "bonus",
    "completion-tranche",
    "delivery",
    "deposit",
    "enrolment-tranche",
    "grant",
    "grant-return",
    "interest",
    "interest-appropriation",
    "placement-tranche",
    "principal",
    "principal-appropriation",
    "retirement",
    "return",
    "treasury-return",
    "tuition",
    "tuition-released",
)

Message = tuple[str | None, str | tuple[str, ...]]
"""A context, and a text or its forms by number."""


def catalog_folders() -> list[Path]:
    """The folders of the pages that keep their own words: each workspace, and what they share."""
    return sorted(locale.parent for locale in WEB.rglob("locale"))


def messages_in_code(folder: Path) -> set[Message]:
    """Every text to translate in a folder's Python files and templates, but for those of folders
    inside it that keep their own words."""
    inner = [other for other in catalog_folders() if folder in other.parents]
    found: set[Message] = set()
    for path in sorted(folder.rglob("*")):
        if any(other in path.parents for other in inner):
            continue
        if path.suffix == ".py":
            found |= _extracted(path.read_text())
        elif path.suffix == ".html":
            # Markup is indented as markup is; to the reader of Python that would mean something.
            code = templatize(path.read_text(), origin=str(path))
            found |= _extracted(re.sub(r"(?m)^[ \t]+", "", code))
    return found


def _extracted(code: str) -> set[Message]:
    rows = extract("python", io.BytesIO(code.encode()), FUNCTIONS)
    return {
        (context, text if isinstance(text, str) else tuple(text)) for _, text, _, context in rows
    }


def bond_address(report: Report) -> str:
    return f"/bonds/{report.bond.id}/"


def pages(report: Report) -> list[str]:
    """One address of every kind of page, in English and Spanish."""
    assert report.outcome is not None
    assert report.auction is not None
    traced = [
        report.payments[-1].determination,
        report.outcome.determination,
        report.auction.determination,
        *(first(report, code) for code in ("bonus", "placement-tranche", "treasury-return")),
    ]
    english = ["/", bond_address(report), "/trace/", "/receipt/", "/audit/", "/glossary/"]
    english += [f"/trace/{identifier}/" for identifier in traced]
    return [language + page for page in english for language in ("", "/es")]


def every_kind_of_trace(report: Report) -> list[str]:
    """A trace from each kind of transfer, its journal and its cause."""
    found: dict[str, None] = {}
    for code in TRANSFER_CODES:
        for moved in ledger.movements(report.cell, code=code)[:1]:
            cause = moved.determination or moved.instruction
            found |= dict.fromkeys(
                f"/trace/{identifier}/" for identifier in (moved.id, moved.journal, cause)
            )
    assert len(found) > 3 * len(TRANSFER_CODES) / 2
    return list(found)


def first(report: Report, code: str) -> str:
    """The identifier of the first transfer of a code."""
    return str(ledger.movements(report.cell, code=code)[0].id)


def html(client: Client, address: str) -> str:
    """A page's markup; anything but success fails."""
    response = client.get(address)
    assert response.status_code == 200, f"{address}: {response.status_code}"
    return response.content.decode()


def posted(client: Client, address: str, given: Mapping[str, object]) -> str:
    """What a page says to a form; anything but success fails."""
    response = client.post(address, given)
    assert response.status_code == 200, f"{address}: {response.status_code}"
    return words(response.content.decode())


def give(client: Client, text: str, language: str = "") -> str:
    """What the page of receipts says to a pasted text."""
    return posted(client, f"{language}/receipt/", {"receipt": text})


def give_file(client: Client, content: bytes) -> str:
    """What the page of receipts says to a file."""
    file = SimpleUploadedFile("paid.tlog-proof", content)
    return posted(client, "/receipt/", {"receipt": "", "file": file})


def words(markup: str) -> str:
    """What a page says: its text with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())
