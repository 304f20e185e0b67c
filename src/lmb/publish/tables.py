"""Tables of counts as CSV: read, and written with what is hidden behind one mark. Pure.

Columns with these names hold figures or say when, all others say which group a row is about:

    period                  2024Q1, or 2023Q3..2024Q2 for all of it; one period where left out
    count                   people of the group; or, in its place,
    numerator, denominator  people of the group with the outcome, and people of the group
    rate_percent            written where both are shown; where it is read it must not tell more
    median_cents            a median over the people of `count` or `numerator`

A blank category is the total over its column; `Ohio > Franklin` lies within `Ohio`. `*` is a hidden
figure: one mark, whether it is small itself or hides another, so that the mark tells nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from lmb.values.columns import Column, Reader, blank_or, text
from lmb.values.errors import InputError, Problem
from lmb.values.quarters import Quarter
from lmb.values.tables import Limits, Row, Table, read_table, table_bytes

HIDDEN = "*"
WITHIN = " > "
LIMITS = Limits(bytes_max=16 * 2**20, rows_max=5_000)
CATEGORY_COLUMNS_MAX = 8
COUNT_MAX = 10**9
CENTS_MAX = 10**13

COUNT, NUMERATOR, DENOMINATOR = "count", "numerator", "denominator"
RATE, MEDIAN, PERIOD = "rate_percent", "median_cents", "period"
_FIGURES = (COUNT, NUMERATOR, DENOMINATOR, RATE, MEDIAN)

Group = tuple[tuple[str, ...], ...]
"""Which people: for each category column the way to it from the total, which is ()."""


class Period(NamedTuple):
    """Quarters from first to last, both included."""

    first: Quarter
    last: Quarter


@dataclass(frozen=True, slots=True)
class CountRow:
    """One row: `counts` by the name of their column, None where hidden; `told` are the texts of
    the columns that follow from counts."""

    line: int
    group: Group
    period: Period | None
    counts: dict[str, int | None]
    told: dict[str, str]


@dataclass(frozen=True, slots=True)
class CountTable:
    """A table as it was read; `header` in the order of the file."""

    file: str
    header: tuple[str, ...]
    categories: tuple[str, ...]
    rows: tuple[CountRow, ...]

    @property
    def measures(self) -> tuple[str, ...]:
        """The columns that count people."""
        return tuple(name for name in (COUNT, NUMERATOR, DENOMINATOR) if name in self.header)

    def place(self, row: CountRow) -> str:
        """A row's group in words, for messages."""
        named = [
            f"{name} {WITHIN.join(way)}"
            for name, way in zip(self.categories, row.group, strict=True)
            if way
        ]
        return ", ".join(named) or "the total"


def read_counts(file: str, content: bytes, *, hidden: bool) -> CountTable:
    """The table of a CSV file. `hidden` says whether figures may be hidden already: not in a table
    that is yet to be protected. Raises InputError with every problem."""
    header = _header(content)
    wrong = _wrong_header(header)
    if wrong is not None:
        raise InputError([Problem(file, 1, None, ",".join(header) or "nothing", wrong)])
    categories = tuple(name for name in header if name not in (*_FIGURES, PERIOD))
    counts = {n: Column(n, _count(hidden)) for n in (COUNT, NUMERATOR, DENOMINATOR) if n in header}
    told = {n: Column(n, blank_or(_TOLD[n](hidden))) for n in (RATE, MEDIAN) if n in header}
    ways = [Column(name, _WAY) for name in categories]
    period = Column(PERIOD, _PERIOD)
    columns: list[Column[Any]] = [
        *ways,
        *counts.values(),
        *told.values(),
        *([period] if PERIOD in header else []),
    ]
    table = read_table(file, content, columns, LIMITS)
    table.report_duplicates(*ways, *([period] if PERIOD in header else []))
    if NUMERATOR in header:
        _check_parts(table, counts[NUMERATOR], counts[DENOMINATOR])

    def build(row: Row) -> CountRow:
        return CountRow(
            row.number,
            tuple(row[way] for way in ways),
            row[period] if PERIOD in header else None,
            {name: row[column] for name, column in counts.items()},
            {name: row[column] or "" for name, column in told.items()},
        )

    return CountTable(file, tuple(header), categories, table.accept(build))


