"""Two engines over one made-up state, large under `make torture`: equal in every group."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from lmb.outcomes.indicators import polars_engine
from lmb.outcomes.indicators.duckdb_engine import engine, measure, read_parquet
from lmb.outcomes.indicators.rules import IndicatorRules, Window
from lmb.outcomes.indicators.synthetic import write_cohort
from tests.effort import Effort

WINDOWS = [
    Window(date(2022, 7, 1), date(2023, 6, 30)),
    Window(date(2023, 7, 1), date(2024, 6, 30)),
    Window(date(2024, 2, 29), date(2024, 2, 29)),
]
GAINS = WINDOWS[1]
BY = ("state", "program", "sex")


def test_both_engines_agree_to_the_unit_in_every_group(effort: Effort, tmp_path: Path) -> None:
    periods = effort.amount(brief=5_000, long=1_000_000)
    groups = 0
    with engine() as connection:
        cohort = write_cohort(connection, tmp_path, periods=periods, seed=effort.seed)
        read_parquet(connection, cohort.periods, cohort.wages)
        for exits in WINDOWS[: effort.amount(brief=1, long=len(WINDOWS))]:
            rules = IndicatorRules.in_force_on(exits.last)
            files = (cohort.periods, cohort.wages)
            second = polars_engine.measure(*files, rules, exits, GAINS, BY)
            for threads in (1, 2):
                connection.execute(f"SET threads = {threads}")
                assert measure(connection, rules, exits, GAINS, BY) == second
            groups += len(second.groups)
    effort.tell(f"{periods:,} periods, 1 and 2 threads, {groups} groups of all windows")
