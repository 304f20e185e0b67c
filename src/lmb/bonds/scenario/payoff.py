"""What the sheet pays on every path: the determination engine over arrays.

The same terms in the same order as `lmb.bonds.linked.earned` and `coupons`; a test holds the two to
each other path by path. Corrections after the first verified value, which move money between
coupons and hardly any value, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from lmb.bonds.linked import sheet as s
from lmb.bonds.linked.limits import bounds, rounding_cents
from lmb.bonds.linked.plan import PeriodPlan, determination_plan
from lmb.bonds.linked.scores import score_of
from lmb.bonds.scenario.paths import Drawn, Mask, Value


@dataclass(frozen=True, slots=True)
class PeriodPayments:
    """What a period pays on every path. Rates are per cent a year, redemption per cent of par.

    `alive` says where the bond had not ended before. `linked` says whether the outcome can move
    this period's coupon.
    """

    plan: PeriodPlan
    adjustment: Value
    alive: Mask
    once_cents: Value
    redemption: Value
    linked: bool
    floor_percent: float
    cap_percent: float


@dataclass(frozen=True, slots=True)
class _Evidence:
    """An indicator at a determination: values where `known`, else a score; `measured` and `fresh`
    say where it rests on an observation, and where not on an earlier one."""

    value: Value
    known: Mask
    measured: Mask
    fresh: Mask
    score: float


class _Arrays:
    """Arithmetic on arrays of paths."""

    def constant(self, value: Fraction) -> Value:
        return float(value)

    def smaller(self, one: Value, other: Value) -> Value:
        return np.minimum(one, other)

    def larger(self, one: Value, other: Value) -> Value:
        return np.maximum(one, other)

    def plus(self, one: Value, other: Value) -> Value:
        return one + other

    def times(self, factor: Fraction, value: Value) -> Value:
        return float(factor) * value


_NUMBERS = _Arrays()


def payments(
    sheet: s.LinkedSheet, base_percent: Fraction, par_cents: int, drawn: Drawn
) -> Iterator[PeriodPayments]:
    """The payments of every period on all paths, from the first period to the last."""
    state = _State(sheet, base_percent, par_cents)
    for plan in determination_plan(sheet):
        yield state.pay(plan, drawn)


class _State:
    """What later periods need of earlier ones."""

    def __init__(self, sheet: s.LinkedSheet, base_percent: Fraction, par_cents: int) -> None:
        self._sheet = sheet
        self._par_cents = par_cents
        limit = bounds(sheet, base_percent)
        self._floor, self._cap = float(limit.floor), float(limit.cap)
        self._last: dict[str, _Evidence] = {}
        self._earned: Value = 0.0
        self._paid_per_100: Value = 0.0
        self._alive: Mask = True
        self._for_life: dict[str, Value] = {}
        self._card_paid: dict[str, Value] = {}
        kept_back = rounding_cents(sheet, par_cents) * sheet.last_period
        rooms = []
        if sheet.limits.life_cap_per_100 is not None:
            rooms.append(float(sheet.limits.life_cap_per_100))
        if sheet.limits.budget_cents is not None:
            rooms.append(100 * max(sheet.limits.budget_cents - kept_back, 0) / par_cents)
        self._room_per_100 = min(rooms) if rooms else None

    def pay(self, plan: PeriodPlan, drawn: Drawn) -> PeriodPayments:
        sheet = self._sheet
        found = {
            kpi.id: evidence
            for kpi in sheet.kpis
            if (evidence := _evidence(sheet, kpi, plan, drawn, self._last.get(kpi.id))) is not None
        }
        self._last = found
        hit = self._catastrophe(found)
        scores = {c.id: self._score(c, plan, found, hit) for c in sheet.components}
        earned = self._earn(plan, found, scores)
        if sheet.catastrophe is not None and isinstance(sheet.catastrophe.effect, s.Hold):
            earned = _where(hit, self._earned, earned)
        self._earned = earned
        half_years = float(plan.period.half_years)
        adjustment = self._within_sums(earned, half_years)
        if self._room_per_100 is not None:
            self._paid_per_100 = self._paid_per_100 + adjustment * (half_years / 2)
        alive, ended = self._alive, self._ended(plan, found)
        self._alive = _and(alive, _not(ended))
        return PeriodPayments(
            plan=plan,
            adjustment=adjustment,
            alive=alive,
            once_cents=self._once(plan, scores),
            redemption=self._redemption(plan, scores, ended),
            linked=any(
                plan.is_due(c) and isinstance(c.pays, s.PaysRate | s.PaysRateCard)
                for c in sheet.components
            ),
            floor_percent=self._floor,
            cap_percent=self._cap,
        )

    def _catastrophe(self, found: Mapping[str, _Evidence]) -> Mask:
        clause = self._sheet.catastrophe
        if clause is None or clause.kpi not in found:
            return False
        shock = found[clause.kpi]
        return _and(shock.measured, shock.value >= float(clause.at_least))

    def _score(
        self, component: s.Component, plan: PeriodPlan, found: Mapping[str, _Evidence], hit: Mask
    ) -> Value:
        if not plan.is_due(component):
            return 0.0
        if component.lasts_for_life and component.id in self._for_life:
            return self._for_life[component.id]
        score = score_of(component.score, lambda leaf: _leaf(leaf, found[leaf.kpi]), _NUMBERS)
        clause = self._sheet.catastrophe
        if clause is not None and not isinstance(clause.effect, s.Hold):
            score = _where(hit, float(clause.effect), score)
        places = self._sheet.rounding.score_places
        if places is not None:
            # First to a millionth of a step: a tie in decimals is one in binary fractions too.
            tied = _rounded(score, places + 6, s.RoundingMode.HALF_EVEN)
            score = _rounded(tied, places, self._sheet.rounding.mode)
        self._for_life[component.id] = score
        return score

    def _earn(
        self, plan: PeriodPlan, found: Mapping[str, _Evidence], scores: Mapping[str, Value]
    ) -> Value:
        whole: Value = 0.0
        for component in self._sheet.components:
            match component.pays:
                case s.PaysRate(percent):
                    whole = _plus(whole, float(percent) * scores[component.id])
                case s.PaysRateCard() as card if plan.is_due(component):
                    cents = self._card(component.id, card, plan, found) * scores[component.id]
                    self._card_paid[component.id] = self._card_paid.get(component.id, 0.0) + cents
                    whole = whole + cents * (200 / self._par_cents / float(plan.period.half_years))
                case _:
                    pass
        whole = self._after_shortfall(whole, found)
        rounding = self._sheet.rounding
        rounded = _rounded(whole, rounding.rate_places, rounding.mode)
        return np.clip(rounded, self._floor, self._cap)

    def _card(
        self, name: str, card: s.PaysRateCard, plan: PeriodPlan, found: Mapping[str, _Evidence]
    ) -> Value:
        priced: Value = 0.0
        for kpi, cents in plan.pays_card(card):
            counted = found[kpi]
            usable = _and(counted.known, counted.fresh)
            priced = priced + cents * _where(usable, counted.value, 0.0)
        left = np.maximum(card.most_cents - self._card_paid.get(name, 0.0), 0.0)
        return np.minimum(priced, left)

    def _after_shortfall(self, whole: Value, found: Mapping[str, _Evidence]) -> Value:
        clause = self._sheet.cohort_shortfall
        if clause is None or clause.terminates or clause.kpi not in found:
            return whole
        people = found[clause.kpi]
        short = _and(people.measured, people.value < clause.minimum)
        return _where(_and(short, whole > 0), whole * (people.value / clause.minimum), whole)

    def _within_sums(self, earned: Value, half_years: float) -> Value:
        if self._room_per_100 is None:
            return earned
        left = np.maximum(self._room_per_100 - self._paid_per_100, 0.0) * (2 / half_years)
        # A hair more, so that what is exactly left is not rounded down below itself.
        room = _rounded(left + 1e-9, self._sheet.rounding.rate_places, s.RoundingMode.DOWN)
        return np.maximum(np.minimum(earned, room), self._floor)

    def _once(self, plan: PeriodPlan, scores: Mapping[str, Value]) -> Value:
        whole: Value = 0.0
        for component in self._sheet.components:
            pays = component.pays
            if isinstance(pays, s.PaysOnce) and pays.on == plan.period.ends_on:
                whole = whole + pays.cents * scores[component.id]
        return whole

    def _ended(self, plan: PeriodPlan, found: Mapping[str, _Evidence]) -> Mask:
        sheet = self._sheet
        clause, shortfall = sheet.termination, sheet.cohort_shortfall
        if clause is None or plan.period.number < clause.from_period:
            return False
        ended: Mask = False
        if shortfall is not None and shortfall.terminates and shortfall.kpi in found:
            people = found[shortfall.kpi]
            ended = _and(people.measured, people.value < shortfall.minimum)
        if clause.when is not None:
            leaves = s.leaves_of(clause.when)
            if all(leaf.kpi in found for leaf in leaves):
                score = score_of(clause.when, lambda leaf: _leaf(leaf, found[leaf.kpi]), _NUMBERS)
                # A hair less: a sum of weights that is 1 can come out below it.
                reached: Mask = score >= 1 - 1e-12
                for leaf in leaves:
                    reached = _and(reached, found[leaf.kpi].measured)
                ended = _or(ended, reached)
        return ended

    def _redemption(self, plan: PeriodPlan, scores: Mapping[str, Value], ended: Mask) -> Value:
        sheet = self._sheet
        early = 0.0
        if sheet.termination is not None:
            early = float(sheet.termination.redemption_percent)
        if plan.period.number < sheet.last_period:
            return _where(ended, early, 0.0)
        tender = sheet.early_redemption
        whole: Value = float(tender.percent) if tender is not None and tender.mandatory else 100.0
        for component in sheet.components:
            if isinstance(component.pays, s.PaysPrincipal):
                whole = whole + float(component.pays.percent) * scores[component.id]
        guarantor = sheet.guarantee.guarantor
        least = 0.0 if guarantor is None else float(guarantor.principal_percent)
        return _where(ended, early, np.maximum(whole, least))


def _evidence(
    sheet: s.LinkedSheet, kpi: s.Kpi, plan: PeriodPlan, drawn: Drawn, last: _Evidence | None
) -> _Evidence | None:
    """What counts for an indicator at a determination; None while it is not due."""
    window = plan.windows[kpi.id]
    if window is None:
        return None
    own = drawn[kpi.id, window]
    value, measured = own.value, own.found
    change = kpi.substitute
    if measured is not True and change is not None:
        other = plan.windows[change.kpi]
        if other is not None:
            there = drawn[change.kpi, other]
            put = there.value * float(change.times) + float(change.plus)
            put = np.clip(put, float(kpi.lowest), float(kpi.highest))
            value, measured = _where(measured, value, put), _or(measured, there.found)
    if measured is True:
        return _Evidence(value, True, True, True, 0.0)
    match kpi.missing:
        case s.MissingValue(fallback):
            return _Evidence(_where(measured, value, float(fallback)), True, measured, True, 0.0)
        case s.MissingLast(score) if last is not None:
            kept = _where(measured, value, last.value)
            return _Evidence(kept, _or(measured, last.known), measured, measured, float(score))
        case s.MissingLast(score) | s.MissingScore(score):
            return _Evidence(value, measured, measured, measured, float(score))


def _leaf(leaf: s.Leaf, counted: _Evidence) -> Value:
    score: Value
    match leaf:
        case s.Linear(_, threshold, target):
            start, whole = float(threshold), float(target - threshold)
            score = np.clip((counted.value - start) * (1 / whole), 0.0, 1.0)
        case s.Digital(_, compare, mark):
            score = _where(_passes(counted.value, compare, float(mark)), 1.0, 0.0)
        case s.Tiers(_, tiers):
            score = 0.0
            for tier in tiers:
                score = _where(counted.value >= float(tier.starts_at), float(tier.score), score)
    return _where(counted.known, score, counted.score)


def _passes(value: Value, compare: s.Compare, mark: float) -> Mask:
    match compare:
        case s.Compare.AT_LEAST:
            return value >= mark
        case s.Compare.ABOVE:
            return value > mark
        case s.Compare.AT_MOST:
            return value <= mark
        case s.Compare.BELOW:
            return value < mark


def _plus(one: Value, other: Value) -> Value:
    """The sum; nothing is done where there is nothing to add to."""
    return other if isinstance(one, float) and one == 0 else one + other


def _rounded(value: Value, places: int, mode: s.RoundingMode) -> Value:
    scaled = value * 10.0**places
    whole: Value
    match mode:
        case s.RoundingMode.HALF_EVEN:
            whole = np.rint(scaled)
        case s.RoundingMode.HALF_UP:
            whole = np.copysign(np.floor(np.abs(scaled) + 0.5), scaled)
        case s.RoundingMode.DOWN:
            whole = np.floor(scaled)
    return whole * 10.0**-places


def _where(mask: Mask, one: Value, other: Value) -> Value:
    if mask is True or mask is False:
        return one if mask else other
    return np.where(mask, one, other)


def _and(one: Mask, other: Mask) -> Mask:
    if one is False or other is False:
        return False
    if one is True:
        return other
    return one if other is True else one & other


def _or(one: Mask, other: Mask) -> Mask:
    return _not(_and(_not(one), _not(other)))


def _not(mask: Mask) -> Mask:
    return not mask if isinstance(mask, bool) else ~mask
