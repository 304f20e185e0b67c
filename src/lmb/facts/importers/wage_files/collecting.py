"""What every reader of wage files does alike: add up, compare with the totals the file states, set
aside wages that cannot be anybody's, tell problems. Pure.

A wage under a number nobody could have been issued is set aside with its line: its employer's
totals may still be right, and it waits until somebody corrects it. Anything else that is wrong
refuses the whole file. Numbers themselves are never told and never kept.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lmb.facts.importers.wage_files.persons import Hashing, is_ssn
from lmb.values.errors import InputError, Problem

PROBLEMS_MAX = 1_000
LINES_MAX = 20_000_000
EMPLOYER_CHARACTERS_MAX = 20
CENTS_MAX = 10**13


class Wage(NamedTuple):
    """Pay of one person by one employer in one quarter (4 * year + number - 1)."""

    person: bytes
    employer: str
    quarter: int
    cents: int


class SetAside(NamedTuple):
    """A wage of the file, by its line, under a number that is nobody's."""

    row: int
    employer: str
    quarter: int
    cents: int


@dataclass(slots=True)
class WageFile:
    """What a file told: one entry of each column for each wage, what was set aside, its totals."""

    file: str
    layout: str
    key_name: str
    persons: list[bytes] = field(default_factory=list, repr=False)
    employers: list[str] = field(default_factory=list, repr=False)
    quarters: array[int] = field(default_factory=lambda: array("i"), repr=False)
    cents: array[int] = field(default_factory=lambda: array("q"), repr=False)
    rows: array[int] = field(default_factory=lambda: array("i"), repr=False)
    set_aside: list[SetAside] = field(default_factory=list)
    employer_reports: int = 0

    def __len__(self) -> int:
        return len(self.persons)

    def __iter__(self) -> Iterator[Wage]:
        columns = (self.persons, self.employers, self.quarters, self.cents)
        return map(Wage, *columns)

    @property
    def total_cents(self) -> int:
        """All pay of the file, also what was set aside."""
        return sum(self.cents) + sum(wage.cents for wage in self.set_aside)


class Collecting:
    """One pass over a file: where it is, and what was added up of the employer and of all."""

    def __init__(
        self,
        file: str,
        layout: str,
        key: Hashing,
        is_person: Callable[[bytes], bool] = is_ssn,
    ) -> None:
        self.wages = WageFile(file, layout, key.name)
        self.problems: list[Problem] = []
        self.row = 0
        self.count = self.sum_cents = 0
        self._counted = self._summed_cents = 0
        self._hashed, self._is_person = key.hashed, is_person

    def begin_employer(self) -> None:
        """The wages that follow are of another employer."""
        self.count = self.sum_cents = 0
        self.wages.employer_reports += 1

    def wage(self, person: bytes, told: bytes, employer: str, quarter: int | None) -> None:
        """Take over one wage of whoever is told by number or key; `quarter` is None where a problem
        was told of it already."""
        self.count += 1
        self._counted += 1
        if not told.isdigit() or len(told) > 14 or (cents := int(told)) > CENTS_MAX:
            self.problem("cents", shown(told), "digits alone, with two implied decimals")
            return
        self.sum_cents += cents
        self._summed_cents += cents
        if quarter is None:
            return
        if self._is_person(person):
            wages = self.wages
            wages.persons.append(self._hashed(person))
            wages.employers.append(employer)
            wages.quarters.append(quarter)
            wages.cents.append(cents)
            wages.rows.append(self.row)
        else:
            self.wages.set_aside.append(SetAside(self.row, employer, quarter, cents))

    def compare_employer(self, told: Mapping[str, bytes]) -> None:
        """An employer's totals against what was added up since it began."""
        self.compare(told, self.count, self.sum_cents)

    def compare_file(self, told: Mapping[str, bytes]) -> None:
        """The totals of the file against everything."""
        self.compare(told, self._counted, self._summed_cents)

    def compare(self, told: Mapping[str, bytes], count: int, cents: int) -> None:
        """Totals that the file states against those that were added up."""
        added = {"count": count, "cents": cents, "employers": self.wages.employer_reports}
        for name, text in told.items():
            if not text.isdigit() or len(text) > 18 or int(text) != added[name]:
                self.problem(name, shown(text), f"{added[name]}, as the lines before add up to")

    def problem(self, column: str | None, found: str, expected: str) -> None:
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(Problem(self.wages.file, self.row, column, found, expected))

    def next_row(self, row: int | None = None) -> None:
        """Go on to the next line, or to one. Raises InputError beyond LINES_MAX."""
        self.row = self.row + 1 if row is None else row
        if self.row > LINES_MAX:
            self.problem(None, "more", f"at most {LINES_MAX:,} lines")
            raise InputError(self.problems)

    def finish(self) -> WageFile:
        if self.problems:
            raise InputError(self.problems)
        return self.wages


def quarter_of(text: bytes) -> int | None:
    """The number of a quarter written like 2024Q1; None where it is not one."""
    year, q, number = text[:4], text[4:5], text[5:]
    if q != b"Q" or number not in (b"1", b"2", b"3", b"4") or not year.isdigit():
        return None
    return 4 * int(year) + int(number) - 1 if 1900 <= int(year) <= 2199 else None


def shown(text: bytes) -> str:
    return repr(text.decode("ascii", "replace")[:60]) if text else "nothing"
