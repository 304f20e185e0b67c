"""Files of rows into exact columns: CSV, CSV in gzip, or Parquet.

A number in CSV is the decimal that is written. A floating-point column of Parquet means the
decimals of at most 15 digits that it holds, where all of its numbers are such; otherwise the
exact binary numbers. So the same data gives the same columns, and the same fingerprint, in any of
these files.
"""

from __future__ import annotations

import gzip
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from lmb.outcomes.estimators.columns import ROWS_MAX, Column, Int64Array, codes_of
from lmb.outcomes.estimators.request import Labels
from lmb.values.canonical import canonical_bytes
from lmb.values.errors import InputError, Problem

FILE_BYTES_MAX = 2**32
FORMAT = "lmb-frozen-table/1"

_PARQUET_MAGIC, _GZIP_MAGIC = b"PAR1", b"\x1f\x8b"
_PLAIN_NUMBER = r"^-?[0-9]{1,18}(\.[0-9]{1,18})?$"
_DECIMAL_DIGITS = 38
_EXACT_DIGITS = 15
_EXPONENT_MAX = 60


@dataclass(frozen=True, slots=True)
class Rows:
    """The columns of a file that were asked for, as they came."""

    file: str
    table: pa.Table

    def number(self, name: str) -> Column:
        """A column of numbers. Raises InputError, naming row and column, for anything else."""
        chunked = self.table[name]
        self._refuse_blank(chunked, name)
        kind = chunked.type
        if pa.types.is_dictionary(kind):
            chunked, kind = chunked.cast(kind.value_type), kind.value_type
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            return self._from_text(chunked, name)
        if pa.types.is_boolean(kind) or pa.types.is_integer(kind):
            return Column.of(name, chunked.cast(pa.int64()).to_numpy())
        if pa.types.is_floating(kind):
            return self._from_floats(chunked.cast(pa.float64()).to_numpy(), name)
        if pa.types.is_decimal(kind):
            return _exact(name, [Fraction(value) for value in chunked.to_pylist()])
        raise self._problem(None, name, f"a column of {kind}", "numbers")

    def labels(self, name: str) -> Labels:
        """A column of labels of any kind, told as text."""
        self._refuse_blank(self.table[name], name)
        codes, distinct = codes_of(self.table[name].to_pylist())
        return Labels(name, codes, distinct)

    def _refuse_blank(self, chunked: pa.ChunkedArray, name: str) -> None:
        blank = pc.is_null(chunked)
        if pa.types.is_string(chunked.type):
            blank = pc.or_(blank, pc.equal(chunked, ""))
        row = _first(blank)
        if row is not None:
            expected = "a value in every row: leave rows out by the terms' rule for missing data"
            raise self._problem(row, name, "nothing", expected)

    def _from_text(self, chunked: pa.ChunkedArray, name: str) -> Column:
        plain = pc.match_substring_regex(chunked, _PLAIN_NUMBER)
        if pc.all(plain).as_py() is not True:
            return self._from_unusual_text(chunked, name)
        point = pc.find_substring(chunked, ".")
        behind = pc.subtract(pc.subtract(pc.utf8_length(chunked), point), 1)
        longest = pc.max(pc.if_else(pc.equal(point, -1), 0, behind)).as_py() or 0
        if longest == 0:
            return Column.of(name, chunked.cast(pa.int64()).to_numpy())
        scaled = chunked.cast(pa.decimal128(_DECIMAL_DIGITS, longest))
        return _shortened(name, _unscaled(scaled), longest)

    def _from_unusual_text(self, chunked: pa.ChunkedArray, name: str) -> Column:
        """Numbers with exponents or many digits, one by one."""
        values = []
        for row, text in enumerate(chunked.to_pylist()):
            try:
                value = Decimal(text)
            except InvalidOperation:
                value = Decimal("NaN")
            in_bounds = value.is_finite() and abs(value.adjusted()) <= _EXPONENT_MAX
            if not in_bounds or len(text) > _EXPONENT_MAX:
                raise self._problem(row, name, repr(text[:60]), "a number like -12.5")
            values.append(Fraction(value))
        return _exact(name, values)

    def _from_floats(self, values: npt.NDArray[np.float64], name: str) -> Column:
        row = _first(pa.array(~np.isfinite(values)))
        if row is not None:
            raise self._problem(row, name, str(values[row]), "a finite number")
        for places in range(_EXACT_DIGITS + 1):
            multiples = np.rint(values * 10.0**places)
            if np.abs(multiples).max(initial=0) >= 10.0**_EXACT_DIGITS:
                break
            # Both sides are exact, so a correctly rounded quotient says whether the decimal
            # reads as this number; below 15 digits it is then the only one that does.
            if np.array_equal(multiples / 10.0**places, values):
                return _shortened(name, multiples.astype(np.int64), places)
        if np.abs(np.frexp(values)[1]).max(initial=0) > _EXPONENT_MAX:
            raise self._problem(None, name, "numbers beyond 2^60 or below 2^-60", "nearer to 1")
        return Column.of_binary(name, values)

    def _problem(self, row: int | None, name: str, found: str, expected: str) -> InputError:
        line = None if row is None else row + 2
        return InputError([Problem(self.file, line, name, found, expected)])


