"""Files whose rows go out again with columns added: CSV or Parquet, in as out.

    bytes ──read_row_file──▶ RowFile ──values──▶ checks report more ──▶ with_columns ──▶ bytes

Columns that are not asked for go through untouched. Every problem is reported before anything is
written. A row is named by its line in a CSV file, where the header is row 1, and counted from 1 in
a Parquet file. The dialect of CSV is that of `lmb.values.tables`.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from lmb.values.columns import Column
from lmb.values.errors import InputError
from lmb.values.tables import Limits, Table, csv_records, table_bytes, undecodable

T = TypeVar("T")

FILE_LIMITS = Limits(bytes_max=256 * 2**20, rows_max=1_000_000)
BYTES_PER_ROW_MAX = 4_096
"""Of a Parquet file once it is unpacked: what is small on disk may not be so in memory."""

_PARQUET_MARK = b"PAR1"
_SIMILAR = 0.7


@dataclass(frozen=True, slots=True)
class Added:
    """A column to add: numbers as whole multiples of 10 to the power of minus `places`."""

    name: str
    units: Sequence[int]
    places: int

    def texts(self) -> list[str]:
        """Plain decimal numbers with all their decimals."""
        scale = 10**self.places
        return [
            f"{'-' if unit < 0 else ''}{abs(unit) // scale}.{abs(unit) % scale:0{self.places}d}"
            for unit in self.units
        ]


class RowFile:
    """A file that was read: its rows, and what is wrong with them so far (`problems`)."""

    def __init__(
        self, problems: Table, header: Sequence[str], numbers: Sequence[int], rows: _Rows
    ) -> None:
        self.problems = problems
        self.numbers = numbers
        self.header = header
        self._rows = rows

    def values(self, column: Column[T]) -> list[T | None]:
        """A column as its reader reads it; None where it cannot, which is reported, and in a
        column the file has not."""
        if column.name not in self.header:
            return [None] * len(self.numbers)
        # Dates and coupons come again and again: each is read once.
        read: dict[str, T | None] = {}
        unreadable: dict[str, str] = {}
        texts = self._rows.texts(column.name)
        for number, text in zip(self.numbers, texts, strict=True):
            if text not in read:
                try:
                    read[text] = column.reader.read(text)
                except ValueError as error:
                    reason = str(error).removeprefix(repr(text)).strip()
                    read[text] = None
                    unreadable[text] = f"{text[:60]!r} ({reason})" if text else "nothing"
            if text in unreadable:
                expected = column.reader.expected
                self.problems.report(number, column.name, unreadable[text], expected)
        return [read[text] for text in texts]

    def report(self, row: int, column: str, found: str, expected: str) -> None:
        """Add a problem of a row, which is counted from 0 here."""
        self.problems.report(self.numbers[row], column, found, expected)

    def refuse_problems(self) -> None:
        """Raise InputError with all problems, if there are any."""
        _refuse(self.problems)

    def with_columns(self, *added: Added) -> bytes:
        """The same rows with these columns at the end, in the file's own format. A column of the
        same name gives way to the new one, so that a result may come in again."""
        self.refuse_problems()
        return self._rows.with_columns(self.header, added)


def read_row_file(
    name: str,
    content: bytes,
    columns: Sequence[Column[Any]],
    optional: Sequence[Column[Any]] = (),
    limits: Limits = FILE_LIMITS,
) -> RowFile:
    """A CSV or Parquet file that has at least these columns. Raises InputError where its header
    or all of it is wrong: no row could be judged then. What is wrong with rows is only reported."""
    problems = Table(name, limits)
    if len(content) > limits.bytes_max:
        found = f"{len(content):,} bytes"
        problems.report(None, None, found, f"at most {limits.bytes_max:,} bytes")
        _refuse(problems)
    if content.startswith(_PARQUET_MARK):
        file = _read_parquet(problems, content)
    else:
        file = _read_csv(problems, content)
    before = len(problems.problems)
    _check_header(problems, file.header, columns, optional)
    if len(problems.problems) > before:
        _refuse(problems)
    return file


def _refuse(problems: Table) -> None:
    if problems.problems:
        raise InputError(problems.problems)


def _check_header(
    problems: Table,
    header: Sequence[str],
    columns: Sequence[Column[Any]],
    optional: Sequence[Column[Any]],
) -> None:
    for column in columns:
        if column.name not in header:
            expected = f"a column {column.name} with {column.reader.expected}"
            problems.report(1, column.name, "no such column", expected)
    for place, name in enumerate(header):
        if name in header[:place]:
            problems.report(1, name, "the column a second time", "each column once")
    known = {column.name for column in (*columns, *optional)}
    for column in optional:
        for name in header:
            # A column that was misspelled would go unread, and the figures be wrong unnoticed.
            if column.name not in header and name not in known and _resemble(name, column.name):
                expected = f"{column.name}, if that is meant, or a name less like it"
                problems.report(1, name, f"the column {name!r}", expected)


def _resemble(name: str, other: str) -> bool:
    first_word = other.partition("_")[0]
    plain, other = (text.casefold().replace("_", "").replace(" ", "") for text in (name, other))
    return plain.startswith(first_word) or SequenceMatcher(None, plain, other).ratio() >= _SIMILAR


# ── CSV ───────────────────────────────────────────────────────────────────────────────────────


class _CsvRows:
    def __init__(self, header: Sequence[str], records: list[list[str]]) -> None:
        self._header = header
        self._records = records

    def texts(self, name: str) -> list[str]:
        place = self._header.index(name)
        return [record[place] for record in self._records]

    def with_columns(self, header: Sequence[str], added: Sequence[Added]) -> bytes:
        names = {column.name for column in added}
        kept = [place for place, name in enumerate(header) if name not in names]
        columns = [[record[place] for record in self._records] for place in kept]
        columns += [column.texts() for column in added]
        written = [*(header[place] for place in kept), *(column.name for column in added)]
        return table_bytes(written, zip(*columns, strict=True))


def _read_csv(problems: Table, content: bytes) -> RowFile:
    text = content.decode("utf-8", errors="surrogateescape").removeprefix("\ufeff")
    lines = csv_records(problems, text)
    _, header = next(lines, (1, []))
    if not header:
        problems.report(1, None, "an empty file", "a header with the names of the columns")
        _refuse(problems)
    numbers: list[int] = []
    records: list[list[str]] = []
    for number, record in lines:
        if len(record) != len(header):
            found, expected = f"{len(record)} fields", f"{len(header)} fields as in the header"
            problems.report(number, None, found, expected)
            continue
        if len(records) == problems.limits.rows_max:
            limit = f"{problems.limits.rows_max:,} rows"
            problems.report(number, None, f"more than {limit}", f"at most {limit}")
            break
        numbers.append(number)
        records.append(record)
    if undecodable(text):
        for number, record in zip([1, *numbers], [header, *records], strict=True):
            for name, field in zip(header, record, strict=True):
                if undecodable(field):
                    expected = "UTF-8 text without NUL bytes"
                    problems.report(number, ascii(name)[1:-1], ascii(field)[:60], expected)
    return RowFile(problems, header, numbers, _CsvRows(header, records))


# ── Parquet ───────────────────────────────────────────────────────────────────────────────────


class _ParquetRows:
    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def texts(self, name: str) -> list[str]:
        return [_text(value) for value in self._table.column(name).to_pylist()]

    def with_columns(self, header: Sequence[str], added: Sequence[Added]) -> bytes:
        table = self._table
        # Whoever reckons in floating point gets it back; everyone else gets exact decimals.
        floating = any(pa.types.is_floating(field.type) for field in table.schema)
        for column in added:
            if column.name in header:
                table = table.drop_columns([column.name])
            if floating:
                values = [unit / 10**column.places for unit in column.units]
                table = table.append_column(column.name, pa.array(values, pa.float64()))
            else:
                exact = [Decimal(unit).scaleb(-column.places) for unit in column.units]
                kind = pa.decimal128(38, column.places)
                table = table.append_column(column.name, pa.array(exact, kind))
        sink = io.BytesIO()
        pq.write_table(table, sink)
        return sink.getvalue()


_Rows = _CsvRows | _ParquetRows


def _read_parquet(problems: Table, content: bytes) -> RowFile:
    table = pa.table({})
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        rows = file.metadata.num_rows
        unpacked = sum(
            file.metadata.row_group(group).total_byte_size
            for group in range(file.metadata.num_row_groups)
        )
        if rows > problems.limits.rows_max:
            expected = f"at most {problems.limits.rows_max:,} rows"
            problems.report(None, None, f"{rows:,} rows", expected)
        elif unpacked > max(rows, 1_000) * BYTES_PER_ROW_MAX:
            expected = f"at most {BYTES_PER_ROW_MAX:,} bytes a row"
            problems.report(None, None, f"{unpacked:,} bytes unpacked", expected)
        else:
            table = file.read()
    except (pa.ArrowException, OSError) as error:
        shown = " ".join(str(error).split())[:200]
        problems.report(None, None, f"what cannot be read ({shown})", "a whole Parquet file")
    _refuse(problems)
    numbers = range(1, table.num_rows + 1)
    return RowFile(problems, table.column_names, numbers, _ParquetRows(table))


def _text(value: object) -> str:
    """A value as CSV would have it, so that both formats are read by the same readers."""
    match value:
        case None:
            return ""
        case str():
            return value
        case float():
            return format(Decimal(repr(value)), "f")
        case Decimal():
            return format(value, "f")
        case datetime() if value.time() == time.min:
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)
