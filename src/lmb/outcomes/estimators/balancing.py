"""Entropy balancing: the control group weighted so that its covariate means are the treated's.

Among all weights that balance, those nearest to equal ones: w = exp(sum of m·z), with one
multiplier m for each covariate. They are unique (Hainmueller 2012). A floating-point Newton
search finds where to start; it decides nothing, because the multipliers are then brought to 32
decimals in exact fixed-point arithmetic and rounded to 24. The multipliers are the certificate:
from them anyone computes the weights with `decimal` alone and sees that they balance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from math import isqrt
from operator import mul

import numpy as np

from lmb.outcomes.estimators.columns import Column
from lmb.outcomes.estimators.cross_products import FloatArray
from lmb.outcomes.estimators.rational import SingularError, decimal_of, significant, solve
from lmb.values.errors import RefusedError

MULTIPLIER_PLACES = 24
WEIGHT_PLACES = 30
"""A weight is a whole number of 10^-30 of the largest one."""

_WORKING_PLACES = 40
_WORKING_DIGITS = 50
_CONVERGED = Decimal("1e-32")
_STEPS_MAX = 200
_POLISH_MAX = 12
_SPREAD_MAX = 600.0
"""Exponents further apart than this give weights no float64 holds: there is no balance near."""


@dataclass(frozen=True, slots=True)
class Balanced:
    """Weights of the controls in their order, whole numbers; the multipliers they follow from;
    and the largest distance of a balanced mean from its target, in standard deviations."""

    weights: tuple[int, ...]
    multipliers: tuple[Decimal, ...]
    residual: Decimal


def entropy_balance(
    treatment: Column, covariates: Sequence[Column], names: Sequence[str]
) -> Balanced:
    """Balance the means of covariates. Raises RefusedError where a covariate follows from others
    among the controls, or where no weights balance."""
    arm = treatment.arm()
    scaled = [
        _scaled(column, arm.tolist(), name) for column, name in zip(covariates, names, strict=True)
    ]
    rows = list(zip(*(numbers for numbers, _ in scaled), strict=True))
    scales = [scale for _, scale in scaled]
    _refuse_dependent(rows, names)
    start = _search(np.array(rows, dtype=np.float64) / np.array(scales, dtype=np.float64), names)
    multipliers = _polished(rows, scales, start, names)
    weights = weights_of(rows, scales, multipliers)
    return Balanced(tuple(weights), tuple(multipliers), _residual(rows, scales, weights))


def weights_of(
    rows: Sequence[tuple[int, ...]], scales: Sequence[int], multipliers: Sequence[Decimal]
) -> list[int]:
    """The weights that multipliers give: exp of the sum of multiplier · number / scale, as whole
    numbers of 10^-30 of the largest. A control who would weigh less than one weighs one."""
    one = 10**MULTIPLIER_PLACES
    exponents = _exponents(
        rows, scales, [int(m.scaleb(MULTIPLIER_PLACES)) for m in multipliers], one
    )
    with localcontext(prec=_WORKING_DIGITS):
        return [max(1, round(e.exp().scaleb(WEIGHT_PLACES))) for e in exponents]


def _scaled(column: Column, arm: list[bool], name: str) -> tuple[list[int], int]:
    """The controls' distances from the mean of the treated as whole numbers, and the power of two
    next to their standard deviation, in the same unit."""
    numbers = column.integers()
    treated = [number for number, is_treated in zip(numbers, arm, strict=True) if is_treated]
    control = [number for number, is_treated in zip(numbers, arm, strict=True) if not is_treated]
    count, total = len(treated), sum(treated)
    people, mean_parts = len(control), sum(control)
    spread = isqrt(people * sum(c * c for c in control) - mean_parts**2) * count // people
    if spread == 0:
        raise RefusedError(f"column {name} is the same for all controls: leave it out")
    return [count * number - total for number in control], 1 << (spread.bit_length() - 1)


def _refuse_dependent(rows: Sequence[tuple[int, ...]], names: Sequence[str]) -> None:
    columns = list(zip(*rows, strict=True))
    sums = [sum(column) for column in columns]
    matrix = [
        [len(rows) * sum(map(mul, a, b)) - sums[i] * sums[j] for j, b in enumerate(columns)]
        for i, a in enumerate(columns)
    ]
    try:
        solve(matrix, [0] * len(columns))
    except SingularError as error:
        raise RefusedError(
            f"column {names[error.column]} follows from the columns before it among the controls: "
            "leave it out"
        ) from error


def _search(scaled: FloatArray, names: Sequence[str]) -> FloatArray:
    """Newton's method with halved steps, in floating point."""
    multipliers = np.zeros(scaled.shape[1])

    def potential(candidate: FloatArray) -> float:
        exponents = scaled @ candidate
        top = exponents.max()
        return float(top + np.log(np.exp(exponents - top).sum()))

    for _ in range(_STEPS_MAX):
        mean, spread = _moments(scaled, multipliers)
        if np.abs(mean).max() < 1e-9:
            return multipliers
        try:
            step = np.linalg.solve(spread, mean)
        except np.linalg.LinAlgError:
            break
        length, before = 1.0, potential(multipliers)
        while potential(multipliers - length * step) > before and length > 1e-6:
            length /= 2
        multipliers = multipliers - length * step
        if np.ptp(scaled @ multipliers) > _SPREAD_MAX:
            break
    raise _unbalanced(names)


