"""Trades: T+1, clean price and accrued interest, the bonus in it, the closed book."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.coupon import interest_cents
from lmb.bonds.dated_rules import registry_rules_on
from lmb.bonds.registry.custody import Mode
from lmb.bonds.registry.trade import (
    BonusNotice,
    Trade,
    amount_faults,
    closed_book,
    closed_faults,
    settlement_date,
    trade_faults,
    trade_terms,
)
from lmb.bonds.schedule import InterestSchedule
from lmb.values.business_calendar import is_business_day

RULES = registry_rules_on(date(2026, 1, 2))
SCHEDULE = InterestSchedule(date(2026, 2, 15), date(2026, 8, 15), date(2036, 2, 15))
BONUS = BonusNotice(Decimal("1.5"), date(2027, 7, 1), 4)


def trade(on: date, face_cents: int = 1_000_000, price: str = "99.5") -> Trade:
    return Trade("t1", "ana", "ben", face_cents, Decimal(price), on)


def test_a_trade_settles_on_the_next_business_day() -> None:
    # 3 July 2026 is a Friday the Reserve Banks are open on; the holiday falls on Saturday.
    assert settlement_date(date(2026, 7, 2), RULES) == date(2026, 7, 3)
    assert settlement_date(date(2026, 7, 3), RULES) == date(2026, 7, 6)
    assert settlement_date(date(2026, 12, 24), RULES) == date(2026, 12, 28)


def test_the_buyer_pays_clean_price_and_accrued_interest_to_the_settlement_date() -> None:
    terms = trade_terms(trade(date(2026, 5, 14)), SCHEDULE, Decimal(4), None, RULES)
    assert terms.settles_on == date(2026, 5, 15)
    # 89 of the 181 days to 15 August at 2 % the half-year, per $1,000 to five decimals.
    assert terms.accrued_per_1000 == Decimal("9.83425")
    assert terms.amount.principal_cents == 995_000
    assert terms.amount.accrued_cents == 9_834
    assert terms.legend is None


def test_accrued_interest_has_the_bonus_from_the_period_that_pays_it() -> None:
    before = trade_terms(trade(date(2027, 7, 8)), SCHEDULE, Decimal(4), BONUS, RULES)
    assert (before.period, before.coupon_percent) == (3, Decimal(4))
    assert before.legend is not None
    assert "for interest period 4, to be paid to whoever holds then" in before.legend
    after = trade_terms(trade(date(2027, 8, 17)), SCHEDULE, Decimal(4), BONUS, RULES)
    assert (after.period, after.coupon_percent) == (4, Decimal("5.5"))
    assert after.legend == "Accrued interest includes the outcome bonus of 1.5 % a year."


@given(st.dates(date(2026, 2, 17), date(2036, 1, 31)), st.integers(1, 10**6))
def test_accrued_interest_is_never_below_nothing_nor_above_the_coupon(day: date, face: int) -> None:
    terms = trade_terms(trade(day, face * 100_00), SCHEDULE, Decimal("4.125"), None, RULES)
    assert is_business_day(terms.settles_on)
    period = SCHEDULE.periods()[terms.period - 1]
    assert period.starts_on <= terms.settles_on < period.ends_on
    coupon_cents = interest_cents(period, face * 100_00, Decimal("4.125"))
    assert 0 <= terms.amount.accrued_cents <= coupon_cents


def test_the_book_is_closed_for_four_business_days_before_a_payment() -> None:
    # Paid on Monday 17 August 2026; the four business days before are the 11th to the 14th.
    days = [date(2026, 8, day) for day in range(8, 20)]
    closed = [day.day for day in days if closed_book(SCHEDULE, day, RULES)]
    assert closed == [11, 12, 13, 14, 15, 16]


def test_a_closed_book_binds_retail_direct_accounts_alone() -> None:
    modes = {"ana": Mode.RETAIL_DIRECT, "bank/ben": Mode.COMMERCIAL}
    (told,) = closed_faults(modes, SCHEDULE, date(2026, 8, 12), RULES)
    assert "the book of ana is closed on 2026-08-12 for the payment of 2026-08-17" in told
    assert list(closed_faults(modes, SCHEDULE, date(2026, 8, 17), RULES)) == []


@pytest.mark.parametrize(
    ("face_cents", "told"),
    [
        (5_000, ["$50.00 is less than the minimum of $100.00", "not a multiple"]),
        (15_000, ["$150.00 is not a multiple of $100.00"]),
        (0, ["$0.00 is less than the minimum"]),
        (20_000, []),
    ],
)
def test_amounts_are_at_least_the_minimum_and_multiples(face_cents: int, told: list[str]) -> None:
    found = list(amount_faults(face_cents, 100_00, 100_00))
    assert len(found) == len(told)
    assert all(part in whole for part, whole in zip(told, found, strict=True))


@pytest.mark.parametrize("price", ["0", "-1", "99.0000001"])
def test_a_price_is_positive_with_six_decimals(price: str) -> None:
    (told,) = trade_faults(trade(date(2026, 5, 14), price=price))
    assert "not above 0 with at most 6 decimals" in told


def test_nobody_trades_with_itself() -> None:
    alone = Trade("t1", "ana", "ana", 100_00, Decimal(100), date(2026, 5, 14))
    (told,) = trade_faults(alone)
    assert "cannot trade with itself" in told
