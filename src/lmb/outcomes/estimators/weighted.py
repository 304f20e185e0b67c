"""The difference of weighted arm means: matching and balancing end here.

It is least squares of the outcome on a constant and the treatment with weights: row weights of
the estimate are w / W in each arm (W the arm's sum of weights), leverages the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lmb.outcomes.estimators.conventions import LEVERAGE_POWER, Bounds, Convention, factor
from lmb.outcomes.estimators.scores import quotient_bounds
from lmb.values.errors import RefusedError

COEFFICIENTS = 2


@dataclass(frozen=True, slots=True)
class WeightedArm:
    """Outcomes of one arm in whole units with whole, positive weights; `weight_unit` is what one
    whole of weight is worth, the treated being worth 1 each."""

    outcomes: Sequence[int]
    weights: Sequence[int]
    weight_unit: Fraction
    clusters: Sequence[int] | None = None

    @property
    def whole(self) -> int:
        return sum(self.weights)

    @property
    def total(self) -> int:
        return sum(w * y for w, y in zip(self.weights, self.outcomes, strict=True))

    @property
    def mean(self) -> Fraction:
        return Fraction(self.total, self.whole)

    def scores(self) -> list[int]:
        """Weight times distance from the mean of each row, times the square of `whole`."""
        whole, total = self.whole, self.total
        return [w * (whole * y - total) for w, y in zip(self.weights, self.outcomes, strict=True)]


def effect(treated: WeightedArm, control: WeightedArm) -> Fraction:
    """The difference of the weighted means, in units."""
    return treated.mean - control.mean


def variance(treated: WeightedArm, control: WeightedArm, convention: Convention) -> Bounds:
    """Its variance in units². Raises RefusedError where one row has all the weight of an arm."""
    arms = (treated, control)
    rows = len(treated.outcomes) + len(control.outcomes)
    if convention is Convention.CLUSTER:
        return Bounds.exact(_clustered(arms, rows))
    scale = factor(convention, rows, COEFFICIENTS, 0)
    if convention is Convention.HOMOSKEDASTIC:
        pooled = sum((_deviations(arm) for arm in arms), Fraction(0)) / (rows - COEFFICIENTS)
        shares = sum((1 / (arm.whole * arm.weight_unit) for arm in arms), Fraction(0))
        return Bounds.exact(pooled * shares)
    power = LEVERAGE_POWER.get(convention)
    parts = [_squares(arm) if power is None else _leveraged(arm, power) for arm in arms]
    low, high = parts[0].low + parts[1].low, parts[0].high + parts[1].high
    return Bounds(low, high).times(scale)


def _deviations(arm: WeightedArm) -> Fraction:
    squares = sum(w * y * y for w, y in zip(arm.weights, arm.outcomes, strict=True))
    return arm.weight_unit * (squares - Fraction(arm.total**2, arm.whole))


def _squares(arm: WeightedArm) -> Bounds:
    return Bounds.exact(Fraction(sum(score**2 for score in arm.scores()), arm.whole**4))


def _leveraged(arm: WeightedArm, power: int) -> Bounds:
    whole = arm.whole
    if max(arm.weights) == whole:
        raise RefusedError("one row has all the weight of an arm, so its error cannot be known")
    terms = [
        (score**2 * whole**power, (whole - w) ** power)
        for score, w in zip(arm.scores(), arm.weights, strict=True)
    ]
    return quotient_bounds(terms).times(Fraction(1, whole**4))


def _clustered(arms: tuple[WeightedArm, WeightedArm], rows: int) -> Fraction:
    sums: dict[int, Fraction] = defaultdict(Fraction)
    for sign, arm in zip((1, -1), arms, strict=True):
        if arm.clusters is None:
            raise ValueError("a clustered standard error needs clusters")
        by_cluster: dict[int, int] = defaultdict(int)
        for cluster, score in zip(arm.clusters, arm.scores(), strict=True):
            by_cluster[cluster] += score
        for cluster, total in by_cluster.items():
            sums[cluster] += Fraction(sign * total, arm.whole**2)
    scale = factor(Convention.CLUSTER, rows, COEFFICIENTS, len(sums))
    return scale * sum((total**2 for total in sums.values()), Fraction(0))
