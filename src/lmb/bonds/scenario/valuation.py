"""One run of the scenarios: what every path pays, added up so that no grouping changes a byte.

Values are kept path by path and averaged at the end; sums over paths are sums of whole millionths,
which no order of adding changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from lmb.bonds.linked.plan import PeriodPlan, determination_plan
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.scenario.discount import discount_factors
from lmb.bonds.scenario.draws import CHUNK_PATHS, Normals, chunks, layout
from lmb.bonds.scenario.model import ScenarioModel, Stress
from lmb.bonds.scenario.paths import Floats, Mask, Value, published
from lmb.bonds.scenario.payoff import PeriodPayments, payments

_MILLION = 1e6
_TINY = 1e-9


@dataclass(slots=True)
class PeriodTotals:
    """Sums over all paths for one period, adjustments in millionths of a per cent a year."""

    plan: PeriodPlan
    linked: bool = False
    adjustment: int = 0
    alive: int = 0
    at_floor: int = 0
    at_cap: int = 0


@dataclass(slots=True)
class Run:
    """All paths of one run, `replicates` by `paths`: value per 100 of par with accrued interest,
    what of it the adjustments are, adjustments per 100 over life; and totals by period.

    `never` and `always` mark paths that were at the floor, or at the cap, in every linked period.
    `annuity` is what 1 per cent a year more would be worth where no bond ends early.
    """

    value: Floats
    adjustments_value: Floats
    adjustments_per_100: Floats
    never: Mask
    always: Mask
    ever_capped: Mask
    periods: list[PeriodTotals] = field(default_factory=list)
    annuity: float = 0.0


def run(
    sheet: LinkedSheet,
    model: ScenarioModel,
    base_percent: Fraction,
    stress: Stress | None = None,
    chunk_paths: int = CHUNK_PATHS,
) -> Run:
    """Value the sheet on every path of the model. `chunk_paths` bounds memory and changes nothing
    else."""
    if stress is not None:
        model = model.under(stress)
    rows = layout(sheet, model)
    plans = determination_plan(sheet)
    periods = tuple(plan.period for plan in plans)
    factors = discount_factors(sheet.schedule, periods, model.settle_on, model.yield_percent)
    shape = model.replicates * model.paths
    done = Run(
        value=np.empty(shape),
        adjustments_value=np.empty(shape),
        adjustments_per_100=np.empty(shape),
        never=np.empty(shape, dtype=np.bool_),
        always=np.empty(shape, dtype=np.bool_),
        ever_capped=np.empty(shape, dtype=np.bool_),
        periods=[PeriodTotals(plan) for plan in plans],
        annuity=sum(
            float(period.half_years) / 2 * factor
            for period, factor in zip(periods, factors, strict=True)
        ),
    )
    source = Normals(model, rows.rows, chunk_paths)
    place = 0
    for pieces in chunks(model, chunk_paths):
        drawn = source.draw(pieces)
        width = drawn.shape[1]
        chunk = _Chunk(width, done.periods)
        indicators = published(sheet, model, rows, drawn, stress)
        paid = payments(sheet, base_percent, sheet.offering_cents, indicators)
        for number, (period, factor) in enumerate(zip(paid, factors, strict=True)):
            chunk.add(number, period, factor, float(base_percent), sheet.offering_cents)
        chunk.keep(done, slice(place, place + width))
        place += width
    return done


class _Chunk:
    """The paths of one chunk while their periods are paid."""

    def __init__(self, width: int, totals: list[PeriodTotals]) -> None:
        self._totals = totals
        self._width = width
        self._fixed_value: Value = 0.0
        self._adjustments_value = np.zeros(width)
        self._per_100 = np.zeros(width)
        self._never = np.ones(width, dtype=np.bool_)
        self._always = np.ones(width, dtype=np.bool_)
        self._ever_capped = np.zeros(width, dtype=np.bool_)
        self._linked = False

    def add(
        self, number: int, paid: PeriodPayments, factor: float, base: float, par_cents: int
    ) -> None:
        half = float(paid.plan.period.half_years) / 2
        added = paid.adjustment * half
        if np.ndim(paid.once_cents) or paid.once_cents:
            added = added + paid.once_cents * (100 / par_cents)
        fixed = paid.redemption + base * half
        adjustment = paid.adjustment
        if paid.alive is not True:
            alive = np.asarray(paid.alive)
            added, fixed, adjustment = added * alive, fixed * alive, adjustment * alive
        discounted = added * factor
        self._fixed_value = self._fixed_value + fixed * factor
        self._adjustments_value += discounted
        self._per_100 += added
        totals = self._totals[number]
        totals.adjustment += self._sum(adjustment)
        totals.alive += self._count(paid.alive)
        if paid.linked:
            totals.linked = self._linked = True
            self._mark(totals, paid)

    def _mark(self, totals: PeriodTotals, paid: PeriodPayments) -> None:
        """Note where the coupon is at its floor or cap; a bond that ended is at neither."""
        floor = np.asarray(paid.adjustment <= paid.floor_percent + _TINY)
        cap = np.asarray(paid.adjustment >= paid.cap_percent - _TINY)
        if paid.alive is True:
            self._never &= floor
            self._always &= cap
        else:
            alive = np.asarray(paid.alive)
            self._never &= floor | ~alive
            self._always &= cap | ~alive
            floor, cap = floor & alive, cap & alive
        self._ever_capped |= cap
        totals.at_floor += self._count(floor)
        totals.at_cap += self._count(cap)

    def keep(self, done: Run, where: slice) -> None:
        done.value[where] = self._fixed_value + self._adjustments_value
        done.adjustments_value[where] = self._adjustments_value
        done.adjustments_per_100[where] = self._per_100
        for kept, found in (
            (done.never, self._never),
            (done.always, self._always & self._linked),
            (done.ever_capped, self._ever_capped),
        ):
            assert isinstance(kept, np.ndarray)
            kept[where] = found

    def _sum(self, values: Value) -> int:
        # Whole millionths: their sum is exact whatever the order, far below 2^53.
        whole = np.rint(np.asarray(values) * _MILLION)
        return int(whole.sum()) * (self._width if whole.ndim == 0 else 1)

    def _count(self, marked: Mask) -> int:
        if np.ndim(marked) == 0:
            return self._width if marked else 0
        return int(np.count_nonzero(marked))
