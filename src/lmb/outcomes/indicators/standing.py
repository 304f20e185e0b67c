"""A measurement that stands: wage amendments change only the outcomes of the people they touch.

    periods, wages ──build──▶ standing_periods   those that count for anything
                              standing_wages     pay in a quarter that matters to one of them
                              standing_outcomes  what each period counts for
    amendments ──amend──▶ the people whose pay in such a quarter changes ──▶ their outcomes again

Totals are sums over the outcomes, so the result is that of measuring everything again: the same SQL
makes the outcomes either way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from lmb.outcomes.indicators.duckdb_engine import totalled
from lmb.outcomes.indicators.results import Measured
from lmb.outcomes.indicators.rules import IndicatorRules, Window
from lmb.outcomes.indicators.sql import Statement

OUTCOMES = "standing_outcomes"
KEY = "person_id, employer_id, quarter, source"


class StandingMeasurement:
    """The indicators of one window, kept up to date on one connection."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        rules: IndicatorRules,
        exits: Window,
        skill_gains: Window,
        by: Sequence[str] = (),
    ) -> None:
        self.connection = connection
        self.statement = Statement(rules, exits, skill_gains, by)

    def build(self) -> Measured:
        """Measure the relations `periods` and `wages` and keep what amendments will need. Rows of
        one person, employer, quarter and source are one amount from here on."""
        run, least_most = self.connection.execute, self.statement.quarters_after
        run(f"CREATE OR REPLACE TABLE {OUTCOMES} AS {self.statement.outcomes()}")
        run(
            "CREATE OR REPLACE TABLE standing_periods AS SELECT * FROM periods "
            f"WHERE period_id IN (SELECT period_id FROM {OUTCOMES})"
        )
        run(
            "CREATE OR REPLACE TABLE standing_exits AS SELECT DISTINCT person_id, "
            "4 * year(exit_date) + quarter(exit_date) - 1 AS exit_quarter FROM standing_periods "
            f"WHERE period_id IN (SELECT period_id FROM {OUTCOMES} WHERE exited)"
        )
        run(
            f"CREATE OR REPLACE TABLE standing_wages AS SELECT {KEY}, sum(cents) AS cents "
            f"FROM wages WHERE EXISTS (SELECT 1 FROM standing_exits AS exits "
            "WHERE exits.person_id = wages.person_id AND wages.quarter - exits.exit_quarter "
            f"BETWEEN {least_most[0]} AND {least_most[1]}) GROUP BY {KEY}"
        )
        return self.totals()

    def amend(self, amendments: str) -> Measured:
        """Take over what the relation of amendments says (the columns of wages, each key once; a
        null amount withdraws it) and return the indicators as they are now. All or nothing."""
        run = self.connection.execute
        run("BEGIN")
        try:
            self._take_over(amendments)
            run("COMMIT")
        except BaseException:
            run("ROLLBACK")
            raise
        return self.totals()

    def totals(self) -> Measured:
        return totalled(self.connection, self.statement, OUTCOMES)

    def _take_over(self, amendments: str) -> None:
        run, (least, most) = self.connection.execute, self.statement.quarters_after
        run(
            f"CREATE OR REPLACE TEMP TABLE relevant AS SELECT {KEY}, cents "
            f"FROM {amendments} AS told WHERE EXISTS (SELECT 1 FROM standing_exits AS exits "
            "WHERE exits.person_id = told.person_id AND told.quarter - exits.exit_quarter "
            f"BETWEEN {least} AND {most})"
        )
        # One scan of each standing table by person, which one column decides.
        run("CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT person_id FROM relevant")
        run(
            f"CREATE OR REPLACE TEMP TABLE pay AS SELECT {KEY}, cents FROM standing_wages "
            "WHERE person_id IN (FROM touched)"
        )
        run(f"DELETE FROM pay WHERE ({KEY}) IN (SELECT ({KEY}) FROM relevant)")
        run(f"INSERT INTO pay SELECT {KEY}, cents FROM relevant WHERE cents IS NOT NULL")
        again = replace(
            self.statement,
            periods="(SELECT * FROM standing_periods WHERE person_id IN (FROM touched))",
            wages="pay",
        )
        run(f"CREATE OR REPLACE TEMP TABLE again AS {again.outcomes()}")
        for table, changed in (("standing_wages", "pay"), (OUTCOMES, "again")):
            run(f"DELETE FROM {table} WHERE person_id IN (FROM touched)")
            run(f"INSERT INTO {table} SELECT * FROM {changed}")
