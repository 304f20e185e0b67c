"""A filled form as CSV, as a workbook and as a page: the same bytes of the same form, always."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from itertools import groupby

import xlsxwriter

from lmb.outcomes.reports.form import (
    DOLLARS,
    PERCENT,
    Column,
    Figure,
    Form,
    Line,
    Sheet,
    line_figures,
)
from lmb.values.tables import table_bytes

CSV_HEADER = ("cell", "sheet", "section", "line", "item", "column", "value")

MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""When every workbook says it was made: a clock would change its bytes."""

_FORMATS = {PERCENT: "0.0", DOLLARS: "#,##0.00"}


def form_csv(form: Form) -> bytes:
    """One row for each cell, under its name."""
    return table_bytes(
        CSV_HEADER,
        [
            (
                figure.name,
                sheet.title,
                figure.line.section,
                figure.line.label,
                figure.column.item,
                figure.column.label,
                figure.text,
            )
            for sheet, figure in form.figures()
        ],
    )


def form_workbook(form: Form) -> bytes:
    """A sheet for each of the form, and one for its notes; numbers are numbers."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"title": f"{form.number} {form.title}", "created": MADE})
        bold = book.add_format({"bold": True})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
        formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
        for sheet in form.sheets:
            page = book.add_worksheet(sheet.name[:31])
            page.write_string(0, 0, f"{form.number}: {sheet.title}, {form.period}", bold)
            _write_heads(page, sheet, head)
            for row, line in enumerate(sheet.lines, start=3):
                page.write_string(row, 0, line.section)
                page.write_string(row, 1, line.label)
                for place, figure in enumerate(line_figures(sheet, line), start=2):
                    _write_figure(page, row, place, figure, formats.get(figure.column.kind))
            page.freeze_panes(3, 2)
        notes = book.add_worksheet("notes")
        for row, note in enumerate(_notes(form)):
            notes.write_string(row, 0, note)
        notes.set_column(0, 0, 120)
    return content.getvalue()


def _write_heads(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, head: object) -> None:
    page.write_string(2, 0, "Section", head)
    page.write_string(2, 1, "Group", head)
    page.set_column(0, 1, 28)
    page.set_column(2, len(sheet.columns) + 1, 16)
    for place, column in enumerate(sheet.columns, start=2):
        page.write_string(1, place, column.item, head)
        page.write_string(2, place, column.label, head)


def _write_figure(
    page: xlsxwriter.worksheet.Worksheet, row: int, place: int, figure: Figure, style: object
) -> None:
    value = figure.value
    if isinstance(value, str):
        page.write_string(row, place, value)
    elif value is not None:
        # A workbook keeps a double: exact for counts and for cents below ten trillion dollars.
        page.write_number(row, place, float(value), style)


def form_page(form: Form) -> bytes:
    """An HTML page without scripts: each table has a caption, and heads for rows and columns."""
    title = escape(f"{form.number}: {form.title}")
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n",
        f"<h1>{title}</h1>\n<p>{escape(form.period)}</p>\n",
        *(part for sheet in form.sheets for part in _page_sheet(sheet)),
        "<h2>Notes</h2>\n<ul>\n",
        *(f"<li>{escape(note)}</li>\n" for note in _notes(form)),
        "</ul>\n</main>\n</body>\n</html>\n",
    ]
    return "".join(parts).encode()


_STYLE = (
    "body{font-family:sans-serif;margin:2rem}.wide{overflow-x:auto}"
    "table{border-collapse:collapse;margin-bottom:2rem}caption{text-align:left;font-weight:bold}"
    "th,td{border:1px solid #565c65;padding:.25rem .5rem;vertical-align:top}"
    "td.number{text-align:right;font-variant-numeric:tabular-nums}th[scope^=row]{text-align:left}"
)


def _page_sheet(sheet: Sheet) -> Iterator[str]:
    # A table wider than the page scrolls by itself, and by keyboard too.
    label = escape(sheet.title, quote=True)
    yield f'<h2 id="{escape(sheet.name, quote=True)}">{label}</h2>\n'
    yield f'<div class="wide" role="region" aria-label="{label}" tabindex="0">\n<table>\n'
    yield f"<caption>{label}</caption>\n<thead>\n<tr>\n"
    yield '<th scope="col">Group</th>\n'
    yield from (f'<th scope="col">{_page_head(column)}</th>\n' for column in sheet.columns)
    yield "</tr>\n</thead>\n"
    for section, lines in groupby(sheet.lines, key=lambda line: line.section):
        yield "<tbody>\n"
        if section:
            columns = len(sheet.columns) + 1
            yield f'<tr><th scope="rowgroup" colspan="{columns}">{escape(section)}</th></tr>\n'
        for line in lines:
            yield from _page_line(sheet, line)
        yield "</tbody>\n"
    yield "</table>\n</div>\n"


def _page_head(column: Column) -> str:
    item = f"Item {column.item}. " if column.item else ""
    return escape(item + column.label)


def _page_line(sheet: Sheet, line: Line) -> Iterator[str]:
    yield f'<tr><th scope="row">{escape(line.label)}</th>'
    for figure in line_figures(sheet, line):
        kind = "" if isinstance(figure.value, str) else ' class="number"'
        yield f"<td{kind}>{escape(_shown(figure))}</td>"
    yield "</tr>\n"


def _shown(figure: Figure) -> str:
    """As people read it: a unit at rates and money, a dash where there is nothing."""
    if figure.value is None:
        return "–"
    if isinstance(figure.value, str):
        return figure.value
    if figure.column.kind == DOLLARS:
        return f"${figure.value:,}"
    return f"{figure.value:,}" + (" %" if figure.column.kind == PERCENT else "")


def _notes(form: Form) -> Iterator[str]:
    yield from form.notes
    if form.not_reported:
        yield f"Not reported, as the file has no such column: {', '.join(form.not_reported)}."
