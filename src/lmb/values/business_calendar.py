"""Federal Reserve business days: the days on which a Treasury security is paid (31 CFR 356.2).

Eleven holidays. One that falls on a Sunday is kept on the Monday after it; one that falls on a
Saturday is not moved, so the Friday before it is a business day. (The bond market's own calendar
closes on that Friday and on Good Friday; it is not the one that governs here.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

FIRST_YEAR = 1971
"""The first year under the Uniform Monday Holiday Act (Public Law 90-363); the fixed dates of
the years before it are not kept here."""

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6


@dataclass(frozen=True, slots=True)
class _Holiday:
    """A holiday and the years in which it is kept on the day `day_in` gives; both included."""

    name: str
    day_in: Callable[[int], date]
    first_year: int = FIRST_YEAR
    last_year: int = date.max.year


def _fixed(month: int, day: int) -> Callable[[int], date]:
    def day_in(year: int) -> date:
        holiday = date(year, month, day)
        return holiday + timedelta(days=1) if holiday.weekday() == _SUNDAY else holiday

    return day_in


def _nth_weekday(ordinal: int, weekday: int, month: int) -> Callable[[int], date]:
    def day_in(year: int) -> date:
        first = date(year, month, 1)
        offset = (weekday - first.weekday()) % 7 + 7 * (ordinal - 1)
        return first + timedelta(days=offset)

    return day_in


def _last_monday_of_may(year: int) -> date:
    last = date(year, 5, 31)
    return last - timedelta(days=last.weekday())


_HOLIDAYS = (
    _Holiday("New Year's Day", _fixed(1, 1)),
    _Holiday("Birthday of Martin Luther King, Jr.", _nth_weekday(3, _MONDAY, 1), first_year=1986),
    _Holiday("Washington's Birthday", _nth_weekday(3, _MONDAY, 2)),
    _Holiday("Memorial Day", _last_monday_of_may),
    # A federal holiday since 2021-06-17, two days before its date; the Reserve Banks, open on
    # that Friday, first closed for it in 2022.
    _Holiday("Juneteenth", _fixed(6, 19), first_year=2022),
    _Holiday("Independence Day", _fixed(7, 4)),
    _Holiday("Labor Day", _nth_weekday(1, _MONDAY, 9)),
    _Holiday("Columbus Day", _nth_weekday(2, _MONDAY, 10)),
    # The Monday law moved it to October; Public Law 94-97 moved it back from 1978.
    _Holiday("Veterans Day", _nth_weekday(4, _MONDAY, 10), last_year=1977),
    _Holiday("Veterans Day", _fixed(11, 11), first_year=1978),
    _Holiday("Thanksgiving Day", _nth_weekday(4, _THURSDAY, 11)),
    _Holiday("Christmas Day", _fixed(12, 25)),
)


def holiday_name(day: date) -> str | None:
    """The holiday kept on a day, None on any other. Raises ValueError before 1971."""
    return _holidays(day.year).get(day)


def is_business_day(day: date) -> bool:
    """Whether the Federal Reserve Banks are open. Raises ValueError before 1971."""
    # Asked first, so that a weekend before 1971 is refused as well.
    holiday = holiday_name(day)
    return holiday is None and day.weekday() < _SATURDAY


def next_business_day(day: date) -> date:
    """The first business day on or after `day`: when a payment due then is made, without
    additional interest (31 CFR 356.30). Raises ValueError before 1971."""
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def business_days_before(day: date, count: int) -> date:
    """The business day that is the `count`-th before `day`, which itself is not counted.

    Raises ValueError for a count below 1 and for days before 1971.
    """
    if count < 1:
        raise ValueError(f"the count of business days is at least 1, not {count}")
    for _ in range(count):
        day -= timedelta(days=1)
        while not is_business_day(day):
            day -= timedelta(days=1)
    return day


def business_days_after(day: date, count: int) -> date:
    """The business day that is the `count`-th after `day`, which itself is not counted.

    Raises ValueError for a count below 1 and for days before 1971.
    """
    if count < 1:
        raise ValueError(f"the count of business days is at least 1, not {count}")
    for _ in range(count):
        day = next_business_day(day + timedelta(days=1))
    return day


@cache
def _holidays(year: int) -> Mapping[date, str]:
    if year < FIRST_YEAR:
        raise ValueError(f"the business calendar starts in {FIRST_YEAR}, after {year}")
    return {
        holiday.day_in(year): holiday.name
        for holiday in _HOLIDAYS
        if holiday.first_year <= year <= holiday.last_year
    }
