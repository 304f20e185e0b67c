"""From a measured outcome to the bonus on the coupon, with every step said in words.

value ──(value - threshold) / (target - threshold), kept within 0 and 1──▶ score
score ──times the bonus at target, kept within floor and cap, rounded once──▶ bonus
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from lmb.bonds.terms import Evaluation, MissingData, OutcomeTerms
from lmb.values.rates import decimal_text
from lmb.values.rounding import PRECISION_DIGITS, half_even


@dataclass(frozen=True, slots=True)
class OutcomeEvidence:
    """What was measured, in dollars of earnings gain a year. None where nothing could be."""

    estimate_dollars: Decimal | None
    ci95_lower_dollars: Decimal | None
    coverage_percent: Decimal
    people_treated: int
    people_control: int


@dataclass(frozen=True, slots=True)
class OutcomeBonus:
    """The bonus and how it came about. `score` is exact; `score_shown` is rounded for people.

    `fallback` says whether the missing-data rule gave the score.
    """

    score: Fraction
    score_shown: Decimal
    bonus_percent: Decimal
    fallback: bool
    explanation: tuple[str, ...]


def outcome_bonus(
    terms: OutcomeTerms, evidence: OutcomeEvidence, score_shown_places: int
) -> OutcomeBonus:
    """The bonus the terms give for the evidence, in per cent a year on top of the base coupon.

    The unrounded score is used; the bonus is rounded half to even, once, to the places the terms
    declare.
    """
    gaps = _gaps(terms, evidence)
    value = _value(terms.evaluate, evidence)
    if gaps or value is None:
        score, steps = _fallback(terms.missing_data, gaps)
    else:
        score, steps = _score(terms, value)
    score_shown = _rounded(score, score_shown_places)
    bonus_percent, bonus_steps = _bonus(terms, score, score_shown)
    return OutcomeBonus(
        score=score,
        score_shown=score_shown,
        bonus_percent=bonus_percent,
        fallback=bool(gaps),
        explanation=(*steps, *bonus_steps),
    )


def _gaps(terms: OutcomeTerms, evidence: OutcomeEvidence) -> tuple[str, ...]:
    """What the evidence lacks under the missing-data rule, in words."""
    rule = terms.missing_data
    gaps = []
    if evidence.coverage_percent < rule.minimum_coverage_percent:
        gaps.append(
            f"Earnings are on record for {decimal_text(evidence.coverage_percent)} % of people, "
            f"fewer than the {decimal_text(rule.minimum_coverage_percent)} % the terms ask for."
        )
    for arm, people in (
        ("offered training", evidence.people_treated),
        ("not offered training", evidence.people_control),
    ):
        if people < rule.minimum_people_per_arm:
            gaps.append(
                f"{people} people {arm} were measured, fewer than the "
                f"{rule.minimum_people_per_arm} the terms ask for."
            )
    if _value(terms.evaluate, evidence) is None:
        gaps.append(f"The measure has no {_VALUE_NAMES[terms.evaluate]}.")
    return tuple(gaps)


_VALUE_NAMES = {
    Evaluation.ESTIMATE: "estimate of the earnings gain",
    Evaluation.CI95_LOWER: "lower bound of the 95 % interval of the earnings gain",
}


def _value(evaluate: Evaluation, evidence: OutcomeEvidence) -> Decimal | None:
    if evaluate is Evaluation.ESTIMATE:
        return evidence.estimate_dollars
    return evidence.ci95_lower_dollars


def _fallback(rule: MissingData, gaps: tuple[str, ...]) -> tuple[Fraction, list[str]]:
    score = Fraction(rule.score)
    return score, [*gaps, f"The missing-data rule sets the score to {decimal_text(rule.score)}."]


def _score(terms: OutcomeTerms, value: Decimal) -> tuple[Fraction, list[str]]:
    threshold, target = terms.threshold_dollars, terms.target_dollars
    unbounded = (Fraction(value) - Fraction(threshold)) / (Fraction(target) - Fraction(threshold))
    score = min(max(unbounded, Fraction(0)), Fraction(1))
    steps = [
        f"The {_VALUE_NAMES[terms.evaluate]} is {_dollars(value)} a year; the bonus starts above "
        f"{_dollars(threshold)} and is full at {_dollars(target)}."
    ]
    if unbounded < 0:
        steps.append("The gain is below the threshold, so the score is 0.")
    elif unbounded > 1:
        steps.append("The gain is above the target, so the score is 1.")
    else:
        steps.append(
            f"Score: ({_dollars(value)} - {_dollars(threshold)}) / "
            f"({_dollars(target)} - {_dollars(threshold)})."
        )
    return score, steps


def _bonus(terms: OutcomeTerms, score: Fraction, score_shown: Decimal) -> tuple[Decimal, list[str]]:
    floor, cap = terms.bonus_floor_percent, terms.bonus_cap_percent
    unbounded = score * Fraction(terms.bonus_at_target_percent)
    bounded = min(max(unbounded, Fraction(floor)), Fraction(cap))
    bonus_percent = _rounded(bounded, terms.rounding_places)
    steps = [
        f"The score is {score_shown}; unrounded, times "
        f"{decimal_text(terms.bonus_at_target_percent)} % at target, it gives "
        f"{_rounded(unbounded, terms.rounding_places + 3)} %."
    ]
    if bounded > unbounded:
        steps.append(f"That is below the floor of {decimal_text(floor)} %, which applies.")
    elif bounded < unbounded:
        steps.append(f"That is above the cap of {decimal_text(cap)} %, which applies.")
    steps.append(
        f"Rounded half to even to {terms.rounding_places} decimals, the bonus is "
        f"{bonus_percent} % a year."
    )
    return bonus_percent, steps


def _rounded(ratio: Fraction, places: int) -> Decimal:
    with localcontext(prec=PRECISION_DIGITS):
        return half_even(Decimal(ratio.numerator) / ratio.denominator, places)


def _dollars(value: Decimal) -> str:
    """Dollars for words: with cents, and to a millionth where the value goes on beyond them."""
    with localcontext(prec=PRECISION_DIGITS):
        whole, _, decimals = f"{abs(half_even(value, 6)):,f}".partition(".")
        sign = "-" if value < 0 else ""
        return f"{sign}${whole}.{decimals.rstrip('0'):0<2}"
