"""Tables of the workspaces: one way to show, sort, page, add up and download rows.

    table = Table("coupons", _("Coupons of ..."), COLUMNS, rows, _("Coupons appear here when ..."))
    return page(request, "investor/coupons.html", context, table)

The template says `{% include "lmb/_table.html" with table=tables.coupons %}`. `?sort=coupons.par`
or `?sort=-coupons.par` sorts, `?coupons=2` is the second page, `?csv=coupons` downloads every row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page as PageOfRows
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from lmb.values.money import format_cents
from lmb.web import formats
from lmb.web.downloads import csv_response
from lmb.web.workspaces import Words

ROWS_A_PAGE = 12
NOTHING = "–"

Row = Sequence[Any]


class Kind(Enum):
    """What a column holds, and so how it is written and on which side it stands."""

    TEXT = "text"
    LINK = "link"
    TRACE = "trace"
    DAY = "day"
    MOMENT = "moment"
    MONEY = "money"
    COUNT = "count"
    PERCENT = "percent"

    @property
    def is_number(self) -> bool:
        return self in (Kind.MONEY, Kind.COUNT, Kind.PERCENT)


@dataclass(frozen=True, slots=True)
class Link:
    """Text that leads on. In a file only the text stands."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Column:
    """`field` names it in files and addresses, with its unit last; `adds_up`: the last row of the
    table is its sum."""

    field: str
    label: Words
    kind: Kind = Kind.TEXT
    adds_up: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of a table as it is shown; `address` is where its text leads, if anywhere."""

    column: Column
    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """The top of a column: where to click to sort by it, and whether the rows are (`ascending`,
    `descending`)."""

    column: Column
    address: str
    sorted: str


@dataclass(frozen=True, slots=True)
class ShownTable:
    """One page of a table, ready for `lmb/_table.html`."""

    name: str
    caption: Words
    empty: Words
    headings: list[Heading]
    rows: list[list[Cell]]
    sums: list[Cell]
    listed: PageOfRows[Row]
    previous: str
    next: str
    download: str

    @property
    def can_be_sorted(self) -> bool:
        """One row is in order."""
        return self.listed.paginator.count > 1


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns, all of them; `name` is that of the table on its page, `empty` says what
    will appear. A row has one value for each column, None where there is none."""

    name: str
    caption: Words
    columns: Sequence[Column]
    rows: Sequence[Row]
    empty: Words
    rows_a_page: int = ROWS_A_PAGE

    def shown(self, request: HttpRequest) -> ShownTable:
        """The page of the table an address asks for."""
        place, backwards = self._sorting(request)
        rows = self.rows if place is None else _in_order(self.rows, place, backwards)
        listed = Paginator(rows, self.rows_a_page).get_page(request.GET.get(self.name))
        step: Callable[[int], str] = lambda number: _address(request, self.name, str(number))  # noqa: E731
        return ShownTable(
            name=self.name,
            caption=self.caption,
            empty=self.empty,
            headings=[
                self._heading(request, number, place, backwards)
                for number in range(len(self.columns))
            ],
            rows=[
                [_cell(column, value) for column, value in zip(self.columns, row, strict=True)]
                for row in listed
            ],
            sums=self._sums(),
            listed=listed,
            previous=step(listed.previous_page_number()) if listed.has_previous() else "",
            next=step(listed.next_page_number()) if listed.has_next() else "",
            download=_address(request, "csv", self.name),
        )

    def file(self) -> HttpResponse:
        """Every row as CSV, in the order given."""
        header = [column.field for column in self.columns]
        return csv_response(
            self.name.replace("_", "-"),
            header,
            ([_plain(value) for value in row] for row in self.rows),
        )

    def _sorting(self, request: HttpRequest) -> tuple[int | None, bool]:
        asked = request.GET.get("sort", "")
        backwards = asked.startswith("-")
        for place, column in enumerate(self.columns):
            if asked.removeprefix("-") == f"{self.name}.{column.field}":
                return place, backwards
        return None, False

    def _heading(
        self, request: HttpRequest, number: int, place: int | None, backwards: bool
    ) -> Heading:
        column, here = self.columns[number], number == place
        sign = "-" if here and not backwards else ""
        address = _address(request, "sort", f"{sign}{self.name}.{column.field}")
        state = ("descending" if backwards else "ascending") if here else ""
        return Heading(column, address, state)

    def _sums(self) -> list[Cell]:
        """The row at the end; none where nothing adds up or there is nothing to add."""
        if not self.rows or not any(column.adds_up for column in self.columns):
            return []
        return [
            _cell(column, sum(row[place] or 0 for row in self.rows))
            if column.adds_up
            else Cell(column, "")
            for place, column in enumerate(self.columns)
        ]


def page(
    request: HttpRequest, template: str, context: Mapping[str, object], *tables: Table
) -> HttpResponse:
    """A page with tables, or the file of one of them that its address asks for."""
    for table in tables:
        if request.GET.get("csv") == table.name:
            return table.file()
    shown = {table.name: table.shown(request) for table in tables}
    return render(request, template, {**context, "tables": shown})


def _in_order(rows: Sequence[Row], place: int, backwards: bool) -> list[Row]:
    """Rows by one of their values; those without it last, either way."""
    there = [row for row in rows if row[place] is not None]
    missing = [row for row in rows if row[place] is None]
    return sorted(there, key=lambda row: _rank(row[place]), reverse=backwards) + missing


def _rank(value: Any) -> Any:
    if isinstance(value, Link):
        return value.text.casefold()
    return str(value).casefold() if not isinstance(value, int | Decimal | date) else value


def _cell(column: Column, value: Any) -> Cell:
    if value is None:
        return Cell(column, NOTHING)
    if isinstance(value, Link):
        return Cell(column, value.text, value.address)
    if column.kind is Kind.TRACE:
        return Cell(column, _("Trace"), reverse("web:trace", args=[value]))
    return Cell(column, _text(column.kind, value))


def _text(kind: Kind, value: Any) -> str:
    match kind:
        case Kind.MONEY:
            return format_cents(value)
        case Kind.COUNT:
            return value if isinstance(value, str) else f"{value:,}"
        case Kind.PERCENT:
            return formats.percent_text(value)
        case Kind.DAY:
            return formats.day_text(value)
        case Kind.MOMENT:
            return formats.moment_text(value)
        case _:
            return str(value)


def _plain(value: Any) -> object:
    """A value as a file states it: moments and days as ISO 8601, links by their text."""
    if isinstance(value, Link):
        return value.text
    return value.isoformat() if isinstance(value, date | datetime) else value


def _address(request: HttpRequest, name: str, value: str) -> str:
    """The address of this page with one thing asked otherwise."""
    asked = {key: given for key, given in request.GET.items() if key != "csv"}
    return "?" + urlencode({**asked, name: value})
