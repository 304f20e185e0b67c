"""Credential attainment and measurable skill gains (RSA-TAC-17-01, D and E)."""

from __future__ import annotations

from datetime import date

import pytest

from lmb.outcomes.indicators.results import Rate
from lmb.outcomes.indicators.rules import Window
from tests.outcomes.indicators.cohorts import Q1, Q4, YEAR, indicators, period, wage

TRAINED = {"training_type": "06"}
AT_SCHOOL = {"secondary": "1"}


def attained(*pay: dict[str, str], **fields: str) -> Rate:
    return indicators([period(**fields)], pay).credential_attainment


@pytest.mark.parametrize(
    ("training", "counted"),
    [("", 0), ("00", 0), ("01", 0), ("05", 0), ("02", 1), ("6", 1), ("09", 1), ("12", 1)],
)
def test_training_counts_unless_on_the_job_or_customized(training: str, counted: int) -> None:
    assert attained(training_type=training) == Rate(0, counted)


def test_school_without_a_diploma_counts() -> None:
    assert attained(**AT_SCHOOL) == Rate(0, 1)
    assert attained(**AT_SCHOOL, diploma_date="2023-01-14") == Rate(0, 0)
    assert attained(**AT_SCHOOL, diploma_date="2023-01-15") == Rate(0, 1)


def test_title_three_is_not_measured() -> None:
    found = indicators(
        [period(program="wagner_peyser", **TRAINED, msg_enrolled_date="2023-08-01")], [wage()]
    )
    assert found.credential_attainment == found.measurable_skill_gains == Rate(0, 0)
    assert found.employment_q2 == Rate(1, 1)


@pytest.mark.parametrize(
    ("day", "success"),
    [
        ("2023-01-14", 0),
        ("2023-01-15", 1),
        ("2023-08-15", 1),
        # Exit on 2023-08-15 plus 365 days; the leap day of 2024 is one of them.
        ("2024-08-14", 1),
        ("2024-08-15", 0),
    ],
)
def test_a_credential_counts_from_entry_to_365_days_after_exit(day: str, success: int) -> None:
    assert attained(**TRAINED, credential_type="4", credential_date=day) == Rate(success, 1)


@pytest.mark.parametrize(
    ("kind", "program", "success"),
    [
        *((str(kind), "adult", 1) for kind in range(2, 8)),
        ("0", "adult", 0),
        ("8", "adult", 0),
        ("8", "vr", 1),
    ],
)
def test_graduate_degrees_count_for_vocational_rehabilitation_alone(
    kind: str, program: str, success: int
) -> None:
    day = "" if kind == "0" else "2023-08-01"
    found = attained(**TRAINED, program=program, credential_type=kind, credential_date=day)
    assert found == Rate(success, 1)


@pytest.mark.parametrize(
    "diploma",
    [{"diploma_date": "2023-08-20"}, {"credential_type": "1", "credential_date": "2023-08-20"}],
)
def test_a_diploma_counts_only_with_work_or_study_within_a_year(diploma: dict[str, str]) -> None:
    assert attained(**AT_SCHOOL, **diploma) == Rate(0, 1)
    for quarter in (Q1, Q4):
        assert attained(wage(quarter), **AT_SCHOOL, **diploma) == Rate(1, 1), quarter
    for quarter in ("2023Q3", "2024Q4"):
        assert attained(wage(quarter), **AT_SCHOOL, **diploma) == Rate(0, 1), quarter
    for day, success in (("2023-08-14", 0), ("2023-08-15", 1), ("2024-08-14", 1)):
        found = attained(**AT_SCHOOL, **diploma, msg_enrolled_date=day)
        assert found == Rate(success, 1), day


def test_a_diploma_after_the_year_does_not_count() -> None:
    assert attained(wage(), **AT_SCHOOL, diploma_date="2024-08-15") == Rate(0, 1)


def gains(window: Window = YEAR, /, **fields: str) -> Rate:
    row = period(**{"msg_enrolled_date": "2023-03-01", **fields})
    return indicators([row], skill_gains=window).measurable_skill_gains


@pytest.mark.parametrize(
    ("fields", "counted"),
    [
        ({}, 1),
        ({"msg_enrolled_date": ""}, 0),
        ({"exit_date": ""}, 1),
        ({"exit_date": "", "msg_enrolled_date": "2024-06-30"}, 1),
        ({"exit_date": "", "msg_enrolled_date": "2024-07-01"}, 0),
        ({"msg_completed_date": "2023-06-30"}, 0),
        ({"msg_completed_date": "2023-07-01"}, 1),
        # Whoever exited before the year was no participant in it, completed or not.
        ({"exit_date": "2023-06-30"}, 0),
        ({"exit_reason": "03"}, 0),
    ],
)
def test_education_that_overlaps_the_year_is_counted(fields: dict[str, str], counted: int) -> None:
    assert gains(**fields) == Rate(0, counted)


def test_offenders_still_incarcerated_stay_in_skill_gains_alone() -> None:
    row = period(program="aefla", exit_reason="07", msg_enrolled_date="2023-03-01")
    found = indicators([{**row, **TRAINED, "gain_dates": "2023-07-01"}], [wage()])
    assert found.measurable_skill_gains == Rate(1, 1)
    assert found.employment_q2 == found.credential_attainment == Rate(0, 0)


@pytest.mark.parametrize(
    ("fields", "success"),
    [
        ({"gain_dates": "2023-07-01"}, 1),
        ({"gain_dates": "2024-06-30"}, 1),
        ({"gain_dates": "2023-06-30;2024-07-01"}, 0),
        ({"gain_dates": "2023-06-30;2023-10-10;2023-11-10"}, 1),
        ({"diploma_date": "2023-07-01"}, 1),
        ({"credential_type": "1", "credential_date": "2023-07-01"}, 1),
        ({"credential_type": "4", "credential_date": "2023-07-01"}, 0),
    ],
)
def test_one_gain_in_the_year_is_enough_however_many(fields: dict[str, str], success: int) -> None:
    assert gains(**fields) == Rate(success, 1)


def test_skill_gains_have_a_window_of_their_own() -> None:
    year = Window(date(2022, 7, 1), date(2023, 6, 30))
    assert gains(year, gain_dates="2023-06-30") == Rate(1, 1)
