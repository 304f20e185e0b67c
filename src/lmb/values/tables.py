"""Reading a CSV file a person gives: all of its problems at once, or all of its rows.

    bytes ──read_table──▶ Table ──cross-row checks report more──▶ accept ──▶ rows, or InputError

The dialect is RFC 4180 with \\n, \\r\\n or \\r line ends: commas, double quotes, one header line,
UTF-8 with or without a byte order mark. Empty lines are skipped. Nothing is read beyond the limits.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from lmb.values.columns import Column
from lmb.values.errors import InputError, Problem

T = TypeVar("T")
R = TypeVar("R")

_UNREADABLE = object()
"""Stands where a field could not be read. Not None: a blank field reads as None."""

_UNKNOWN = object()
"""Stands where a text was not read before."""

_KNOWN_TEXTS_MAX = 10_000
"""Texts of one column whose values are remembered."""

_NOT_TEXT = re.compile("[\\0\udc80-\udcff]")
"""NUL, and what Python makes of bytes that are not UTF-8 (PEP 383)."""

_NEEDS_QUOTES = re.compile('[",\r\n]')

_FOUND_CHARACTERS_MAX = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may hold. Problems beyond `problems_max` are counted, not listed."""

    bytes_max: int = 64 * 2**20
    rows_max: int = 1_000_000
    problems_max: int = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row as far as it could be read. `number` is the line of the file it starts on."""

    number: int
    _places: Mapping[str, int]
    _values: tuple[object, ...]

    def has(self, *columns: Column[Any]) -> bool:
        """Whether all these fields could be read; a blank field that may be blank could."""
        for column in columns:
            place = self._places.get(column.name)
            if place is None or self._values[place] is _UNREADABLE:
                return False
        return True

    def __getitem__(self, column: Column[T]) -> T:
        """The value of a field. Raises KeyError where it could not be read: ask `has` first, or
        wait for `Table.accept`, which hands out whole rows only."""
        value = self._values[self._places[column.name]]
        if value is _UNREADABLE:
            raise KeyError(column.name)
        return cast(T, value)


@dataclass(slots=True)
class Table:
    """A file that was read: its rows, and what is wrong with it so far.

    Rows with an unreadable field are here too, so that checks across rows (duplicates, unknown
    people) still see their readable fields and one run reports everything.
    """

    file: str
    limits: Limits
    rows: list[Row] = field(default_factory=list)
    _problems: list[Problem] = field(default_factory=list)
    _unlisted: int = 0

    def report(self, row: int | None, column: str | None, found: str, expected: str) -> None:
        """Add a problem; `row` is a line of the file, None for the file as a whole."""
        if len(self._problems) < self.limits.problems_max:
            self._problems.append(Problem(self.file, row, column, found, expected))
        else:
            self._unlisted += 1

    def report_duplicates(self, *columns: Column[Any]) -> None:
        """Report every row whose values in these columns stood in an earlier row."""
        first_rows: dict[tuple[object, ...], int] = {}
        names = ", ".join(column.name for column in columns)
        for row in self.rows:
            if not row.has(*columns):
                continue
            key = tuple(row[column] for column in columns)
            first = first_rows.setdefault(key, row.number)
            if first != row.number:
                shown = ", ".join("nothing" if part is None else str(part) for part in key)
                self.report(
                    row.number, names, f"{_quoted(shown)} as in row {first}", "each only once"
                )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All problems in the order of the file; the last one counts those not listed."""
        listed = sorted(self._problems, key=lambda problem: problem.row or 0)
        if self._unlisted:
            more = f"{self._unlisted:,} more problems"
            listed.append(Problem(self.file, None, None, more, "none; these are not listed"))
        return tuple(listed)

    def accept(self, build: Callable[[Row], R]) -> tuple[R, ...]:
        """Every row turned into a value by `build`. Raises InputError with all problems."""
        if self._problems:
            raise InputError(self.problems)
        return tuple(build(row) for row in self.rows)


