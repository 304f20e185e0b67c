"""Interest of a period, by the examples of Appendix B, section I.A, and for holders to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.coupon import holder_interest, interest_cents, interest_per_100
from lmb.bonds.schedule import InterestPeriod, InterestSchedule

REGULAR = InterestSchedule(date(1976, 2, 15), date(1976, 8, 15), date(1981, 2, 15))
SHORT = InterestSchedule(date(1990, 7, 2), date(1990, 12, 31), date(1992, 6, 30))
LONG = InterestSchedule(date(1990, 12, 3), date(1991, 8, 15), date(1996, 2, 15))


def first(schedule: InterestSchedule) -> InterestPeriod:
    return schedule.periods()[0]


def test_a_regular_half_year_pays_half_the_annual_rate_whatever_its_days() -> None:
    for period in REGULAR.periods():
        assert interest_cents(period, 1_000_00, Decimal(8)) == 40_00


def test_a_short_first_payment_is_that_of_the_example() -> None:
    exact = interest_per_100(first(SHORT), Decimal("8.375"))
    assert exact == Fraction("8.375") / 2 * Fraction(182, 184)
    # The regulation's own $41.419837004 carries its daily decimal rounded to nine places.
    assert abs(float(10 * exact) - 41.419837004) < 1e-6
    assert interest_cents(first(SHORT), 20_000_00, Decimal("8.375")) == 828_40


def test_a_long_first_payment_is_that_of_the_example() -> None:
    rate = Decimal("7.875")
    assert abs(float(10 * interest_per_100(first(LONG), rate)) - 55.210597810) < 1e-6
    assert interest_cents(first(LONG), 1_000_00, rate) == 55_21
    assert interest_cents(first(LONG), 7_000_00, rate) == 386_47


def test_half_a_cent_is_rounded_up() -> None:
    # $100 at 4.13 per cent: 2.065 dollars a half-year.
    assert interest_cents(first(REGULAR), 100_00, Decimal("4.13")) == 2_07


def test_a_holder_gets_the_whole_coupon_rounded_once() -> None:
    # 2.065 of base and 0.035 of bonus are 2.10 together, not 2.07 and 0.04.
    paid = holder_interest(first(REGULAR), 100_00, Decimal("4.13"), Decimal("0.07"))
    assert (paid.base_cents, paid.bonus_cents, paid.total_cents) == (2_07, 3, 2_10)


rates = st.integers(0, 15_000).map(lambda steps: Decimal(steps) / 1000)
pars = st.integers(1, 10_000_000).map(lambda steps: steps * 100_00)


@given(st.sampled_from([REGULAR, SHORT, LONG]), pars, rates, rates)
def test_the_parts_add_up_and_the_guarantee_is_never_less_than_without_a_bonus(
    schedule: InterestSchedule, par_cents: int, base: Decimal, bonus: Decimal
) -> None:
    period = first(schedule)
    paid = holder_interest(period, par_cents, base, bonus)
    assert paid.total_cents == interest_cents(period, par_cents, base + bonus)
    assert paid.base_cents == interest_cents(period, par_cents, base)
    assert paid.bonus_cents >= 0


@given(st.sampled_from([REGULAR, SHORT, LONG]), pars, rates)
def test_interest_is_the_exact_amount_to_half_a_cent(
    schedule: InterestSchedule, par_cents: int, rate: Decimal
) -> None:
    period = first(schedule)
    exact_cents = interest_per_100(period, rate) * par_cents / 100
    error = interest_cents(period, par_cents, rate) - exact_cents
    assert Fraction(-1, 2) < error <= Fraction(1, 2)


def test_a_negative_bonus_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        holder_interest(first(REGULAR), 100_00, Decimal(4), Decimal("-0.001"))
