"""ETA-9169 of a made-up state: every figure of the form, and the rows behind one of its cells.

Beside it one measurement of the six indicators over the same files. LMB_PERIODS sets the size.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lmb.outcomes.indicators.duckdb_engine import engine, measure, read_parquet
from lmb.outcomes.indicators.rules import IndicatorRules
from lmb.outcomes.indicators.synthetic import write_cohort
from lmb.outcomes.reports.cohort import Cohort
from lmb.outcomes.reports.rules import ReportRules
from lmb.outcomes.reports.statewide import Given, annual_report
from lmb.outcomes.reports.writers import form_csv, form_page, form_workbook
from lmb.values.quarters import ProgramYear, Quarter

PERIODS = int(os.environ.get("LMB_PERIODS", "1000000"))
YEAR, END = ProgramYear(2023), Quarter(2024, 2)
T = TypeVar("T")


def main() -> None:
    rules = ReportRules.in_force_on(END.last_day)
    indicators = IndicatorRules.in_force_on(END.last_day)
    with tempfile.TemporaryDirectory() as name, engine() as connection:
        folder = Path(name)
        write_cohort(connection, folder, periods=PERIODS, seed=1)
        read_parquet(connection, folder / "periods.parquet", folder / "wages.parquet")
        codes = ", ".join(
            f"{list(values)}[CAST(1 + hash(period_id, {place}) % {len(values)} AS INTEGER)] "
            f"AS {column}"
            for place, (column, values) in enumerate(rules.codes.items())
        )
        connection.execute(
            f"CREATE TEMP TABLE told AS SELECT * EXCLUDE (sex), {codes}, "
            "CAST(14 + hash(period_id) % 60 AS INTEGER) AS age_at_entry FROM periods"
        )
        connection.execute("CREATE OR REPLACE VIEW periods AS SELECT * FROM told")
        window = rules.window("employment_q2", END)
        _, once = _seconds(lambda: measure(connection, indicators, window, window))
        filled, made = _seconds(
            lambda: annual_report(Cohort(connection, rules, END), YEAR, Given())
        )
        cells = sum(1 for _, figure in filled.form.figures() if figure.value is not None)
        print(f"  the six indicators, one window  {once:6.1f} s")
        print(f"  {cells:,} figures of ETA-9169     {made:6.1f} s, {made / once:.1f} times")
        _, written = _seconds(
            lambda: [write(filled.form) for write in (form_csv, form_workbook, form_page)]
        )
        print(f"  CSV, workbook and page          {written:6.2f} s")
        found, listed = _seconds(lambda: filled.lineage("adult/female/employment_q2.rate"))
        rows = len(found.numerator) + len(found.denominator or ())
        print(f"  {rows:,} rows behind one rate   {listed:6.2f} s")


def _seconds(work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    return work(), time.perf_counter() - start
