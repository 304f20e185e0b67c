"""What pages give as files: numbers as RFC 4180 CSV with units in the column names, and papers of a
bond as PDF."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language

from lmb.bonds.linked.phrases import Language
from lmb.bonds.papers.paper import Paper
from lmb.values.canonical import sha256_hex

Row = Sequence[object]


def csv_response(name: str, header: Row, rows: Iterable[Row]) -> HttpResponse:
    """A CSV download: comma, CRLF, quotes where needed; an unknown value is an empty field."""
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow(header)
    writer.writerows(rows)
    response = HttpResponse(
        content.getvalue(), content_type="text/csv; charset=utf-8; header=present"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def paper_language() -> Language:
    """The language of the page in that of papers."""
    return Language((get_language() or "en")[:2])


def paper_response(paper: Paper, *about: object) -> HttpResponse:
    """A paper as a PDF to keep, named by its kind and what it is about."""
    # The compiler takes a while to load: other pages do without.
    from lmb.bonds.papers.pdf import pdf_document

    response = HttpResponse(pdf_document(paper), content_type="application/pdf")
    name = "-".join(str(part) for part in (*about, paper.kind))
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def public_paper(request: HttpRequest, paper: Paper) -> HttpResponse:
    """A paper for everyone: whoever has it already is told so by its ETag, the SHA-256 of the
    file."""
    response = paper_response(paper, paper.cusip)
    tag = f'"{sha256_hex(response.content)}"'
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    return get_conditional_response(request, etag=tag, response=response) or response
