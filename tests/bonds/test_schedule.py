"""Interest periods from the dated date to maturity."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lmb.bonds.schedule import InterestSchedule, PeriodKind
from lmb.values.business_calendar import is_business_day
from lmb.values.half_years import CouponCycle


def test_a_regular_bond_pays_every_half_year() -> None:
    schedule = InterestSchedule(date(1976, 2, 15), date(1976, 8, 15), date(1981, 2, 15))
    periods = schedule.periods()
    assert len(periods) == 10
    assert all(period.kind is PeriodKind.REGULAR for period in periods)
    assert all(period.half_years == 1 for period in periods)
    assert periods[0].starts_on == date(1976, 2, 15)
    assert periods[-1].ends_on == date(1981, 2, 15)


def test_a_payment_on_a_closed_day_is_made_on_the_next_business_day() -> None:
    schedule = InterestSchedule(date(1976, 2, 15), date(1976, 8, 15), date(1981, 2, 15))
    first, *_, last = schedule.periods()
    assert (first.ends_on, first.pays_on) == (date(1976, 8, 15), date(1976, 8, 16))  # a Sunday
    # 15 February 1981 was a Sunday, and the Monday after it Washington's Birthday.
    assert (last.ends_on, last.pays_on) == (date(1981, 2, 15), date(1981, 2, 17))


def test_a_short_first_period_is_days_over_the_days_of_its_half_year() -> None:
    schedule = InterestSchedule(date(1990, 7, 2), date(1990, 12, 31), date(1992, 6, 30))
    first = schedule.periods()[0]
    assert first.kind is PeriodKind.SHORT
    assert first.half_years == Fraction(182, 184)


def test_a_long_first_period_is_a_half_year_and_a_fraction_of_the_one_before() -> None:
    schedule = InterestSchedule(date(1990, 12, 3), date(1991, 8, 15), date(1996, 2, 15))
    first = schedule.periods()[0]
    assert first.kind is PeriodKind.LONG
    assert first.half_years == 1 + Fraction(74, 184)
    assert len(schedule.periods()) == 10


def test_a_bond_that_matures_on_a_month_end_pays_on_month_ends() -> None:
    schedule = InterestSchedule(date(2023, 8, 31), date(2024, 2, 29), date(2028, 8, 31))
    ends = [period.ends_on for period in schedule.periods()]
    assert ends[:3] == [date(2024, 2, 29), date(2024, 8, 31), date(2025, 2, 28)]
    assert schedule.first_kind is PeriodKind.REGULAR


@pytest.mark.parametrize(
    ("dated_on", "first_interest_on", "matures_on", "why"),
    [
        (date(1976, 2, 15), date(1976, 8, 14), date(1981, 2, 15), "whole number of half-years"),
        (date(1976, 2, 15), date(1976, 2, 15), date(1981, 2, 15), "after the dated date"),
        (date(1976, 2, 15), date(1981, 8, 15), date(1981, 2, 15), "not after maturity"),
        (date(1976, 2, 15), date(1977, 2, 15), date(1981, 2, 15), "two half-years or more"),
        (date(2023, 8, 30), date(2024, 2, 28), date(2028, 8, 31), "whole number of half-years"),
    ],
)
def test_dates_that_do_not_fit_are_refused(
    dated_on: date, first_interest_on: date, matures_on: date, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        InterestSchedule(dated_on, first_interest_on, matures_on)


def test_a_first_period_of_two_half_years_less_a_day_is_long() -> None:
    schedule = InterestSchedule(date(1976, 2, 16), date(1977, 2, 15), date(1981, 2, 15))
    assert schedule.first_kind is PeriodKind.LONG
    assert schedule.periods()[0].half_years == 1 + Fraction(181, 182)


@st.composite
def schedules(draw: st.DrawFn) -> InterestSchedule:
    matures_on = draw(st.dates(date(1985, 1, 1), date(2099, 12, 31)))
    cycle = CouponCycle(matures_on)
    first = draw(st.integers(1, 20))
    first_interest_on = cycle.before_maturity(first)
    earliest = cycle.before_maturity(first + 2)
    dated_on = draw(st.dates(earliest, first_interest_on))
    assume(earliest < dated_on < first_interest_on)
    return InterestSchedule(dated_on, first_interest_on, matures_on)


@given(schedules())
def test_periods_follow_each_other_without_gap_and_pay_on_business_days(
    schedule: InterestSchedule,
) -> None:
    periods = schedule.periods()
    assert periods[0].starts_on == schedule.dated_on
    assert periods[-1].ends_on == schedule.matures_on
    for number, period in enumerate(periods, start=1):
        assert period.number == number
        assert period.pays_on >= period.ends_on
        assert is_business_day(period.pays_on)
    for earlier, later in pairwise(periods):
        assert earlier.ends_on == later.starts_on
        assert later.half_years == 1


@given(schedules(), st.data())
def test_accrual_grows_with_every_day_and_ends_at_the_whole_period(
    schedule: InterestSchedule, data: st.DataObject
) -> None:
    period = data.draw(st.sampled_from(schedule.periods()))
    assert schedule.accrued_half_years(period.starts_on) == 0
    day = data.draw(st.dates(period.starts_on, period.ends_on))
    assume(period.starts_on < day < period.ends_on)
    accrued = schedule.accrued_half_years(day)
    assert 0 < accrued < period.half_years
    assert schedule.period_start(day) == period.starts_on
    assert schedule.period_half_years(day) == period.half_years


@pytest.mark.parametrize("day", [date(1976, 2, 14), date(1981, 2, 15)])
def test_nothing_accrues_outside_the_life_of_the_bond(day: date) -> None:
    schedule = InterestSchedule(date(1976, 2, 15), date(1976, 8, 15), date(1981, 2, 15))
    with pytest.raises(ValueError, match="no interest accrues"):
        schedule.accrued_half_years(day)
