"""Observations from a file: read whole, every problem named by row, column and rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from lmb.bonds.linked.kpis_file import in_order, load_observations
from lmb.bonds.linked.plan import Window
from lmb.values.errors import InputError
from tests.bonds.linked.support import seen, sheet

HEADER = (
    "kpi,observed_from,observed_to,vintage,value,people,coverage_percent,ci95_lower,p_value,"
    "verified_on,verifier"
)
GOOD = "jobs,2027-07-01,2027-12-31,1,56.5,500,97.5,,,2028-02-01,Evaluator"


def problems(*rows: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_observations("kpis.csv", "\n".join([HEADER, *rows]).encode(), sheet())
    return [str(problem) for problem in caught.value.problems]


def test_a_sound_file_becomes_observations_in_the_order_they_were_verified() -> None:
    later = GOOD.replace("2028-02-01", "2028-06-01").replace("56.5", "")
    content = "\n".join([HEADER, later, GOOD]).encode()
    first, second = load_observations("kpis.csv", content, sheet())
    assert (first.row, first.value, first.people) == (3, Decimal("56.5"), 500)
    assert first.window == Window(date(2027, 7, 1), date(2027, 12, 31))
    assert (second.row, second.value) == (2, None)


def test_every_problem_is_told_at_once_with_row_column_and_rule() -> None:
    found = problems(
        GOOD.replace("jobs", "wages"),
        GOOD.replace("56.5", "56,5"),
        GOOD.replace("2027-07-01", "2028-01-01"),
        GOOD.replace("2028-02-01", "2027-12-31"),
        GOOD,
        GOOD.replace("56.5", "57"),
    )
    assert [line.partition(": ")[0] for line in found] == [
        "kpis.csv, row 2, kpi",
        "kpis.csv, row 3",
        "kpis.csv, row 4, observed_from",
        "kpis.csv, row 5, verified_on",
        "kpis.csv, row 7, kpi, observed_from, observed_to, vintage, verified_on",
    ]
    assert "rule of dates, term-sheet.md, section 3" in found[2]


def test_a_coverage_above_100_and_a_p_value_above_1_are_refused() -> None:
    found = problems(GOOD.replace("97.5,,", "100.1,,1.1"))
    assert [line.split(", ")[2].partition(":")[0] for line in found] == [
        "coverage_percent",
        "p_value",
    ]


def test_two_values_verified_on_one_day_are_refused_outside_files_as_well() -> None:
    with pytest.raises(ValueError, match="verified 2 times on 2028-02-01"):
        in_order([seen("56"), seen("57")])
