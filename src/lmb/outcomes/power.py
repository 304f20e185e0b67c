"""What a trial can show, and with what probability a bond pays each step. Planning, not payment:
floating point throughout, and a simulation that checks the formulas.

Sources: Bloom (1995) for minimal detectable effects; Imbens and Rubin (2015), chapter 6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

import numpy as np

from lmb.outcomes.estimators.figures import NORMAL_QUANTILE_975
from lmb.values.errors import RefusedError

_NORMAL = NormalDist()
_Z = float(NORMAL_QUANTILE_975)
SIMULATIONS_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Trial:
    """A planned trial: people per arm, the outcome's standard deviation, the share of its variance
    that covariates or blocks explain, the share of those offered who take it up, and clusters:
    people in each and how alike they are (intraclass correlation)."""

    treated: int
    control: int
    deviation: float
    explained: float = 0.0
    take_up: float = 1.0
    cluster_size: float = 1.0
    cluster_correlation: float = 0.0

    def __post_init__(self) -> None:
        """Raises RefusedError for a trial that cannot be."""
        possible = (
            min(self.treated, self.control) >= 2
            and self.deviation > 0
            and 0 <= self.explained < 1
            and 0 < self.take_up <= 1
            and self.cluster_size >= 1
            and 0 <= self.cluster_correlation <= 1
        )
        if not possible:
            raise RefusedError(
                f"{self} is no trial: 2 people or more in each arm, a deviation above 0, shares "
                "between 0 and 1"
            )

    @property
    def standard_error(self) -> float:
        """Of the effect of the offer."""
        design = 1 + (self.cluster_size - 1) * self.cluster_correlation
        arms = 1 / self.treated + 1 / self.control
        return self.deviation * math.sqrt(arms * (1 - self.explained) * design)


def minimal_detectable_effect(trial: Trial, power: float = 0.8, alpha: float = 0.05) -> float:
    """The smallest effect of taking training up that is found with this power, two-sided."""
    reach = _NORMAL.inv_cdf(1 - alpha / 2) + _NORMAL.inv_cdf(power)
    return reach * trial.standard_error / trial.take_up


def power_at(trial: Trial, effect: float, alpha: float = 0.05) -> float:
    """The probability that the interval leaves zero out when taking up has this effect."""
    z = _NORMAL.inv_cdf(1 - alpha / 2)
    shift = effect * trial.take_up / trial.standard_error
    return _NORMAL.cdf(shift - z) + _NORMAL.cdf(-shift - z)


def step_probabilities(
    trial: Trial, effect: float, thresholds: Sequence[float], *, lower_end: bool = False
) -> list[float]:
    """The probability of ending below the first threshold, from each up to the next, and at or
    above the last, where the bond looks at the estimate or at the lower end of its interval.

    Raises RefusedError for thresholds that do not ascend.
    """
    if not thresholds or any(a >= b for a, b in pairwise(thresholds)):
        raise RefusedError("thresholds ascend, as 500, 1000, 2500")
    centre = effect * trial.take_up - (_Z * trial.standard_error if lower_end else 0.0)
    below = [_NORMAL.cdf((one - centre) / trial.standard_error) for one in thresholds]
    edges = [0.0, *below, 1.0]
    return [high - low for low, high in pairwise(edges)]


@dataclass(frozen=True, slots=True)
class Simulated:
    """What happened in simulated trials: the share whose interval held the truth, the share that
    left zero out, and the share that ended on each step."""

    trials: int
    coverage: float
    power: float
    steps: tuple[float, ...]


def simulate(
    trial: Trial,
    effect: float,
    thresholds: Sequence[float],
    trials: int,
    seed: int,
    *,
    lower_end: bool = False,
) -> Simulated:
    """Draw trials person by person, skewed as earnings are, and estimate each with Neyman's
    interval. Without clusters; covariates only shrink the deviation. A counter-based generator
    gives every trial its own stream, so any number of workers draws the same."""
    if not 0 < trials <= SIMULATIONS_MAX or trial.cluster_correlation:
        raise RefusedError(f"1 to {SIMULATIONS_MAX:,} trials without clusters are simulated")
    truth = effect * trial.take_up
    spread = trial.deviation * math.sqrt(1 - trial.explained)
    estimates, errors = np.empty(trials), np.empty(trials)
    for number in range(trials):
        draw = np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, 0, number]))
        # Gamma of shape 4: skewness 1, variance 4.
        outcomes = draw.gamma(4.0, spread / 2, trial.treated + trial.control)
        treated, control = outcomes[: trial.treated], outcomes[trial.treated :]
        estimates[number] = treated.mean() - control.mean() + truth
        errors[number] = math.sqrt(
            treated.var(ddof=1) / trial.treated + control.var(ddof=1) / trial.control
        )
    low, high = estimates - _Z * errors, estimates + _Z * errors
    seen = low if lower_end else estimates
    steps = np.bincount(
        np.searchsorted(thresholds, seen, side="right"), minlength=len(thresholds) + 1
    )
    return Simulated(
        trials=trials,
        coverage=float(((low <= truth) & (truth <= high)).mean()),
        power=float(((low > 0) | (high < 0)).mean()),
        steps=tuple((steps / trials).tolist()),
    )
