"""Fast bounds against the exact sum over many trials, a million people under `make torture`."""

from __future__ import annotations

import numpy as np

from lmb.outcomes.estimators import scores
from lmb.outcomes.estimators.bounded_scores import ROWS_MIN, hc0_bounds
from lmb.outcomes.estimators.columns import Column
from lmb.outcomes.estimators.conventions import Convention
from lmb.outcomes.estimators.regression import Design, fit
from tests.effort import Effort


def test_the_exact_sum_lies_between_the_bounds(effort: Effort) -> None:
    sizes = [ROWS_MIN] * effort.amount(brief=4, long=60) + effort.amount(brief=0, long=1) * [10**6]
    widest = 0.0
    for number, rows in enumerate(sizes):
        draw = np.random.default_rng([effort.seed, number])
        scale = 10.0 ** draw.integers(0, 12)
        columns = [
            Column.of("t", draw.integers(0, 2, rows)),
            Column.of("age", draw.integers(18, 65, rows)),
            Column.of_binary("x", draw.standard_cauchy(rows)),
        ]
        earned = draw.pareto(1.2, rows) * scale + np.asarray(columns[1].words[0]) * scale
        outcome = Column.of("y", np.minimum(earned, 1e18).astype(np.int64))
        groups = np.zeros(rows, dtype=np.int64)
        found = fit(Design(outcome, tuple(columns), tuple(columns), groups, 1))
        bounds = hc0_bounds(found).times(found.scale)
        exact = scores.variance(found, Convention.HC0).low
        assert bounds.low <= exact <= bounds.high
        widest = max(widest, float((bounds.high - bounds.low) / exact))
    assert widest < 1e-12
    effort.tell(f"{len(sizes)} trials of up to {max(sizes):,} people, bounds {widest:.1e} apart")
