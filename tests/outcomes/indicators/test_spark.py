"""The third engine: the same SQL on a cluster of two workers, equal to DuckDB in every group."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from lmb.outcomes.indicators import spark_engine
from lmb.outcomes.indicators.duckdb_engine import engine, measure, read_parquet
from lmb.outcomes.indicators.rules import IndicatorRules, Window
from lmb.outcomes.indicators.synthetic import write_cohort
from tests.effort import Effort

EXITS = Window(date(2022, 7, 1), date(2023, 6, 30))
GAINS = Window(date(2023, 7, 1), date(2024, 6, 30))
BY = ("state", "program", "sex")


def test_two_workers_count_what_one_machine_counts(
    spark_cluster: Any, effort: Effort, tmp_path: Path
) -> None:
    periods = effort.amount(brief=2_000, long=200_000)
    rules = IndicatorRules.in_force_on(EXITS.last)
    with engine() as connection:
        cohort = write_cohort(connection, tmp_path, periods=periods, seed=effort.seed)
        read_parquet(connection, cohort.periods, cohort.wages)
        first = measure(connection, rules, EXITS, GAINS, BY)
    for name, path in (("periods", cohort.periods), ("wages", cohort.wages)):
        spark_cluster.read.parquet(str(path)).createOrReplaceTempView(name)
    assert spark_engine.measure(spark_cluster, rules, EXITS, GAINS, BY) == first
    # The driver and the executors of two workers.
    assert spark_cluster.sparkContext._jsc.sc().getExecutorMemoryStatus().size() == 3
    assert len(first.groups) > 50
    effort.tell(f"{periods:,} periods on 2 workers, {len(first.groups)} groups")
