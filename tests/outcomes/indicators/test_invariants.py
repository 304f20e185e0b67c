"""What must hold for any cohort, and that the two engines never differ."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmb.outcomes.indicators import polars_engine
from lmb.outcomes.indicators.duckdb_engine import engine, measure, read_parquet
from lmb.outcomes.indicators.results import Measured
from lmb.outcomes.indicators.rules import Window
from lmb.outcomes.indicators.synthetic import Cohort, write_cohort
from tests.outcomes.indicators.cohorts import RULES, YEAR

PERIODS = 3_000


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with engine() as opened:
        yield opened


@pytest.fixture(scope="module")
def cohort(connection: duckdb.DuckDBPyConnection, folder: Path) -> Cohort:
    return write_cohort(connection, folder, periods=PERIODS, seed=7)


@pytest.fixture
def tables(connection: duckdb.DuckDBPyConnection, cohort: Cohort) -> duckdb.DuckDBPyConnection:
    """The made-up state, as tables a test may change."""
    connection.execute("DROP VIEW IF EXISTS periods; DROP VIEW IF EXISTS wages")
    connection.execute(f"CREATE OR REPLACE TABLE state_periods AS FROM '{cohort.periods}'")
    connection.execute(f"CREATE OR REPLACE TABLE state_wages AS FROM '{cohort.wages}'")
    connection.execute("CREATE OR REPLACE VIEW periods AS FROM state_periods")
    connection.execute("CREATE OR REPLACE VIEW wages AS FROM state_wages")
    return connection


def counted(connection: duckdb.DuckDBPyConnection, *by: str) -> Measured:
    return measure(connection, RULES, YEAR, YEAR, by)


DAYS = st.dates(date(2022, 1, 1), date(2025, 6, 30))
COLUMNS = st.lists(st.sampled_from(["state", "sex", "program"]), unique=True)


@given(seed=st.integers(0, 2**31), days=st.tuples(DAYS, DAYS, DAYS, DAYS), by=COLUMNS)
@settings(max_examples=12, deadline=None)
def test_both_engines_count_the_same_in_any_cohort_window_and_grouping(
    seed: int, days: tuple[date, ...], by: list[str]
) -> None:
    exits, gains = Window(*sorted(days[:2])), Window(*sorted(days[2:]))
    with tempfile.TemporaryDirectory() as name, engine() as connection:
        cohort = write_cohort(connection, Path(name), periods=800, seed=seed)
        read_parquet(connection, cohort.periods, cohort.wages)
        first = measure(connection, RULES, exits, gains, by)
        second = polars_engine.measure(cohort.periods, cohort.wages, RULES, exits, gains, by)
    assert first == second


def test_the_made_up_state_meets_every_rule(tables: duckdb.DuckDBPyConnection) -> None:
    found = counted(tables).total
    assert all(0 < rate.numerator < rate.denominator for rate in found.rates().values())
    assert found.median_earnings_q2_cents is not None
    assert found.not_yet_q2
    assert found.not_yet_q4
    assert sum(found.exclusions.values()) > 10


def test_groups_add_up_to_the_whole(tables: duckdb.DuckDBPyConnection) -> None:
    whole = counted(tables, "state", "program")
    for name, rate in whole.total.rates().items():
        groups = [group.rates()[name] for group in whole.groups.values()]
        assert sum(group.numerator for group in groups) == rate.numerator
        assert sum(group.denominator for group in groups) == rate.denominator
    assert sum(group.exited for group in whole.groups.values()) == whole.total.exited


@pytest.mark.parametrize("threads", [1, 2])
def test_neither_row_order_nor_threads_change_anything(
    tables: duckdb.DuckDBPyConnection, threads: int
) -> None:
    before = counted(tables, "state")
    tables.execute(f"SET threads = {threads}")
    for turn in range(3):
        for name in ("periods", "wages"):
            tables.execute(
                f"CREATE OR REPLACE TABLE state_{name} AS FROM state_{name} "
                f"ORDER BY md5(CAST(state_{name} AS VARCHAR) || {turn})"
            )
        assert counted(tables, "state") == before


def test_a_period_not_yet_known_changes_nothing_that_is_counted(
    tables: duckdb.DuckDBPyConnection,
) -> None:
    before = counted(tables).total
    tables.execute(
        "INSERT INTO state_periods SELECT * REPLACE (period_id + 1000000 AS period_id, "
        "TRUE AS not_yet_q2, TRUE AS not_yet_q4, 'wagner_peyser' AS program, 0 AS exit_reason) "
        "FROM state_periods WHERE exit_date BETWEEN DATE '2023-07-01' AND DATE '2024-06-30'"
    )
    after = counted(tables).total
    assert after.exited == 2 * before.exited
    same = replace(
        after, exited=before.exited, not_yet_q2=before.not_yet_q2, not_yet_q4=before.not_yet_q4
    )
    assert same == before


def test_the_median_of_doubled_data_is_the_same_and_the_counts_are_double(
    tables: duckdb.DuckDBPyConnection,
) -> None:
    before = counted(tables).total
    tables.execute(
        "INSERT INTO state_periods SELECT * REPLACE (period_id + 1000000 AS period_id) "
        "FROM state_periods"
    )
    after = counted(tables).total
    assert after.median_earnings_q2_cents == before.median_earnings_q2_cents
    assert after.rates() == {name: rate + rate for name, rate in before.rates().items()}


def test_excluding_more_never_counts_more(tables: duckdb.DuckDBPyConnection) -> None:
    before = counted(tables).total.rates()
    tables.execute("UPDATE state_periods SET exit_reason = 3 WHERE period_id % 5 = 0")
    after = counted(tables).total.rates()
    for name, rate in after.items():
        assert rate.denominator < before[name].denominator
        assert rate.numerator <= before[name].numerator


def test_pay_of_people_and_quarters_outside_changes_nothing(
    tables: duckdb.DuckDBPyConnection,
) -> None:
    before = counted(tables)
    tables.execute(
        "INSERT INTO state_wages SELECT * REPLACE (person_id + 1000000 AS person_id) FROM "
        "state_wages UNION ALL SELECT * REPLACE (quarter + 100 AS quarter) FROM state_wages"
    )
    assert counted(tables) == before


def test_the_same_seed_gives_the_same_rows_whatever_the_threads(
    connection: duckdb.DuckDBPyConnection, cohort: Cohort
) -> None:
    for threads in (1, 2):
        connection.execute(f"SET threads = {threads}")
        with tempfile.TemporaryDirectory() as name:
            other = write_cohort(connection, Path(name), periods=PERIODS, seed=7)
            for mine, theirs in ((cohort.periods, other.periods), (cohort.wages, other.wages)):
                differing = connection.execute(
                    f"SELECT count(*) FROM ((FROM '{mine}' EXCEPT ALL FROM '{theirs}') "
                    f"UNION ALL (FROM '{theirs}' EXCEPT ALL FROM '{mine}'))"
                ).fetchone()
                assert differing == (0,)
