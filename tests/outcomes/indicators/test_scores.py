"""Scores as the guidance publishes them (RSA-TAC-20-02 of 2025-01-06), truncated, never rounded."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.outcomes.indicators.levels_csv import actual_level, load_levels
from lmb.outcomes.indicators.scores import (
    RULE,
    Failure,
    Level,
    ScoreRules,
    adjusted_level,
    sanctioned,
    scorecard,
    truncated_percent,
)
from lmb.rules.parameters import versions
from lmb.values.errors import InputError

RULES = ScoreRules.of(versions(RULE)[-1])

FIVE = (
    "employment_q2",
    "employment_q4",
    "median_earnings_q2",
    "credential_attainment",
    "measurable_skill_gains",
)


def levels(program: str, *pairs: tuple[str, str]) -> list[Level]:
    return [
        Level(program, indicator, actual_level(actual), Fraction(adjusted))
        for indicator, (actual, adjusted) in zip(FIVE, pairs, strict=True)
    ]


TABLE_1 = levels(
    "adult",
    ("14720/20000", "75.1"),
    ("8200/25000", "70.0"),
    ("3434", "3890"),
    ("12500/25000", "55.2"),
    ("21600/30000", "85.6"),
)
ATTACHMENT_I = levels(
    "adult",
    ("16244/24000", "75.2"),
    ("15300/25000", "70.0"),
    ("4350", "3890"),
    ("17950/25000", "55.2"),
    ("21600/30000", "85.6"),
)


def across(*programs: tuple[str, str, str]) -> list[Level]:
    return [
        Level(program, "employment_q2", actual_level(actual), Fraction(adjusted))
        for program, actual, adjusted in programs
    ]


TABLE_2 = across(
    ("adult", "14720/20000", "75.1"),
    ("youth", "8820/15000", "70.2"),
    ("dislocated", "12648/17000", "75.5"),
    ("aefla", "9300/15000", "67.5"),
    ("wagner_peyser", "21330/30000", "70.0"),
    ("vr", "6792/12000", "69.0"),
)
ATTACHMENT_I_ACROSS = across(
    ("adult", "16244/24000", "75.2"),
    ("dislocated", "13000/18000", "72.5"),
    ("youth", "20000/30000", "76.3"),
    ("aefla", "9000/15000", "79.7"),
    ("wagner_peyser", "6000/12000", "68.7"),
    ("vr", "31555/42000", "65.4"),
)


@pytest.mark.parametrize(
    ("given_levels", "individual", "overall"),
    [
        (TABLE_1, ["98.0", "46.8", "88.2", "90.5", "84.1"], "81.5"),
        (ATTACHMENT_I, ["90.0", "87.4", "111.8", "130.0", "84.1"], "100.6"),
    ],
)
def test_published_program_scores(
    given_levels: list[Level], individual: list[str], overall: str
) -> None:
    card = scorecard(given_levels, RULES)
    assert [score.percent for score in card.individual.values()] == list(map(Decimal, individual))
    assert card.programs["adult"].percent == Decimal(overall)


@pytest.mark.parametrize(
    ("given_levels", "individual", "overall"),
    [
        # The matrix of Attachment I prints its individual scores rounded (87.4, 75.3, 72.8,
        # 114.9); its text, Table 1 and Table 2 cut them off, and so do we.
        (TABLE_2, ["98.0", "83.7", "98.5", "91.8", "101.5", "82.0"], "92.6"),
        (ATTACHMENT_I_ACROSS, ["90.0", "99.6", "87.3", "75.2", "72.7", "114.8"], "89.9"),
    ],
)
def test_published_indicator_scores(
    given_levels: list[Level], individual: list[str], overall: str
) -> None:
    card = scorecard(given_levels, RULES)
    assert [score.percent for score in card.individual.values()] == list(map(Decimal, individual))
    assert card.indicators["employment_q2"].percent == Decimal(overall)


@pytest.mark.parametrize(
    ("estimate_1", "adjusted"), [("73.7", "68.4"), ("78.3", "73.0")], ids=["worse", "better"]
)
def test_published_adjusted_levels(estimate_1: str, adjusted: str) -> None:
    found = adjusted_level(Fraction("70.2"), Fraction("75.5"), Fraction(estimate_1))
    assert found == Fraction(adjusted)


def test_the_published_failures_are_found() -> None:
    assert scorecard(TABLE_1, RULES).failures == (
        Failure("indicator", "", "employment_q4"),
        Failure("indicator", "", "measurable_skill_gains"),
        Failure("indicator", "", "median_earnings_q2"),
        Failure("individual", "adult", "employment_q4"),
        Failure("program", "adult", ""),
    )
    assert (
        Failure("indicator", "", "employment_q2") in scorecard(ATTACHMENT_I_ACROSS, RULES).failures
    )


@pytest.mark.parametrize(("actual", "fails"), [("49.99", True), ("50", False), ("50.01", False)])
def test_an_individual_score_fails_below_50(actual: str, fails: bool) -> None:
    card = scorecard([Level("adult", "employment_q2", Fraction(actual), Fraction(100))], RULES)
    assert (Failure("individual", "adult", "employment_q2") in card.failures) is fails


def test_serving_employers_is_in_no_program_score_and_has_its_own() -> None:
    shared = Level("statewide", "serving_employers", Fraction(40), Fraction(100))
    card = scorecard([*TABLE_1, shared], RULES)
    assert card.programs.keys() == {"adult"}
    assert card.programs["adult"].percent == Decimal("81.5")
    assert Failure("indicator", "", "serving_employers") in card.failures
    assert not [each for each in card.failures if each.program == "statewide"]


def test_a_sanction_needs_the_same_failure_in_two_years_running() -> None:
    program, other = Failure("program", "adult", ""), Failure("program", "vr", "")
    assert sanctioned([[program, other], [program]], RULES) == (program,)
    assert sanctioned([[program], [other]], RULES) == ()
    assert sanctioned([[program], [], [program]], RULES) == ()
    assert sanctioned([[program]], RULES) == ()


@given(st.fractions(min_value=0, max_value=5))
def test_a_score_is_cut_off_and_never_rounded_up(value: Fraction) -> None:
    told = Fraction(truncated_percent(value))
    assert told <= 100 * value < told + Fraction(1, 10)


LEVELS = b"""program_year,program,indicator,actual,negotiated,factor
2024,adult,employment_q2,16244/24000,77.0,-1.8
2025,adult,employment_q2,67.7,75.2,
"""


def test_levels_are_read_exactly() -> None:
    by_year = load_levels("levels.csv", LEVELS, RULES)
    (first,), (second,) = by_year.values()
    assert list(by_year) == [2024, 2025]
    assert first.score.value == Fraction(16244, 24000) / Fraction("0.752")
    assert second.score.value == Fraction("67.7") / Fraction("75.2")


def test_every_bad_level_is_told() -> None:
    rows = [
        b"2024,adult,employment_q2,5/4,75,",
        b"2024,adult,serving_employers,50,75,",
        b"2024,statewide,employment_q2,50,75,",
        b"2024,vr,employment_q2,-1,75,",
        b"2024,youth,employment_q2,50,5,-5",
        b"2024,vr,employment_q2,1,75,",
    ]
    content = LEVELS.splitlines()[0] + b"\n" + b"\n".join(rows)
    with pytest.raises(InputError) as caught:
        load_levels("levels.csv", content, RULES)
    places = [(problem.row, problem.column) for problem in caught.value.problems]
    assert places == [
        (2, "actual"),
        (3, "program"),
        (4, "program"),
        (5, "actual"),
        (6, "negotiated"),
        (7, "program_year, program, indicator"),
    ]
