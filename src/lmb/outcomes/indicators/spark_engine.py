"""The same SQL on Spark, for those who outgrow one machine: a session of theirs carries it out.

Spark is not imported here, nor needed by anything else: whoever has a cluster hands in a session
whose SQL reads double quotes as names (`SETTINGS`). Everything added up is an integer and the
median is exact, so the answer is that of the other engines, to the unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from lmb.outcomes.indicators.duckdb_engine import measured_of
from lmb.outcomes.indicators.results import Measured
from lmb.outcomes.indicators.rules import IndicatorRules, Window
from lmb.outcomes.indicators.sql import SPARK, Statement

SETTINGS: Mapping[str, str] = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
}
"""What a session must be configured with: overflow is an error, and names may be quoted."""


class Rows(Protocol):
    """What a query of Spark gives."""

    def collect(self) -> list[Any]: ...


class Session(Protocol):
    """A `pyspark.sql.SparkSession` with the relations `periods` and `wages`."""

    def sql(self, sqlQuery: str) -> Rows: ...  # noqa: N803 - Spark's own name


def measure(
    session: Session,
    rules: IndicatorRules,
    exits: Window,
    skill_gains: Window,
    by: Sequence[str] = (),
) -> Measured:
    """The indicators of the relations `periods` and `wages`, in all and by group."""
    statement = Statement(rules, exits, skill_gains, by, dialect=SPARK)
    found = session.sql(statement.totals(f"({statement.outcomes()})")).collect()
    return measured_of((row.asDict() for row in found), statement)