def _moments(scaled: FloatArray, multipliers: FloatArray) -> tuple[FloatArray, FloatArray]:
    exponents = scaled @ multipliers
    weights = np.exp(exponents - exponents.max())
    weights /= weights.sum()
    mean = weights @ scaled
    spread: FloatArray = (scaled * weights[:, None]).T @ scaled - np.outer(mean, mean)
    return mean, spread


def _polished(
    rows: Sequence[tuple[int, ...]],
    scales: Sequence[int],
    start: FloatArray,
    names: Sequence[str],
) -> list[Decimal]:
    """The multipliers to 24 decimals. The direction of a step comes from floating point, its
    target from exact sums, so each step makes the distance smaller by some ten digits."""
    one = 10**_WORKING_PLACES
    current = [int(Decimal(float(m)).scaleb(_WORKING_PLACES)) for m in start]
    scaled = np.array(rows, dtype=np.float64) / np.array(scales, dtype=np.float64)
    inverse = np.linalg.inv(_moments(scaled, start)[1])
    with localcontext(prec=_WORKING_DIGITS):
        for _ in range(_POLISH_MAX):
            means = _weighted_means(rows, scales, current, one)
            step = [
                sum((Decimal(float(h)) * m for h, m in zip(line, means, strict=True)), Decimal(0))
                for line in inverse
            ]
            current = [
                m - round(s.scaleb(_WORKING_PLACES)) for m, s in zip(current, step, strict=True)
            ]
            if max(map(abs, step)) < _CONVERGED:
                quantum = Decimal(1).scaleb(-MULTIPLIER_PLACES)
                return [Decimal(m).scaleb(-_WORKING_PLACES).quantize(quantum) + 0 for m in current]
    raise _unbalanced(names)


def _weighted_means(
    rows: Sequence[tuple[int, ...]], scales: Sequence[int], multipliers: Sequence[int], one: int
) -> list[Decimal]:
    exponents = _exponents(rows, scales, multipliers, one)
    weights = [round(e.exp().scaleb(_WORKING_PLACES)) for e in exponents]
    whole = sum(weights)
    return [
        Decimal(sum(map(mul, weights, column))) / (whole * scale)
        for column, scale in zip(zip(*rows, strict=True), scales, strict=True)
    ]


def _exponents(
    rows: Sequence[tuple[int, ...]], scales: Sequence[int], multipliers: Sequence[int], one: int
) -> list[Decimal]:
    """The exponents less the largest of them, so that no weight is above 1."""
    top = max(scales)
    factors = [m * (top // scale) for m, scale in zip(multipliers, scales, strict=True)]
    exact = [sum(map(mul, factors, row)) for row in rows]
    highest, bottom = max(exact), one * top
    with localcontext(prec=_WORKING_DIGITS):
        return [Decimal(value - highest) / bottom for value in exact]


def _residual(
    rows: Sequence[tuple[int, ...]], scales: Sequence[int], weights: Sequence[int]
) -> Decimal:
    whole = sum(weights)
    distances = [
        abs(Fraction(sum(map(mul, weights, column)), whole * scale))
        for column, scale in zip(zip(*rows, strict=True), scales, strict=True)
    ]
    return significant(decimal_of(max(distances)), 3)


def _unbalanced(names: Sequence[str]) -> RefusedError:
    return RefusedError(
        f"no weights of the controls reach the treated's means of {', '.join(names)}: the groups "
        "do not overlap there; use fewer covariates or another comparison group"
    )
