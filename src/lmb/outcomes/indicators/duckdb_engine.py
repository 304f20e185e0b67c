"""The first engine: the SQL of the indicators on DuckDB, over any periods and wages it can read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb

from lmb.outcomes.indicators.results import Indicators, Measured, Rate
from lmb.outcomes.indicators.rules import IndicatorRules, Window
from lmb.outcomes.indicators.sql import Statement

MEMORY_MB = 1400
"""What DuckDB may hold before it spills to disk; with the process itself it stays below 2 GB."""


@contextmanager
def engine(threads: int | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own: bounded memory, nothing fetched, spilling to a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="lmb-indicators-") as folder:
        connection = duckdb.connect(
            config={
                "memory_limit": f"{MEMORY_MB}MB",
                "temp_directory": folder,
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                **({} if threads is None else {"threads": threads}),
            }
        )
        # The bar writes to standard output, where results go.
        connection.execute("SET enable_progress_bar = false")
        # It would make a join of every IN (…), dozens of them, each slower than the comparison.
        connection.execute("SET disabled_optimizers = 'in_clause'")
        try:
            yield connection
        finally:
            connection.close()


def read_parquet(connection: duckdb.DuckDBPyConnection, periods: Path, wages: Path) -> None:
    """Make the relations `periods` and `wages` of files that are already in canonical form, as
    `synthetic` writes them and `tables` loads them."""
    for name, path in (("periods", periods), ("wages", wages)):
        connection.from_parquet(str(path)).create_view(name, replace=True)


def measure(
    connection: duckdb.DuckDBPyConnection,
    rules: IndicatorRules,
    exits: Window,
    skill_gains: Window,
    by: Sequence[str] = (),
) -> Measured:
    """The indicators of the relations `periods` and `wages`, in all and by group."""
    statement = Statement(rules, exits, skill_gains, by)
    return totalled(connection, statement, f"({statement.outcomes()})")


def totalled(
    connection: duckdb.DuckDBPyConnection, statement: Statement, outcomes: str
) -> Measured:
    """The indicators over a relation of outcomes that exists already."""
    return measured_of(total_rows(connection, statement, outcomes), statement)


def total_rows(
    connection: duckdb.DuckDBPyConnection, statement: Statement, outcomes: str
) -> list[dict[str, Any]]:
    """The rows of totals over a relation of outcomes, named as `Statement.totals` names them."""
    found = connection.execute(statement.totals(outcomes))
    names = [column[0] for column in found.description]
    return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def measured_of(rows: Iterable[Mapping[str, Any]], statement: Statement) -> Measured:
    """The indicators in the rows of totals, whichever engine made them."""
    total, groups = None, {}
    for row in rows:
        indicators = indicators_of(row, statement.rules)
        if row["grouped"]:
            total = indicators
        else:
            groups[tuple(_text(row[column]) for column in statement.by)] = indicators
    assert total is not None, "a sum over nothing is still one row"
    return Measured(total, dict(sorted(groups.items(), key=lambda item: _sort_key(item[0]))))


def people_exited(connection: duckdb.DuckDBPyConnection, exits: Window) -> int:
    """How many different people exited in the window: one who exits twice is counted twice by the
    indicators, once here (RSA-TAC-17-01, periods of participation)."""
    (found,) = connection.execute(
        "SELECT count(DISTINCT person_id) FROM periods WHERE exit_date BETWEEN ? AND ?",
        [exits.first, exits.last],
    ).fetchall()
    return int(found[0])


def indicators_of(row: Mapping[str, Any], rules: IndicatorRules) -> Indicators:
    """The indicators in a row of totals, named as `Statement.totals` names them."""

    def rate(name: str) -> Rate:
        return Rate(int(row[f"{name}_numerator"]), int(row[f"{name}_denominator"]))

    doubled = row["doubled_median"]
    return Indicators(
        employment_q2=rate("employment_q2"),
        employment_q4=rate("employment_q4"),
        credential_attainment=rate("credential"),
        measurable_skill_gains=rate("skill_gain"),
        serving_employers=rate("same_employer"),
        median_earnings_q2_cents=None if doubled is None else Fraction(int(doubled), 2),
        exited=int(row["exited"]),
        not_yet_q2=int(row["waiting_q2"]),
        not_yet_q4=int(row["waiting_q4"]),
        exclusions={code: int(row[f"excluded_{code}"]) for code in rules.exit_reasons[1:]},
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _sort_key(values: tuple[str | None, ...]) -> tuple[tuple[bool, str], ...]:
    return tuple((value is None, value or "") for value in values)
