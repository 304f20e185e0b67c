"""Whole numbers under linear equations: how far one of them goes, and what must move with it.

HiGHS behind two classes. Its answers are checked in integers before they leave: the solver may fail
to find one, it cannot make one up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]

NODES_MAX = 2_000
"""Of one search; counted, not timed, so that an answer does not depend on the machine."""

TOLERANCE = 1e-6
ROUNDS = 3


class Equation(NamedTuple):
    """The sum of `signs` times the numbers at `places` is `value`."""

    places: tuple[int, ...]
    signs: tuple[int, ...]
    value: int


class Extreme(NamedTuple):
    """No number goes beyond `bound`; `numbers` are a solution on the way to it, where one of whole
    numbers was found."""

    bound: int
    numbers: Whole | None


class WholeNumbers:
    """`count` whole numbers from 0 to `most` that satisfy equations."""

    def __init__(self, count: int, most: int, equations: Sequence[Equation]) -> None:
        self.count = count
        self.most = most
        self.equations = equations
        self._columns = np.arange(count, dtype=np.int32)
        self._relaxed = _solver()
        self._relaxed.addVars(count, np.zeros(count), np.full(count, float(most)))
        _add_equations(
            self._relaxed, [(places, signs, value) for places, signs, value in equations]
        )
        self._exact: highspy.Highs | None = None

    def relaxed(self, place: int, sign: int) -> Extreme:
        """The most (sign 1) or the least (sign -1) of a number were all free to be fractions; its
        bound holds for whole numbers too."""
        self._run(self._relaxed, place, sign)
        found = self._relaxed.getInfo().objective_function_value
        return Extreme(self._bound(found, sign), self._solution(self._relaxed))

    def exact(self, place: int, sign: int) -> Extreme:
        """The most or the least of a number, by search."""
        if self._exact is None:
            self._exact = _solver()
            self._exact.passModel(self._relaxed.getModel())
            kinds = np.array([highspy.HighsVarType.kInteger] * self.count)
            self._exact.changeColsIntegrality(self.count, self._columns, kinds)
        self._run(self._exact, place, sign)
        found = self._exact.getInfo().mip_dual_bound
        return Extreme(self._bound(found, sign), self._solution(self._exact))

    def _run(self, solver: highspy.Highs, place: int, sign: int) -> None:
        cost = np.zeros(self.count)
        cost[place] = -sign
        solver.changeColsCost(self.count, self._columns, cost)
        solver.run()

    def _bound(self, objective: float, sign: int) -> int:
        """The objective is the number, or its negative where the most was asked for."""
        if not math.isfinite(objective):
            return self.most if sign > 0 else 0
        if sign > 0:
            return min(self.most, math.floor(-objective + TOLERANCE))
        return max(0, math.ceil(objective - TOLERANCE))

    def _solution(self, solver: highspy.Highs) -> Whole | None:
        solution = solver.getSolution()
        if not solution.value_valid:
            return None
        values = np.rint(np.asarray(solution.col_value)).astype(np.int64)
        return values if self._satisfied(values) else None

    def _satisfied(self, values: Whole) -> bool:
        return bool((values >= 0).all()) and all(
            sum(sign * int(values[place]) for place, sign in zip(places, signs, strict=True))
            == value
            for places, signs, value in self.equations
        )


class Shift(NamedTuple):
    """How far a number may go down and up, and what it costs to move it at all."""

    down: int
    up: int
    cost: int


class Shifts:
    """Numbers that move together: whatever moves, the equations (of value 0) hold."""

    def __init__(self, count: int, equations: Sequence[Equation]) -> None:
        self.count = count
        self._columns = np.arange(2 * count, dtype=np.int32)
        self._solver = _solver()
        # What a number moves up, then what it moves down, as two numbers.
        self._solver.addVars(2 * count, np.zeros(2 * count), np.zeros(2 * count))
        _add_equations(
            self._solver,
            [
                ((*places, *(place + count for place in places)), (*signs, *(-s for s in signs)), 0)
                for places, signs, _ in equations
            ],
        )

    def cheapest(self, shifts: Sequence[Shift], place: int, by: int) -> list[int] | None:
        """The places with a cost that move so that one number moves up by `by`, cheap together;
        None where no move does it.

        The cost of moving at all is approached by that of distance, weighed again for a few rounds
        by the distances of the round before (Candès, Wakin and Boyd 2008); the best round counts.
        """
        upper = np.array([s.up for s in shifts] + [s.down for s in shifts], dtype=float)
        lower = np.zeros(2 * self.count)
        lower[place] = upper[place] = by
        upper[place + self.count] = 0
        self._solver.changeColsBounds(2 * self.count, self._columns, lower, upper)
        costs = np.array([shift.cost for shift in shifts], dtype=float)
        weights, best = costs, None
        for _ in range(ROUNDS):
            self._solver.changeColsCost(2 * self.count, self._columns, np.tile(weights, 2))
            self._solver.run()
            if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return best
            moves = np.asarray(self._solver.getSolution().col_value)
            distance = np.abs(moves[: self.count] - moves[self.count :])
            moved = [int(p) for p in np.flatnonzero((distance > TOLERANCE) & (costs > 0))]
            if best is None or costs[moved].sum() < costs[best].sum():
                best = moved
            weights = costs / (distance / by + 0.05)
        return best


def _solver() -> highspy.Highs:
    solver: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("parallel", "off")
    solver.setOptionValue("random_seed", 0)
    solver.setOptionValue("mip_max_nodes", NODES_MAX)
    return solver


Terms = tuple[tuple[int, ...], tuple[int, ...], int]


def _add_equations(solver: highspy.Highs, equations: Sequence[Terms]) -> None:
    sizes = [len(places) for places, _, _ in equations]
    starts = np.cumsum([0, *sizes[:-1]]).astype(np.int32)
    columns = np.array([p for places, _, _ in equations for p in places], dtype=np.int32)
    signs = np.array([s for _, signs, _ in equations for s in signs], dtype=float)
    values = np.array([value for _, _, value in equations], dtype=float)
    solver.addRows(len(equations), values, values, len(columns), starts, columns, signs)
