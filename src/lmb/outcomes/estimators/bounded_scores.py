"""HC0 of many rows at the speed of floating point, between bounds that are proven.

The exact sum of squared scores runs over whole numbers of hundreds of digits. Here the two linear
forms are scaled to coefficients of 80 bits, cut into three limbs of 27, and multiplied with the
limbs of the columns: each product of matrices is exact, as in `cross_products` (a limb of a
coefficient is at most 2^26, of a column 2^19, and at most 2^7 products add up to 2^52). What is
rounded afterwards is bounded step by step. The bounds differ by about one part in 10^14; where
that leaves a digit open, the exact sum decides. So speed changes nothing that is told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from lmb.outcomes.estimators.columns import Column
from lmb.outcomes.estimators.conventions import Bounds
from lmb.outcomes.estimators.cross_products import (
    BLOCK_ROWS,
    PRODUCT_SIZE_MAX,
    FloatArray,
    Limb,
    blocks_of,
    limbs_of,
)
from lmb.outcomes.estimators.regression import Fit, LinearForm

ROWS_MIN = 2**12
"""Below so many rows the exact sum takes no time."""

COEFFICIENT_BITS = 80
COEFFICIENT_LIMB_BITS = 27
COEFFICIENT_LIMBS = 3
LINES_MAX = 2**7

SQUARES_RELATIVE = Fraction(1, 2**49)
"""At most thirteen halvings of a block, the squares and the sum of blocks, each 2^-53 at most."""


@dataclass(frozen=True, slots=True)
class ScaledForm:
    """A linear form over 2^`shift`: its coefficient limbs (highest first) for each line of a
    block, and how far a computed value may lie from the true one, beside 2^-52 of it."""

    limbs: FloatArray
    shift: int
    absolute: float


def can_bound(fit: Fit) -> bool:
    """Whether the fast way applies: many rows, one constant, not too many limbs."""
    lines = len(limbs_of(_columns(fit))) + 1
    return fit.rows >= ROWS_MIN and fit.design.groups_count == 1 and lines <= LINES_MAX


def hc0_bounds(fit: Fit) -> Bounds:
    """Bounds of the sum of squared residual times row weight, in units²."""
    columns = _columns(fit)
    limbs = limbs_of(columns)
    residual, weight = (_scaled(form, columns, limbs) for form in (fit.residual, fit.weight))
    coefficients = np.vstack([residual.limbs, weight.limbs])
    sums = []
    for block in blocks_of(limbs, fit.rows, _block_rows(len(limbs) + 1)):
        parts = coefficients @ block
        scores = _joined(parts[:COEFFICIENT_LIMBS]) * _joined(parts[COEFFICIENT_LIMBS:])
        sums.append(_sum(scores * scores))
    return _bounds(fit, residual, weight, Fraction(math.fsum(sums)))


def _bounds(fit: Fit, residual: ScaledForm, weight: ScaledForm, computed: Fraction) -> Bounds:
    """From the computed sum of squares of scaled scores to bounds of the true one.

    A score is off by at most 2^-50 of itself plus |t|·de + |e|·dt + de·dt; by the triangle
    inequality the root of the sum of squares is off by the root of the sum of these squares.
    """
    norm_residual = _norm(fit.residual_squares, fit.residual, residual)
    norm_weight = _norm(fit.weight_squares, fit.weight, weight)
    absolute = 1.001 * (
        residual.absolute * norm_weight
        + weight.absolute * norm_residual
        + residual.absolute * weight.absolute * math.sqrt(fit.rows)
    )
    relative = Fraction(1, 2**50)
    root_low, root_high = _root_bounds(computed)
    low = max(Fraction(0), root_low - Fraction(absolute)) / (1 + relative)
    high = (root_high + Fraction(absolute)) / (1 - relative)
    bottom = Fraction(2) ** (residual.shift + weight.shift) / (
        fit.residual.denominator * fit.weight.denominator
    )
    return Bounds((low * bottom) ** 2, (high * bottom) ** 2)


def _root_bounds(computed: Fraction) -> tuple[Fraction, Fraction]:
    low, high = computed * (1 - SQUARES_RELATIVE), computed * (1 + SQUARES_RELATIVE)
    scale = 1 << 128
    roots = [math.isqrt(int(value * scale**2)) for value in (low, high)]
    return Fraction(roots[0], scale), Fraction(roots[1] + 1, scale)


def _norm(squares: Fraction, form: LinearForm, scaled: ScaledForm) -> float:
    """An upper bound of the root of the sum of squares of a scaled form."""
    true = squares * form.denominator**2 / Fraction(2) ** (2 * scaled.shift)
    return math.sqrt(float(true)) * 1.001


def _columns(fit: Fit) -> list[Column]:
    """Each column once, known by identity: two columns may hold the same."""
    once = {id(column): column for column in (*fit.residual.columns, *fit.weight.columns)}
    return list(once.values())


def _scaled(form: LinearForm, columns: Sequence[Column], limbs: Sequence[Limb]) -> ScaledForm:
    given = dict(zip(map(id, form.columns), form.coefficients, strict=True))
    exact = [given.get(id(columns[limb.column]), 0) << limb.shift for limb in limbs]
    exact.append(form.intercepts[0])
    widest = max(abs(value).bit_length() for value in exact)
    shift = widest - COEFFICIENT_BITS
    rounded = [_shifted(value, shift) for value in exact]
    lines = np.array([_limbs(value) for value in rounded], dtype=np.float64).T
    # Rounding a coefficient by 1/2 moves a value by 2^18 a line; joining three limbs rounds a
    # number below 2^73 times the lines, by 2^20 times the lines.
    return ScaledForm(lines, shift, absolute=2.0**21 * len(exact))


def _shifted(value: int, shift: int) -> int:
    """value / 2^shift to the nearest whole number."""
    if shift <= 0:
        return value << -shift
    return (value + (1 << (shift - 1))) >> shift


def _limbs(value: int) -> list[int]:
    """Three balanced limbs, highest first."""
    half, found = 1 << (COEFFICIENT_LIMB_BITS - 1), []
    for _ in range(COEFFICIENT_LIMBS - 1):
        higher = (value + half) >> COEFFICIENT_LIMB_BITS
        found.append(value - (higher << COEFFICIENT_LIMB_BITS))
        value = higher
    return [value, *reversed(found)]


def _block_rows(lines: int) -> int:
    """A power of two, so that a block is halved evenly."""
    rows = PRODUCT_SIZE_MAX // (2 * COEFFICIENT_LIMBS * lines)
    return min(BLOCK_ROWS, 1 << (rows.bit_length() - 1))


def _joined(parts: FloatArray) -> FloatArray:
    base = 2.0**COEFFICIENT_LIMB_BITS
    joined: FloatArray = parts[0] * base**2 + (parts[1] * base + parts[2])
    return joined


def _sum(values: FloatArray) -> float:
    """The sum by halving, so that its rounding is bounded and the same everywhere."""
    while len(values) > 1:
        half = len(values) // 2
        pairs = values[:half] + values[half : 2 * half]
        values = np.append(pairs, values[-1]) if len(values) % 2 else pairs
    return float(values[0])
