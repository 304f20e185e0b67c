"""Bills: Treasury's worked examples, the year of 366 days, identities."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.pricing.bills import (
    bill_price_per_100,
    discount_rate_percent,
    investment_rate_percent,
    year_after_days,
)
from lmb.values.rounding import half_up
from tests.bonds.pricing.cases import day


@pytest.mark.parametrize(
    ("issue", "matures", "rate", "price"),
    [
        ("1989-11-24", "1990-02-22", "7.610", "98.097500"),
        ("1990-06-01", "1990-06-21", "7.930", "99.559444"),
        ("1990-06-07", "1991-06-06", "7.65", "92.265000"),
    ],
)
def test_a_price_is_that_of_the_worked_example(
    issue: str, matures: str, rate: str, price: str
) -> None:
    found = bill_price_per_100(day(issue), day(matures), Decimal(rate))
    assert str(found) == price


def test_a_discount_rate_is_that_of_the_worked_example() -> None:
    found = discount_rate_percent(day("1982-12-30"), day("1983-06-30"), Decimal("95.934567"))
    assert half_up(found, 3) == Decimal("8.042")


@pytest.mark.parametrize(
    ("issue", "matures", "price", "rate"),
    [
        ("1990-06-01", "1990-06-21", "99.559444", "8.076"),
        ("1990-06-07", "1991-06-06", "92.265000", "8.237"),
    ],
)
def test_an_investment_rate_is_that_of_the_worked_example(
    issue: str, matures: str, price: str, rate: str
) -> None:
    assert investment_rate_percent(day(issue), day(matures), Decimal(price)) == Decimal(rate)


@pytest.mark.parametrize(
    ("issue", "days"),
    [
        ("2019-02-28", 365),  # the two examples of VI.D
        ("2019-03-01", 366),
        ("2020-02-28", 366),
        ("2020-02-29", 365),
        ("2020-03-01", 365),
        ("2099-06-01", 365),  # 2100 is no leap year
    ],
)
def test_the_year_after_the_issue_has_366_days_where_29_february_lies_in_it(
    issue: str, days: int
) -> None:
    assert year_after_days(day(issue)) == days


issues = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@given(issues, st.integers(1, 366), st.integers(-1000, 20_000))
def test_the_discount_rate_comes_back_from_the_price(issue: date, days: int, units: int) -> None:
    rate = Decimal(units) / 1000
    matures = date.fromordinal(issue.toordinal() + days)
    found = discount_rate_percent(issue, matures, bill_price_per_100(issue, matures, rate))
    assert abs(found - rate) <= Decimal("0.0000005") * 360 / days * Decimal("1.000001")


@given(issues, st.integers(184, 366), st.integers(60_000_000, 102_000_000))
def test_a_long_bill_earns_interest_on_interest_after_half_a_year(
    issue: date, days: int, units: int
) -> None:
    """VI.D.2: the price with simple interest to the half-year and again from there is par."""
    price = Decimal(units) / 10**6
    matures = date.fromordinal(issue.toordinal() + days)
    year = year_after_days(issue)
    rate = investment_rate_percent(issue, matures, price) / 100
    after_half = 1 + (days - Decimal(year) / 2) * rate / year
    assert abs(price * after_half * (1 + rate / 2) - 100) < Decimal("0.001")


def test_what_is_no_bill_or_has_no_price_is_refused() -> None:
    issue = day("2024-01-04")
    for matures in ("2024-01-04", "2023-01-04", "2025-01-05"):
        with pytest.raises(ValueError, match="1 to 366 days later"):
            bill_price_per_100(issue, day(matures), Decimal(5))
    with pytest.raises(ValueError, match="which is nothing"):
        bill_price_per_100(issue, day("2025-01-03"), Decimal(100))
    with pytest.raises(ValueError, match="give one above 0"):
        investment_rate_percent(issue, day("2024-07-04"), Decimal(0))
