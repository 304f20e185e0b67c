"""Three measures of the programme's own beside the federal ones, over the same periods and wages.

    completion                education that was enrolled in and completed by the exit
    employed within 6 months  pay in the first or second quarter after exit
    wage change               pay of the second quarter after exit less that of the second quarter
                              before entry (elements 1704 and 1701), of those paid after

They keep to the federal rules on who is counted: exits of the window, exclusions, wages not yet
known, one source for a quarter. Sums and counts are whole numbers, the median a fraction.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import duckdb

from lmb.outcomes.indicators.results import Rate, cents_number
from lmb.outcomes.indicators.sql import Statement

WITHIN_SIX_MONTHS = (1, 2)
SECOND_AFTER, SECOND_BEFORE = 2, -2


@dataclass(frozen=True, slots=True)
class WageChange:
    """Change of quarterly pay over `people` periods: its sum, and its median (a half cent is
    possible; None where nobody is counted)."""

    people: int
    total_cents: int
    median_cents: Fraction | None

    def document(self) -> dict[str, Any]:
        return {
            "people": self.people,
            "total_cents": self.total_cents,
            "median_cents": cents_number(self.median_cents),
        }


@dataclass(frozen=True, slots=True)
class Extensions:
    """The three measures of one group of periods."""

    completion: Rate
    employed_within_six_months: Rate
    wage_change_q2: WageChange

    def document(self) -> dict[str, Any]:
        return {
            "completion": self.completion.document(),
            "employed_within_six_months": self.employed_within_six_months.document(),
            "wage_change_q2": self.wage_change_q2.document(),
        }


def measure_extensions(connection: duckdb.DuckDBPyConnection, statement: Statement) -> Extensions:
    """The three measures of the relations a statement reads; its grouping is not looked at."""
    (row,) = connection.execute(_query(statement)).fetchall()
    enrolled, completed, known, employed, people, total, doubled = row
    return Extensions(
        Rate(int(completed), int(enrolled)),
        Rate(int(employed), int(known)),
        WageChange(int(people), int(total), None if doubled is None else Fraction(int(doubled), 2)),
    )


def _query(statement: Statement) -> str:
    rules, exits = statement.rules, statement.exits
    direct = ", ".join(f"'{source}'" for source in rules.record_sources)
    quarter = "4 * year({0}) + quarter({0}) - 1"

    def pay(quarters: str, condition: str) -> str:
        return f"sum(CASE WHEN {quarters} AND {condition} THEN cents ELSE 0 END)"

    after, before = "quarter - exit_quarter", "quarter - entry_quarter"
    soon = f"{after} IN ({', '.join(map(str, WITHIN_SIX_MONTHS))})"
    later, earlier = f"{after} = {SECOND_AFTER}", f"{before} = {SECOND_BEFORE}"
    return f"""
WITH counted AS (
    SELECT period_id, person_id, not_yet_q2,
        {quarter.format("exit_date")} AS exit_quarter,
        {quarter.format("entry_date")} AS entry_quarter,
        msg_enrolled_date IS NOT NULL AS enrolled,
        coalesce(msg_completed_date <= exit_date, FALSE) AS completed
    FROM {statement.periods}
    WHERE exit_date BETWEEN DATE '{exits.first}' AND DATE '{exits.last}'
        AND NOT ({statement.excluded(skill_gains=False)})),
paid AS (
    SELECT period_id, {pay(soon, "TRUE")} AS soon,
        {pay(later, f"source IN ({direct})")} AS direct_after,
        {pay(later, f"source NOT IN ({direct})")} AS told_after,
        {pay(earlier, f"source IN ({direct})")} AS direct_before,
        {pay(earlier, f"source NOT IN ({direct})")} AS told_before
    FROM {statement.wages} AS wages JOIN counted ON wages.person_id = counted.person_id
    WHERE {soon} OR {later} OR {earlier}
    GROUP BY period_id),
whole AS (
    SELECT counted.*, coalesce(soon, 0) AS soon,
        coalesce(CASE WHEN direct_after > 0 THEN direct_after ELSE told_after END, 0) AS pay_after,
        coalesce(CASE WHEN direct_before > 0 THEN direct_before ELSE told_before END, 0)
            AS pay_before
    FROM counted LEFT JOIN paid ON paid.period_id = counted.period_id),
changed AS (
    SELECT *, CASE WHEN NOT not_yet_q2 AND pay_after >= {rules.employed_cents_min}
        THEN pay_after - pay_before END AS change FROM whole)
SELECT count(CASE WHEN enrolled THEN 1 END), count(CASE WHEN enrolled AND completed THEN 1 END),
    count(CASE WHEN NOT not_yet_q2 THEN 1 END),
    count(CASE WHEN NOT not_yet_q2 AND soon >= {rules.employed_cents_min} THEN 1 END),
    count(change), coalesce(sum(change), 0), CAST(2 * median(change) AS BIGINT)
FROM changed"""
