"""Files of participant records: read, checked, and parted into accepted and quarantined.

    file ──sieve──▶ suspect rows ──every check, in SQL──▶ Receipt, findings of the rows that fail
      └──────────all rows──▶ every check ──part──▶ accepted.csv, quarantine.csv, reasons.csv

A row of a file is a line of it. Quarantined rows stay as they came, in a file of the same form:
corrected there, it is checked like any other.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from lmb.facts.importers.pirl.catalogue import REJECT, Check, checks
from lmb.facts.importers.pirl.layout import NUMBER, Layout, shipped, versions
from lmb.facts.importers.pirl.sieve import Sieve, UnsievedError
from lmb.values.errors import ConflictError, InputError, Problem
from lmb.values.quarters import Quarter
from lmb.values.tables import table_bytes

FINDINGS_MAX = 1_000
"""Findings told of one file; all are counted, and `reasons.csv` has all."""

ROWS_MAX = 10**9
LINE_BYTES_MAX = 1 << 20
MEMORY_MB = 1_000
SHOWN_CHARACTERS_MAX = 60
ACCEPTED, QUARANTINE, REASONS = "accepted.csv", "quarantine.csv", "reasons.csv"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check one row fails. `found` is what its fields hold, as `element=text`."""

    row: int
    check: str
    severity: str
    elements: tuple[str, ...]
    found: str
    message: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a file: `rejected` rows fail a check of severity reject or could not be split;
    `warned` ones fail only warnings. `left_out` are checks that need the quarter of the report."""

    file: str
    sha256: str
    layout: str
    rows: int
    rejected: int
    warned: int
    failed: Mapping[str, int]
    left_out: tuple[str, ...]
    findings: tuple[Finding, ...] = field(repr=False)

    @property
    def accepted(self) -> int:
        return self.rows - self.rejected


@dataclass(frozen=True, slots=True)
class _Source:
    """A file of records in the order of a `PirlFile`; `lines` are those of the file it was taken
    from, where it is not the file itself."""

    path: Path
    has_header: bool
    lines: Sequence[int] | None = None

    def line(self, row: int) -> int:
        """The line of the whole file that a row of this one stood on."""
        return row if self.lines is None else self.lines[row - 1]


class PirlFile:
    """One file under one layout, ready to be checked and parted."""

    def __init__(self, path: Path, layout: Layout, report: Quarter | None = None) -> None:
        """Raises InputError where the file is not in this layout version at all."""
        self.path, self.layout, self.report = path, layout, report
        self.order, self.has_header = _order(path, layout)
        self.whole = _Source(path, self.has_header)
        self.checks = tuple(
            check
            for check in checks(layout)
            if (report is not None or not check.needs_report)
            and set(check.elements) <= set(self.order) | {"100"}
        )
        self.left_out = tuple(
            check.id for check in checks(layout) if check.needs_report and report is None
        )

    def check(self) -> Receipt:
        """Check every row; all findings are counted, the first of them told."""
        with _engine() as connection, tempfile.TemporaryDirectory(prefix="lmb-pirl-") as name:
            suspects = Path(name) / "suspects.csv"
            try:
                with suspects.open("wb") as file:
                    sieve = Sieve(self.layout, self.order, self.checks, self.report)
                    found = sieve.sieve(self.path, file, has_header=self.has_header)
            except UnsievedError:
                return self._checked(connection, self.whole, _sha256(self.path))
            source = _Source(suspects, has_header=False, lines=found.suspects)
            return self._checked(connection, source, found.sha256, found.faultless)

    def part(self, folder: Path) -> Receipt:
        """Check every row and write the accepted ones, the others and their reasons into a folder
        that is new: all three files or none. Raises ConflictError where it exists."""
        if folder.exists():
            raise ConflictError(f"{folder} exists already: name a new folder")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with (
            _engine() as connection,
            tempfile.TemporaryDirectory(prefix=".pirl-", dir=folder.parent) as name,
        ):
            receipt = self._checked(connection, self.whole, _sha256(self.path))
            parted = Path(name) / "parted"
            parted.mkdir()
            self._write(connection, parted, receipt.failed)
            parted.replace(folder)
        return receipt

    def _checked(
        self,
        connection: duckdb.DuckDBPyConnection,
        source: _Source,
        sha256: str,
        faultless: int = 0,
    ) -> Receipt:
        """What every check says of a source, and of so many rows beside it without fault."""
        (rows,) = _row(connection, f"SELECT count(*) FROM {self._records(source)}")
        _broken_lines(connection)
        # A filter leaves a row at the first check it fails, so only failing rows are counted
        # check by check.
        anything = " OR ".join(f"({check.failing})" for check in self.checks)
        flags = ", ".join(f"{check.failing} AS c{n}" for n, check in enumerate(self.checks))
        counts = ", ".join(f"count(CASE WHEN c{n} THEN 1 END)" for n, _ in enumerate(self.checks))
        rejects = " OR ".join(
            f"c{n}" for n, check in enumerate(self.checks) if check.severity == REJECT
        )
        failing, rejected, *failed = _row(
            connection,
            f"SELECT count(*), count(CASE WHEN {rejects} THEN 1 END), {counts} "
            f"FROM (SELECT {flags} FROM ({self._typed(source)}) WHERE {anything})",
        )
        broken = _broken_lines(connection)
        counted = zip(self.checks, failed, strict=True)
        by_check = {check.id: count for check, count in counted if count}
        findings = [*broken, *self._findings(connection, source, broken, by_check, FINDINGS_MAX)]
        return Receipt(
            self.path.name,
            sha256,
            self.layout.version,
            faultless + rows + len(broken),
            rejected + len(broken),
            failing - rejected,
            {"line": len(broken), **by_check} if broken else by_check,
            self.left_out,
            tuple(
                replace(each, row=source.line(each.row))
                for each in sorted(findings, key=lambda each: each.row)[:FINDINGS_MAX]
            ),
        )

    def _findings(
        self,
        connection: duckdb.DuckDBPyConnection,
        source: _Source,
        broken: Sequence[Finding],
        failed: Collection[str],
        rows_max: int,
    ) -> Iterator[Finding]:
        """What fails in the first rows that fail any of these checks, in the order of the file."""
        failing = [check for check in self.checks if check.id in failed]
        if not failing:
            return
        elements = dict.fromkeys(number for check in failing for number in check.elements)
        texts = ", ".join(f"e{number}" for number in elements)
        flags = ", ".join(check.failing for check in failing)
        found = connection.execute(
            f"SELECT place, [{flags}], [{texts}] FROM ({self._typed(source, numbered=True)}) "
            f"WHERE list_bool_or([{flags}]) ORDER BY place LIMIT {rows_max}"
        )
        lines = [each.row for each in broken]
        while rows := found.fetchmany(1_000):
            for place, fails, values in rows:
                record = dict(zip(elements, values, strict=True))
                for check, is_failing in zip(failing, fails, strict=True):
                    if is_failing:
                        yield self._finding(self._line(place, lines, source), check, record)

    def _finding(self, row: int, check: Check, record: Mapping[str, str | None]) -> Finding:
        found = ", ".join(
            f"{number}={_shown(record[number])}" for number in check.elements if number in record
        )
        return Finding(row, check.id, check.severity, check.elements, found, check.message)

    def _write(
        self, connection: duckdb.DuckDBPyConnection, folder: Path, failed: Collection[str]
    ) -> None:
        texts = ", ".join(f"e{number}" for number in self.order)
        rejecting = [
            f"({check.failing})"
            for check in self.checks
            if check.severity == REJECT and check.id in failed
        ]
        rejects = f"({' OR '.join(rejecting) or 'FALSE'})"
        form = "(FORMAT csv, HEADER false, DELIMITER ',', QUOTE '\"', ESCAPE '\"')"
        for name, condition in ((ACCEPTED, f"NOT {rejects}"), (QUARANTINE, rejects)):
            connection.execute(
                f"COPY (SELECT {texts} FROM ({self._typed(self.whole, numbered=True)}) "
                f"WHERE {condition} ORDER BY place) TO '{_escaped(folder / name)}' {form}"
            )
        broken = _broken_lines(connection)
        with (folder / QUARANTINE).open("a", encoding="utf-8") as file:
            file.writelines(f"{each.found}\n" for each in broken)
        findings = [*broken, *self._findings(connection, self.whole, broken, failed, ROWS_MAX)]
        reasons = (
            [
                str(each.row),
                each.severity,
                each.check,
                " ".join(each.elements),
                each.found,
                each.message,
            ]
            for each in sorted(findings, key=lambda each: each.row)
        )
        header = ["row", "severity", "check", "elements", "found", "message"]
        (folder / REASONS).write_bytes(table_bytes(header, reasons))
        if self.has_header:
            header_line = ",".join(self.order) + "\n"
            for name in (ACCEPTED, QUARANTINE):
                body = folder / f"{name}.body"
                (folder / name).rename(body)
                with (folder / name).open("wb") as whole, body.open("rb") as rows:
                    whole.write(header_line.encode())
                    shutil.copyfileobj(rows, whole)
                body.unlink()

    def _typed(self, source: _Source, *, numbered: bool = False) -> str:
        """The records as text, dates as whole numbers and dollars beside them. Numbering needs the
        rows in order, which costs the second core."""
        by_number = self.layout.by_number()
        casts = ""
        for number in self.order:
            if by_number[number].type == "DT":
                casts += f", TRY_CAST(e{number} AS INTEGER) AS d{number}"
            elif by_number[number].type == "DE":
                casts += f", TRY_CAST(e{number} AS DECIMAL(9, 2)) AS m{number}"
        place = ", row_number() OVER () - 1 AS place" if numbered else ""
        given = "" if "100" in self.order else ", CAST(NULL AS VARCHAR) AS e100"
        report = "NULL" if self.report is None else 4 * self.report.year + self.report.number - 1
        return (
            f"SELECT *{casts}{given}{place}, CAST({report} AS INTEGER) AS report "
            f"FROM {self._records(source)}"
        )

    def _records(self, source: _Source) -> str:
        """A file as a relation of texts; lines that cannot be split go to a table of rejects.

        Every field is looked at, whatever a query asks for: else a line whose bytes are no text
        would be broken in one query and a row in another.
        """
        types = ", ".join(f"'e{number}': 'VARCHAR'" for number in self.order)
        texts = ", ".join(f"e{number}" for number in self.order)
        return (
            f"(SELECT * FROM read_csv('{_escaped(source.path)}', "
            f"header = {str(source.has_header).lower()}, "
            f"auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
            f"columns = {{{types}}}, store_rejects = true, rejects_limit = {FINDINGS_MAX}, "
            f"max_line_size = {LINE_BYTES_MAX}) WHERE concat({texts}) IS NOT NULL)"
        )

    def _line(self, place: int, broken: Sequence[int], source: _Source) -> int:
        """The line of the n-th row that could be split, past the lines that could not."""
        row = place + 1 + source.has_header
        for line in broken:
            row += line <= row
        return row


def read_records(content: bytes, layout: Layout) -> list[dict[str, str]]:
    """Whole records of a file without a header, blank fields left out. Lossless with
    `records_bytes` for every file that quotes only where needed. Raises InputError."""
    records, problems = [], []
    lines = csv.reader(content.decode("utf-8").splitlines(keepends=True), strict=True)
    for row, fields in enumerate(lines, start=1):
        if len(fields) != len(layout.elements):
            told = f"{len(layout.elements)} fields"
            problems.append(Problem("records", row, None, f"{len(fields)} fields", told))
            continue
        pairs = zip(layout.numbers, fields, strict=True)
        records.append({number: text for number, text in pairs if text})
    if problems:
        raise InputError(problems)
    return records


def records_bytes(records: Sequence[Mapping[str, str]], layout: Layout) -> bytes:
    """The file of some records: no header, fields in the order of the layout."""
    rows = [[record.get(number, "") for number in layout.numbers] for record in records]
    return b"" if not rows else table_bytes(rows[0], rows[1:])


def _order(path: Path, layout: Layout) -> tuple[tuple[str, ...], bool]:
    """The elements of the file in its order, and whether a header names them."""
    with path.open("rb") as file:
        first = file.readline(LINE_BYTES_MAX)
    try:
        fields = next(csv.reader([first.decode("utf-8-sig").rstrip("\r\n")]), [])
    except UnicodeDecodeError as error:
        problem = Problem(path.name, 1, None, "bytes that are not UTF-8", "UTF-8 text")
        raise InputError([problem]) from error
    if fields and all(NUMBER.fullmatch(each) for each in fields):
        unknown = [each for each in fields if each not in layout.numbers]
        twice = [each for each in dict.fromkeys(fields) if fields.count(each) > 1]
        problems = [
            *(
                Problem(path.name, 1, each, "an unknown element", f"one of layout {layout.version}")
                for each in unknown
            ),
            *(
                Problem(path.name, 1, each, "the element a second time", "each once")
                for each in twice
            ),
        ]
        if problems:
            raise InputError(problems)
        return tuple(fields), True
    if len(fields) != len(layout.elements):
        others = [each for each in versions() if len(shipped(each).elements) == len(fields)]
        hint = f"; layout {others[0]} has {len(fields)}" if others else ""
        told = f"{len(layout.elements)} fields as in layout {layout.version}{hint}"
        raise InputError([Problem(path.name, 1, None, f"{len(fields)} fields", told)])
    return layout.numbers, False


def _broken_lines(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """Lines no fields could be made of: wrong number of fields, open quotes, not UTF-8."""
    found = connection.execute(
        "SELECT DISTINCT ON (line) line, lower(CAST(error_type AS VARCHAR)), error_message, "
        "csv_line FROM reject_errors ORDER BY line, column_idx"
    ).fetchall()
    connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    return [
        Finding(int(line), "line", REJECT, (), text.rstrip("\r\n"), f"{kind}: {told.split('.')[0]}")
        for line, kind, told, text in found
    ]


@contextmanager
def _engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory(prefix="lmb-pirl-") as folder:
        connection = duckdb.connect(
            config={
                "memory_limit": f"{MEMORY_MB}MB",
                "temp_directory": folder,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
        )
        # The bar writes to standard output, where results go.
        connection.execute("SET enable_progress_bar = false")
        # It would make a join of every IN (…), dozens of them, each slower than the comparison.
        connection.execute("SET disabled_optimizers = 'in_clause'")
        try:
            yield connection
        finally:
            connection.close()


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    # All of it: rejected lines are on file only when the query has run to its end.
    try:
        (row,) = connection.execute(query).fetchall()
    except duckdb.InvalidInputException as error:
        found = "lines that end in different ways, or a line end within a line"
        expected = "every line to end with \\n, or every line with \\r\\n"
        raise InputError([Problem("records", None, None, found, expected)]) from error
    return tuple(map(int, row))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _shown(text: str | None) -> str:
    if text is None:
        return "nothing"
    return repr(text if len(text) <= SHOWN_CHARACTERS_MAX else text[:SHOWN_CHARACTERS_MAX] + "…")


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
