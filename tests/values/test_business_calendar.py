"""Federal Reserve business days, against an independent calendar and by the law's own dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import QuantLib
from hypothesis import given
from hypothesis import strategies as st

from lmb.values.business_calendar import (
    FIRST_YEAR,
    business_days_before,
    holiday_name,
    is_business_day,
    next_business_day,
)

DAYS = st.dates(date(FIRST_YEAR + 1, 1, 1), date(2190, 12, 31))


def test_every_day_from_1994_to_2060_agrees_with_the_federal_reserve_calendar_of_quantlib() -> None:
    assert _differing_days(date(1994, 1, 1), date(2060, 12, 31)) == []


def test_before_1994_the_oracle_differs_only_on_three_birthdays_of_king() -> None:
    """QuantLib keeps the day from 1983, when it became law; it was first kept in 1986."""
    assert _differing_days(date(FIRST_YEAR, 1, 1), date(1993, 12, 31)) == [
        date(1983, 1, 17),
        date(1984, 1, 16),
        date(1985, 1, 21),
    ]


def _differing_days(first: date, last: date) -> list[date]:
    oracle = QuantLib.UnitedStates(QuantLib.UnitedStates.FederalReserve)
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [
        day
        for day in days
        if is_business_day(day) != oracle.isBusinessDay(QuantLib.Date(day.day, day.month, day.year))
    ]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(1976, 2, 16), "Washington's Birthday"),
        (date(1976, 7, 5), "Independence Day"),  # the fourth was a Sunday
        (date(1978, 1, 2), "New Year's Day"),  # the first was a Sunday
        (date(1977, 10, 24), "Veterans Day"),
        (date(1978, 11, 11), "Veterans Day"),  # a Saturday, kept where it is
        (date(1986, 1, 20), "Birthday of Martin Luther King, Jr."),
        (date(2022, 6, 20), "Juneteenth"),  # the nineteenth was a Sunday
    ],
)
def test_a_holiday_is_kept_on_the_day_the_law_gives_it(day: date, name: str) -> None:
    assert holiday_name(day) == name
    assert not is_business_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2021, 12, 24),  # Christmas 2021 was a Saturday
        date(2022, 12, 31) - timedelta(days=1),  # New Year's Day 2023 was a Sunday
        date(1985, 1, 21),  # a year before King's birthday was first kept
        date(2021, 6, 18),  # a year before the Reserve Banks closed for Juneteenth
        date(1977, 11, 11),  # Veterans Day was in October
        date(2026, 7, 3),  # the bond market closes, the Reserve Banks do not
    ],
)
def test_the_friday_before_a_saturday_holiday_and_years_before_a_law_are_business_days(
    day: date,
) -> None:
    assert is_business_day(day)


@given(DAYS)
def test_the_next_business_day_is_the_first_on_or_after(day: date) -> None:
    found = next_business_day(day)
    assert is_business_day(found)
    skipped = [day + timedelta(days=offset) for offset in range((found - day).days)]
    assert not any(is_business_day(passed) for passed in skipped)
    # The longest closure is a weekend with a holiday at one end, or a holiday between.
    assert len(skipped) <= 4


@given(DAYS, st.integers(1, 12))
def test_counting_business_days_back_leaves_exactly_that_many_between(
    day: date, count: int
) -> None:
    found = business_days_before(day, count)
    between = [found + timedelta(days=offset) for offset in range((day - found).days)]
    assert is_business_day(found)
    assert sum(is_business_day(passed) for passed in between) == count


def test_counting_back_from_a_weekend_starts_at_the_friday() -> None:
    assert business_days_before(date(2024, 6, 16), 1) == date(2024, 6, 14)
    assert business_days_before(date(2024, 6, 16), 2) == date(2024, 6, 13)


def test_a_count_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        business_days_before(date(2024, 6, 14), 0)


@pytest.mark.parametrize("day", [date(1970, 12, 31), date(1970, 12, 26)])
def test_years_before_the_monday_holiday_law_are_refused(day: date) -> None:
    with pytest.raises(ValueError, match="1971"):
        is_business_day(day)
