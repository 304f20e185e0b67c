"""Calendar quarters and program years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.values.quarters import ProgramYear, Quarter

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
quarters = st.builds(Quarter, st.integers(1900, 2199), st.integers(1, 4))


@given(days)
def test_a_day_lies_in_its_quarter_and_in_its_program_year(day: date) -> None:
    for period in (Quarter.of(day), ProgramYear.of(day)):
        assert period.first_day <= day <= period.last_day


@given(quarters)
def test_quarters_follow_each_other_without_gap(quarter: Quarter) -> None:
    following = quarter.plus(1)
    assert quarter.last_day + timedelta(days=1) == following.first_day
    assert quarter < following
    assert 90 <= (following.first_day - quarter.first_day).days <= 92


@given(quarters, st.integers(-100, 100), st.integers(-100, 100))
def test_counting_quarters_adds_up(quarter: Quarter, one: int, other: int) -> None:
    assert quarter.plus(one).plus(other) == quarter.plus(one + other)


def test_the_second_quarter_after_an_exit_in_november_is_the_second_of_the_next_year() -> None:
    assert Quarter.of(date(1977, 11, 30)).plus(2) == Quarter(1978, 2)
    assert str(Quarter(1978, 2)) == "1978Q2"


def test_a_program_year_runs_from_july_to_june() -> None:
    assert ProgramYear.of(date(2024, 6, 30)) == ProgramYear(2023)
    assert ProgramYear.of(date(2024, 7, 1)) == ProgramYear(2024)
    assert str(ProgramYear(2024)) == "PY2024"


@pytest.mark.parametrize("number", [0, 5])
def test_a_year_has_four_quarters(number: int) -> None:
    with pytest.raises(ValueError, match="1 to 4"):
        Quarter(2024, number)