def read_table(
    file: str, content: bytes, columns: Sequence[Column[Any]], limits: Limits | None = None
) -> Table:
    """Read a CSV file whose header names exactly these columns, in any order.

    Never raises for what the file holds: problems stand in the table until `accept`.
    """
    table = Table(file, limits or Limits())
    if len(content) > table.limits.bytes_max:
        found = f"{len(content):,} bytes"
        table.report(None, None, found, f"at most {table.limits.bytes_max:,} bytes")
        return table
    decoded = content.decode("utf-8", errors="surrogateescape").removeprefix("\ufeff")
    records = csv_records(table, decoded)
    header = next(records, None)
    if header is None:
        table.report(1, None, "an empty file", f"a header: {_names(columns)}")
        return table
    _check_header(table, header[1], columns)
    by_name = {column.name: column for column in columns}
    read_columns = [by_name.get(name) for name in header[1]]
    # A header without one known name is another kind of file: its rows would only add noise.
    if any(read_columns):
        _read_rows(table, records, header[1], read_columns)
    return table


def table_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV file that `read_table` reads back: UTF-8, \\n line ends, quotes only where needed."""
    lines = [",".join(map(_written, row)) or '""' for row in (header, *rows)]
    return ("\n".join(lines) + "\n").encode()


def undecodable(text: str) -> bool:
    """Whether a text was no UTF-8, or has a NUL in it."""
    return _NOT_TEXT.search(text) is not None


def _written(text: str) -> str:
    # Not csv.writer: before Python 3.13 it leaves a lone \r bare, which ends a row when read.
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text


def csv_records(table: Table, text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it starts on. A broken one is reported and left out."""
    # newline="" keeps line ends inside quotes as they are; csv wants it so.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            table.report(line, None, str(error), "fields with commas between and quotes closed")
            continue
        if record:
            yield line, record


def _check_header(table: Table, header: list[str], columns: Sequence[Column[Any]]) -> None:
    expected = f"the columns {_names(columns)}"
    known = {column.name for column in columns}
    for index, name in enumerate(header):
        if name not in known:
            table.report(1, _shown(name), f"an unknown column {_quoted(name)}", expected)
        elif name in header[:index]:
            table.report(1, name, "the column a second time", "each column once")
    for column in columns:
        if column.name not in header:
            wanted = f"a column {column.name} with {column.reader.expected}"
            table.report(1, column.name, "no such column", wanted)


def _read_rows(
    table: Table,
    records: Iterator[tuple[int, list[str]]],
    header: list[str],
    columns: list[Column[Any] | None],
) -> None:
    places = {name: place for place, name in enumerate(header)}
    known = [_Known() for _ in columns]
    for count, (number, record) in enumerate(records, start=1):
        if count > table.limits.rows_max:
            found = f"more than {table.limits.rows_max:,} rows"
            table.report(number, None, found, f"at most {table.limits.rows_max:,} rows")
            return
        if len(record) != len(columns):
            found, expected = f"{len(record)} fields", f"{len(columns)} fields as in the header"
            table.report(number, None, found, expected)
            continue
        values = [values_of.get(text, _UNKNOWN) for values_of, text in zip(known, record)]  # noqa: B905 - checked above
        for place, value in enumerate(values):
            if value is _UNKNOWN:
                text = record[place]
                value = _value(table, number, columns[place], text)
                values[place] = known[place].keep(text, value)
        table.rows.append(Row(number, places, tuple(values)))


class _Known(dict[str, object]):
    """What the texts of one column were read as: most columns say few things many times."""

    def keep(self, text: str, value: object) -> object:
        if value is not _UNREADABLE and len(self) < _KNOWN_TEXTS_MAX:
            self[text] = value
        return value


def _value(table: Table, number: int, column: Column[Any] | None, text: str) -> object:
    if column is None:
        return _UNREADABLE
    if undecodable(text):
        table.report(number, column.name, _quoted(text), "UTF-8 text without NUL bytes")
        return _UNREADABLE
    try:
        return cast(object, column.reader.read(text))
    except ValueError as error:
        found = "nothing" if text == "" else f"{_quoted(text)} ({_reason(error, text)})"
        table.report(number, column.name, found, column.reader.expected)
        return _UNREADABLE


def _reason(error: ValueError, text: str) -> str:
    """Why, without saying the field a second time."""
    return str(error).removeprefix(repr(text)).strip()


def _names(columns: Sequence[Column[Any]]) -> str:
    return ",".join(column.name for column in columns)


def _shown(text: str) -> str:
    """Text that prints on one line and is not too long."""
    return _quoted(text)[1:-1]


def _quoted(text: str) -> str:
    if len(text) > _FOUND_CHARACTERS_MAX:
        text = text[:_FOUND_CHARACTERS_MAX] + "…"
    return repr(text)
