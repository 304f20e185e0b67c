"""Employment in the second and fourth quarter after exit, and earnings (RSA-TAC-17-01, A to C)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from lmb.outcomes.indicators.results import Rate
from lmb.outcomes.indicators.rules import Exclusion, Window
from tests.outcomes.indicators.cohorts import (
    Q1,
    Q2,
    Q3,
    Q4,
    RULES,
    indicators,
    measured,
    period,
    wage,
)


def test_pay_in_the_quarter_is_employment_in_that_quarter_alone() -> None:
    for quarter, q2, q4 in ((Q1, 0, 0), (Q2, 1, 0), (Q3, 0, 0), (Q4, 0, 1)):
        found = indicators([period()], [wage(quarter)])
        assert (found.employment_q2, found.employment_q4) == (Rate(q2, 1), Rate(q4, 1)), quarter


@pytest.mark.parametrize(
    ("exit_date", "second", "fourth"),
    [
        ("2024-03-31", "2024Q3", "2025Q1"),
        ("2024-04-01", "2024Q4", "2025Q2"),
        ("2023-12-31", "2024Q2", "2024Q4"),
        ("2024-01-01", "2024Q3", "2025Q1"),
        ("2024-02-29", "2024Q3", "2025Q1"),
    ],
)
def test_quarters_are_counted_from_the_calendar_quarter_of_exit(
    exit_date: str, second: str, fourth: str
) -> None:
    found = indicators([period(exit_date=exit_date)], [wage(second), wage(fourth)])
    assert (found.employment_q2, found.employment_q4) == (Rate(1, 1), Rate(1, 1))


def test_both_ends_of_the_exit_window_are_counted() -> None:
    days = ("2023-06-30", "2023-07-01", "2024-06-30", "2024-07-01")
    found = indicators([period(period_id=day, exit_date=day) for day in days])
    assert found.exited == 2


def test_a_person_who_exits_twice_is_counted_twice() -> None:
    again = period(period_id="b", entry_date="2024-01-10", exit_date="2024-06-01")
    found = indicators([period(), again], [wage(Q2), wage("2024Q4")])
    assert found.employment_q2 == Rate(2, 2)
    assert found.employment_q4 == Rate(0, 2)


def test_a_record_of_no_pay_is_not_employment() -> None:
    found = indicators([period()], [wage(cents=0)])
    assert found.employment_q2 == Rate(0, 1)
    assert found.median_earnings_q2_cents is None


def test_without_wages_a_person_stays_in_the_denominator() -> None:
    found = indicators([period()])
    assert (found.employment_q2, found.employment_q4) == (Rate(0, 1), Rate(0, 1))


def test_a_status_not_yet_available_takes_the_quarter_out_and_no_other() -> None:
    waiting = period(wage_status_q4="not_yet_available")
    found = indicators([waiting], [wage(Q2), wage(Q4)])
    assert (found.employment_q2, found.employment_q4) == (Rate(1, 1), Rate(0, 0))
    assert found.serving_employers == Rate(0, 0)
    assert (found.not_yet_q2, found.not_yet_q4) == (0, 1)


def test_earnings_of_a_quarter_are_the_sum_over_employers() -> None:
    found = indicators([period()], [wage(cents=100), wage(cents=23, employer_id="f")])
    assert found.median_earnings_q2_cents == 123


def test_the_median_of_an_even_count_keeps_the_half_cent() -> None:
    people = [period(period_id=name, person_id=name) for name in "abcd"]
    pay = [
        wage(cents=cents, person_id=name) for name, cents in zip("abc", (5, 8, 900), strict=True)
    ]
    assert indicators(people, pay).median_earnings_q2_cents == 8
    pay.append(wage(cents=9, person_id="d"))
    assert indicators(people, pay).median_earnings_q2_cents == Fraction(17, 2)


def test_direct_records_go_before_supplemental_information_and_are_not_added_to_it() -> None:
    told = wage(cents=70, source="supplemental", employer_id="f")
    found = indicators([period()], [wage(cents=50), wage(cents=3, source="federal"), told])
    assert found.median_earnings_q2_cents == 53
    assert indicators([period()], [told]).median_earnings_q2_cents == 70


def test_supplemental_information_serves_where_the_record_shows_no_pay() -> None:
    told = wage(cents=70, source="supplemental")
    assert indicators([period()], [wage(cents=0), told]).median_earnings_q2_cents == 70


@pytest.mark.parametrize("source", ["ui", "federal", "military", "supplemental"])
def test_every_source_shows_employment(source: str) -> None:
    assert indicators([period()], [wage(source=source)]).employment_q2 == Rate(1, 1)


def test_youth_in_education_count_as_employed_and_others_do_not() -> None:
    for program, success in (("youth", 1), ("adult", 0)):
        learner = period(program=program, education_q2="1", education_q4="")
        found = indicators([learner])
        assert found.employment_q2 == Rate(success, 1), program
        assert found.employment_q4 == Rate(0, 1)
        assert found.median_earnings_q2_cents is None


@pytest.mark.parametrize("exclusion", RULES.exclusions, ids=lambda each: f"{each.code:02}")
def test_a_reason_for_exit_excludes_in_its_programs_alone(exclusion: Exclusion) -> None:
    code = f"{exclusion.code:02}"
    rows = [
        period(period_id=program, program=program, exit_reason=code) for program in RULES.programs
    ]
    by_program = measured(rows, [wage()], by=["program"]).groups
    for (program,), found in by_program.items():
        excluded = program in exclusion.programs
        assert found.employment_q2 == (Rate(0, 0) if excluded else Rate(1, 1)), program
        assert found.exclusions[exclusion.code] == excluded
        assert found.exited == 1


@pytest.mark.parametrize(
    ("pay", "kept"),
    [
        ([wage(Q2), wage(Q4)], 1),
        ([wage(Q2), wage(Q4, employer_id="f")], 0),
        ([wage(Q2), wage(Q3), wage(Q4, employer_id="f"), wage(Q4)], 1),
        ([wage(Q2)], 0),
        ([wage(Q2), wage(Q4, cents=0)], 0),
        ([wage(Q2), wage(Q4, source="supplemental")], 1),
        # A record serves the fourth quarter, so what was told of another employer does not.
        ([wage(Q2), wage(Q4, source="supplemental"), wage(Q4, employer_id="f")], 0),
        ([wage(Q2, source="supplemental"), wage(Q4)], 1),
        ([wage(Q2, source="supplemental"), wage(Q2, employer_id="f"), wage(Q4)], 0),
        ([wage(Q2, source="supplemental"), wage(Q4, source="supplemental")], 1),
    ],
)
def test_the_same_employer_pays_in_the_second_and_the_fourth_quarter(
    pay: list[dict[str, str]], kept: int
) -> None:
    assert indicators([period()], pay).serving_employers == Rate(kept, 1)


def test_only_those_employed_in_the_second_quarter_can_be_kept() -> None:
    assert indicators([period()], [wage(Q4)]).serving_employers == Rate(0, 0)


def test_who_has_not_exited_is_in_no_indicator_of_exits() -> None:
    found = indicators([period(exit_date="")], [wage()])
    assert found.exited == 0
    assert found.employment_q2 == Rate(0, 0)


def test_a_window_of_one_day_counts_that_day() -> None:
    day = Window(date(2023, 8, 15), date(2023, 8, 15))
    assert indicators([period()], [wage()], exits=day).employment_q2 == Rate(1, 1)


def test_nobody_at_all_has_no_rate_and_no_median() -> None:
    found = indicators([])
    assert found.document()["employment_q2"] == {
        "numerator": 0,
        "denominator": 0,
        "rate_percent": None,
    }
    assert found.median_earnings_q2_cents is None
