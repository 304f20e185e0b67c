"""How the prices of many bonds move with their yields: durations, convexity, DV01, in float64.

Promised payments have them in closed form. Where an outcome may add to the coupon, and the outlook
for the outcome moves with yields too (more unemployment, lower yields, smaller bonuses), only the
effective measures are true: they price again with yields a little higher and a little lower.

All are of the price with accrued interest, which is what an investor has in the bond.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from lmb.bonds.pricing.array_terms import Floats
from lmb.bonds.pricing.arrays import PreparedBonds, half_yields

BASIS_POINT = 1e-4

BonusAt = Callable[[float], ArrayLike]
"""The expected bonus in per cent a year, when yields are so many percentage points higher: a row
for each payment after settlement, a column for each bond or one for all."""


@dataclass(frozen=True, slots=True, eq=False)
class RiskMeasures:
    """Measures of promised payments, one bond a row.

    Macaulay duration is the mean time of payments in years, weighted by present value; modified
    duration and convexity are the first and second derivative of the price by the yield (a number
    a year), over the price, the first negated. DV01 is what 100 of par lose as the yield rises by
    a hundredth of a percentage point.
    """

    price_with_accrued: Floats
    macaulay_years: Floats
    modified_years: Floats
    convexity_years2: Floats
    dv01_per_100: Floats


@dataclass(frozen=True, slots=True, eq=False)
class EffectiveMeasures:
    """Measures of expected payments, bonus and all; else as `RiskMeasures`."""

    price_with_accrued: Floats
    duration_years: Floats
    convexity_years2: Floats
    dv01_per_100: Floats


def risk_measures(bonds: PreparedBonds, yield_percent: ArrayLike) -> RiskMeasures:
    """Measures at Treasury yields: one for all bonds, or one each; NaN as `bonds.price` gives."""
    half_yield = half_yields(yield_percent) + np.zeros(len(bonds))
    value = _value(bonds, half_yield, lambda number: _promised(bonds, number))
    v = 1 / (1 + half_yield)
    factor = 1 + bonds.fraction * half_yield
    price = value.at / factor
    slope = (-value.slope * v**2 - bonds.fraction * price) / factor
    curve = value.curve * v**4 + 2 * value.slope * v**3
    curve = (curve - 2 * bonds.fraction * slope) / factor
    return RiskMeasures(
        price_with_accrued=price,
        macaulay_years=(bonds.fraction + v * value.slope / value.at) / 2,
        modified_years=-slope / price / 2,
        convexity_years2=curve / price / 4,
        dv01_per_100=-slope / 2 * BASIS_POINT,
    )


def effective_measures(
    bonds: PreparedBonds,
    yield_percent: ArrayLike,
    bonus_at: BonusAt,
    shift_percent: float = 0.01,
) -> EffectiveMeasures:
    """Measures of bonds that are expected to pay a bonus besides their coupon, which moves with
    yields as `bonus_at` says; the second order differences of prices `shift_percent` apart."""
    given = np.asarray(yield_percent, dtype=np.float64)

    def price(shift: float) -> Floats:
        return expected_price_with_accrued(bonds, given + shift, bonus_at(shift))

    here, above, below = price(0), price(shift_percent), price(-shift_percent)
    step = shift_percent / 100
    duration = (below - above) / (2 * step * here)
    return EffectiveMeasures(
        price_with_accrued=here,
        duration_years=duration,
        convexity_years2=(above + below - 2 * here) / (step**2 * here),
        dv01_per_100=duration * here * BASIS_POINT,
    )


def expected_price_with_accrued(
    bonds: PreparedBonds, yield_percent: ArrayLike, bonus_percent: ArrayLike
) -> Floats:
    """Prices with accrued interest per 100 at Treasury yields, of bonds that pay a bonus besides
    their coupon: per cent a year, a row for each payment after settlement, a column for each bond
    or one for all. Rows past a bond's maturity do not count."""
    half_yield = half_yields(yield_percent) + np.zeros(len(bonds))
    bonus = np.asarray(bonus_percent, dtype=np.float64)
    bonus = bonus[:, np.newaxis] if bonus.ndim == 1 else bonus

    def paid(number: int) -> Floats:
        due = number <= bonds.half_years_after_next
        return np.where(due, bonus[number] / 2, 0) if number < len(bonus) else 0 * half_yield

    value = _value(bonds, half_yield, paid).at / (1 + bonds.fraction * half_yield)
    return bonds.price_with_accrued(half_yield * 200) + value


class _Value(NamedTuple):
    """The value of payments on the next coupon date as a polynomial in v, and its derivatives."""

    at: Floats
    slope: Floats
    curve: Floats


def _value(bonds: PreparedBonds, half_yield: Floats, paid: Callable[[int], Floats]) -> _Value:
    """Payments from the last to the next, by Horner's rule: no power of v is taken, so nothing is
    lost near a zero yield, and memory does not grow with the term."""
    v = 1 / (1 + half_yield)
    at, slope, half_curve = (np.zeros(len(bonds)) for _ in range(3))
    last = int(bonds.half_years_after_next.max(initial=0))
    for number in range(last, -1, -1):
        half_curve = half_curve * v + slope
        slope = slope * v + at
        at = at * v + paid(number)
    return _Value(at, slope, 2 * half_curve)


def _promised(bonds: PreparedBonds, number: int) -> Floats:
    """What every bond pays per 100 so many half-years after the next coupon date."""
    half_years = (number <= bonds.half_years_after_next).astype(np.float64)
    if number == 0:
        half_years = bonds.next_half_years
    elif number == 1:
        half_years = half_years + bonds.later_extra_half_years
    redeemed = np.where(number == bonds.half_years_after_next, 100, 0)
    return bonds.half_coupon * half_years + redeemed
