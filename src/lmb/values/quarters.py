"""Calendar quarters and program years, the periods in which outcomes are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter, `Quarter(1978, 2)` being April to June 1978."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= 4:
            raise ValueError(f"a quarter's number is 1 to 4, not {self.number}")

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter a day falls in."""
        return cls(day.year, (day.month - 1) // 3 + 1)

    def plus(self, quarters: int) -> Quarter:
        """The quarter so many later; Qk after exit is the exit quarter plus k
        (RSA-TAC-17-01, exit quarter)."""
        index = self.year * 4 + self.number - 1 + quarters
        return Quarter(index // 4, index % 4 + 1)

    @property
    def first_day(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        return self.plus(1).first_day - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.year}Q{self.number}"


@dataclass(frozen=True, slots=True, order=True)
class ProgramYear:
    """Program year N runs from 1 July N to 30 June N+1 (WIOA section 3)."""

    year: int

    @classmethod
    def of(cls, day: date) -> ProgramYear:
        """The program year a day falls in."""
        return cls(day.year if day.month >= 7 else day.year - 1)

    @property
    def first_day(self) -> date:
        return date(self.year, 7, 1)

    @property
    def last_day(self) -> date:
        return date(self.year + 1, 6, 30)

    def __str__(self) -> str:
        return f"PY{self.year}"
