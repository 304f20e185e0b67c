"""The one clock everything is given; nothing in a domain module reads the machine's own."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

FISCAL_ZONE = ZoneInfo("America/New_York")
"""Fiscal dates are days in Washington; moments are stored in UTC."""


class Clock(Protocol):
    """Tells the time to whoever it was given to."""

    def now(self) -> datetime: ...


class SimulatedClock:
    """A clock that stands until it is moved, and only moves forward."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def move_to(self, at: datetime) -> None:
        """Move forward to `at`. Raises ValueError when that is in the past."""
        if at < self._at:
            raise ValueError(f"the clock stands at {self._at} and cannot go back to {at}")
        self._at = at


def moment(day: date, hour: int = 12) -> datetime:
    """An hour of a fiscal day as an aware moment; noon unless told otherwise."""
    return datetime.combine(day, time(hour), FISCAL_ZONE)


def fiscal_date(at: datetime) -> date:
    """The day in Washington at a moment."""
    return at.astimezone(FISCAL_ZONE).date()


def fiscal_year(day: date) -> int:
    """The federal fiscal year a day is in: it is named after the year it ends in, and begins on
    1 October of the year before (31 U.S.C. 1102)."""
    return day.year + (day.month >= 10)
