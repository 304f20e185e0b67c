"""Completion, work within six months and wage change, against a walk over the rows in Python."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lmb.outcomes.indicators.duckdb_engine import engine, read_parquet
from lmb.outcomes.indicators.extensions import Extensions, WageChange, measure_extensions
from lmb.outcomes.indicators.results import Rate
from lmb.outcomes.indicators.sql import Statement
from lmb.outcomes.indicators.synthetic import write_cohort
from tests.outcomes.indicators.cohorts import RULES, YEAR

STATEMENT = Statement(RULES, YEAR, YEAR)


def quarter(day: date) -> int:
    return 4 * day.year + (day.month - 1) // 3


def walked(periods: Iterable[Mapping[str, Any]], wages: Iterable[Mapping[str, Any]]) -> Extensions:
    """The same measures, one period after the other."""
    direct: dict[tuple[int, int], int] = defaultdict(int)
    told: dict[tuple[int, int], int] = defaultdict(int)
    for wage in wages:
        which = direct if wage["source"] in RULES.record_sources else told
        which[wage["person_id"], wage["quarter"]] += wage["cents"]
    enrolled = completed = known = soon = 0
    changes = []
    for period in periods:
        left = period["exit_date"]
        excluded = any(
            period["exit_reason"] == each.code and period["program"] in each.programs
            for each in RULES.exclusions
        )
        if left is None or not YEAR.first <= left <= YEAR.last or excluded:
            continue
        if period["msg_enrolled_date"] is not None:
            enrolled += 1
            done = period["msg_completed_date"]
            completed += done is not None and done <= left
        if period["not_yet_q2"]:
            continue
        known += 1
        person = period["person_id"]
        keys = [(person, quarter(left) + after) for after in (1, 2)]
        soon += any(direct[key] + told[key] > 0 for key in keys)
        then, before = keys[1], (person, quarter(period["entry_date"]) - 2)
        after = direct[then] or told[then]
        if after:
            changes.append(after - (direct[before] or told[before]))
    median = Fraction(statistics.median(map(Fraction, changes))) if changes else None
    return Extensions(
        Rate(completed, enrolled), Rate(soon, known), WageChange(len(changes), sum(changes), median)
    )


@pytest.mark.parametrize("seed", [5, 6])
def test_sql_counts_what_a_walk_over_the_rows_counts(tmp_path: Path, seed: int) -> None:
    with engine() as connection:
        cohort = write_cohort(connection, tmp_path, periods=1_500, seed=seed)
        read_parquet(connection, cohort.periods, cohort.wages)
        found = measure_extensions(connection, STATEMENT)
        rows = []
        for table in ("periods", "wages"):
            read = connection.execute(f"FROM {table}")
            names = [column[0] for column in read.description]
            rows.append([dict(zip(names, row, strict=True)) for row in read.fetchall()])
    assert found == walked(*rows)
    assert 0 < found.completion.numerator < found.completion.denominator
    assert found.wage_change_q2.people > 50


def test_nobody_has_no_change(tmp_path: Path) -> None:
    with engine() as connection:
        cohort = write_cohort(connection, tmp_path, periods=10, seed=1)
        read_parquet(connection, cohort.periods, cohort.wages)
        connection.execute("CREATE TABLE nobody AS FROM periods LIMIT 0")
        found = measure_extensions(connection, Statement(RULES, YEAR, YEAR, periods="nobody"))
    assert found == Extensions(Rate(0, 0), Rate(0, 0), WageChange(0, 0, None))
    assert found.document()["wage_change_q2"]["median_cents"] is None
