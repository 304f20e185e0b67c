"""Files of periods and wages, checked and turned into the relations the engines read.

    CSV or Parquet ──every field read strictly──▶ canonical Parquet in a folder ──▶ relation
         └── anything wrong ──▶ InputError: file, row, column, found, expected; nothing is loaded

A row is a line of a CSV file (the header is row 1) or a record of a Parquet file (from 1).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lmb.outcomes.indicators.columns import FileColumn
from lmb.values.errors import InputError, Problem

PROBLEMS_MAX = 1_000
"""Problems listed of one file; the others are counted."""

LINE_BYTES_MAX = 1 << 20
"""No line of a CSV file is longer."""

SHOWN_CHARACTERS_MAX = 60


@dataclass(frozen=True, slots=True)
class Breach:
    """What must not be so between the fields of one row: SQL over the canonical columns, the
    column to name, and what is expected there instead."""

    condition: str
    column: str
    expected: str


PERIOD_BREACHES = (
    Breach("exit_date < entry_date", "exit_date", "a date not before entry_date"),
    Breach(
        "exit_reason <> 0 AND exit_date IS NULL",
        "exit_reason",
        "nothing, as there is no exit_date",
    ),
    Breach(
        "msg_completed_date < msg_enrolled_date",
        "msg_completed_date",
        "a date not before msg_enrolled_date",
    ),
    Breach(
        "credential_date IS NOT NULL AND credential_type = 0",
        "credential_date",
        "nothing, as credential_type names no credential",
    ),
)


@dataclass(frozen=True, slots=True)
class _Source:
    """A file as SQL: `table` has a column of text for each name in `present`."""

    table: str
    present: frozenset[str]
    first_row: int


def load(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    path: Path,
    columns: Sequence[FileColumn],
    folder: Path,
    breaches: Sequence[Breach] = (),
    unique: str | None = None,
) -> None:
    """Make the relation `name` of a CSV or Parquet file, kept in canonical form in `folder`.

    Raises InputError with the problems of the file: fields that cannot be read, breaches, and
    values of the column `unique` that stand more than once.
    """
    if path.suffix == ".parquet":
        source = _parquet(connection, path, columns)
    else:
        source = _comma_separated(path, columns)
    target = folder / f"{name}.parquet"
    try:
        connection.execute(
            f"COPY (SELECT {_read(columns, source)}, {_good(columns, source)} AS good "
            f"FROM {source.table}) TO '{_escaped(target)}' (FORMAT parquet)"
        )
    except duckdb.Error as error:
        found = str(error).splitlines()[0]
        expected = "a file of rows that can be read"
        raise InputError([Problem(path.name, None, None, found, expected)]) from error
    connection.from_parquet(str(target)).create_view(name, replace=True)
    problems = list(_rejected(connection, path.name)) if source.first_row == 2 else []
    lines = [problem.row for problem in problems if problem.row is not None]
    if not _none(connection, f"SELECT 1 FROM {name} WHERE NOT good LIMIT 1"):
        problems += _unreadable(connection, path.name, columns, source, lines)
    if not problems:
        problems += _broken(connection, name, path.name, columns, source, breaches)
        problems += [] if unique is None else _repeated(connection, path.name, source, unique)
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.row or 0))


def _comma_separated(path: Path, columns: Sequence[FileColumn]) -> _Source:
    """The CSV dialect of the house: UTF-8, commas, double quotes, one header line."""
    with path.open("rb") as file:
        first = file.readline(LINE_BYTES_MAX)
    try:
        text = first.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(path.name, 1, None, "bytes that are not UTF-8", "UTF-8 text")
        raise InputError([problem]) from error
    header = next(csv.reader([text.rstrip("\r\n")]), [])
    _check_header(path.name, header, columns)
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in header)
    return _Source(
        f"read_csv('{_escaped(path)}', header = true, auto_detect = false, delim = ',', "
        f"quote = '\"', escape = '\"', columns = {{{types}}}, store_rejects = true, "
        f"rejects_limit = {PROBLEMS_MAX}, max_line_size = {LINE_BYTES_MAX})",
        frozenset(header),
        first_row=2,
    )


def _parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, columns: Sequence[FileColumn]
) -> _Source:
    """A Parquet file with the same columns, of text or of the type of their content."""
    try:
        relation = connection.from_parquet(str(path))
    except duckdb.Error as error:
        found = str(error).splitlines()[0]
        raise InputError([Problem(path.name, None, None, found, "a Parquet file")]) from error
    _check_header(path.name, relation.columns, columns)
    texts = []
    for column, type_ in zip(relation.columns, relation.types, strict=True):
        text = f'CAST("{column}" AS VARCHAR)'
        if str(type_) == "BOOLEAN":
            text = f'CAST(CAST("{column}" AS TINYINT) AS VARCHAR)'
        elif str(type_).endswith("[]"):
            text = f"nullif(array_to_string(\"{column}\", ';'), '')"
        texts.append(f"nullif({text}, '') AS \"{column}\"")
    return _Source(
        f"(SELECT {', '.join(texts)} FROM read_parquet('{_escaped(path)}'))",
        frozenset(relation.columns),
        first_row=1,
    )


def _check_header(file: str, header: Sequence[str], columns: Sequence[FileColumn]) -> None:
    known = {column.name for column in columns}
    expected = "the columns " + ",".join(column.name for column in columns)
    problems = [
        Problem(file, 1, name[:SHOWN_CHARACTERS_MAX], "an unknown column", expected)
        for name in header
        if name not in known
    ]
    problems += [
        Problem(file, 1, name, "the column a second time", "each column once")
        for name in sorted(known)
        if list(header).count(name) > 1
    ]
    problems += [
        Problem(file, 1, column.name, "no such column", f"a column with {column.told}")
        for column in columns
        if column.required and column.name not in header
    ]
    if problems:
        raise InputError(problems)


def _read(columns: Sequence[FileColumn], source: _Source) -> str:
    return ", ".join(
        f"CAST({_value(column, source)} AS {column.type}) AS {column.canonical}"
        for column in columns
    )


def _value(column: FileColumn, source: _Source) -> str:
    return column.read(f'"{column.name}"') if column.name in source.present else column.default


def _good(columns: Sequence[FileColumn], source: _Source) -> str:
    return " AND ".join(
        f"({column.good(_text(column))})" for column in columns if column.name in source.present
    )


def _text(column: FileColumn) -> str:
    return f'"{column.name}"'


def _numbered(source: _Source) -> str:
    """The rows with their place in the file, which costs their order: only where something is
    wrong."""
    return f"(SELECT row_number() OVER () - 1 AS place, * FROM {source.table})"


def _rejected(connection: duckdb.DuckDBPyConnection, file: str) -> Iterator[Problem]:
    """Lines no fields could be made of: wrong number of fields, open quotes, not UTF-8."""
    found = connection.execute(
        "SELECT DISTINCT ON (line) line, lower(CAST(error_type AS VARCHAR)), error_message "
        "FROM reject_errors ORDER BY line, column_idx"
    ).fetchall()
    for line, kind, message in found:
        expected = "UTF-8 text" if kind == "invalid encoding" else "one field for each column"
        yield Problem(file, int(line), None, f"{kind} ({message.split('.')[0]})", expected)
    connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")


def _unreadable(
    connection: duckdb.DuckDBPyConnection,
    file: str,
    columns: Sequence[FileColumn],
    source: _Source,
    rejected: Sequence[int],
) -> list[Problem]:
    """Every field that cannot be read, in the order of the file."""
    present = [column for column in columns if column.name in source.present]
    flags = ", ".join(f"{column.good(_text(column))}" for column in present)
    texts = ", ".join(map(_text, present))
    connection.execute("SET preserve_insertion_order = true")
    rows = connection.execute(
        f"SELECT place, [{flags}], [{texts}] FROM {_numbered(source)} "
        f"WHERE NOT ({_good(columns, source)}) ORDER BY place LIMIT {PROBLEMS_MAX}"
    ).fetchall()
    return [
        Problem(file, _row(source, place, rejected), column.name, _shown(text), column.told)
        for place, good, texts in rows
        for column, is_good, text in zip(present, good, texts, strict=True)
        if not is_good
    ][:PROBLEMS_MAX]


def _broken(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    file: str,
    columns: Sequence[FileColumn],
    source: _Source,
    breaches: Sequence[Breach],
) -> list[Problem]:
    """Fields that contradict each other."""
    problems: list[Problem] = []
    for breach in breaches:
        if _none(connection, f"SELECT 1 FROM {name} WHERE {breach.condition} LIMIT 1"):
            continue
        connection.execute("SET preserve_insertion_order = true")
        rows = connection.execute(
            f"SELECT place, CAST({breach.column} AS VARCHAR) FROM (SELECT row_number() OVER () - 1 "
            f"AS place, {_read(columns, source)} FROM {source.table}) WHERE {breach.condition} "
            f"ORDER BY place LIMIT {PROBLEMS_MAX}"
        ).fetchall()
        problems += [
            Problem(file, _row(source, place, ()), breach.column, _shown(text), breach.expected)
            for place, text in rows
        ]
    return problems[:PROBLEMS_MAX]


def _repeated(
    connection: duckdb.DuckDBPyConnection, file: str, source: _Source, column: str
) -> list[Problem]:
    repeated = f'SELECT "{column}" FROM {source.table} GROUP BY 1 HAVING count(*) > 1'
    if _none(connection, f"{repeated} LIMIT 1"):
        return []
    connection.execute("SET preserve_insertion_order = true")
    rows = connection.execute(
        f'SELECT * FROM (SELECT place, "{column}", min(place) OVER (PARTITION BY "{column}") '
        f'AS first FROM {_numbered(source)} WHERE "{column}" IN ({repeated})) '
        f"WHERE place > first ORDER BY place LIMIT {PROBLEMS_MAX}"
    ).fetchall()
    return [
        Problem(
            file,
            _row(source, place, ()),
            column,
            f"{_shown(text)} as in row {_row(source, first, ())}",
            "each only once",
        )
        for place, text, first in rows
    ]


def _row(source: _Source, place: int, rejected: Sequence[int]) -> int:
    """The line of the n-th row that could be split, past the lines that could not."""
    row = place + source.first_row
    for line in sorted(set(rejected)):
        row += line <= row
    return row


def _none(connection: duckdb.DuckDBPyConnection, query: str) -> bool:
    return connection.execute(query).fetchone() is None


def _shown(text: str | None) -> str:
    if text is None:
        return "nothing"
    return repr(text if len(text) <= SHOWN_CHARACTERS_MAX else text[:SHOWN_CHARACTERS_MAX] + "…")


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
