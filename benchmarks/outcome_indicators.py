"""The six indicators over a made-up state, beside a DuckDB query written by hand for one window.

The query by hand knows its codes, window and columns; ours makes the same of dated parameters. Both
read the same Parquet files, in turns, in one process; the counts must be equal. A million periods
by default: LMB_PERIODS=10000000 for a whole country.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from lmb.outcomes.indicators import polars_engine
from lmb.outcomes.indicators.duckdb_engine import engine, measure, read_parquet, totalled
from lmb.outcomes.indicators.rules import IndicatorRules, Window
from lmb.outcomes.indicators.sql import Statement
from lmb.outcomes.indicators.standing import StandingMeasurement
from lmb.outcomes.indicators.synthetic import write_cohort

PERIODS = int(os.environ.get("LMB_PERIODS", "1000000"))
ROUNDS = 3

YEAR = Window(date(2023, 7, 1), date(2024, 6, 30))

BY_HAND = """
WITH people AS (
    SELECT period_id, person_id, program, year(exit_date) * 4 + quarter(exit_date) - 1 AS xq,
        coalesce(exit_date BETWEEN DATE '2023-07-01' AND DATE '2024-06-30', FALSE) AS exited,
        coalesce(exit_reason BETWEEN 1 AND 4 OR exit_reason = 5 AND program = 'youth'
            OR exit_reason = 6 AND program = 'vr', FALSE) AS out_msg,
        coalesce(exit_reason = 7 AND program = 'aefla', FALSE) AS out_only_exit,
        training_type, secondary, diploma_date, entry_date, exit_date, credential_type,
        credential_date, not_yet_q2, not_yet_q4, education_q2, education_q4,
        msg_enrolled_date <= DATE '2024-06-30'
            AND (msg_completed_date IS NULL OR msg_completed_date >= DATE '2023-07-01')
            AND (exit_date IS NULL OR exit_date >= DATE '2023-07-01')
            AND program <> 'wagner_peyser' AS learning,
        msg_enrolled_date BETWEEN exit_date AND exit_date + 365 AS studies_on,
        len(list_filter(gain_dates,
            lambda d: d BETWEEN DATE '2023-07-01' AND DATE '2024-06-30')) > 0
            OR coalesce(diploma_date BETWEEN DATE '2023-07-01' AND DATE '2024-06-30', FALSE)
            OR coalesce(credential_type = 1
                AND credential_date BETWEEN DATE '2023-07-01' AND DATE '2024-06-30', FALSE)
            AS gained
    FROM periods),
pay AS (
    SELECT p.period_id, w.employer_id,
        sum(CASE WHEN w.quarter = xq + 2 AND source <> 'supplemental' THEN cents END) AS d2,
        sum(CASE WHEN w.quarter = xq + 2 AND source = 'supplemental' THEN cents END) AS s2,
        sum(CASE WHEN w.quarter = xq + 4 AND source <> 'supplemental' THEN cents END) AS d4,
        sum(CASE WHEN w.quarter = xq + 4 AND source = 'supplemental' THEN cents END) AS s4,
        sum(cents) AS in_year
    FROM wages w JOIN people p ON w.person_id = p.person_id
    WHERE p.exited AND NOT out_msg AND NOT out_only_exit
        AND w.quarter BETWEEN 8095 AND 8101 AND w.quarter BETWEEN xq + 1 AND xq + 4
    GROUP BY ALL),
earned AS (
    SELECT period_id, sum(d2) AS d2, sum(s2) AS s2, sum(d4) AS d4, sum(s4) AS s4,
        sum(in_year) AS in_year, bool_or(d2 > 0 AND d4 > 0) AS dd, bool_or(d2 > 0 AND s4 > 0) AS ds,
        bool_or(s2 > 0 AND d4 > 0) AS sd, bool_or(s2 > 0 AND s4 > 0) AS ss
    FROM pay GROUP BY period_id),
whole AS (
    SELECT p.*, exited AND NOT out_msg AND NOT out_only_exit AS counted, in_year,
        CASE WHEN d2 > 0 THEN d2 ELSE s2 END AS q2, CASE WHEN d4 > 0 THEN d4 ELSE s4 END AS q4,
        coalesce(CASE WHEN d2 > 0 THEN CASE WHEN d4 > 0 THEN dd ELSE ds END
            ELSE CASE WHEN d4 > 0 THEN sd ELSE ss END END, FALSE) AS kept,
        exited AND NOT out_msg AND NOT out_only_exit AND program <> 'wagner_peyser'
            AND (training_type NOT IN (0, 1, 5)
                OR secondary AND (diploma_date IS NULL OR diploma_date >= entry_date)) AS schooled,
        coalesce(credential_date BETWEEN entry_date AND exit_date + 365, FALSE) AS in_time
    FROM people p LEFT JOIN earned USING (period_id)
    WHERE exited OR learning)
