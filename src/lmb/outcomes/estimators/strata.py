"""Differences of arm means within strata, weighted: lotteries, whole or blocked.

Everything follows from three sums of each arm of each stratum: people, outcomes, squares.

Sources: Imbens and Rubin (2015), chapters 6 (completely randomised) and 9 (stratified).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lmb.outcomes.estimators.columns import Column, Int64Array
from lmb.outcomes.estimators.conventions import LEVERAGE_POWER, Convention, factor
from lmb.outcomes.estimators.cross_products import group_sums
from lmb.values.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Cell:
    """One arm of one stratum: people, the sum of their outcomes and of squares, in units."""

    people: int
    total: int
    squares: int

    @property
    def mean(self) -> Fraction:
        return Fraction(self.total, self.people)

    @property
    def deviations(self) -> Fraction:
        """The sum of squared distances from the mean."""
        return self.squares - Fraction(self.total**2, self.people)


Stratum = tuple[Cell, Cell]
"""Control and treated, in this order: the place of an arm is its value."""


def strata_of(
    outcome: Column, treatment: Column, codes: Int64Array, names: Sequence[str]
) -> list[Stratum]:
    """The cells of each stratum. Raises RefusedError, naming the stratum, where an arm is empty."""
    arms = codes * 2 + treatment.arm()
    count = 2 * len(names)
    people = group_sums(Column.of("people", [1] * len(outcome)), arms, count)
    totals = group_sums(outcome, arms, count)
    squares = [0] * count
    for arm, number in zip(arms.tolist(), outcome.integers(), strict=True):
        squares[arm] += number * number
    cells = [Cell(*sums) for sums in zip(people, totals, squares, strict=True)]
    for place, cell in enumerate(cells):
        if cell.people == 0:
            stratum = f" of block {names[place // 2]}" if len(names) > 1 else ""
            raise RefusedError(
                f"the {('control', 'treated')[place % 2]} arm{stratum} is empty: each block needs "
                "both arms; drop the block in the terms, or join it to another"
            )
    return list(zip(cells[::2], cells[1::2], strict=True))


def shares(strata: Sequence[Stratum]) -> list[Fraction]:
    """Each stratum's share of all people."""
    people = [control.people + treated.people for control, treated in strata]
    return [Fraction(one, sum(people)) for one in people]


def effect(strata: Sequence[Stratum], weights: Sequence[Fraction]) -> Fraction:
    """The weighted mean of the differences within strata, in units."""
    return sum(
        (
            weight * (treated.mean - control.mean)
            for weight, (control, treated) in zip(weights, strata, strict=True)
        ),
        Fraction(0),
    )


def variance(
    strata: Sequence[Stratum], weights: Sequence[Fraction], convention: Convention
) -> Fraction:
    """The variance of the effect in units², by any convention but clusters."""
    cells = [
        (weight, cell) for weight, stratum in zip(weights, strata, strict=True) for cell in stratum
    ]
    rows = sum(cell.people for _, cell in cells)
    scale = factor(convention, rows, len(cells), clusters=0)
    if convention is Convention.HOMOSKEDASTIC:
        pooled = sum((cell.deviations for _, cell in cells), Fraction(0)) / (rows - len(cells))
        return pooled * sum((weight**2 / cell.people for weight, cell in cells), Fraction(0))
    power = LEVERAGE_POWER.get(convention, 0)
    if power and min(cell.people for _, cell in cells) < 2:
        raise RefusedError(
            f"a {convention} standard error needs at least 2 people in each arm of each block"
        )
    parts = (
        weight**2
        * cell.deviations
        / cell.people**2
        * Fraction(cell.people, cell.people - 1 if power else cell.people) ** power
        for weight, cell in cells
    )
    return scale * sum(parts, Fraction(0))


def clustered_variance(
    strata: Sequence[Stratum],
    weights: Sequence[Fraction],
    rows: tuple[Column, Column, Int64Array],
    clusters: Int64Array,
) -> Fraction:
    """The same with errors that may move together within clusters; `rows` are the outcome, the
    treatment and each row's stratum."""
    outcome, treatment, codes = rows
    arms = (codes * 2 + treatment.arm()).tolist()
    cells = [cell for stratum in strata for cell in stratum]
    scores: dict[int, Fraction] = defaultdict(Fraction)
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for cluster, arm, number in zip(clusters.tolist(), arms, outcome.integers(), strict=True):
        found = sums[cluster, arm]
        found[0] += 1
        found[1] += number
    for (cluster, arm), (people, total) in sums.items():
        cell, sign = cells[arm], 1 if arm % 2 else -1
        weight = sign * weights[arm // 2] / cell.people
        scores[cluster] += weight * (total - people * cell.mean)
    scale = factor(Convention.CLUSTER, len(arms), len(cells), len(scores))
    return scale * sum((score**2 for score in scores.values()), Fraction(0))
