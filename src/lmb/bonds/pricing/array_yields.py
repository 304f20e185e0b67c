"""Yields of many fixed-rate bonds in one call, by Newton's method inside a bracket.

The logarithm of the price is nearly a straight line in the yield, so Newton's steps on it are few
whatever the price. Every step narrows a bracket that holds the one solution, and a step that would
leave it halves it instead.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from lmb.bonds.pricing.array_terms import Floats
from lmb.bonds.pricing.arrays import HIGHEST_PERCENT, LOWEST_PERCENT, PreparedBonds

LOWEST, HIGHEST = LOWEST_PERCENT / 200, HIGHEST_PERCENT / 200
"""The bounds of half-yields."""

STEPS_MAX = 100
"""Sixty halvings narrow the bracket to the last bit; Newton's steps are three to five."""

_STEP_SMALL = 1e-9
"""After a step below this Newton's error is beyond the last bit: about ten times its square."""

_NEAR_ZERO = 1e-9
"""Half-yields nearer to zero are moved here where the slope is taken: it has no value at zero."""

Discount = Callable[[PreparedBonds, Floats], tuple[Floats, Floats]]
"""By what a value on the next coupon date is divided, and the slope of its logarithm."""


def treasury_yield_percent(bonds: PreparedBonds, price: ArrayLike) -> Floats:
    """The yields at which `bonds.price` gives these clean prices per 100; NaN for a price that no
    yield from -99 to 1,000 per cent gives."""
    return _solve(bonds, price, _simple_discount)


def street_yield_percent(bonds: PreparedBonds, price: ArrayLike) -> Floats:
    """The yields at which `bonds.street_price` gives these clean prices, else as above."""
    return _solve(bonds, price, _street_discount)


def _simple_discount(bonds: PreparedBonds, half_yield: Floats) -> tuple[Floats, Floats]:
    factor = 1 + bonds.fraction * half_yield
    return factor, bonds.fraction / factor


def _street_discount(bonds: PreparedBonds, half_yield: Floats) -> tuple[Floats, Floats]:
    last = bonds.half_years_after_next == 0
    divisor = np.where(last, 1 + bonds.fraction * half_yield, 1 + half_yield)
    return bonds.street_factor(half_yield), bonds.fraction / divisor


def _solve(bonds: PreparedBonds, price: ArrayLike, discount: Discount) -> Floats:
    target = np.asarray(price, dtype=np.float64) + bonds.accrued
    low, high = np.full(len(bonds), LOWEST), np.full(len(bonds), HIGHEST)
    solvable = (_value(bonds, low, discount) >= target) & (_value(bonds, high, discount) <= target)
    found = np.full(len(bonds), np.nan)
    rows = np.flatnonzero(solvable)
    if len(rows) < len(bonds):
        bonds, target, low, high = bonds[rows], target[rows], low[rows], high[rows]
    guess = _first_guess(bonds, target)
    for _ in range(STEPS_MAX):
        better, low, high = _step(bonds, target, guess, low, high, discount)
        moved = np.abs(better - guess)
        guess = better
        if moved.max(initial=0) <= _STEP_SMALL:
            found[rows] = 200 * guess
            return found
    raise ArithmeticError(f"no yield found within {STEPS_MAX} steps")


def _value(bonds: PreparedBonds, half_yield: Floats, discount: Discount) -> Floats:
    return bonds.value_on_next_date(half_yield) / discount(bonds, half_yield)[0]


def _first_guess(bonds: PreparedBonds, target: Floats) -> Floats:
    """Coupon and gain to redemption, spread evenly over what is invested on average."""
    left = bonds.half_years_after_next + bonds.fraction
    clean = target - bonds.accrued
    guess = (bonds.half_coupon + (100 - clean) / left) / (40 + 0.6 * np.abs(clean))
    return np.clip(guess, -0.2, 1)


def _step(
    bonds: PreparedBonds,
    target: Floats,
    guess: Floats,
    low: Floats,
    high: Floats,
    discount: Discount,
) -> tuple[Floats, Floats, Floats]:
    """A better half-yield, and the narrower bracket around the solution."""
    at = np.where(np.abs(guess) < _NEAR_ZERO, _NEAR_ZERO, guess)
    factor, factor_slope = discount(bonds, at)
    v = 1 / (1 + at)
    annuity = bonds.annuity(at)
    gap = bonds.half_coupon - 100 * at
    extra = bonds.half_coupon * bonds.later_extra_half_years * v
    value = annuity * gap + 100 + bonds.half_coupon * bonds.next_half_years + extra
    n = bonds.half_years_after_next
    # v^n is 1 - h a; so the annuity's slope needs no power of its own.
    annuity_slope = (n * (1 - at * annuity) * v - annuity) / at
    value_slope = annuity_slope * gap - 100 * annuity - extra * v
    error = np.log(value / (factor * target))
    low, high = np.where(error > 0, at, low), np.where(error > 0, high, at)
    better = at - error / (value_slope / value - factor_slope)
    outside = ~((low <= better) & (better <= high))
    return np.where(outside, (low + high) / 2, better), low, high
