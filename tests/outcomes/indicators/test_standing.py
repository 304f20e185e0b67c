"""Amending a standing measurement gives what measuring everything again gives."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from lmb.outcomes.indicators.duckdb_engine import engine, measure
from lmb.outcomes.indicators.results import Measured
from lmb.outcomes.indicators.standing import StandingMeasurement
from lmb.outcomes.indicators.synthetic import write_cohort
from tests.outcomes.indicators.cohorts import RULES, YEAR

BY = ("program",)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with tempfile.TemporaryDirectory() as name, engine() as opened:
        cohort = write_cohort(opened, Path(name), periods=4_000, seed=3)
        opened.execute(f"CREATE TABLE periods AS FROM '{cohort.periods}'")
        opened.execute(
            "CREATE TABLE wages AS SELECT person_id, employer_id, quarter, sum(cents) AS cents, "
            f"source FROM '{cohort.wages}' GROUP BY ALL"
        )
        yield opened


@pytest.fixture
def standing(connection: duckdb.DuckDBPyConnection) -> StandingMeasurement:
    standing = StandingMeasurement(connection, RULES, YEAR, YEAR, BY)
    assert standing.build() == measured_again(connection)
    return standing


def measured_again(connection: duckdb.DuckDBPyConnection) -> Measured:
    return measure(connection, RULES, YEAR, YEAR, BY)


def amend_both(
    connection: duckdb.DuckDBPyConnection, standing: StandingMeasurement, amendments: str
) -> tuple[Measured, Measured]:
    """The indicators after amendments: of the standing measurement, and of amended wages."""
    connection.execute(f"CREATE OR REPLACE TABLE amendments AS {amendments}")
    found = standing.amend("amendments")
    key = "person_id, employer_id, quarter, source"
    connection.execute(f"DELETE FROM wages WHERE ({key}) IN (SELECT ({key}) FROM amendments)")
    connection.execute(
        "INSERT INTO wages SELECT person_id, employer_id, quarter, cents, source FROM amendments "
        "WHERE cents IS NOT NULL"
    )
    return found, measured_again(connection)


SOME = "FROM wages WHERE (person_id * 31 + quarter * 17 + employer_id) % {0} = 0"
NEW = """
SELECT person_id, 999 AS employer_id, 8096 + CAST(person_id % 6 AS INTEGER) AS quarter,
    CAST(70000 + person_id AS BIGINT) AS cents, '{0}' AS source
FROM (SELECT DISTINCT person_id FROM periods) WHERE person_id % 9 = 0
"""


@pytest.mark.parametrize(
    "amendments",
    [
        f"SELECT * REPLACE (cents + 12345 AS cents) {SOME.format(20)}",
        f"SELECT * REPLACE (0 AS cents) {SOME.format(7)}",
        f"SELECT * REPLACE (CAST(NULL AS BIGINT) AS cents) {SOME.format(3)}",
        NEW.format("ui"),
        NEW.format("supplemental"),
        "SELECT * FROM wages LIMIT 0",
        "SELECT * FROM wages",
    ],
    ids=["changed", "none paid", "withdrawn", "new", "new told", "nothing", "the same"],
)
def test_amending_equals_measuring_again(
    connection: duckdb.DuckDBPyConnection, standing: StandingMeasurement, amendments: str
) -> None:
    found, again = amend_both(connection, standing, amendments)
    assert found == again


def test_amendments_follow_each_other_in_any_order_of_people(
    connection: duckdb.DuckDBPyConnection, standing: StandingMeasurement
) -> None:
    before = standing.totals()
    for turn in (5, 6, 7):
        changed = f"SELECT * REPLACE (cents * {turn} AS cents) {SOME.format(turn)}"
        found, again = amend_both(connection, standing, changed)
        assert found == again
        assert found != before


def test_an_amendment_that_fails_changes_nothing(
    connection: duckdb.DuckDBPyConnection, standing: StandingMeasurement
) -> None:
    before = standing.totals()
    connection.execute(f"CREATE TABLE broken AS SELECT * REPLACE ('x' AS quarter) {SOME.format(4)}")
    with pytest.raises(duckdb.Error):
        standing.amend("broken")
    assert standing.totals() == before
