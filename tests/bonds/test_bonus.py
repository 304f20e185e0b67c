"""Score and bonus: threshold to target, floor and cap, rounding, thin evidence."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.bonus import OutcomeBonus, OutcomeEvidence, outcome_bonus
from lmb.bonds.terms import Evaluation, OutcomeTerms
from lmb.bonds.terms_file import term_sheet_from_document
from tests.bonds.support import OUTCOME_RULES, sound_document

TERMS = term_sheet_from_document(sound_document()).outcome
PLACES = OUTCOME_RULES.score_shown_places


def evidence(estimate: str, lower: str = "0") -> OutcomeEvidence:
    return OutcomeEvidence(Decimal(estimate), Decimal(lower), Decimal(100), 185, 260)


def bonus_of(found: OutcomeEvidence, terms: OutcomeTerms = TERMS) -> OutcomeBonus:
    return outcome_bonus(terms, found, PLACES)


def test_the_bonus_grows_in_a_straight_line_from_threshold_to_target() -> None:
    result = bonus_of(evidence("1794.34"))
    assert result.score == Fraction("1294.34") / 2000
    assert result.score_shown == Decimal("0.647170")
    assert result.bonus_percent == Decimal("1.942")  # 1.94151
    assert not result.fallback
    assert result.explanation == (
        "The estimate of the earnings gain is $1,794.34 a year; the bonus starts above $500.00 "
        "and is full at $2,500.00.",
        "Score: ($1,794.34 - $500.00) / ($2,500.00 - $500.00).",
        "The score is 0.647170; unrounded, times 3 % at target, it gives 1.941510 %.",
        "Rounded half to even to 3 decimals, the bonus is 1.942 % a year.",
    )


@pytest.mark.parametrize(
    ("estimate", "score", "bonus"),
    [
        ("-1200.00", 0, "0.000"),
        ("500.00", 0, "0.000"),
        ("1500.00", Fraction(1, 2), "1.500"),
        ("2300.00", Fraction(9, 10), "2.500"),  # 2.7, capped
        ("2500.00", 1, "2.500"),
        ("90000.00", 1, "2.500"),
    ],
)
def test_the_score_stays_within_0_and_1_and_the_bonus_within_floor_and_cap(
    estimate: str, score: Fraction, bonus: str
) -> None:
    result = bonus_of(evidence(estimate))
    assert result.score == score
    assert str(result.bonus_percent) == bonus


def test_a_floor_is_paid_whatever_the_outcome() -> None:
    terms = replace(TERMS, bonus_floor_percent=Decimal("0.250"))
    result = bonus_of(evidence("0"), terms)
    assert result.bonus_percent == Decimal("0.250")
    assert any("floor of 0.25 %" in line for line in result.explanation)


def test_the_lower_end_of_the_interval_counts_where_the_terms_say_so() -> None:
    terms = replace(TERMS, evaluate=Evaluation.CI95_LOWER)
    result = bonus_of(evidence("1794.34", lower="700.00"), terms)
    assert result.score == Fraction(1, 10)
    assert "lower bound of the 95 % interval" in result.explanation[0]


@pytest.mark.parametrize(
    ("estimate", "bonus"),
    [("501.00", "0.002"), ("501.666666666666666667", "0.003"), ("500.333333333333333333", "0.000")],
)
def test_the_bonus_is_rounded_half_to_even_once_from_the_unrounded_score(
    estimate: str, bonus: str
) -> None:
    # One dollar is 0.0015 per cent: a tie, which goes to the even thousandth.
    assert str(bonus_of(evidence(estimate)).bonus_percent) == bonus


@pytest.mark.parametrize(
    ("thin", "why"),
    [
        (replace(evidence("1794.34"), coverage_percent=Decimal("89.99")), "89.99 % of people"),
        (replace(evidence("1794.34"), people_treated=29), "29 people offered training"),
        (replace(evidence("1794.34"), people_control=29), "29 people not offered training"),
        (replace(evidence("1794.34"), estimate_dollars=None), "no estimate"),
    ],
)
def test_thin_evidence_falls_back_to_the_score_of_the_terms(
    thin: OutcomeEvidence, why: str
) -> None:
    missing_data = replace(TERMS.missing_data, score=Decimal("0.5"))
    result = bonus_of(thin, replace(TERMS, missing_data=missing_data))
    assert result.fallback
    assert result.score == Fraction(1, 2)
    assert result.bonus_percent == Decimal("1.500")
    assert why in result.explanation[0]


def test_evidence_at_the_limits_of_the_rule_is_enough() -> None:
    enough = OutcomeEvidence(Decimal("1500"), Decimal(0), Decimal(90), 30, 30)
    assert not bonus_of(enough).fallback


dollars = st.decimals(-20_000, 20_000, places=6)


@given(dollars, dollars)
def test_a_larger_gain_never_earns_a_smaller_bonus(one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other))
    smaller, larger = bonus_of(evidence(str(low))), bonus_of(evidence(str(high)))
    assert smaller.score <= larger.score
    assert smaller.bonus_percent <= larger.bonus_percent


@given(dollars, st.integers(0, 2500), st.integers(0, 2500))
def test_the_bonus_lies_between_floor_and_cap_and_on_the_declared_grid(
    gain: Decimal, one: int, other: int
) -> None:
    floor, cap = (Decimal(steps) / 1000 for steps in sorted((one, other)))
    terms = replace(TERMS, bonus_floor_percent=floor, bonus_cap_percent=cap)
    result = bonus_of(evidence(str(gain)), terms)
    assert floor <= result.bonus_percent <= cap
    assert result.bonus_percent.as_tuple().exponent == -3
    assert 0 <= result.score <= 1
