"""The files of people and of work records: read whole, or everything wrong said at once."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.facts.importers.earnings_csv import earnings_csv, load_earnings
from lmb.facts.importers.people_csv import load_people, people_csv
from lmb.facts.importers.rows import Arm, EarningsRow, PersonRow
from lmb.values.errors import InputError

PEOPLE_HEADER = "person,arm,state,board,accepted_on,enrolled_on,completed_on\n"
PEOPLE = PEOPLE_HEADER + (
    "p2,treated,OH,OH-03,1976-04-01,1976-04-15,\n"
    "p1,treated,OH,OH-03,1976-04-01,1976-04-15,1977-04-15\n"
    "p3,treated,OH,OH-03,,,\n"
    "p4,control,OH,OH-03,,,\n"
    "p5,control,OH,OH-03,,,\n"
)
EARNINGS_HEADER = "person,employer,from,to,hours,earnings_dollars\n"


def people() -> tuple[PersonRow, ...]:
    return load_people("people.csv", PEOPLE.encode())


def people_problems(rows: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        load_people("people.csv", (PEOPLE + rows).encode())
    return [str(problem) for problem in refused.value.problems]


def earnings_problems(rows: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        load_earnings("earnings.csv", (EARNINGS_HEADER + rows).encode(), people())
    return [str(problem) for problem in refused.value.problems]


def test_people_come_in_their_own_order_with_arms_and_days() -> None:
    assert [person.person for person in people()] == ["p1", "p2", "p3", "p4", "p5"]
    first = people()[0]
    steps = (date(1976, 4, 1), date(1976, 4, 15), date(1977, 4, 15))
    assert first == PersonRow("p1", Arm.TREATED, "OH", "OH-03", *steps)
    assert people()[3] == PersonRow("p4", Arm.CONTROL, "OH", "OH-03", None, None, None)


def test_a_person_twice_is_refused() -> None:
    assert people_problems("p4,treated,OH,OH-03,,,\n") == [
        "people.csv, row 7, person: found 'p4' as in row 5, expected each only once"
    ]


def test_a_person_without_a_known_arm_is_refused() -> None:
    found = people_problems("p6,,OH,OH-03,1976-04-01,,\np7,Treated,OH,OH-03,,,\n")
    assert found == [
        "people.csv, row 7, arm: found nothing, expected treated or control",
        "people.csv, row 8, arm: found 'Treated' (none of the choices), "
        "expected treated or control",
    ]


def test_control_people_have_no_training_days() -> None:
    assert people_problems("p6,control,OH,OH-03,1976-04-01,,\n") == [
        "people.csv, row 7, accepted_on: found 1976-04-01, expected nothing for the control arm, "
        "which was not offered training"
    ]


def test_days_out_of_order_are_refused() -> None:
    found = people_problems(
        "p6,treated,OH,OH-03,1976-04-02,1976-04-01,1976-03-31\n"
        "p7,treated,OH,OH-03,,1976-04-01,\n"
        "p8,treated,OH,OH-03,1976-04-01,,1977-04-01\n"
        "p9,treated,OH,OH-03,1976-04-01,1976-04-01,1976-04-01\n"
    )
    assert found == [
        "people.csv, row 7, enrolled_on: found 1976-04-01 before accepted_on 1976-04-02, "
        "expected a date on or after accepted_on",
        "people.csv, row 7, completed_on: found 1976-03-31 before enrolled_on 1976-04-01, "
        "expected a date on or after enrolled_on",
        "people.csv, row 8, enrolled_on: found 1976-04-01 with nothing in accepted_on, "
        "expected accepted_on filled in as well",
        "people.csv, row 9, completed_on: found 1977-04-01 with nothing in enrolled_on, "
        "expected enrolled_on filled in as well",
    ]


def test_state_and_board_are_needed() -> None:
    found = people_problems("p6,control,Ohio,,,,\n")
    assert [problem.split(", expected")[0] for problem in found] == [
        "people.csv, row 7, state: found 'Ohio' (not a state code)",
        "people.csv, row 7, board: found nothing",
    ]


def test_each_arm_needs_two_people() -> None:
    content = PEOPLE_HEADER + "p1,treated,OH,OH-03,,,\n"
    with pytest.raises(InputError) as refused:
        load_people("people.csv", content.encode())
    assert [str(problem) for problem in refused.value.problems] == [
        "people.csv, arm: found 1 treated in the rows that could be read, "
        "expected at least 2 people in each arm",
        "people.csv, arm: found 0 control in the rows that could be read, "
        "expected at least 2 people in each arm",
    ]


def test_a_lottery_whose_header_is_wrong_is_not_also_short_of_people() -> None:
    with pytest.raises(InputError) as refused:
        load_people("people.csv", b"who;what\n1;2\n")
    assert all(problem.row == 1 for problem in refused.value.problems)


def test_work_records_keep_unknown_employers_and_hours_apart_from_zero() -> None:
    rows = "p4,,1978-01-01,1978-12-31,,0\np1,E-9,1978-01-01,1978-03-31,480.50,1234.56\n"
    records = load_earnings("earnings.csv", (EARNINGS_HEADER + rows).encode(), people())
    year = (date(1978, 1, 1), date(1978, 12, 31))
    quarter = (date(1978, 1, 1), date(1978, 3, 31))
    assert records == (
        EarningsRow("p1", "E-9", *quarter, Decimal("480.5"), 123456),
        EarningsRow("p4", None, *year, None, 0),
    )


def test_work_records_are_refused_with_every_reason() -> None:
    found = earnings_problems(
        "p9,,1978-01-01,1978-12-31,,1.00\n"
        "p1,,1978-12-31,1978-01-01,,1.00\n"
        "p1,,1978-01-01,1978-01-07,168.01,1.00\n"
        "p2,E,1978-01-01,1978-01-07,168,1.00\n"
        "p2,E,1978-01-01,1978-01-07,,1.00\n"
        "p2,,1978-01-01,1978-01-07,-1,1.005\n"
        "p3,,1978-01-01,1978-01-07,,-1.00\n"
        "p3,,1978-01-01,1978-01-08,,100000000.01\n"
    )
    assert [problem.split(" (")[0] for problem in found] == [
        "earnings.csv, row 2, person: found 'p9', expected a person of the file of people",
        "earnings.csv, row 3, to: found 1978-01-01 before from 1978-12-31, "
        "expected a date on or after from",
        "earnings.csv, row 4, hours: found 168.01 hours in 7 days, expected at most 24 hours a day",
        "earnings.csv, row 6, person, employer, from, to: found 'p2, E, 1978-01-01, 1978-01-07' "
        "as in row 5, expected each only once",
        "earnings.csv, row 7, hours: found '-1'",
        "earnings.csv, row 7, earnings_dollars: found '1.005'",
        "earnings.csv, row 8, earnings_dollars: found '-1.00'",
        "earnings.csv, row 9, earnings_dollars: found '100000000.01'",
    ]


def test_pay_of_the_same_days_and_employer_is_not_counted_twice() -> None:
    found = earnings_problems(
        "p1,E,1978-01-01,1978-12-31,,9\n"
        "p1,E,1978-04-01,1978-06-30,,9\n"
        "p1,E,1978-07-01,1979-03-31,,9\n"
        "p1,F,1978-04-01,1978-06-30,,9\n"
        "p2,E,1978-04-01,1978-06-30,,9\n"
        "p1,,1978-01-01,1978-12-31,,9\n"
        "p1,,1978-04-01,1978-06-30,,9\n"
    )
    assert found == [
        "earnings.csv, row 3, from: found 1978-04-01, within the period of row 2, "
        "expected periods of one person and employer that do not overlap",
        "earnings.csv, row 4, from: found 1978-07-01, within the period of row 2, "
        "expected periods of one person and employer that do not overlap",
    ]


def test_work_records_are_still_checked_where_the_people_were_refused() -> None:
    content = (EARNINGS_HEADER + "p9,,1978-01-01,1978-12-31,,1.005\n").encode()
    with pytest.raises(InputError) as refused:
        load_earnings("earnings.csv", content, None)
    assert [problem.column for problem in refused.value.problems] == ["earnings_dollars"]


def test_a_file_without_work_records_is_refused() -> None:
    assert earnings_problems("") == ["earnings.csv: found no work records, expected at least one"]


def test_a_field_that_cannot_be_read_is_reported_once_and_hides_nothing_else() -> None:
    assert [
        problem.split(":")[0]
        for problem in people_problems(
            "p6,control,OH,OH-03,soon,1976-04-01,\n,control,OH,OH-03,,,\np1,control,OH,?\u200b,,,\n"
        )
    ] == [
        "people.csv, row 7, accepted_on",
        "people.csv, row 7, enrolled_on",
        "people.csv, row 8, person",
        "people.csv, row 9, board",
        "people.csv, row 9, person",
    ]
    assert [
        problem.split(":")[0]
        for problem in earnings_problems(",E,1978-01-01,1978-12-31,,1\np9,E,soon,1978-12-31,,1\n")
    ] == [
        "earnings.csv, row 2, person",
        "earnings.csv, row 3, from",
        "earnings.csv, row 3, person",
    ]


days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
names = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=12)


@st.composite
def lotteries(draw: st.DrawFn) -> list[PersonRow]:
    keys = draw(st.lists(names, min_size=4, max_size=12, unique=True))
    rows = []
    for place, key in enumerate(keys):
        steps: list[date | None] = [None, None, None]
        if place % 2 == 0:
            taken = sorted(draw(st.lists(days, max_size=3)))
            steps = [*taken, None, None, None][:3]
        arm = Arm.TREATED if place % 2 == 0 else Arm.CONTROL
        rows.append(PersonRow(key, arm, "OH", draw(names), *steps))
    return rows


@given(lotteries(), st.randoms(use_true_random=False))
def test_people_written_are_people_read(rows: list[PersonRow], order: random.Random) -> None:
    written = people_csv(rows)
    assert load_people("people.csv", written) == tuple(sorted(rows, key=lambda row: row.person))
    order.shuffle(rows)
    assert people_csv(rows) == written


@given(
    st.sets(
        st.tuples(
            st.sampled_from(["p1", "p2", "p3"]),
            st.one_of(st.none(), names),
            st.integers(1901, 2100),
        )
    ).filter(len),
    st.decimals(0, 8000, places=2),
    st.integers(0, 10**10),
)
def test_work_records_written_are_work_records_read(
    keys: set[tuple[str, str | None, int]], hours: Decimal, cents: int
) -> None:
    rows = [
        EarningsRow(person, employer, date(year, 1, 1), date(year, 12, 31), hours, cents)
        for person, employer, year in keys
    ]
    written = earnings_csv(rows)
    read = load_earnings("earnings.csv", written, people())
    assert set(read) == set(rows)
    assert earnings_csv(read) == written