SELECT count(*) FILTER (counted AND NOT not_yet_q2),
    count(*) FILTER (counted AND NOT not_yet_q2
        AND (coalesce(q2 > 0, FALSE) OR program = 'youth' AND education_q2)),
    count(*) FILTER (counted AND NOT not_yet_q4),
    count(*) FILTER (counted AND NOT not_yet_q4
        AND (coalesce(q4 > 0, FALSE) OR program = 'youth' AND education_q4)),
    count(*) FILTER (schooled),
    count(*) FILTER (schooled AND (
        in_time AND (credential_type BETWEEN 2 AND 7 OR credential_type = 8 AND program = 'vr')
        OR (in_time AND credential_type = 1
            OR coalesce(diploma_date BETWEEN entry_date AND exit_date + 365, FALSE))
            AND (coalesce(in_year > 0, FALSE) OR coalesce(studies_on, FALSE)))),
    count(*) FILTER (learning AND NOT out_msg),
    count(*) FILTER (learning AND NOT out_msg AND gained),
    count(*) FILTER (counted AND NOT not_yet_q2 AND NOT not_yet_q4 AND q2 > 0),
    count(*) FILTER (counted AND NOT not_yet_q2 AND NOT not_yet_q4 AND q2 > 0 AND kept),
    CAST(2 * median(q2) FILTER (counted AND NOT not_yet_q2 AND q2 > 0) AS BIGINT)
FROM whole
"""


def main() -> None:
    rules = IndicatorRules.in_force_on(YEAR.last)
    with tempfile.TemporaryDirectory() as name, engine() as connection:
        folder = Path(name)
        made = _seconds(lambda: write_cohort(connection, folder, periods=PERIODS, seed=1), 1)
        files = (folder / "periods.parquet", folder / "wages.parquet")
        read_parquet(connection, *files)
        wages = _one(connection, "SELECT count(*) FROM wages")[0]
        print(f"  made {PERIODS:,} periods and {wages:,} wage rows in {made:.1f} s")
        ours = by_hand = float("inf")
        for _ in range(ROUNDS):
            ours = min(ours, _seconds(lambda: measure(connection, rules, YEAR, YEAR), 1))
            by_hand = min(by_hand, _seconds(lambda: _one(connection, BY_HAND), 1))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        found = measure(connection, rules, YEAR, YEAR).total
        counts = [
            count for rate in found.rates().values() for count in (rate.denominator, rate.numerator)
        ]
        assert found.median_earnings_q2_cents is not None
        assert [*counts, 2 * found.median_earnings_q2_cents] == list(_one(connection, BY_HAND))
        print(f"  by hand           {by_hand:7.2f} s")
        print(f"  ours              {ours:7.2f} s, {ours / by_hand:.2f} of it; peak {peak:.2f} GB")
        _amend(connection, rules, ours)
        groups = _seconds(lambda: measure(connection, rules, YEAR, YEAR, ["state", "program"]), 2)
        print(f"  ours, 42 groups   {groups:7.2f} s, {groups / by_hand:.2f} of it")
        second = _seconds(lambda: polars_engine.measure(*files, rules, YEAR, YEAR), 2)
        assert polars_engine.measure(*files, rules, YEAR, YEAR).total == found
        print(f"  second engine     {second:7.2f} s, {second / by_hand:.2f} of it; equal")


def _amend(connection: duckdb.DuckDBPyConnection, rules: IndicatorRules, full: float) -> None:
    """Every hundredth wage row amended: against all wages measured again."""
    standing = StandingMeasurement(connection, rules, YEAR, YEAR)
    built = _seconds(standing.build, 1)
    connection.execute(
        "CREATE TABLE amendments AS SELECT person_id, employer_id, quarter, source, "
        "sum(cents) + 77777 AS cents FROM wages "
        "WHERE (person_id * 31 + quarter * 17 + employer_id) % 100 = 0 GROUP BY ALL"
    )
    count = _one(connection, "SELECT count(*) FROM amendments")[0]
    amended = _seconds(lambda: standing.amend("amendments"), ROUNDS)
    print(f"  kept for amending {built:7.2f} s, once")
    print(f"  {count:,} amendments {amended:7.2f} s, {amended / full:.3f} of measuring all again")
    connection.execute(
        "CREATE VIEW amended AS SELECT * FROM wages ANTI JOIN amendments "
        "USING (person_id, employer_id, quarter, source) UNION ALL BY NAME FROM amendments"
    )
    statement = Statement(rules, YEAR, YEAR, wages="amended")
    again = totalled(connection, statement, f"({statement.outcomes()})")
    assert standing.totals() == again


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row


def _seconds(work: Callable[[], object], rounds: int) -> float:
    """The least of several rounds: what the work takes when nothing else disturbs it."""
    least = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - start)
    return least
