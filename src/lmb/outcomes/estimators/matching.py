"""Exact matching: each treated person against the controls who are the same in every covariate.

The effect is that on the treated who have such a control; who has none is counted and left out.
All controls of a cell share its weight, so there are no ties to break and no order of rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

from lmb.outcomes.estimators.columns import Column


@dataclass(frozen=True, slots=True)
class Matched:
    """Who is compared, as places in the rows, with whole weights: a control of a cell weighs
    (treated / controls of the cell), in parts of `whole`."""

    treated: tuple[int, ...]
    control: tuple[int, ...]
    control_weights: tuple[int, ...]
    whole: int
    unmatched_treated: int
    cells: int


def exact_match(treatment: Column, covariates: Sequence[Column]) -> Matched:
    """Match rows whose covariates are all equal."""
    cells: dict[tuple[int, ...], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    keys = zip(*(column.integers() for column in covariates), strict=True)
    for row, (key, is_treated) in enumerate(zip(keys, treatment.arm().tolist(), strict=True)):
        cells[key][is_treated].append(row)
    both = [(control, treated) for control, treated in cells.values() if control and treated]
    whole = lcm(*(len(control) for control, _ in both))
    alone = sum(len(treated) for control, treated in cells.values() if not control)
    weights = [
        (row, len(treated) * whole // len(control)) for control, treated in both for row in control
    ]
    return Matched(
        treated=tuple(row for _, treated in both for row in treated),
        control=tuple(row for row, _ in weights),
        control_weights=tuple(weight for _, weight in weights),
        whole=whole,
        unmatched_treated=alone,
        cells=len(both),
    )
