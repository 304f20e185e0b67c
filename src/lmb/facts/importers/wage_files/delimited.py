"""Wages as CSV, with the totals of each employer and of the file in rows of their own.

record,employer,quarter,ssn,cents,count
wage,123456789,2024Q1,078051120,914250,
total,123456789,2024Q1,,914250,1
final,,,,914250,1

Each employer and quarter has one `total`, anywhere after its wages; `final` is the last row. A
source that knows people by their keys here, as supplemental information does, has `person` in the
place of `ssn`.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator

from lmb.facts.importers.wage_files.collecting import (
    EMPLOYER_CHARACTERS_MAX,
    Collecting,
    WageFile,
    quarter_of,
    shown,
)
from lmb.facts.importers.wage_files.persons import Hashing, PlainKeys, is_key
from lmb.values.errors import InputError

BY_NUMBER = ["record", "employer", "quarter", "ssn", "cents", "count"]
BY_KEY = ["record", "employer", "quarter", "person", "cents", "count"]
PERSON = 3
FIELD_CHARACTERS_MAX = 64


def load_csv_wages(file: str, lines: Iterable[bytes], key: Hashing) -> WageFile:
    """All wages of a CSV file, persons hashed with a key. Raises InputError with every problem."""
    return _read(_Reading(BY_NUMBER, Collecting(file, "csv", key)), lines)


def load_keyed_wages(file: str, lines: Iterable[bytes]) -> WageFile:
    """All wages of a CSV file that names people by their keys. Raises InputError with every
    problem; a Social Security number in the place of a key is set aside."""
    return _read(_Reading(BY_KEY, Collecting(file, "keys", PlainKeys(), is_key)), lines)


def _read(reading: _Reading, lines: Iterable[bytes]) -> WageFile:
    for row, fields in _rows(lines, reading.collecting):
        reading.take(row, fields)
    return reading.finish()


class _Reading:
    """The state of one pass: what was added up of each employer and quarter, which are closed."""

    def __init__(self, header: list[str], collecting: Collecting) -> None:
        self.header, self.collecting = header, collecting
        self.problem = self.collecting.problem
        self.sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
        self.closed: set[tuple[str, int]] = set()
        self.final = False

    def take(self, row: int, fields: list[str]) -> None:
        self.collecting.next_row(row)
        if row == 1:
            if fields != self.header:
                self.problem(None, ",".join(fields)[:60], ",".join(self.header))
                raise InputError(self.collecting.problems)
        elif len(fields) != len(self.header):
            self.problem(None, f"{len(fields)} fields", f"{len(self.header)} fields")
        elif self.final:
            self.problem("record", fields[0][:20], "nothing after final")
        elif fields[0] == "final":
            self.final = True
            self._refuse_given(fields, 1, 2, PERSON)
            told = {"cents": fields[4].encode(), "count": fields[5].encode()}
            self.collecting.compare_file(told)
        elif fields[0] in ("wage", "total"):
            self._of_employer(*fields)
        else:
            self.problem("record", repr(fields[0][:20]), "wage, total or final")

    def finish(self) -> WageFile:
        for employer, quarter in self.sums.keys() - self.closed:
            told = f"no total of {employer}, {quarter // 4}Q{quarter % 4 + 1}"
            self.problem("record", told, "a total of each employer and quarter")
        if not self.final:
            self.problem("record", "the end", "a row final: the file may be cut off")
        return self.collecting.finish()

    def _of_employer(
        self, record: str, employer: str, told: str, person: str, cents: str, count: str
    ) -> None:
        quarter = quarter_of(told.encode())
        if not employer.isalnum() or not 1 <= len(employer) <= EMPLOYER_CHARACTERS_MAX:
            self.problem("employer", shown(employer.encode()), "the number of the employer")
        if quarter is None:
            self.problem("quarter", shown(told.encode()), "a quarter like 2024Q1")
            quarter = 0
        place = employer, quarter
        if place in self.closed:
            self.problem("record", f"a {record} after the total of its employer", "it before that")
        sums = self.sums[place]
        if record == "wage":
            self._refuse_given([record, employer, told, person, cents, count], 5)
            before = self.collecting.sum_cents
            self.collecting.wage(person.encode(), cents.encode(), employer, quarter)
            sums[0] += 1
            sums[1] += self.collecting.sum_cents - before
            return
        self._refuse_given([record, employer, told, person, cents, count], PERSON)
        self.closed.add(place)
        self.collecting.wages.employer_reports += 1
        self.collecting.compare({"count": count.encode(), "cents": cents.encode()}, *sums)

    def _refuse_given(self, fields: list[str], *places: int) -> None:
        for place in places:
            if fields[place]:
                # What stands there may be a number of somebody.
                self.problem(self.header[place], "a value", "nothing in this record")


def _rows(lines: Iterable[bytes], collecting: Collecting) -> Iterator[tuple[int, list[str]]]:
    """Fields by line. A line that is no UTF-8, or no CSV of one line, is told and passed over."""
    for row, line in enumerate(lines, 1):
        try:
            text = line.decode("utf-8-sig" if row == 1 else "utf-8")
            (fields,) = csv.reader([text.rstrip("\r\n")], strict=True)
        except (UnicodeDecodeError, csv.Error, ValueError):
            collecting.next_row(row)
            collecting.problem(None, "a line that is no CSV in UTF-8", "fields with commas between")
            continue
        yield row, [field[:FIELD_CHARACTERS_MAX] for field in fields]