def read_rows(path: Path, names: Sequence[str]) -> Rows:
    """Read the named columns of a file. Raises InputError for one that is not there or a file
    that is none of these kinds."""
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise _unreadable(path, "more than 4 GiB", "a smaller file")
        with path.open("rb") as file:
            magic = file.read(4)
        if magic == _PARQUET_MAGIC:
            header, read = pq.read_schema(path).names, _read_parquet
        else:
            header, read = _csv_header(path, magic), _read_csv
        missing = [name for name in names if name not in header]
        if missing:
            shown = ", ".join(header[:40])
            raise InputError([Problem(path.name, 1, n, "no such column", shown) for n in missing])
        table = read(path, list(dict.fromkeys(names)))
    except (OSError, EOFError, UnicodeDecodeError, pa.ArrowException) as error:
        raise _unreadable(path, str(error).splitlines()[0], "CSV, gzip CSV or Parquet") from error
    if not 0 < len(table) <= ROWS_MAX:
        raise _unreadable(path, f"{len(table):,} rows", f"1 to {ROWS_MAX:,} rows")
    return Rows(path.name, table)


def fingerprint_rows(columns: Sequence[tuple[str, Column | Labels]]) -> str:
    """The SHA-256 of rows whatever their order: a line that says what the columns are, then each
    row as whole numbers with commas, rows in ascending order of the columns as they are named.

    Labels stand as their place in the header's list. One line ends with one newline.
    """
    parts: list[tuple[str, Int64Array]] = []
    described: list[dict[str, Any]] = []
    for role, column in columns:
        if isinstance(column, Labels):
            described.append({"role": role, "name": column.name, "labels": list(column.distinct)})
            parts.append((role, column.codes))
            continue
        entry = {"role": role, "name": column.name, "unit": str(column.unit)}
        described.append({**entry, "words": len(column.words)})
        # The highest word first, so that rows are in the order of their numbers.
        for place in reversed(range(len(column.words))):
            parts.append((f"{role}.{place}", column.words[place]))
    table = pa.table(dict(parts))
    ordered = table.sort_by([(name, "ascending") for name, _ in parts])
    body = io.BytesIO()
    pa_csv.write_csv(ordered, body, pa_csv.WriteOptions(include_header=False))
    digest = hashlib.sha256(canonical_bytes({"format": FORMAT, "columns": described}) + b"\n")
    digest.update(body.getbuffer())
    return digest.hexdigest()


def _csv_header(path: Path, magic: bytes) -> list[str]:
    opened = gzip.open if magic[:2] == _GZIP_MAGIC else open
    with opened(path, "rb") as file:
        line = file.readline(2**20)
    parsed = pa_csv.read_csv(io.BytesIO(line), pa_csv.ReadOptions(autogenerate_column_names=True))
    if len(parsed) != 1:
        raise _unreadable(path, "no header line", "a first line with the names of the columns")
    names = [str(column[0].as_py()) for column in parsed.columns]
    return [names[0].removeprefix("\ufeff"), *names[1:]]


def _read_csv(path: Path, names: list[str]) -> pa.Table:
    options = pa_csv.ConvertOptions(
        include_columns=names, column_types=dict.fromkeys(names, pa.string())
    )
    with path.open("rb") as file:
        gzipped = file.read(2) == _GZIP_MAGIC
    with pa.input_stream(str(path), compression="gzip" if gzipped else None) as stream:
        return pa_csv.read_csv(stream, convert_options=options)


def _read_parquet(path: Path, names: list[str]) -> pa.Table:
    return pq.read_table(path, columns=names)


def _unreadable(path: Path, found: str, expected: str) -> InputError:
    return InputError([Problem(path.name, None, None, found, expected)])


def _first(mask: Any) -> int | None:
    """The first place where a mask holds, if it holds anywhere."""
    place: int = pc.index(mask, True).as_py()
    return None if place < 0 else place


def _unscaled(scaled: pa.ChunkedArray) -> npt.NDArray[Any]:
    """The whole numbers behind decimal128: 16 bytes each, the lower 8 first."""
    array = scaled.combine_chunks()
    chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    parts = []
    for chunk in chunks:
        words = np.frombuffer(chunk.buffers()[1], dtype=np.int64)
        words = words[2 * chunk.offset : 2 * (chunk.offset + len(chunk))]
        low, high = words[::2], words[1::2]
        if np.array_equal(high, low >> 63):
            parts.append(low)
        else:
            unsigned = low.view(np.uint64).astype(object)
            parts.append(unsigned + (high.astype(object) << 64))
    return np.concatenate(parts)


def _shortened(name: str, multiples: npt.NDArray[Any], places: int) -> Column:
    """Without decimals that are zero in every row, so that 1.50 and 1.5 are the same."""
    while places and not (multiples % 10).any():
        multiples, places = multiples // 10, places - 1
    return Column.of(name, multiples, Fraction(1, 10**places))


def _exact(name: str, values: Sequence[Fraction]) -> Column:
    bottom = lcm(*(value.denominator for value in values))
    # Decimals: the smallest power of ten that all are multiples of.
    places = next((p for p in range(2 * _EXPONENT_MAX) if 10**p % bottom == 0), None)
    whole = bottom if places is None else 10**places
    return Column.of(name, [int(value * whole) for value in values], Fraction(1, whole))
