"""Durations, convexity and DV01: derivatives of exact prices, an oracle, known closed forms."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

import numpy as np
import pytest
import QuantLib
from hypothesis import assume, given
from hypothesis import strategies as st

from lmb.bonds.pricing.array_terms import BondTerms, Floats
from lmb.bonds.pricing.arrays import PreparedBonds, prepare
from lmb.bonds.pricing.exact import exact_accrued, exact_price
from lmb.bonds.pricing.measures import (
    effective_measures,
    expected_price_with_accrued,
    risk_measures,
)
from lmb.bonds.quantlib_adapter import CONVENTION, quantlib_bond, quantlib_date
from lmb.bonds.schedule import InterestSchedule
from lmb.values.rounding import PRECISION_DIGITS
from tests.bonds.pricing.cases import arrays, coupons, days, settlements, yields

STEP = Decimal("1e-8")


def note(coupon: float = 5, settles: str = "2024-02-15", matures: str = "2029-02-15") -> BondTerms:
    return BondTerms(days(settles), days("2024-02-15"), days(matures), np.array([coupon]))


@given(settlements(), coupons, yields)
def test_measures_are_the_derivatives_of_exact_prices(
    settlement: tuple[InterestSchedule, date], coupon: Decimal, yield_percent: Decimal
) -> None:
    schedule, settles_on = settlement
    found = risk_measures(prepare(arrays([schedule], [settles_on], [coupon])), float(yield_percent))

    def price(shift: Decimal) -> Decimal:
        return exact_price(schedule, coupon, yield_percent + shift, settles_on)

    with localcontext(prec=PRECISION_DIGITS):
        here = price(Decimal(0)) + exact_accrued(schedule, coupon, settles_on)
        above, below = price(STEP), price(-STEP)
        slope = (above - below) / (2 * STEP) * 100
        curve = (above - 2 * price(Decimal(0)) + below) / STEP**2 * 10_000
    assert found.price_with_accrued[0] == pytest.approx(float(here), rel=1e-12)
    assert found.modified_years[0] == pytest.approx(float(-slope / here), rel=1e-10)
    assert found.convexity_years2[0] == pytest.approx(float(curve / here), rel=1e-9)
    assert found.dv01_per_100[0] == pytest.approx(float(-slope / 10_000), rel=1e-10)


@given(settlements(), coupons, yields)
def test_an_independent_library_finds_the_same_duration_and_convexity(
    settlement: tuple[InterestSchedule, date], coupon: Decimal, yield_percent: Decimal
) -> None:
    schedule, settles_on = settlement
    # In first periods QuantLib computes otherwise here and there: `quantlib_adapter` says where.
    settles_on = max(settles_on, schedule.first_interest_on)
    assume(settles_on < schedule.matures_on)
    theirs = quantlib_bond(schedule, coupon)
    rate = QuantLib.InterestRate(float(yield_percent) / 100, theirs.day_counter, *CONVENTION)
    when = quantlib_date(settles_on)
    found = risk_measures(prepare(arrays([schedule], [settles_on], [coupon])), float(yield_percent))
    duration = QuantLib.BondFunctions.duration(theirs.bond, rate, QuantLib.Duration.Modified, when)
    assert found.modified_years[0] == pytest.approx(duration, rel=1e-9)
    basis_point_value = QuantLib.BondFunctions.basisPointValue(theirs.bond, rate, when)
    # Theirs is the whole change for a basis point, to second order.
    second = found.convexity_years2[0] * found.price_with_accrued[0] / 2 * 1e-8
    assert second - found.dv01_per_100[0] == pytest.approx(basis_point_value, rel=1e-9)


@pytest.mark.parametrize("rate", [1e-6, 0.01, 2.0, 5.0, 15.0])
def test_a_bond_at_par_has_the_duration_of_the_closed_form(rate: float) -> None:
    found = risk_measures(prepare(note(rate)), rate)
    h = rate / 200
    modified = -np.expm1(-10 * np.log1p(h)) / (2 * h)
    assert found.price_with_accrued[0] == pytest.approx(100, rel=1e-15)
    assert found.modified_years[0] == pytest.approx(modified, rel=1e-13)
    assert found.macaulay_years[0] == pytest.approx(modified * (1 + h), rel=1e-13)


def test_a_bond_with_one_payment_left_has_the_time_to_it_as_duration() -> None:
    found = risk_measures(prepare(note(5, "2028-11-15")), 4.0)
    fraction = 92 / 184
    assert found.macaulay_years[0] == pytest.approx(fraction / 2)
    assert found.modified_years[0] == pytest.approx(fraction / 2 / (1 + fraction * 0.02))


def test_measures_of_many_bonds_are_those_of_each() -> None:
    terms = BondTerms(
        days("2024-02-15 2024-03-01 2024-08-31"),
        days("2024-02-15 2024-02-15 2024-08-31"),
        days("2029-02-15 2054-02-15 2026-08-31"),
        np.array([5.0, 0.0, 3.25]),
    )
    bonds = prepare(terms)
    together = risk_measures(bonds, np.array([4.0, 0.0, -0.25]))
    for row, yield_percent in enumerate([4.0, 0.0, -0.25]):
        alone = risk_measures(bonds[row : row + 1], yield_percent)
        assert together.modified_years[row] == alone.modified_years[0]
        assert together.convexity_years2[row] == alone.convexity_years2[0]


# ── outcomes ──────────────────────────────────────────────────────────────────────────────────

BONUSES = np.array([0, 0, 0, 0, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5])


def no_bonus(shift: float) -> Floats:
    return np.zeros(10)


def bond() -> PreparedBonds:
    return prepare(note(4, "2024-03-01"))


@given(st.floats(-0.5, 15))
def test_without_a_bonus_effective_measures_are_those_of_promised_payments(
    yield_percent: float,
) -> None:
    effective = effective_measures(bond(), yield_percent, no_bonus)
    promised = risk_measures(bond(), yield_percent)
    assert effective.price_with_accrued == pytest.approx(promised.price_with_accrued, rel=1e-13)
    assert effective.duration_years == pytest.approx(promised.modified_years, rel=1e-6)
    assert effective.convexity_years2 == pytest.approx(promised.convexity_years2, rel=1e-4)
    assert effective.dv01_per_100 == pytest.approx(promised.dv01_per_100, rel=1e-6)


def test_a_bonus_in_every_period_is_a_higher_coupon() -> None:
    with_bonus = expected_price_with_accrued(prepare(note(4)), 3.7, np.full(10, 1.5))
    assert with_bonus == pytest.approx(prepare(note(5.5)).price_with_accrued(3.7), rel=1e-14)


def test_a_bonus_after_maturity_is_not_paid() -> None:
    longer = np.concatenate([BONUSES, [9.0, 9.0]])
    shorter = expected_price_with_accrued(bond(), 3.7, BONUSES)
    assert (expected_price_with_accrued(bond(), 3.7, longer) == shorter).all()


def test_a_bonus_that_grows_with_yields_shortens_the_effective_duration() -> None:
    def growing(shift: float) -> Floats:
        return BONUSES * (1 + 0.2 * shift)

    def fixed(shift: float) -> Floats:
        return BONUSES

    alone = risk_measures(bond(), 4.0).modified_years[0]
    fixed_duration = effective_measures(bond(), 4.0, fixed).duration_years[0]
    growing_duration = effective_measures(bond(), 4.0, growing).duration_years[0]
    # A bonus paid late lengthens it; its answer to yields takes its own slope off, to first order.
    assert growing_duration < alone < fixed_duration + 0.2
    price = expected_price_with_accrued(bond(), 4.0, BONUSES)[0]
    added = expected_price_with_accrued(bond(), 4.0, BONUSES * 1.2)[0] - price
    assert growing_duration == pytest.approx(fixed_duration - 100 * added / price, rel=1e-6)
