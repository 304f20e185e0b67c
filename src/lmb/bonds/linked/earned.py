"""What each period earns before what was paid earlier matters: scores, sum, clauses, limits.

evidence ──▶ component scores ──▶ sum ──shortfall──▶ round ──floor, cap──▶ earned adjustment
                  └ catastrophe: a given score, or the adjustment before stands
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lmb.bonds.linked import sheet as s
from lmb.bonds.linked.evidence import Evidence, Known, Source, evidence
from lmb.bonds.linked.limits import bounds
from lmb.bonds.linked.plan import PeriodPlan, determination_plan
from lmb.bonds.linked.rounding import exact_text, rounded
from lmb.bonds.linked.scores import Exact, exact_leaf_score, score_of
from lmb.bonds.linked.trace import Trace
from lmb.values.money import format_cents

_NUMBERS = Exact()


@dataclass(frozen=True, slots=True)
class Scored:
    """A component at a determination. `score` is 0 while it is not due."""

    component: s.Component
    due: bool
    score: Fraction
    card_cents: Fraction


@dataclass(frozen=True, slots=True)
class Earned:
    """What one period earns. `adjustment` is per cent a year; `cents` what is paid once at its
    end; `redemption` per cent of par if the bond ends with it, and why."""

    plan: PeriodPlan
    evidence: Mapping[str, Evidence]
    scored: tuple[Scored, ...]
    adjustment: Fraction
    once_cents: Fraction
    terminated: str
    trace: Trace


def earned_chain(
    sheet: s.LinkedSheet,
    known: Known,
    base_percent: Fraction,
    par_cents: int,
    until: date,
    corrected_by: date | None = None,
) -> tuple[Earned, ...]:
    """What every period determined by `until` earns, to the end or a termination.

    With `corrected_by`, as if corrections verified by then had been known all along.
    """
    chain: list[Earned] = []
    for plan in determination_plan(sheet):
        if plan.determined_on > until:
            break
        chain.append(_earned(sheet, known, base_percent, par_cents, plan, chain, corrected_by))
        if chain[-1].terminated:
            break
    return tuple(chain)


def _earned(
    sheet: s.LinkedSheet,
    known: Known,
    base_percent: Fraction,
    par_cents: int,
    plan: PeriodPlan,
    before: Sequence[Earned],
    corrected_by: date | None,
) -> Earned:
    trace = Trace()
    found = {
        kpi.id: evidence(
            sheet, kpi, plan, known, before[-1].evidence[kpi.id] if before else None,
            corrected_by, trace,
        )
        for kpi in sheet.kpis
    }  # fmt: skip
    given, held = _catastrophe(sheet, found, trace)
    scored = tuple(
        _scored(sheet, component, plan, found, before, given, trace)
        for component in sheet.components
    )
    if held:
        adjustment = before[-1].adjustment if before else Fraction(0)
        trace.number("adjustment/held", adjustment, "as in the period before", "catastrophe.effect")
    else:
        whole = _sum(scored, par_cents, plan, trace)
        whole = _shortfall(sheet, found, whole, trace)
        adjustment = _limited(sheet, base_percent, whole, trace)
    once = sum(
        (
            item.score * item.component.pays.cents
            for item in scored
            if isinstance(item.component.pays, s.PaysOnce)
            and item.component.pays.on == plan.period.ends_on
        ),
        Fraction(0),
    )
    terminated = _terminated(sheet, plan, found, trace)
    return Earned(plan, found, scored, adjustment, once, terminated, trace)


def _catastrophe(
    sheet: s.LinkedSheet, found: Mapping[str, Evidence], trace: Trace
) -> tuple[Fraction | None, bool]:
    """The score every component gets, and whether the last adjustment stands."""
    clause = sheet.catastrophe
    if clause is None:
        return None, False
    shock = found[clause.kpi]
    if not shock.measured or shock.value is None or shock.value < clause.at_least:
        return None, False
    how = f"{clause.kpi} is {exact_text(shock.value)}, at least {clause.at_least}"
    if isinstance(clause.effect, s.Hold):
        trace.decision(
            "catastrophe", "applies", f"{how}: the last adjustment stands", "catastrophe"
        )
        return None, True
    trace.decision(
        "catastrophe", "applies", f"{how}: every score is {clause.effect}", "catastrophe"
    )
    return Fraction(clause.effect), False


def _scored(
    sheet: s.LinkedSheet,
    component: s.Component,
    plan: PeriodPlan,
    found: Mapping[str, Evidence],
    before: Sequence[Earned],
    given: Fraction | None,
    trace: Trace,
) -> Scored:
    name, term = f"component/{component.id}/score", f"components.{component.id}"
    if not plan.is_due(component):
        trace.decision(name, "0", "not due, or not for this period", term)
        return Scored(component, False, Fraction(0), Fraction(0))
    place = sheet.components.index(component)
    first = next((one.scored[place] for one in before if one.scored[place].due), None)
    if component.lasts_for_life and first is not None:
        trace.number(name, first.score, "as first determined, for life", f"{term}.lasts")
        return first
    if given is not None:
        score = trace.number(name, given, "given by the catastrophe clause", "catastrophe.effect")
    else:
        score = score_of(component.score, lambda leaf: _leaf(leaf, found, trace, name), _NUMBERS)
        trace.number(name, score, _in_words(component.score), f"{term}.score")
    places = sheet.rounding.score_places
    if places is not None:
        score = rounded(score, places, sheet.rounding.mode)
        how = f"rounded {sheet.rounding.mode} to {places} decimals"
        trace.number(f"{name}/rounded", score, how, "rounding.score_places")
    cents = _card(component, plan, found, before, place, trace)
    return Scored(component, True, score, cents * score)


def _leaf(leaf: s.Leaf, found: Mapping[str, Evidence], trace: Trace, name: str) -> Fraction:
    counted = found[leaf.kpi]
    if counted.value is None:
        return counted.score or Fraction(0)
    score = exact_leaf_score(leaf, counted.value)
    return trace.number(f"{name}/{leaf.kpi}", score, f"{leaf_text(leaf)}", "components.score")


def leaf_text(leaf: s.Leaf) -> str:
    """The formula of a leaf."""
    match leaf:
        case s.Linear(kpi, threshold, target):
            return f"({kpi} - {threshold}) / ({target} - {threshold}), within 0 and 1"
        case s.Digital(kpi, compare, value):
            return f"1 if {kpi} is {compare} {value}, else 0"
        case s.Tiers(kpi, tiers):
            steps = ", ".join(f"{tier.score} from {tier.starts_at}" for tier in tiers)
            return f"tiers of {kpi}: {steps}"


def _in_words(expression: s.Expression) -> str:
    match expression:
        case s.Always():
            return "1"
        case s.Linear() | s.Digital() | s.Tiers():
            return f"score of {expression.kpi}"
        case s.All(parts):
            return f"the smallest of {', '.join(map(_in_words, parts))}"
        case s.Any(parts):
            return f"the largest of {', '.join(map(_in_words, parts))}"
        case s.Weighted(parts):
            return " + ".join(f"{weight} x ({_in_words(part)})" for weight, part in parts)
        case s.Not(part):
            return f"1 - ({_in_words(part)})"


def _card(
    component: s.Component,
    plan: PeriodPlan,
    found: Mapping[str, Evidence],
    before: Sequence[Earned],
    place: int,
    trace: Trace,
) -> Fraction:
    """What a rate card prices outcomes at, in cents, within what is left of its caps."""
    card = component.pays
    if not isinstance(card, s.PaysRateCard):
        return Fraction(0)
    name, term = f"component/{component.id}/card", f"components.{component.id}.pays"
    priced = Fraction(0)
    for kpi, cents in plan.pays_card(card):
        count = found[kpi].value
        if count is not None and found[kpi].source is not Source.LAST_VALUE:
            how = f"{exact_text(count)} outcomes at {format_cents(cents)}, in cents"
            priced += trace.number(f"{name}/{kpi}", count * cents, how, term)
    paid = sum((one.scored[place].card_cents for one in before), Fraction(0))
    left = max(card.most_cents - paid, Fraction(0))
    how = f"at most {exact_text(left)} cents left of the caps for a person and the contract"
    return trace.number(name, min(priced, left), how, term)


def _sum(scored: Sequence[Scored], par_cents: int, plan: PeriodPlan, trace: Trace) -> Fraction:
    whole = Fraction(0)
    parts = []
    for item in scored:
        match item.component.pays:
            case s.PaysRate(percent):
                whole += item.score * Fraction(percent)
                parts.append(f"{item.component.id}: {exact_text(item.score)} x {percent} %")
            case s.PaysRateCard():
                rate = item.card_cents / par_cents * 200 / plan.period.half_years
                whole += rate
                parts.append(f"{item.component.id}: {exact_text(item.card_cents)} cents on par")
            case s.PaysOnce() | s.PaysPrincipal():
                pass  # not paid through the coupon
    return trace.number(
        "adjustment/sum", whole, " + ".join(parts) or "nothing due", "components.pays"
    )


def _shortfall(
    sheet: s.LinkedSheet, found: Mapping[str, Evidence], whole: Fraction, trace: Trace
) -> Fraction:
    clause = sheet.cohort_shortfall
    if clause is None or clause.terminates or whole <= 0:
        return whole
    people = found[clause.kpi]
    if not people.measured or people.value is None or people.value >= clause.minimum:
        return whole
    how = f"{exact_text(people.value)} of the {clause.minimum} people promised"
    shrunk = whole * people.value / clause.minimum
    return trace.number("adjustment/shortfall", shrunk, how, "cohort_shortfall")


def _limited(
    sheet: s.LinkedSheet, base_percent: Fraction, whole: Fraction, trace: Trace
) -> Fraction:
    places, mode = sheet.rounding.rate_places, sheet.rounding.mode
    adjustment = rounded(whole, places, mode)
    how = f"rounded {mode} to {places} decimals of a per cent"
    trace.number("adjustment/rounded", adjustment, how, "rounding.rate_places")
    limit = bounds(sheet, base_percent)
    cut = limit.cut(adjustment)
    how = f"within {exact_text(limit.floor)} and {exact_text(limit.cap)} %"
    return trace.number("adjustment/earned", cut, how, "limits.floor_percent, limits.cap_percent")


def _terminated(
    sheet: s.LinkedSheet, plan: PeriodPlan, found: Mapping[str, Evidence], trace: Trace
) -> str:
    """Why the bond ends with this period, in words; empty where it goes on."""
    clause = sheet.termination
    if clause is None or plan.period.number < clause.from_period:
        return ""
    why = ""
    shortfall = sheet.cohort_shortfall
    if shortfall is not None and shortfall.terminates:
        people = found[shortfall.kpi]
        if people.measured and people.value is not None and people.value < shortfall.minimum:
            why = f"{exact_text(people.value)} of the {shortfall.minimum} people promised"
    if clause.when is not None:
        leaves = s.leaves_of(clause.when)
        if all(found[leaf.kpi].measured for leaf in leaves):
            name = "termination/score"
            score = score_of(clause.when, lambda leaf: _leaf(leaf, found, trace, name), _NUMBERS)
            trace.number(name, score, _in_words(clause.when), "termination.when")
            why = why or (f"{_in_words(clause.when)} is 1" if score == 1 else "")
    if why:
        trace.decision("termination", "the bond ends with this period", why, "termination")
    return why
