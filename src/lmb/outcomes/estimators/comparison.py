"""Treated people and the controls they are compared with: who, and with which weights.

Entropy balancing and exact matching differ in how they choose weights and in nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from lmb.outcomes.estimators import weighted
from lmb.outcomes.estimators.balancing import entropy_balance
from lmb.outcomes.estimators.columns import Column
from lmb.outcomes.estimators.conventions import Convention
from lmb.outcomes.estimators.figures import Figures, figures
from lmb.outcomes.estimators.matching import exact_match
from lmb.outcomes.estimators.request import Labels, Sample
from lmb.values.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows of the treated and of their controls, and the controls' whole weights in units of
    `weight_unit` (a treated person weighs 1). `rows` counts all rows of the sample."""

    rows: int
    treated: Sequence[int]
    control: Sequence[int]
    weights: Sequence[int]
    weight_unit: Fraction
    words: str
    certificate: tuple[tuple[str, Decimal], ...] = ()
    unmatched_treated: int | None = None

    def figures(self, outcome: Column, convention: Convention, cluster: Labels | None) -> Figures:
        """The difference of the weighted means of a column, with its standard error."""
        numbers = outcome.integers()
        codes = None if cluster is None else cluster.codes.tolist()

        def arm(
            rows: Sequence[int], weights: Sequence[int], unit: Fraction
        ) -> weighted.WeightedArm:
            clusters = None if codes is None else [codes[row] for row in rows]
            return weighted.WeightedArm([numbers[row] for row in rows], weights, unit, clusters)

        treated = arm(self.treated, [1] * len(self.treated), Fraction(1))
        control = arm(self.control, self.weights, self.weight_unit)
        variance = weighted.variance(treated, control, convention).times(outcome.unit**2)
        point = weighted.effect(treated, control) * outcome.unit
        return figures(point, variance, lambda: variance)

    def weights_by_row(self) -> list[int]:
        """A whole weight for every row of the sample: 0 for who is not compared."""
        weights = [0] * self.rows
        for row in self.treated:
            weights[row] = 1
        for row, weight in zip(self.control, self.weights, strict=True):
            weights[row] = weight
        return weights


def balanced(sample: Sample) -> Comparison:
    """All controls, weighted by entropy balancing of the covariates."""
    names = [column.name for column in sample.covariates]
    found = entropy_balance(sample.treatment, sample.covariates, names)
    arm = sample.treatment.arm()
    treated, control = np.flatnonzero(arm).tolist(), np.flatnonzero(~arm).tolist()
    return Comparison(
        rows=len(arm),
        treated=treated,
        control=control,
        weights=found.weights,
        weight_unit=Fraction(len(treated), sum(found.weights)),
        words="difference in means, controls weighted by entropy balancing",
        certificate=(*zip(names, found.multipliers, strict=True), ("residual", found.residual)),
    )


def matched(sample: Sample) -> Comparison:
    """The treated who have controls with the same covariates. Raises RefusedError where nobody
    has."""
    found = exact_match(sample.treatment, sample.covariates)
    if not found.cells:
        raise RefusedError(
            "no treated person has a control with the same covariates: use fewer or coarser ones"
        )
    return Comparison(
        rows=len(sample.outcome),
        treated=found.treated,
        control=found.control,
        weights=found.control_weights,
        weight_unit=Fraction(1, found.whole),
        words=f"difference in means of exact matches in {found.cells} cells",
        unmatched_treated=found.unmatched_treated,
    )
