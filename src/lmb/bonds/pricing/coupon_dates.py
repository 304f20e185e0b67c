"""Coupon frequency dates of many bonds at once (31 CFR 356 Appendix B, I.A and Table 1).

The same dates as `lmb.values.half_years`, one bond a row. A day is an int64 count from 1800-01-01
here, a month an int64 count from January 1800: what a calendar takes many steps to say is then one
look into a table.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lmb.values.columns import DAY_FIRST, DAY_LAST
from lmb.values.half_years import MONTHS_PER_HALF_YEAR

Dates = NDArray[np.datetime64]
Days = NDArray[np.int64]
Counts = NDArray[np.int64]

_MONTHS = np.arange("1800-01", "2401-01", dtype="datetime64[M]")
_EPOCH = _MONTHS[0].astype("datetime64[D]")
_MONTH_STARTS: Days = (_MONTHS.astype("datetime64[D]") - _EPOCH).astype(np.int64)
_MONTH_OF_DAY: Counts = np.repeat(np.arange(len(_MONTHS) - 1), np.diff(_MONTH_STARTS))

_LAST_OF_LONGEST_MONTH = 30
"""The 31st, counted from 0: cut down to a month's length it is the last day of any month."""


def known(dates: Dates) -> NDArray[np.bool_]:
    """Which of these are days from 1900 to 2199, beyond which no date is taken for a fact."""
    # Not a time (NaT) compares false.
    return (dates >= np.datetime64(DAY_FIRST)) & (dates <= np.datetime64(DAY_LAST))


def days_of(dates: Dates) -> Days:
    """Days from 1800-01-01 of known dates."""
    days: Days = (dates.astype("datetime64[D]") - _EPOCH).astype(np.int64)
    return days


class CouponCycles:
    """The coupon frequency dates of bonds that mature on these days, 1900 to 2199.

    They run both ways, far enough for bonds of a hundred years.
    """

    def __init__(self, matures_on: Days) -> None:
        self._month = _MONTH_OF_DAY[matures_on]
        is_month_end = matures_on + 1 == _MONTH_STARTS[self._month + 1]
        day_of_month = matures_on - _MONTH_STARTS[self._month]
        self._day_of_month = np.where(is_month_end, _LAST_OF_LONGEST_MONTH, day_of_month)

    def before_maturity(self, half_years: Counts) -> Days:
        """The coupon frequency date so many half-years before maturity."""
        month = self._month - MONTHS_PER_HALF_YEAR * half_years
        last = _MONTH_STARTS[month + 1] - 1
        dates: Days = np.minimum(_MONTH_STARTS[month] + self._day_of_month, last)
        return dates

    def half_years_to_maturity(self, days: Days) -> Counts:
        """How many coupon frequency dates come after each day, up to and including maturity."""
        whole = (self._month - _MONTH_OF_DAY[days]) // MONTHS_PER_HALF_YEAR
        # Whole half-years of months may still leave the day short of that coupon date.
        left: Counts = whole + (self.before_maturity(whole) > days)
        return left
