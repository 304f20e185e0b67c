"""From a tally to figures, a score and money: exact until one rounding each.

score = (value - threshold) / (target - threshold), not below the floor, not above the cap
money = score × full amount, half even to the cent, shared by largest remainder
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import localcontext
from fractions import Fraction
from typing import Any

from lmb.outcomes.determination.tally import Arm, Tally
from lmb.outcomes.determination.terms import Evaluate, Fallback, Measure, Terms, Tranche
from lmb.outcomes.estimators.conventions import Convention
from lmb.outcomes.estimators.rational import decimal_of, significant, square_root
from lmb.outcomes.estimators.strata import Cell, Stratum, effect, shares, variance
from lmb.values.canonical import Document
from lmb.values.errors import RefusedError
from lmb.values.money import share_out
from lmb.values.rates import decimal_text
from lmb.values.rounding import PRECISION_DIGITS, half_even

RATE_PLACES = 1
SCORE_PLACES = 6
COVERAGE_PLACES = 2


@dataclass(frozen=True, slots=True)
class Measured:
    """One tranche measured: the value that pays, exact (None where the evidence is too thin, with
    the reason), and its figures as they are told."""

    value: Fraction | None
    thin: str | None
    figures: Mapping[str, Document]


def measured(terms: Terms, tally: Tally) -> Measured:
    """The value of a tranche's tally."""
    people = sum(arm.people for _, arm in tally.arms)
    counted = people if terms.missing == "leave-out" else people - tally.not_yet
    known = counted + tally.not_yet
    coverage = Fraction(100 * counted, known) if known else Fraction(0)
    told = decimal_text(half_even(decimal_of(coverage), COVERAGE_PLACES))
    thin = None
    if coverage < Fraction(terms.minimum_coverage_percent):
        thin = f"coverage of {told} % is below {terms.minimum_coverage_percent} %"
    measure = _rate if terms.estimator is Measure.RATE else _difference
    found = measure(terms, tally)
    return Measured(
        value=None if thin else found.value,
        thin=thin or found.thin,
        figures={"coverage_percent": told, **found.figures},
    )


def score(terms: Terms, value: Fraction) -> Fraction:
    """Where a value lies between threshold and target, within floor and cap."""
    width = Fraction(terms.target) - Fraction(terms.threshold)
    reached = (value - Fraction(terms.threshold)) / width
    return min(max(reached, Fraction(terms.floor)), Fraction(terms.cap))


def decided(
    terms: Terms, tranche: Tranche, found: Measured, prior: Mapping[str, Any] | None
) -> dict[str, Document]:
    """Score and money of a tranche, and what decided them: the estimate, or the first step of the
    fallback that can. `prior` is the tranche's entry in the statement before this one."""
    exact, by = _score_of(terms, found, prior)
    if exact is None:
        return {"decided_by": by, "score": None, "score_exact": None, "cents": None, "payees": None}
    cents = round(exact * tranche.full_cents)
    parts = share_out(cents, list(tranche.payees.values()))
    return {
        "decided_by": by,
        "score": decimal_text(half_even(decimal_of(exact), SCORE_PLACES)),
        "score_exact": str(exact),
        "cents": cents,
        "payees": dict(zip(tranche.payees, parts, strict=True)),
    }


def _score_of(
    terms: Terms, found: Measured, prior: Mapping[str, Any] | None
) -> tuple[Fraction | None, str]:
    if found.value is not None:
        return score(terms, found.value), "estimate"
    for step in terms.fallback:
        if step is Fallback.PRIOR and prior is not None and prior["score_exact"] is not None:
            return Fraction(prior["score_exact"]), step.value
        if step is Fallback.FLOOR:
            return Fraction(terms.floor), step.value
        if step is Fallback.ADMINISTRATOR:
            break
    return None, Fallback.ADMINISTRATOR.value


def _rate(terms: Terms, tally: Tally) -> Measured:
    """Successes of the treated over their number; the controls' outcomes are not asked for."""
    arms = [arm for (_, name), arm in tally.arms if name == "treated"]
    numerator, denominator = sum(arm.total for arm in arms), sum(arm.people for arm in arms)
    # y² - y is 0 for 0 and 1 and positive for every other whole number.
    if sum(arm.squares for arm in arms) != numerator:
        raise RefusedError("a rate counts outcomes of 0 and 1; these records hold others")
    if denominator < max(terms.minimum_people, 1):
        thin = f"{denominator} people are fewer than {terms.minimum_people}"
        return Measured(None, thin, _rate_figures(numerator, denominator, None))
    value = Fraction(100 * numerator, denominator)
    return Measured(value, None, _rate_figures(numerator, denominator, value))


def _rate_figures(numerator: int, denominator: int, value: Fraction | None) -> dict[str, Document]:
    rate = None if value is None else str(half_even(decimal_of(value), RATE_PLACES))
    return {"numerator": numerator, "denominator": denominator, "rate_percent": rate}


def _difference(terms: Terms, tally: Tally) -> Measured:
    strata, thin = _strata(terms, tally)
    if thin is not None:
        empty = dict.fromkeys(("estimate", "standard_error", "lower", "upper"))
        return Measured(None, thin, empty)
    weights = shares(strata)
    point = effect(strata, weights)
    error = square_root(variance(strata, weights, Convention.NEYMAN))
    with localcontext(prec=PRECISION_DIGITS):
        reach = terms.interval_standard_errors * error
        low, high = decimal_of(point) - reach, decimal_of(point) + reach
    value = point if terms.evaluate is Evaluate.ESTIMATE else Fraction(low)
    figures: dict[str, Document] = {
        "estimate": str(significant(decimal_of(point))),
        "standard_error": str(significant(error)),
        "lower": str(significant(low)),
        "upper": str(significant(high)),
    }
    return Measured(value, None, figures)


def _strata(terms: Terms, tally: Tally) -> tuple[list[Stratum], str | None]:
    """Control and treated of each block; or why there is no estimate."""
    arms = dict(tally.arms)
    none = Arm(0, 0, 0)
    strata: list[Stratum] = []
    for block in sorted({block for block, _ in arms}):
        control, treated = (
            Cell(*_sums(arms.get((block, name), none))) for name in ("control", "treated")
        )
        if min(control.people, treated.people) < 2:
            return [], f"block {block} has fewer than 2 people in an arm"
        strata.append((control, treated))
    for place, name in enumerate(("control", "treated")):
        people = sum(stratum[place].people for stratum in strata)
        if people < max(terms.minimum_people, 2):
            return [], f"the {name} arm of {people} is smaller than {terms.minimum_people}"
    return strata, None


def _sums(arm: Arm) -> tuple[int, int, int]:
    return arm.people, arm.total, arm.squares
