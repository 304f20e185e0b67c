"""Coupon frequency dates and the days in a half-year (31 CFR 356 Appendix B, I.A and Table 1).

A semiannual security pays on two days a year, six months apart, fixed by its maturity. Where
the maturity is the last day of its month, every coupon frequency date is the last day of its
month: 30 September follows 31 March, and 31 August follows 28 February.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

MONTHS_PER_HALF_YEAR = 6


def is_month_end(day: date) -> bool:
    """Whether a day is the last of its month."""
    return day.day == _days_in_month(day.year, day.month)


def plus_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or the month's last day where it is
    shorter: 30 August 2023 and six months are 29 February 2024."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, _days_in_month(year, month)))


def plus_months_keeping_month_end(day: date, months: int) -> date:
    """As `plus_months`, but a month's last day stays one: 28 February 2023 and six months are
    31 August 2023."""
    later = plus_months(day, months)
    if is_month_end(day):
        return later.replace(day=_days_in_month(later.year, later.month))
    return later


@dataclass(frozen=True, slots=True)
class HalfYear:
    """A full half-year between two neighbouring coupon frequency dates."""

    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """Calendar days from the start to the end: 181 to 184, as Table 1 lists them."""
        return (self.ends_on - self.starts_on).days


@dataclass(frozen=True, slots=True)
class CouponCycle:
    """The coupon frequency dates of a security that matures on `matures_on`.

    They run both ways without end; the security's own dates say which of them it pays on.
    """

    matures_on: date

    def before_maturity(self, half_years: int) -> date:
        """The coupon frequency date so many half-years before maturity (after it, if negative)."""
        # Counted from maturity every time: stepping from date to date would lose the 30th and
        # 31st for good at the first short month.
        months = -MONTHS_PER_HALF_YEAR * half_years
        return plus_months_keeping_month_end(self.matures_on, months)

    def half_years_to_maturity(self, day: date) -> int:
        """How many coupon frequency dates come after `day`, up to and including maturity; below
        zero for a day past the next date after maturity."""
        months = (self.matures_on.year - day.year) * 12 + self.matures_on.month - day.month
        whole = months // MONTHS_PER_HALF_YEAR
        # Whole half-years of months may still leave the day short of that coupon date.
        return whole + 1 if self.before_maturity(whole) > day else whole

    def half_year_of(self, day: date) -> HalfYear:
        """The half-year that starts on or before `day` and ends after it."""
        remaining = self.half_years_to_maturity(day)
        return HalfYear(self.before_maturity(remaining), self.before_maturity(remaining - 1))

    def has(self, day: date) -> bool:
        """Whether a day is a coupon frequency date."""
        return self.half_year_of(day).starts_on == day


def _days_in_month(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]