def table_csv(table: CountTable, header: Sequence[str], rows: Sequence[dict[str, str]]) -> bytes:
    """The table with other figures: `rows` in the order of the table, by the names of `header`."""
    lines = []
    for row, figures in zip(table.rows, rows, strict=True):
        texts = {
            **{n: WITHIN.join(way) for n, way in zip(table.categories, row.group, strict=True)},
            PERIOD: period_text(row.period),
            **figures,
        }
        lines.append([texts[name] for name in header])
    return table_bytes(header, lines)


def period_text(period: Period | None) -> str:
    if period is None:
        return ""
    first, last = period
    return str(first) if first == last else f"{first}..{last}"


def _header(content: bytes) -> list[str]:
    first = content[: LIMITS.bytes_max].decode("utf-8", errors="replace").removeprefix("\ufeff")
    return next(csv.reader(io.StringIO(first, newline="")), [])


def _wrong_header(header: Sequence[str]) -> str | None:
    """What is expected where a header names no table of counts."""
    has = set(header)
    if (COUNT in has) == (NUMERATOR in has) or (NUMERATOR in has) != (DENOMINATOR in has):
        return f"a column {COUNT}, or the two columns {NUMERATOR} and {DENOMINATOR}"
    if RATE in has and COUNT in has:
        return f"{RATE} only beside {NUMERATOR} and {DENOMINATOR}"
    if len(has - {*_FIGURES, PERIOD}) > CATEGORY_COLUMNS_MAX:
        return f"at most {CATEGORY_COLUMNS_MAX} columns of categories"
    return None


def _check_parts(
    table: Table, numerator: Column[int | None], denominator: Column[int | None]
) -> None:
    for row in table.rows:
        if not row.has(numerator, denominator):
            continue
        part, whole = row[numerator], row[denominator]
        if part is not None and whole is not None and part > whole:
            table.report(row.number, NUMERATOR, str(part), f"at most the denominator, {whole}")


_WORD = text(200)


def _way(field: str) -> tuple[str, ...]:
    return tuple(_WORD.read(part) for part in field.split(WITHIN)) if field else ()


def _period(field: str) -> Period:
    found = re.fullmatch(r"(\d{4})Q([1-4])(?:\.\.(\d{4})Q([1-4]))?", field, re.ASCII)
    if found is None:
        raise ValueError("no quarter")
    first = Quarter(int(found[1]), int(found[2]))
    last = Quarter(int(found[3]), int(found[4])) if found[3] else first
    if last < first or not 1900 <= first.year <= last.year <= 2199:
        raise ValueError("out of order" if last < first else "out of bounds")
    return Period(first, last)


_WAY = Reader(_way, f"a category, its parents before it with '{WITHIN}' between, or nothing")
_PERIOD = Reader(_period, "a quarter like 2024Q1, or quarters like 2023Q3..2024Q2")


def _count(hidden: bool) -> Reader[int | None]:
    def read(field: str) -> int | None:
        if hidden and field == HIDDEN:
            return None
        if not re.fullmatch(r"0|[1-9][0-9]{0,9}", field) or int(field) > COUNT_MAX:
            raise ValueError("no count")
        return int(field)

    return Reader(read, f"people, 0 to {COUNT_MAX}" + (f", or {HIDDEN}" if hidden else ""))


def _figure(pattern: str, expected: str, hidden: bool) -> Reader[str]:
    def read(field: str) -> str:
        if not (hidden and field == HIDDEN) and not re.fullmatch(pattern, field):
            raise ValueError("no such figure")
        return field

    return Reader(read, expected + (f", or {HIDDEN}" if hidden else ""))


_TOLD = {
    RATE: lambda hidden: _figure(r"[0-9]{1,3}\.[0-9]", "per cent to a tenth", hidden),
    MEDIAN: lambda hidden: _figure(r"[0-9]{1,13}(\.5)?", "cents, half ones as .5", hidden),
}
