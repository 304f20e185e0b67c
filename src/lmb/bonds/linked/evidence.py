"""Which value of an indicator counts at a determination, and what applies where none does.

first sound row of the window and vintage ──▶ value against its basis ──▶ cut to its range
else the substitute's ──▶ else the missing-data rule: a value, the last one, or a score
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from lmb.bonds.linked import sheet as s
from lmb.bonds.linked.kpis_file import Observation
from lmb.bonds.linked.plan import PeriodPlan, Window
from lmb.bonds.linked.trace import Trace


class Source(StrEnum):
    """Where what counts came from."""

    NOT_DUE = "not-due"
    OBSERVED = "observed"
    SUBSTITUTE = "substitute"
    FALLBACK_VALUE = "fallback-value"
    LAST_VALUE = "last-value"
    FALLBACK_SCORE = "fallback-score"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an indicator says at a determination: a value, or the score that stands in for one.

    Both are None while no window is due.
    """

    source: Source
    value: Fraction | None = None
    score: Fraction | None = None

    @property
    def measured(self) -> bool:
        """Whether it rests on an observation, the indicator's own or its substitute's."""
        return self.source in (Source.OBSERVED, Source.SUBSTITUTE)


Known = Mapping[tuple[str, Window, int], Sequence[Observation]]
"""Observations by indicator, window and vintage, each in the order they were verified."""


def by_window(observations: Sequence[Observation]) -> Known:
    """Observations, ordered by `in_order`, put where a determination looks for them."""
    known: dict[tuple[str, Window, int], list[Observation]] = {}
    for observation in observations:
        key = (observation.kpi, observation.window, observation.vintage)
        known.setdefault(key, []).append(observation)
    return known


def evidence(
    sheet: s.LinkedSheet,
    kpi: s.Kpi,
    plan: PeriodPlan,
    known: Known,
    last: Evidence | None,
    corrected_by: date | None,
    trace: Trace,
) -> Evidence:
    """What counts for an indicator at a determination.

    Without `corrected_by` it is the first sound value verified by the day of determination; with
    it the latest sound one verified by that later day, as a true-up asks. `last` is what counted
    at the determination before.
    """
    name = f"kpi/{kpi.id}"
    window = plan.windows[kpi.id]
    if window is None:
        how = "no window is complete and published"
        trace.decision(f"{name}/window", "not due", how, "kpis.window")
        return Evidence(Source.NOT_DUE)
    how = f"published within {kpi.publication_lag_days} days, by {plan.determined_on}"
    trace.decision(f"{name}/window", str(window), how, "kpis.window")
    found = _value(kpi, window, plan, known, corrected_by, trace)
    if found is not None:
        return Evidence(Source.OBSERVED, found)
    substitute = kpi.substitute
    if substitute is not None:
        other = sheet.kpi(substitute.kpi)
        other_window = plan.windows[other.id]
        if other_window is not None:
            found = _value(other, other_window, plan, known, corrected_by, trace)
        if found is not None:
            value = found * Fraction(substitute.times) + Fraction(substitute.plus)
            how = f"{other.id} x {substitute.times} + {substitute.plus}, in place of {kpi.id}"
            trace.number(f"{name}/substitute", value, how, "kpis.substitute")
            return Evidence(Source.SUBSTITUTE, _cut(kpi, value, trace))
    return _fallback(kpi, last, trace)


def _value(
    kpi: s.Kpi,
    window: Window,
    plan: PeriodPlan,
    known: Known,
    corrected_by: date | None,
    trace: Trace,
) -> Fraction | None:
    """The value that counts against its basis and within its range; None where no row is sound."""
    by = plan.determined_on if corrected_by is None else corrected_by
    rows = [o for o in known.get((kpi.id, window, kpi.vintage), ()) if o.verified_on <= by]
    sound = []
    for row in rows:
        fault = _fault(kpi, row)
        if fault is None:
            sound.append(row)
        elif corrected_by is None:
            trace.decision(f"kpi/{kpi.id}/row {row.row}", "not sound", fault, "kpis.minimum_people")
    if not sound:
        return None
    row = sound[0] if corrected_by is None else sound[-1]
    return _cut(kpi, _against_basis(kpi, row, trace), trace)


