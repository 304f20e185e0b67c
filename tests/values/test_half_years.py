"""Coupon frequency dates and half-years, by Table 1 of 31 CFR 356 Appendix B."""

from __future__ import annotations

from calendar import isleap, monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.values.half_years import (
    CouponCycle,
    HalfYear,
    is_month_end,
    plus_months,
    plus_months_keeping_month_end,
)

DAYS = st.dates(date(1972, 1, 1), date(2150, 12, 31))

TABLE_1 = [
    # first month, 1st and 15th: year, leap year; last day: year, leap year
    (1, 181, 182, 181, 182),
    (2, 181, 182, 184, 184),
    (3, 184, 184, 183, 183),
    (4, 183, 183, 184, 184),
    (5, 184, 184, 183, 183),
    (6, 183, 183, 184, 184),
    (7, 184, 184, 184, 184),
    (8, 184, 184, 181, 182),
    (9, 181, 182, 182, 183),
    (10, 182, 183, 181, 182),
    (11, 181, 182, 182, 183),
    (12, 182, 183, 181, 182),
]


def _year_with_its_february(month: int, year: int) -> int:
    """The year to start in, so that the half-year's February is that of `year`."""
    return year if month <= 6 else year - 1


@pytest.mark.parametrize(("month", "common", "leap", "end_common", "end_leap"), TABLE_1)
@pytest.mark.parametrize("year", [2023, 2024])
def test_a_half_year_has_the_days_of_table_1(
    month: int, common: int, leap: int, end_common: int, end_leap: int, year: int
) -> None:
    start_year = _year_with_its_february(month, year)
    for day in (1, 15):
        start = date(start_year, month, day)
        half_year = CouponCycle(plus_months(start, 60)).half_year_of(start)
        assert half_year.starts_on == start
        assert half_year.days == (leap if isleap(year) else common)
    start = date(start_year, month, monthrange(start_year, month)[1])
    half_year = CouponCycle(plus_months_keeping_month_end(start, 60)).half_year_of(start)
    assert half_year.starts_on == start
    assert half_year.days == (end_leap if isleap(year) else end_common)


def test_month_ends_stay_month_ends_and_other_days_stay_where_they_can() -> None:
    assert plus_months_keeping_month_end(date(2023, 2, 28), 6) == date(2023, 8, 31)
    assert plus_months_keeping_month_end(date(2024, 2, 28), 6) == date(2024, 8, 28)
    assert plus_months_keeping_month_end(date(2024, 2, 29), 6) == date(2024, 8, 31)
    assert plus_months_keeping_month_end(date(2023, 6, 30), -6) == date(2022, 12, 31)
    assert plus_months(date(2023, 6, 30), -6) == date(2022, 12, 30)
    assert plus_months(date(2023, 8, 30), 6) == date(2024, 2, 29)


def test_a_cycle_on_the_30th_returns_to_it_after_a_february() -> None:
    cycle = CouponCycle(date(2030, 8, 30))
    dates = [cycle.before_maturity(count) for count in range(4)]
    assert dates == [date(2030, 8, 30), date(2030, 2, 28), date(2029, 8, 30), date(2029, 2, 28)]


@given(DAYS, st.integers(-80, 80))
def test_a_cycle_has_one_date_every_six_months_and_on_month_ends_only_if_it_matures_on_one(
    matures_on: date, count: int
) -> None:
    found = CouponCycle(matures_on).before_maturity(count)
    months = (matures_on.year - found.year) * 12 + matures_on.month - found.month
    assert months == 6 * count
    if is_month_end(matures_on):
        assert is_month_end(found)
    else:
        assert found.day == min(matures_on.day, monthrange(found.year, found.month)[1])


@given(DAYS, DAYS)
def test_every_day_lies_in_exactly_one_half_year(matures_on: date, day: date) -> None:
    cycle = CouponCycle(matures_on)
    half_year = cycle.half_year_of(day)
    assert half_year.starts_on <= day < half_year.ends_on
    assert cycle.half_year_of(half_year.ends_on).starts_on == half_year.ends_on
    # On the 29th and 30th a half-year from or to a short February lies outside Table 1.
    assert 181 <= half_year.days <= 184 or matures_on.day in (29, 30)


@given(DAYS, DAYS)
def test_the_count_to_maturity_is_that_of_the_dates_after_the_day(
    matures_on: date, day: date
) -> None:
    cycle = CouponCycle(matures_on)
    count = cycle.half_years_to_maturity(day)
    assert cycle.before_maturity(count) <= day < cycle.before_maturity(count - 1)
    assert cycle.has(day) == (cycle.before_maturity(count) == day)


def test_the_maturity_itself_starts_the_half_year_after_it() -> None:
    cycle = CouponCycle(date(1995, 11, 15))
    assert cycle.half_years_to_maturity(date(1995, 11, 15)) == 0
    assert cycle.half_years_to_maturity(date(1995, 11, 14)) == 1
    assert cycle.half_year_of(date(1995, 11, 15)) == HalfYear(date(1995, 11, 15), date(1996, 5, 15))
