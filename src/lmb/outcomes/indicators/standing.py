"""A measurement that stands: wage amendments change only the outcomes of the people they touch.

    periods, wages ──build──▶ standing_periods   those that count for anything
                              standing_wages     pay in a quarter that matters to one of them
                              standing_outcomes  what each period counts for
    amendments ──amend──▶ the people whose pay in such a quarter changes ──▶ their outcomes again

Totals are sums over the outcomes: what the touched ones were is taken off, what they are is put on,
and the median alone is looked for in all of them. So the result is that of measuring everything
again: the same SQL makes the outcomes either way. Which periods count does not depend on wages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import duckdb

from lmb.outcomes.indicators.duckdb_engine import measured_of, total_rows
from lmb.outcomes.indicators.results import Measured
from lmb.outcomes.indicators.rules import IndicatorRules, Window
from lmb.outcomes.indicators.sql import Statement, quoted

OUTCOMES = "standing_outcomes"
KEY = "person_id, employer_id, quarter, source"
MEDIAN = "doubled_median"

TotalRows = dict[tuple[Any, ...], dict[str, Any]]
"""The rows of totals by what they are of: whether of all, and the values of the group."""


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
        self._rows: TotalRows = {}

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
        self._rows = self._total(OUTCOMES)
        return self.totals()

    def amend(self, amendments: str) -> Measured:
        """Take over what the relation of amendments says (the columns of wages, each key once; a
        null amount withdraws it) and return the indicators as they are now. All or nothing."""
        run = self.connection.execute
        run("BEGIN")
        try:
            rows = self._take_over(amendments)
            run("COMMIT")
        except BaseException:
            run("ROLLBACK")
            raise
        self._rows = rows
        return self.totals()

    def totals(self) -> Measured:
        """The indicators as they are now."""
        return measured_of(self._rows.values(), self.statement)

    def _take_over(self, amendments: str) -> TotalRows:
        """The totals after amendments; tables are as amended."""
        run, (least, most) = self.connection.execute, self.statement.quarters_after
        # Most amendments are of quarters that matter to nobody: one comparison leaves them out.
        run(
            f"CREATE OR REPLACE TEMP TABLE relevant AS SELECT {KEY}, cents "
            f"FROM {amendments} AS told WHERE told.quarter BETWEEN "
            f"(SELECT min(exit_quarter) + {least} FROM standing_exits) "
            f"AND (SELECT max(exit_quarter) + {most} FROM standing_exits) "
            "AND EXISTS (SELECT 1 FROM standing_exits AS exits "
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
        before = self._total(f"(SELECT * FROM {OUTCOMES} WHERE person_id IN (FROM touched))")
        after = self._total("again")
        for table, changed in (("standing_wages", "pay"), (OUTCOMES, "again")):
            run(f"DELETE FROM {table} WHERE person_id IN (FROM touched)")
            run(f"INSERT INTO {table} SELECT * FROM {changed}")
        return self._moved(before, after)

    def _total(self, outcomes: str) -> TotalRows:
        rows = total_rows(self.connection, self.statement, outcomes)
        return {tuple(row[column] for column in self._key): row for row in rows}

    @property
    def _key(self) -> tuple[str, ...]:
        """The columns that say what a row of totals is of."""
        return ("grouped", *self.statement.by)

    def _moved(self, before: TotalRows, after: TotalRows) -> TotalRows:
        """The totals with the sums of touched outcomes taken off and those of now put on."""
        medians = self._medians()
        moved: TotalRows = {}
        for key, row in self._rows.items():
            off, on = before.get(key, {}), after.get(key, {})
            sums = {
                name: count - off.get(name, 0) + on.get(name, 0)
                for name, count in row.items()
                if name not in self._key and name != MEDIAN
            }
            moved[key] = {**row, **sums, MEDIAN: medians.get(key)}
        return moved

    def _medians(self) -> dict[tuple[Any, ...], int]:
        """The doubled median of each row of totals that has one."""
        by = ", ".join(map(quoted, self.statement.by))
        is_total = f"grouping({quoted(self.statement.by[0])})" if by else "1"
        sets = f"GROUP BY GROUPING SETS ((), ({by}))" if by else ""
        found = self.connection.execute(
            f"SELECT CAST(2 * median(earned_q2) AS BIGINT), {is_total}{by and ', '}{by} "
            f"FROM {OUTCOMES} WHERE employment_q2_denominator AND earned_q2 > 0 {sets}"
        )
        return {tuple(key): median for median, *key in found.fetchall()}
