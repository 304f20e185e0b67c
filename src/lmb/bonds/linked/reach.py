"""What a sheet can pay, proved over every value its indicators can take.

Each step of the determination is repeated on intervals, so that the result holds whatever is
observed, published late, corrected or lost. Nothing is sampled. The intervals may be wider than
what can really happen, never narrower: a promise that holds for them holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from lmb.bonds.linked import sheet as s
from lmb.bonds.linked.limits import bounds, rounding_cents
from lmb.bonds.linked.plan import PeriodPlan, determination_plan, fiscal_year
from lmb.bonds.linked.rounding import exact_text, rounded
from lmb.bonds.linked.scores import Interval, Intervals, leaf_reach, score_of
from lmb.bonds.terms_reading import Finding
from lmb.values.money import format_cents

ZERO = Interval(Fraction(0), Fraction(0))
_NUMBERS = Intervals()
_UNBOUNDED_PERCENT = Fraction(10**9)
"""A rate card pays dollars; on little par that is any rate, until the cap cuts it."""


@dataclass(frozen=True, slots=True)
class PeriodReach:
    """All a period can bring: adjustment and coupon in per cent a year, one-off cents."""

    plan: PeriodPlan
    adjustment: Interval
    coupon: Interval
    once_cents: Interval


@dataclass(frozen=True, slots=True)
class SheetReach:
    """All a sheet can bring: period by period, what investors pay back, and the redemption.

    `redemption` is per cent of par at the end, `early` at a termination; None where none is.
    """

    periods: tuple[PeriodReach, ...]
    redemption: Interval
    early: Decimal | None


def sheet_reach(sheet: s.LinkedSheet) -> SheetReach:
    """Everything the sheet can pay, as intervals."""
    periods: list[PeriodReach] = []
    before = ZERO
    scored_before = False
    for plan in determination_plan(sheet):
        raw = _adjustment(sheet, plan)
        if sheet.catastrophe is not None and isinstance(sheet.catastrophe.effect, s.Hold):
            raw = raw.hull(before)
        before = raw
        periods.append(_period(sheet, plan, raw, corrected=scored_before))
        scored_before = scored_before or any(map(plan.is_due, sheet.components))
    termination = sheet.termination
    early = None if termination is None else termination.redemption_percent
    return SheetReach(tuple(periods), _redemption(sheet), early)


def promise_findings(sheet: s.LinkedSheet) -> Iterator[Finding]:
    """Promises the sheet could break: its guaranteed minimum, and what was appropriated."""
    reach = sheet_reach(sheet)
    yield from _coupons_kept(sheet, reach)
    yield from _principal_kept(sheet, reach)
    yield from _nothing_more_owed(sheet, reach)
    yield from _appropriated(sheet, reach)


def score_reach(sheet: s.LinkedSheet, component: s.Component, plan: PeriodPlan) -> Interval:
    """Every score a component can have at a determination; exactly 0 while it is not due.

    A score that lasts for life is that of an earlier determination: its reach is the same, as
    which values an indicator may have depends on no date.
    """
    if not plan.is_due(component):
        return ZERO
    score = score_of(component.score, lambda leaf: _leaf(sheet, leaf), _NUMBERS)
    catastrophe = sheet.catastrophe
    if catastrophe is not None and isinstance(catastrophe.effect, Decimal):
        given = Fraction(catastrophe.effect)
        score = score.hull(Interval(given, given))
    places = sheet.rounding.score_places
    if places is None:
        return score
    mode = sheet.rounding.mode
    return Interval(rounded(score.low, places, mode), rounded(score.high, places, mode))


def _leaf(sheet: s.LinkedSheet, leaf: s.Leaf) -> Interval:
    kpi = sheet.kpi(leaf.kpi)
    reach = leaf_reach(leaf, Interval(Fraction(kpi.lowest), Fraction(kpi.highest)))
    if isinstance(kpi.missing, s.MissingValue):
        return reach
    given = Fraction(kpi.missing.score)
    return reach.hull(Interval(given, given))


def _adjustment(sheet: s.LinkedSheet, plan: PeriodPlan) -> Interval:
    """The sum of all components that add to the coupon, after the shortfall clause."""
    whole = ZERO
    for component in sheet.components:
        match component.pays:
            case s.PaysRate(percent):
                part = _NUMBERS.times(Fraction(percent), score_reach(sheet, component, plan))
            case s.PaysRateCard():
                score = score_reach(sheet, component, plan)
                part = _NUMBERS.times(_UNBOUNDED_PERCENT, score.hull(ZERO))
            case _:
                part = ZERO
        whole = _NUMBERS.plus(whole, part)
    if sheet.cohort_shortfall is not None and not sheet.cohort_shortfall.terminates:
        whole = Interval(min(whole.low, Fraction(0)), whole.high)
    return whole


def _period(
    sheet: s.LinkedSheet, plan: PeriodPlan, raw: Interval, *, corrected: bool
) -> PeriodReach:
    mode, places = sheet.rounding.mode, sheet.rounding.rate_places
    adjusted = Interval(rounded(raw.low, places, mode), rounded(raw.high, places, mode))
    if corrected and sheet.materiality_percent is not None:
        # A correction of earlier periods can add or take anything, until the limits cut it.
        adjusted = Interval(-_UNBOUNDED_PERCENT, _UNBOUNDED_PERCENT)
    base = sheet.base_coupon
    cuts = []
    for percent in (Fraction(base.lowest_percent), Fraction(base.highest_percent)):
        limit = bounds(sheet, percent)
        cut = Interval(limit.cut(adjusted.low), limit.cut(adjusted.high))
        if sheet.limits.life_cap_per_100 is not None or sheet.limits.budget_cents is not None:
            # The sum may be used up before: then nothing above zero is left.
            cut = Interval(min(cut.low, Fraction(0)), cut.high)
        cuts.append((percent, cut))
    (lowest, at_lowest), (highest, at_highest) = cuts
    return PeriodReach(
        plan=plan,
        adjustment=at_lowest.hull(at_highest),
        # Base and adjustment together never fall while the base rises.
        coupon=Interval(lowest + at_lowest.low, highest + at_highest.high),
        once_cents=_once(sheet, plan),
    )


def _once(sheet: s.LinkedSheet, plan: PeriodPlan) -> Interval:
    whole = ZERO
    for component in sheet.components:
        if isinstance(component.pays, s.PaysOnce) and component.pays.on == plan.period.ends_on:
            score = score_reach(sheet, component, plan)
            whole = _NUMBERS.plus(whole, _NUMBERS.times(Fraction(component.pays.cents), score))
    return whole


def _redemption(sheet: s.LinkedSheet) -> Interval:
    last = determination_plan(sheet)[-1]
    early = sheet.early_redemption
    par = Fraction(early.percent if early is not None and early.mandatory else 100)
    whole = Interval(par, par)
    for component in sheet.components:
        if isinstance(component.pays, s.PaysPrincipal):
            score = score_reach(sheet, component, last)
            whole = _NUMBERS.plus(whole, _NUMBERS.times(Fraction(component.pays.percent), score))
    least = Fraction(0)
    if sheet.guarantee.guarantor is not None:
        least = Fraction(sheet.guarantee.guarantor.principal_percent)
    return Interval(max(whole.low, least), max(whole.high, least))


# ── promises ──────────────────────────────────────────────────────────────────────────────────

_MINIMUM = "rule of the guaranteed minimum, term-sheet.md, section 2.7"
_APPROPRIATION = "rule of the appropriation cap, term-sheet.md, section 2.7"


def _coupons_kept(sheet: s.LinkedSheet, reach: SheetReach) -> Iterator[Finding]:
    promised = sheet.guarantee.coupon_percent
    for period in reach.periods:
        number = period.plan.period.number
        if promised is None and period.adjustment.low < 0:
            found = (
                f"an adjustment down to {exact_text(period.adjustment.low)} % in period {number}"
            )
            expected = f"none below 0: the base coupon is guaranteed ({_MINIMUM})"
        elif promised is not None and period.coupon.low < promised:
            found = f"a coupon down to {exact_text(period.coupon.low)} % in period {number}"
            expected = f"at least the guaranteed {promised} % ({_MINIMUM})"
        else:
            continue
        yield Finding("guarantee.coupon_percent", found, expected)
        return


def _principal_kept(sheet: s.LinkedSheet, reach: SheetReach) -> Iterator[Finding]:
    promised = sheet.guarantee.principal_percent
    least = reach.redemption.low
    if reach.early is not None:
        least = min(least, Fraction(reach.early))
    if least < promised:
        found = f"a redemption down to {exact_text(least)} % of par"
        expected = f"at least the guaranteed {promised} % ({_MINIMUM})"
        yield Finding("guarantee.principal_percent", found, expected)


def _nothing_more_owed(sheet: s.LinkedSheet, reach: SheetReach) -> Iterator[Finding]:
    owed = -sum((min(period.once_cents.low, Fraction(0)) for period in reach.periods), Fraction(0))
    most = sheet.guarantee.investors_pay_cents
    if owed > most:
        found = f"payments by investors up to {exact_text(owed)} cents"
        expected = f"at most the {most} cents of the guarantee ({_MINIMUM})"
        yield Finding("guarantee.investors_pay_cents", found, expected)


def _appropriated(sheet: s.LinkedSheet, reach: SheetReach) -> Iterator[Finding]:
    appropriation = sheet.limits.appropriation
    if appropriation is None:
        return
    available = dict(appropriation.by_fiscal_year)
    for year, needed in most_by_fiscal_year(sheet, reach, appropriation.covers).items():
        cents = available.get(year, 0)
        if needed > cents:
            found = f"up to {format_cents(needed)} of {appropriation.covers} in fiscal year {year}"
            expected = f"at most the {format_cents(cents)} appropriated ({_APPROPRIATION})"
            yield Finding("limits.appropriation.by_fiscal_year", found, expected)


def most_by_fiscal_year(
    sheet: s.LinkedSheet, reach: SheetReach, covers: s.Covers
) -> dict[int, int]:
    """The most that can fall due in each fiscal year, in cents, on all par authorized: proved,
    rounding of every holder's amount included."""
    par = sheet.authorized_cents
    adjustments: dict[int, Fraction] = {}
    others: dict[int, Fraction] = {}
    for period in reach.periods:
        interest = period.plan.period
        year = fiscal_year(interest.pays_on)
        half = Fraction(par) * interest.half_years / 200
        highest = max(period.adjustment.high, Fraction(0))
        paid = half * highest + (rounding_cents(sheet, par) if highest else 0)
        adjustments[year] = adjustments.get(year, Fraction(0)) + paid
        others[year] = others.get(year, Fraction(0)) + max(period.once_cents.high, Fraction(0))
        if covers is not s.Covers.ADJUSTMENTS:
            base = half * Fraction(sheet.base_coupon.highest_percent)
            others[year] += base + rounding_cents(sheet, par)
        if covers is s.Covers.DEBT_SERVICE:
            others[year] += par * redeemable_percent(sheet, reach, period) / 100
    cap = _sum_cap_cents(sheet)
    return {
        year: -int(-(others[year] + (paid if cap is None else min(paid, cap))) // 1)
        for year, paid in adjustments.items()
    }


def _sum_cap_cents(sheet: s.LinkedSheet) -> Fraction | None:
    """The most all adjustments of the bond's life can add up to."""
    caps = []
    if sheet.limits.budget_cents is not None:
        caps.append(Fraction(sheet.limits.budget_cents))
    if sheet.limits.life_cap_per_100 is not None:
        par = sheet.authorized_cents
        rounding = rounding_cents(sheet, par) * sheet.last_period
        caps.append(Fraction(sheet.limits.life_cap_per_100) * par / 100 + rounding)
    return min(caps) if caps else None


def redeemable_percent(sheet: s.LinkedSheet, reach: SheetReach, period: PeriodReach) -> Fraction:
    """The most of par, in per cent, that can fall due at the end of a period."""
    most = Fraction(0)
    if period is reach.periods[-1]:
        most = reach.redemption.high
    termination = sheet.termination
    if termination is not None and period.plan.period.number >= termination.from_period:
        most = max(most, Fraction(termination.redemption_percent))
    early = sheet.early_redemption
    if early is not None and early.on == period.plan.period.ends_on:
        most = max(most, Fraction(early.percent))
    return most
