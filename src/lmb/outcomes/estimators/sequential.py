"""Looking more than once: boundaries that keep the chance of one false alarm over all looks.

When coupons are yearly, each determination is a look at the same trial. An alpha-spending function
says how much of the false-alarm probability may be used by the time a share of the information is
in (Lan and DeMets 1983); the boundary of each look follows by integrating the chance of having got
that far (Armitage, McPherson and Rowe 1969). Boundaries are computed in floating point and rounded
up to four decimals: this is their definition here, on the safe side of the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import ROUND_CEILING, Decimal
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from lmb.values.errors import RefusedError

FloatArray = npt.NDArray[np.float64]

LOOKS_MAX = 40
BOUNDARY_PLACES = 4

_POINTS = 1201
_REACH = 8.0
_HALVINGS = 60
_NORMAL = NormalDist()


def obrien_fleming(alpha: float, share: float) -> float:
    """Spends almost nothing early: on each side, with half of alpha,
    2 - 2·Phi(z(1 - alpha/4) / sqrt(share))."""
    return 4 - 4 * _NORMAL.cdf(_NORMAL.inv_cdf(1 - alpha / 4) / math.sqrt(share))


def pocock(alpha: float, share: float) -> float:
    """Spends evenly: alpha · log(1 + (e - 1)·share)."""
    return alpha * math.log(1 + (math.e - 1) * share)


SPENDING: dict[str, Callable[[float, float], float]] = {
    "obrien-fleming": obrien_fleming,
    "pocock": pocock,
}


def boundaries(
    shares: Sequence[Decimal], alpha: Decimal = Decimal("0.05"), spending: str = "obrien-fleming"
) -> list[Decimal]:
    """How many standard errors from zero an estimate must lie at each look (two-sided).

    `shares` are the shares of the information at the looks, ascending, at most 1. Raises
    RefusedError for others.
    """
    ascending = all(a < b for a, b in zip([Decimal(0), *shares], shares, strict=False))
    if not shares or not ascending or shares[-1] > 1 or len(shares) > LOOKS_MAX:
        raise RefusedError(
            f"looks are at most {LOOKS_MAX} ascending shares of the information, above 0 and at "
            "most 1, such as 0.2, 0.4, 1"
        )
    times = [float(share) for share in shares]
    spent = [SPENDING[spending](float(alpha), time) for time in times]
    found: list[float] = []
    grid = density = np.empty(0)
    for look, time in enumerate(times):
        step = time - (times[look - 1] if look else 0.0)
        budget = spent[look] - (spent[look - 1] if look else 0.0)
        if look == 0:
            edge = _NORMAL.inv_cdf(1 - budget / 2)
        else:
            edge = _edge(grid, density, step, time, budget)
        found.append(edge)
        limit = min(edge, _REACH) * math.sqrt(time)
        points = np.linspace(-limit, limit, _POINTS)
        density = _normal(points, time) if look == 0 else _carried(points, grid, density, step)
        grid = points
    quantum = Decimal(1).scaleb(-BOUNDARY_PLACES)
    return [
        Decimal(repr(round(edge, 9))).quantize(quantum, rounding=ROUND_CEILING) for edge in found
    ]


def _edge(grid: FloatArray, density: FloatArray, step: float, time: float, budget: float) -> float:
    """The boundary at which the chance of first crossing here is the budget."""
    weights = _simpson(grid) * density
    low, high = 0.0, 2 * _REACH
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        edge = middle * math.sqrt(time)
        outside = _tail((edge - grid) / math.sqrt(step)) + _tail((edge + grid) / math.sqrt(step))
        if float((weights * outside).sum()) > budget:
            low = middle
        else:
            high = middle
    return high


def _carried(points: FloatArray, grid: FloatArray, density: FloatArray, step: float) -> FloatArray:
    """The density of the score at a look for those who did not cross before."""
    weights = _simpson(grid) * density
    carried: FloatArray = (_normal(points[:, None] - grid[None, :], step) * weights).sum(axis=1)
    return carried


def _normal(values: FloatArray, variance: float) -> FloatArray:
    density: FloatArray = np.exp(-(values**2) / (2 * variance)) / math.sqrt(2 * math.pi * variance)
    return density


def _tail(values: FloatArray) -> FloatArray:
    return np.array([math.erfc(value / math.sqrt(2)) / 2 for value in values.tolist()])


def _simpson(grid: FloatArray) -> FloatArray:
    weights = np.full(len(grid), 2.0)
    weights[1::2] = 4.0
    weights[0] = weights[-1] = 1.0
    scaled: FloatArray = weights * (grid[1] - grid[0]) / 3
    return scaled
