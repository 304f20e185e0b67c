"""Cents of every holder: nobody below the guarantee, the sum what the declared rounding says."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.coupon import holder_interest, interest_per_100
from lmb.bonds.payments.shares import Payment, Rounding, entitlements, half_up_cents
from tests.bonds.registry.test_trade import SCHEDULE

HELD = st.dictionaries(
    st.text("abcdef/", min_size=1, max_size=6), st.integers(1, 10**9), max_size=30
).map(lambda held: list(held.items()))
RATES = st.fractions(0, Fraction(1, 5), max_denominator=10**6)


@given(HELD, RATES, RATES)
def test_by_largest_remainder_the_cents_add_up_to_the_obligation(
    held: list[tuple[str, int]], base: Fraction, bonus: Fraction
) -> None:
    payment = Payment(base, bonus)
    paid = entitlements(held, payment, Rounding.LARGEST_REMAINDER)
    par_cents = sum(par for _, par in held)
    assert sum(one.base_cents for one in paid) == half_up_cents(par_cents * base)
    whole = sum(one.base_cents + one.bonus_cents for one in paid)
    assert whole == payment.obligation_cents(par_cents)
    for one in paid:
        assert abs(one.base_cents - one.par_cents * base) < 1
        assert abs(one.bonus_cents - one.par_cents * bonus) < 1
        assert one.bonus_cents >= 0


@given(HELD, RATES, RATES)
def test_per_holder_each_amount_is_rounded_alone_and_the_sum_strays_by_half_a_cent_each(
    held: list[tuple[str, int]], base: Fraction, bonus: Fraction
) -> None:
    payment = Payment(base, bonus)
    paid = entitlements(held, payment, Rounding.PER_HOLDER)
    for one in paid:
        assert abs(one.base_cents - one.par_cents * base) <= Fraction(1, 2)
        assert abs(one.base_cents + one.bonus_cents - one.par_cents * (base + bonus)) <= Fraction(
            1, 2
        )
        assert one.bonus_cents >= 0
    par_cents = sum(par for _, par in held)
    stray = sum(one.base_cents + one.bonus_cents for one in paid)
    stray -= payment.obligation_cents(par_cents)
    assert 2 * abs(stray) <= len(paid) + 1


@given(HELD, st.permutations(range(30)))
def test_the_order_of_the_holders_changes_nothing(
    held: list[tuple[str, int]], order: list[int]
) -> None:
    shuffled = [held[place] for place in order if place < len(held)]
    payment = Payment(Fraction(1, 48), Fraction(1, 300))
    for rounding in Rounding:
        assert entitlements(shuffled, payment, rounding) == entitlements(held, payment, rounding)


def test_the_cents_left_over_go_to_the_largest_remainders_then_by_account() -> None:
    held = [("c", 100), ("b", 100), ("a", 100), ("d", 150)]
    # A third of a cent each and half a cent: a cent and a half, rounded to two.
    paid = entitlements(held, Payment(Fraction(1, 300)), Rounding.LARGEST_REMAINDER)
    assert [(one.account, one.base_cents) for one in paid] == [
        ("a", 1),
        ("b", 0),
        ("c", 0),
        ("d", 1),
    ]


@given(st.integers(1, 10**12), st.integers(0, 15_000), st.integers(0, 15_000))
def test_per_holder_is_the_interest_of_appendix_b(par: int, base: int, bonus: int) -> None:
    period = SCHEDULE.periods()[0]
    rates = [Decimal(milli) / 1000 for milli in (base, bonus)]
    payment = Payment(*(interest_per_100(period, rate) / 100 for rate in rates))
    (paid,) = entitlements([("a", par)], payment, Rounding.PER_HOLDER)
    interest = holder_interest(period, par, rates[0], rates[1])
    assert (paid.base_cents, paid.bonus_cents) == (interest.base_cents, interest.bonus_cents)


def test_holders_do_not_pay() -> None:
    with pytest.raises(ValueError, match="holders are paid"):
        Payment(Fraction(-1, 100))
