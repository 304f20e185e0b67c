"""Reading a fixed-width wage file: every line, every control total, all of it or nothing.

The order is transmitter, then for each employer: employer, wages, employer total; then final. A
problem names the line and the field; up to PROBLEMS_MAX are told.
"""

from __future__ import annotations

from collections.abc import Iterable

from lmb.facts.importers.wage_files.collecting import Collecting, WageFile, shown
from lmb.facts.importers.wage_files.layouts import Record, WageLayout
from lmb.facts.importers.wage_files.persons import Hashing

FOLLOWS = {
    "transmitter": ("",),
    "employer": ("transmitter", "employer_total"),
    "wage": ("employer", "wage"),
    "employer_total": ("employer", "wage"),
    "final": ("transmitter", "employer_total"),
}
"""What each role may come after; the first line comes after nothing."""

_QUARTERS = {b"03": 1, b"06": 2, b"09": 3, b"12": 4}


def load_wages(file: str, lines: Iterable[bytes], layout: WageLayout, key: Hashing) -> WageFile:
    """All wages of a file, persons hashed with a key. Raises InputError with every problem, also
    where counts or sums are not those the file itself states."""
    reading = _Reading(file, layout, key)
    for line in lines:
        reading.take(line)
    return reading.finish()


class _Reading:
    """The state of one pass: which record came last, whose wages these are."""

    def __init__(self, file: str, layout: WageLayout, key: Hashing) -> None:
        self.layout = layout
        self.collecting = Collecting(file, layout.name, key)
        self.problem = self.collecting.problem
        self.role = ""
        self.employer = ""
        self.quarter: int | None = None

    def take(self, line: bytes) -> None:
        self.collecting.next_row()
        text = line.rstrip(b"\r\n")
        code = text[: self.layout.code_length]
        record = self.layout.records.get(code)
        if len(text) not in (self.layout.record_length, self.layout.record_length + 1):
            expected = f"a line of {self.layout.record_length} characters"
            self.problem(None, f"{len(text)} characters", expected)
        elif record is None:
            if code not in self.layout.skipped:
                known = sorted(c.decode() for c in (*self.layout.records, *self.layout.skipped))
                self.problem("record", repr(code.decode("ascii", "replace")), " or ".join(known))
        else:
            self._take_record(record, text)

    def finish(self) -> WageFile:
        if self.role != "final":
            found = f"the end after a record {self._code(self.role)}"
            self.problem("record", found, f"a final record {self._code('final')}")
        return self.collecting.finish()

    def _take_record(self, record: Record, text: bytes) -> None:
        if self.role not in FOLLOWS[record.role]:
            before = " or ".join(map(self._code, FOLLOWS[record.role]))
            found = f"{self._code(record.role)} after {self._code(self.role)}"
            self.problem("record", found, f"{self._code(record.role)} after {before}")
        self.role = record.role
        match record.role:
            case "wage":
                self._take_wage(record, text)
            case "employer":
                self._take_employer(record, text)
            case "employer_total":
                self.collecting.compare_employer(_told(record, text))
            case "final":
                self.collecting.compare_file(_told(record, text))
            case _:
                pass

    def _take_employer(self, record: Record, text: bytes) -> None:
        self.collecting.begin_employer()
        employer = text[record.fields["employer"]].strip()
        if not employer.isdigit():
            self.problem("employer", shown(employer), "the number of the employer")
        self.employer = employer.decode("ascii", "replace")
        self.quarter = None
        if "year" in record.fields:
            year, month = text[record.fields["year"]], text[record.fields["month"]]
            self.quarter = self._quarter(month, year, "month")

    def _take_wage(self, record: Record, text: bytes) -> None:
        quarter = self.quarter
        if "period" in record.fields:
            period = text[record.fields["period"]]
            quarter = self._quarter(period[:2], period[2:], "period")
        ssn, cents = text[record.fields["ssn"]], text[record.fields["cents"]]
        self.collecting.wage(ssn, cents, self.employer, quarter)

    def _quarter(self, month: bytes, year: bytes, column: str) -> int | None:
        number = _QUARTERS.get(month)
        if number is None or not year.isdigit() or not 1900 <= int(year) <= 2199:
            expected = "the last month of a quarter (03, 06, 09, 12) and a year"
            self.problem(column, shown(month + b" " + year), expected)
            return None
        return 4 * int(year) + number - 1

    def _code(self, role: str) -> str:
        return self.layout.code_of(role) if role else "nothing"


def _told(record: Record, text: bytes) -> dict[str, bytes]:
    """The totals a record states."""
    return {name: text[place].strip() for name, place in record.fields.items()}
