"""Numbers of pages as files: RFC 4180 CSV with units in the column names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

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
