"""Little cohorts as CSV files, counted by both engines, which must agree."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from lmb.outcomes.indicators import polars_engine
from lmb.outcomes.indicators.columns import period_columns, wage_columns
from lmb.outcomes.indicators.duckdb_engine import engine, measure
from lmb.outcomes.indicators.results import Indicators, Measured
from lmb.outcomes.indicators.rules import IndicatorRules, Window
from lmb.outcomes.indicators.tables import PERIOD_BREACHES, load
from lmb.values.tables import table_bytes

YEAR = Window(date(2023, 7, 1), date(2024, 6, 30))
RULES = IndicatorRules.in_force_on(YEAR.last)

PERIOD = {
    **{"period_id": "a", "person_id": "p", "program": "adult"},
    **{"entry_date": "2023-01-15", "exit_date": "2023-08-15", "exit_reason": ""},
    **{"training_type": "", "secondary": "0", "diploma_date": ""},
    **{"credential_type": "", "credential_date": ""},
    **{"msg_enrolled_date": "", "msg_completed_date": "", "gain_dates": ""},
    **{"wage_status_q2": "", "wage_status_q4": ""},
}
"""Exits in the third quarter of 2023: Q2 after exit is 2024Q1, Q4 is 2024Q3."""

WAGE = {
    **{"person_id": "p", "employer_id": "e", "quarter": "2024Q1"},
    **{"cents": "100000", "source": "ui"},
}
Q1, Q2, Q3, Q4 = "2023Q4", "2024Q1", "2024Q2", "2024Q3"


def period(**fields: str) -> dict[str, str]:
    """A period of an adult who exited on 2023-08-15, but for these fields."""
    return {**PERIOD, **fields}


def wage(quarter: str = Q2, cents: int = 100_000, **fields: str) -> dict[str, str]:
    """Pay of person p by employer e from the state's records, but for these fields."""
    return {**WAGE, "quarter": quarter, "cents": str(cents), **fields}


def write(path: Path, rows: Sequence[Mapping[str, str]], empty: Mapping[str, str]) -> Path:
    header = list(rows[0] if rows else empty)
    path.write_bytes(table_bytes(header, [[row[name] for name in header] for row in rows]))
    return path


def measured(
    periods: Iterable[Mapping[str, str]],
    wages: Iterable[Mapping[str, str]] = (),
    *,
    exits: Window = YEAR,
    skill_gains: Window = YEAR,
    by: Sequence[str] = (),
    threads: int | None = None,
) -> Measured:
    """What both engines count of these rows."""
    with tempfile.TemporaryDirectory() as name, engine(threads) as connection:
        folder = Path(name)
        files = (
            write(folder / "periods.csv", list(periods), PERIOD),
            write(folder / "wages.csv", list(wages), WAGE),
        )
        columns = period_columns(RULES, by)
        load(connection, "periods", files[0], columns, folder, PERIOD_BREACHES, "period_id")
        load(connection, "wages", files[1], wage_columns(RULES), folder)
        first = measure(connection, RULES, exits, skill_gains, by)
        parts = (folder / "periods.parquet", folder / "wages.parquet")
        second = polars_engine.measure(*parts, RULES, exits, skill_gains, by)
    assert first == second
    return first


def indicators(
    periods: Iterable[Mapping[str, str]],
    wages: Iterable[Mapping[str, str]] = (),
    *,
    exits: Window = YEAR,
    skill_gains: Window = YEAR,
) -> Indicators:
    """The indicators of all these rows, by both engines."""
    return measured(periods, wages, exits=exits, skill_gains=skill_gains).total
