"""The variance of a fitted coefficient by each convention, exactly, row by row.

Residual and row weight of a row are whole numbers over one denominator each (`LinearForm`), so
sums of their squares and products are whole numbers. Only where each row is divided by its own
leverage is there a bound instead of an equality: each term is cut off after so many binary digits
that the sum is known to far more than the digits told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from operator import mul

from lmb.outcomes.estimators.columns import Int64Array
from lmb.outcomes.estimators.conventions import LEVERAGE_POWER, Bounds, Convention, factor
from lmb.outcomes.estimators.rational import solve
from lmb.outcomes.estimators.regression import Fit, LinearForm
from lmb.values.errors import RefusedError

EXTRA_BITS = 160
"""Binary digits kept of a sum of terms that are divided by leverages."""


def variance(fit: Fit, convention: Convention, clusters: Int64Array | None = None) -> Bounds:
    """The variance of the treatment's coefficient, in the unit of the outcome squared."""
    rows, count = fit.rows, fit.coefficients
    if convention is Convention.HOMOSKEDASTIC:
        factor(convention, rows, count, 0)
        pooled = fit.residual_squares / (rows - count)
        return Bounds.exact(fit.scale * pooled * fit.weight_squares)
    if convention is Convention.CLUSTER:
        if clusters is None:
            raise ValueError("a clustered standard error needs clusters")
        return Bounds.exact(fit.scale * _clustered(fit, clusters))
    bottom = fit.residual.denominator * fit.weight.denominator
    if convention in LEVERAGE_POWER:
        return _leveraged(fit, LEVERAGE_POWER[convention]).times(fit.scale / bottom**2)
    total = sum(score * score for score in scores(fit))
    scale = fit.scale * factor(convention, rows, count, 0)
    return Bounds.exact(scale * Fraction(total, bottom**2))


def scores(fit: Fit) -> Iterator[int]:
    """Residual times row weight of each row, over both denominators."""
    groups = fit.design.groups.tolist()
    return map(mul, values(fit.residual, groups), values(fit.weight, groups))


def values(form: LinearForm, groups: list[int]) -> Iterator[int]:
    """A linear form's numerator for each row."""
    coefficients, intercepts = form.coefficients, form.intercepts
    lists = [column.integers() for column in form.columns]
    for group, *row in zip(groups, *lists, strict=True):
        yield sum(map(mul, coefficients, row), intercepts[group])


def _clustered(fit: Fit, clusters: Int64Array) -> Fraction:
    sums: dict[int, int] = defaultdict(int)
    for cluster, score in zip(clusters.tolist(), scores(fit), strict=True):
        sums[cluster] += score
    bottom = fit.residual.denominator * fit.weight.denominator
    scale = factor(Convention.CLUSTER, fit.rows, fit.coefficients, len(sums))
    return scale * Fraction(sum(total**2 for total in sums.values()), bottom**2)


def quotient_bounds(terms: Sequence[tuple[int, int]]) -> Bounds:
    """Bounds of a sum of quotients of numerators and positive denominators, each cut off after
    enough binary digits that the bounds are near."""
    largest = max(numerator.bit_length() - bottom.bit_length() for numerator, bottom in terms)
    shift = max(0, EXTRA_BITS - largest)
    low = sum((numerator << shift) // bottom for numerator, bottom in terms)
    return Bounds(Fraction(low, 1 << shift), Fraction(low + len(terms), 1 << shift))


def _leveraged(fit: Fit, power: int) -> Bounds:
    """The sum of squared scores, each over (1 - leverage)^power."""
    terms = []
    for (top, bottom), score in zip(_leverages(fit), scores(fit), strict=True):
        if top == bottom:
            raise RefusedError(
                "one row alone decides a coefficient (its leverage is 1), so its error cannot be "
                "known: join its block to another, or leave the covariate out"
            )
        terms.append((score * score * bottom**power, (bottom - top) ** power))
    return quotient_bounds(terms)


def _leverages(fit: Fit) -> Iterator[tuple[int, int]]:
    """Each row's leverage, as numerator and denominator."""
    size, common = len(fit.within), fit.groups_lcm
    columns = [column.integers() for column in fit.design.instruments]
    unit = [[int(row == column) for column in range(size)] for row in range(size)]
    solved = [solve(fit.within, line) for line in unit]
    bottom = solved[0][1]
    inverse = [numerators for numerators, _ in solved]
    # z - mean = (common·z - share·sum) / common; within is the cross product times common.
    for group, *row in zip(fit.design.groups.tolist(), *columns, strict=True):
        share = common // fit.group_sizes[group]
        centred = [
            common * value - share * sums[group]
            for value, sums in zip(row, fit.instrument_sums, strict=True)
        ]
        form = sum(
            one * sum(map(mul, line, centred)) for one, line in zip(centred, inverse, strict=True)
        )
        yield form + share * bottom, common * bottom
