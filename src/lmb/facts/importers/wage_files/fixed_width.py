"""Reading a fixed-width wage file: every line, every control total, all of it or nothing.

The order is transmitter, then for each employer: employer, wages, employer total; then final. A
problem names the line and the field; up to `PROBLEMS_MAX` are told.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lmb.facts.importers.wage_files.layouts import Record, WageLayout
from lmb.facts.importers.wage_files.persons import PersonKey, is_ssn
from lmb.values.errors import InputError, Problem

PROBLEMS_MAX = 1_000
LINES_MAX = 20_000_000

FOLLOWS = {
    "transmitter": ("",),
    "employer": ("transmitter", "employer_total"),
    "wage": ("employer", "wage"),
    "employer_total": ("employer", "wage"),
    "final": ("transmitter", "employer_total"),
}
"""What each role may come after; the first line comes after nothing."""

_QUARTERS = {b"03": 1, b"06": 2, b"09": 3, b"12": 4}


class Wage(NamedTuple):
    """Pay of one person by one employer in one quarter (4 * year + number - 1)."""

    person: bytes
    employer: str
    quarter: int
    cents: int


@dataclass(slots=True)
class WageFile:
    """What a file told: one entry of each column for each wage record, and its totals."""

    file: str
    layout: str
    key_name: str
    persons: list[bytes] = field(default_factory=list, repr=False)
    employers: list[str] = field(default_factory=list, repr=False)
    quarters: array[int] = field(default_factory=lambda: array("i"), repr=False)
    cents: array[int] = field(default_factory=lambda: array("q"), repr=False)
    employer_reports: int = 0

    def __len__(self) -> int:
        return len(self.persons)

    def __iter__(self) -> Iterator[Wage]:
        columns = (self.persons, self.employers, self.quarters, self.cents)
        return map(Wage, *columns)

    @property
    def total_cents(self) -> int:
        return sum(self.cents)


def load_wages(file: str, lines: Iterable[bytes], layout: WageLayout, key: PersonKey) -> WageFile:
    """All wages of a file, persons hashed with a key. Raises InputError with every problem, also
    where counts or sums are not those the file itself states."""
    reading = _Reading(file, layout, key)
    for line in lines:
        reading.take(line)
    return reading.finish()


class _Reading:
    """The state of one pass: where it is, and what was added up since the employer's record."""

    def __init__(self, file: str, layout: WageLayout, key: PersonKey) -> None:
        self.layout, self.key = layout, key
        self.wages = WageFile(file, layout.name, key.name)
        self.problems: list[Problem] = []
        self.row = 0
        self.role = ""
        self.employer = ""
        self.quarter: int | None = None
        self.count = self.sum_cents = 0
        self.counted = self.summed_cents = 0

    def take(self, line: bytes) -> None:
        self.row += 1
        if self.row > LINES_MAX:
            self._finish_early(f"at most {LINES_MAX:,} lines")
        text = line.rstrip(b"\r\n")
        code = text[: self.layout.code_length]
        record = self.layout.records.get(code)
        if len(text) not in (self.layout.record_length, self.layout.record_length + 1):
            expected = f"a line of {self.layout.record_length} characters"
            self._problem(None, f"{len(text)} characters", expected)
        elif record is None:
            if code not in self.layout.skipped:
                known = sorted(c.decode() for c in (*self.layout.records, *self.layout.skipped))
                self._problem("record", repr(code.decode("ascii", "replace")), " or ".join(known))
        else:
            self._take_record(record, text)

    def finish(self) -> WageFile:
        if self.role != "final":
            found = f"the end after a record {self._code(self.role)}"
            self._problem("record", found, f"a final record {self._code('final')}")
        if self.problems:
            raise InputError(self.problems)
        return self.wages

    def _take_record(self, record: Record, text: bytes) -> None:
        if self.role not in FOLLOWS[record.role]:
            before = " or ".join(map(self._code, FOLLOWS[record.role]))
            found = f"{self._code(record.role)} after {self._code(self.role)}"
            self._problem("record", found, f"{self._code(record.role)} after {before}")
        self.role = record.role
        match record.role:
            case "wage":
                self._take_wage(record, text)
            case "employer":
                self._take_employer(record, text)
            case "employer_total":
                self._compare(record, text, self.count, self.sum_cents)
            case "final":
                self._compare(record, text, self.counted, self.summed_cents)
            case _:
                pass

    def _take_employer(self, record: Record, text: bytes) -> None:
        self.count = self.sum_cents = 0
        self.wages.employer_reports += 1
        employer = text[record.fields["employer"]].strip()
        if not employer.isdigit():
            self._problem("employer", _shown(employer), "the number of the employer")
        self.employer = employer.decode("ascii", "replace")
        self.quarter = None
        if "year" in record.fields:
            year, month = text[record.fields["year"]], text[record.fields["month"]]
            self.quarter = self._quarter(month, year, "month")

    def _take_wage(self, record: Record, text: bytes) -> None:
        self.count += 1
        self.counted += 1
        ssn, told = text[record.fields["ssn"]], text[record.fields["cents"]]
        cents = int(told) if told.isdigit() else None
        quarter = self.quarter
        if "period" in record.fields:
            period = text[record.fields["period"]]
            quarter = self._quarter(period[:2], period[2:], "period")
        if not is_ssn(ssn):
            # The number itself is not told: a problem is printed and kept.
            self._problem("ssn", "no valid number", "nine digits SSA could have issued")
        elif cents is None:
            self._problem("cents", _shown(told), "digits alone, with two implied decimals")
        elif quarter is not None:
            self.wages.persons.append(self.key.hashed(ssn))
            self.wages.employers.append(self.employer)
            self.wages.quarters.append(quarter)
            self.wages.cents.append(cents)
        if cents is not None:
            self.sum_cents += cents
            self.summed_cents += cents

    def _compare(self, record: Record, text: bytes, count: int, cents: int) -> None:
        """The totals of a record against what was added up: also of lines that were bad."""
        added = {"count": count, "cents": cents, "employers": self.wages.employer_reports}
        for name, place in record.fields.items():
            told = text[place].strip()
            if not told.isdigit() or int(told) != added[name]:
                self._problem(name, _shown(told), f"{added[name]}, as the lines before add up to")

    def _quarter(self, month: bytes, year: bytes, column: str) -> int | None:
        number = _QUARTERS.get(month)
        if number is None or not year.isdigit() or not 1900 <= int(year) <= 2199:
            expected = "the last month of a quarter (03, 06, 09, 12) and a year"
            self._problem(column, _shown(month + b" " + year), expected)
            return None
        return 4 * int(year) + number - 1

    def _problem(self, column: str | None, found: str, expected: str) -> None:
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(Problem(self.wages.file, self.row, column, found, expected))

    def _finish_early(self, expected: str) -> None:
        self._problem(None, "more", expected)
        raise InputError(self.problems)

    def _code(self, role: str) -> str:
        return self.layout.code_of(role) if role else "nothing"


def _shown(text: bytes) -> str:
    return repr(text.decode("ascii", "replace")) if text else "nothing"