def _fault(kpi: s.Kpi, row: Observation) -> str | None:
    """Why a row cannot count, in words; None where it can."""
    if row.value is None:
        return "it has no value"
    if kpi.minimum_people and (row.people is None or row.people < kpi.minimum_people):
        people = "no number of people" if row.people is None else f"{row.people} people"
        return f"{people}, fewer than the {kpi.minimum_people} the terms ask for"
    least = kpi.minimum_coverage_percent
    if least and (row.coverage_percent is None or row.coverage_percent < least):
        covered = "no coverage" if row.coverage_percent is None else f"{row.coverage_percent} %"
        return f"{covered}, less than the {least} % the terms ask for"
    if isinstance(kpi.basis, s.Impact):
        if kpi.basis.evaluate is s.Evaluate.CI95_LOWER and row.ci95_lower is None:
            return "no lower end of its 95 per cent interval"
        if kpi.basis.significance is not None and row.p_value is None:
            return "no p-value"
    return None


def _against_basis(kpi: s.Kpi, row: Observation, trace: Trace) -> Fraction:
    name, value = f"kpi/{kpi.id}", Fraction(row.value or 0)
    verified = f"vintage {row.vintage}, verified {row.verified_on} by {row.verifier}"
    trace.number(f"{name}/observed", value, verified, "kpis.vintage", row.row)
    match kpi.basis:
        case s.Gross():
            return value
        case s.Baseline(baseline, s.Change.DIFFERENCE):
            how = f"less the baseline of {baseline}"
            return trace.number(f"{name}/change", value - Fraction(baseline), how, "kpis.basis")
        case s.Baseline(baseline, _):
            change = 100 * (value - Fraction(baseline)) / Fraction(baseline)
            how = f"change from the baseline of {baseline} in per cent of it"
            return trace.number(f"{name}/change", change, how, "kpis.basis")
        case s.Impact(design, evaluate, significance):
            if significance is not None and row.p_value is not None and row.p_value > significance:
                how = f"p = {row.p_value} is above {significance} ({design}): no effect"
                return trace.number(f"{name}/effect", Fraction(0), how, "kpis.basis", row.row)
            if evaluate is s.Evaluate.CI95_LOWER and row.ci95_lower is not None:
                how = f"lower end of the 95 per cent interval ({design})"
                lower = Fraction(row.ci95_lower)
                return trace.number(f"{name}/effect", lower, how, "kpis.basis", row.row)
            how = f"estimate ({design})"
            return trace.number(f"{name}/effect", value, how, "kpis.basis", row.row)


def _cut(kpi: s.Kpi, value: Fraction, trace: Trace) -> Fraction:
    cut = min(max(value, Fraction(kpi.lowest)), Fraction(kpi.highest))
    if cut != value:
        how = f"kept within {kpi.lowest} to {kpi.highest}"
        trace.number(f"kpi/{kpi.id}/range", cut, how, "kpis.lowest, kpis.highest")
    return cut


def _fallback(kpi: s.Kpi, last: Evidence | None, trace: Trace) -> Evidence:
    name, term = f"kpi/{kpi.id}/missing", "kpis.missing"
    match kpi.missing:
        case s.MissingValue(value):
            how = "no sound value in time: the value of the terms"
            trace.number(name, Fraction(value), how, term)
            return Evidence(Source.FALLBACK_VALUE, Fraction(value))
        case s.MissingLast() if last is not None and last.value is not None:
            how = "no sound value in time: the value of the determination before"
            trace.number(name, last.value, how, term)
            return Evidence(Source.LAST_VALUE, last.value)
        case s.MissingLast(score) | s.MissingScore(score):
            how = "no sound value in time: the score of the terms"
            trace.number(name, Fraction(score), how, term)
            return Evidence(Source.FALLBACK_SCORE, score=Fraction(score))
