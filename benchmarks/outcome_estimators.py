"""The effect of an offer on a million people: exact whole numbers beside plain floating point.

The yardstick is least squares by NumPy's normal equations with an HC1 standard error, written as
one would write it, on a ready matrix of float64. Ours starts from int64 columns and includes
looking at their range, the exact sums, the solution in fractions and the proven bounds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import statsmodels.api as sm

from lmb.outcomes.estimators.columns import Column, Int64Array
from lmb.outcomes.estimators.conventions import Convention
from lmb.outcomes.estimators.cross_products import FloatArray
from lmb.outcomes.estimators.estimate import estimate
from lmb.outcomes.estimators.request import Estimator, Request, Sample

PEOPLE = 1_000_000
COVARIATES = 10
ROUNDS = 9
REQUEST = Request(Estimator.ITT, Convention.HC1)


def main() -> None:
    outcome, offered, covariates = _people()
    matrix = np.column_stack([np.ones(PEOPLE), offered, *covariates]).astype(np.float64)
    floats = outcome.astype(np.float64)
    draw = np.random.default_rng(2)
    wide = [draw.normal(size=PEOPLE) for _ in covariates]
    work: dict[str, tuple[int, Callable[[], object]]] = {
        "NumPy": (ROUNDS, lambda: _normal_equations(matrix, floats)),
        "exact, whole numbers": (ROUNDS, lambda: _exact(outcome, offered, covariates)),
        "statsmodels": (1, lambda: sm.OLS(floats, matrix).fit(cov_type="HC1").bse),
        "exact, covariates of 53 random bits": (1, lambda: _exact(outcome, offered, wide)),
    }
    pairs = zip(
        _normal_equations(matrix, floats), _exact(outcome, offered, covariates), strict=True
    )
    assert all(abs(theirs / ours - 1) < 1e-8 for theirs, ours in pairs)
    seconds = dict.fromkeys(work, float("inf"))
    # Turn by turn, so that a busy spell of the machine meets all of them.
    for turn in range(ROUNDS):
        for name, (turns, task) in work.items():
            if turn < turns:
                seconds[name] = min(seconds[name], _seconds(task))
    yardstick = seconds["NumPy"]
    print(f"  {PEOPLE:,} people, {COVARIATES} covariates, HC1; NumPy takes {yardstick:.3f} s")
    for name, taken in seconds.items():
        print(f"  {name:<38}{taken / yardstick:8.2f}")


def _people() -> tuple[Int64Array, Int64Array, list[Int64Array]]:
    """Earnings in cents, the offer, and covariates as records have them: ages and years, yes or
    no, earnings of earlier years in cents."""
    draw = np.random.default_rng(1)
    offered = draw.integers(0, 2, PEOPLE)
    covariates = [draw.integers(0, 60, PEOPLE) for _ in range(4)]
    covariates += [draw.integers(0, 2, PEOPLE) for _ in range(4)]
    covariates += [draw.integers(0, 6_000_000, PEOPLE) for _ in range(2)]
    noise = draw.normal(1_500_000, 800_000, PEOPLE)
    earned = np.maximum(0, noise + offered * 100_000 + covariates[-1] // 3).astype(np.int64)
    return earned, offered, covariates


def _normal_equations(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    inverse = np.linalg.inv(x.T @ x)
    coefficients = inverse @ (x.T @ y)
    residuals = y - x @ coefficients
    meat = (x * (residuals * residuals)[:, None]).T @ x
    variance = inverse @ meat @ inverse * (len(y) / (len(y) - x.shape[1]))
    return float(coefficients[1]), float(variance[1, 1] ** 0.5)


def _exact(outcome: Int64Array, offered: Int64Array, covariates: list[Any]) -> tuple[float, float]:
    make = Column.of if covariates[0].dtype == np.int64 else Column.of_binary
    columns = [make(f"x{place}", values) for place, values in enumerate(covariates)]
    sample = Sample(Column.of("y", outcome), Column.of("t", offered), tuple(columns))
    figures = estimate(sample, REQUEST).figures
    return float(figures.estimate), float(figures.standard_error)


def _seconds(task: Callable[[], object]) -> float:
    start = time.perf_counter()
    task()
    return time.perf_counter() - start
