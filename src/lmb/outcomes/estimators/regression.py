"""Least squares and instrumental variables by exact normal equations.

The coefficients solve Z'X b = Z'y after taking out the mean of each group (one group is the
constant; more are fixed effects of blocks). Least squares is the case Z = X. Residuals and the row
weights of the first coefficient are kept as integer linear forms of a row, over one denominator.

Sources: Frisch-Waugh-Lovell; Wooldridge (2010), section 5.2 for the instruments.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from lmb.outcomes.estimators.columns import Column, Int64Array
from lmb.outcomes.estimators.cross_products import CrossProducts, cross_products, group_sums
from lmb.outcomes.estimators.rational import SingularError, solve
from lmb.values.errors import RefusedError

Matrix = list[list[int]]


@dataclass(frozen=True, slots=True)
class LinearForm:
    """(sum of coefficient · column + intercept of the row's group) / denominator, in units."""

    columns: tuple[Column, ...]
    coefficients: tuple[int, ...]
    intercepts: tuple[int, ...]
    denominator: int


@dataclass(frozen=True, slots=True)
class Design:
    """A regression: outcome on regressors, the first of them the treatment. `instruments` stand
    for the regressors one by one; they are the regressors themselves in least squares. `groups`
    says which group's mean is taken out of a row; all rows are group 0 where there is a constant
    alone."""

    outcome: Column
    regressors: tuple[Column, ...]
    instruments: tuple[Column, ...]
    groups: Int64Array
    groups_count: int


@dataclass(frozen=True, slots=True)
class Fit:
    """The treatment's coefficient, exact, and what its standard errors need.

    Everything but `point` is in units of the columns; `scale` turns a variance in units² into
    that of `point`.
    `within` are the instruments' cross products about their group means, times `groups_lcm`.
    """

    design: Design
    point: Fraction
    scale: Fraction
    residual: LinearForm
    weight: LinearForm
    residual_squares: Fraction
    weight_squares: Fraction
    within: Matrix
    groups_lcm: int
    group_sizes: tuple[int, ...]
    instrument_sums: tuple[tuple[int, ...], ...]

    @property
    def rows(self) -> int:
        return len(self.design.outcome)

    @property
    def coefficients(self) -> int:
        return len(self.design.regressors) + self.design.groups_count


def fit(design: Design) -> Fit:
    """Solve a design. Raises RefusedError, naming the column, where there is no single solution."""
    columns, places = _distinct(design)
    whole = cross_products(columns)
    sums = _sums_by_group(columns, whole, design)
    sizes = _group_sizes(design)
    common = lcm(*sizes)
    within = _within(whole, sums, sizes, common)
    y, x, z = places
    matrix = [[within[a][b] for b in x] for a in z]
    try:
        numerators, bottom = solve(matrix, [within[a][y] for a in z])
        first = [1] + [0] * (len(x) - 1)
        row, row_bottom = solve([[within[a][b] for a in z] for b in x], first)
    except SingularError as error:
        raise _collinear(design, matrix, error) from error
    residual_form = _combined([(y, bottom)] + [(b, -n) for b, n in zip(x, numerators, strict=True)])
    weight_form = _combined(zip(z, row, strict=True))
    residual_bottom, scale = bottom * common, design.outcome.unit / design.regressors[0].unit
    return Fit(
        design=design,
        point=Fraction(numerators[0], bottom) * scale,
        scale=scale**2,
        residual=_linear_form(columns, residual_form, sums, sizes, common, residual_bottom),
        weight=_linear_form(columns, weight_form, sums, sizes, common, row_bottom),
        residual_squares=Fraction(_quadratic(within, residual_form), common * bottom**2),
        weight_squares=Fraction(_quadratic(within, weight_form) * common, row_bottom**2),
        within=[[within[a][b] for b in z] for a in z],
        groups_lcm=common,
        group_sizes=tuple(sizes),
        instrument_sums=tuple(tuple(sums[a]) for a in z),
    )


def _distinct(design: Design) -> tuple[list[Column], tuple[int, list[int], list[int]]]:
    """Each column once, and the places of outcome, regressors and instruments among them."""
    columns: list[Column] = []
    places: dict[int, int] = {}
    for column in (design.outcome, *design.regressors, *design.instruments):
        if id(column) not in places:
            places[id(column)] = len(columns)
            columns.append(column)
    x = [places[id(column)] for column in design.regressors]
    z = [places[id(column)] for column in design.instruments]
    return columns, (0, x, z)


def _group_sizes(design: Design) -> list[int]:
    if design.groups_count == 1:
        return [len(design.outcome)]
    ones = Column.of("people", [1] * len(design.outcome))
    return group_sums(ones, design.groups, design.groups_count)


def _sums_by_group(
    columns: Sequence[Column], whole: CrossProducts, design: Design
) -> list[list[int]]:
    if design.groups_count == 1:
        return [[total] for total in whole.sums]
    return [group_sums(column, design.groups, design.groups_count) for column in columns]


def _within(
    whole: CrossProducts, sums: list[list[int]], sizes: Sequence[int], common: int
) -> Matrix:
    """Cross products about the means of groups, times the common multiple of group sizes."""
    shares = [common // size for size in sizes]
    return [
        [
            common * whole.products[a][b]
            - sum(share * p * q for share, p, q in zip(shares, sums[a], sums[b], strict=True))
            for b in range(len(sums))
        ]
        for a in range(len(sums))
    ]


def _combined(terms: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Coefficients by column; a column that stands twice has the sum of both."""
    combined: dict[int, int] = {}
    for place, coefficient in terms:
        combined[place] = combined.get(place, 0) + coefficient
    return combined


def _linear_form(
    columns: Sequence[Column],
    form: dict[int, int],
    sums: list[list[int]],
    sizes: Sequence[int],
    common: int,
    denominator: int,
) -> LinearForm:
    """The form of a row less the mean of its group, times the common multiple of group sizes."""
    intercepts = tuple(
        -(common // size) * sum(value * sums[place][group] for place, value in form.items())
        for group, size in enumerate(sizes)
    )
    return LinearForm(
        tuple(columns[place] for place in form),
        tuple(common * value for value in form.values()),
        intercepts,
        denominator,
    )


def _quadratic(within: Matrix, form: dict[int, int]) -> int:
    return sum(one * other * within[a][b] for a, one in form.items() for b, other in form.items())


def _collinear(design: Design, matrix: Matrix, error: SingularError) -> RefusedError:
    name = design.regressors[error.column].name
    if design.instruments != design.regressors and not any(row[0] for row in matrix):
        return RefusedError(f"the instrument does not move {name} at all: nothing can be estimated")
    return RefusedError(
        f"column {name} is the same for all, or follows from the columns before it (and blocks): "
        "leave it out"
    )
