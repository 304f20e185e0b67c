"""The periods a report looks at, window by window, counted by group and listed by figure.

    PERIODS, WAGES ──engine──▶ looked_at_<quarters before the end>: what each period counts for

Figures and lineages are taken of the same relations by the same conditions, so a figure is always
the number of its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import duckdb

from lmb.outcomes.indicators.results import Rate
from lmb.outcomes.indicators.rules import IndicatorRules
from lmb.outcomes.indicators.sql import COUNTS, Statement, quoted
from lmb.outcomes.reports.rules import ReportRules
from lmb.values.quarters import Quarter

RATES = ("employment_q2", "employment_q4", "credential", "skill_gain", "same_employer")


class Origin(NamedTuple):
    """Which periods a figure counts: the figure (`served`, `exited`, `median_q2`, or a rate's name
    with `_numerator` or `_denominator`), the keys it is told by, and the condition of its group."""

    figure: str
    keys: Mapping[str, str]
    condition: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What one group of periods of one program comes to."""

    served: int
    exited: int
    rates: Mapping[str, Rate]
    median_q2_cents: Fraction | None


class Cohort:
    """The relations of one report, over `periods` and `wages` of a connection.

    Raises RefusedError where no rule was in force at the end of the report.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        rules: ReportRules,
        end: Quarter,
        keys: tuple[str, ...] = ("program",),
    ) -> None:
        """`keys` are columns of PERIODS that figures are told by beside the groups."""
        self.connection = connection
        self.rules = rules
        self.end = end
        self.keys = keys
        self._indicators = IndicatorRules.in_force_on(end.last_day)
        self._kept = dict.fromkeys((*keys, *rules.codes, *rules.years))
        self._figures: dict[str, dict[tuple[str, ...], Figures]] = {}
        for before in sorted(set(rules.quarters_before_end.values())):
            self._look(before)

    def _look(self, before: int) -> None:
        """The outcomes of the window that ends so many quarters before the report."""
        name = next(n for n, b in self.rules.quarters_before_end.items() if b == before)
        window = self.rules.window(name, self.end)
        statement = Statement(self._indicators, window, window, tuple(self._kept))
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE looked_at_{before} AS {statement.outcomes()}"
        )
        if before == self.rules.quarters_before_end["served"]:
            columns = ", ".join(map(quoted, self._kept))
            self.connection.execute(
                f"CREATE OR REPLACE TEMP TABLE served AS SELECT period_id, person_id, {columns} "
                f"FROM periods WHERE entry_date <= DATE '{window.last}' "
                f"AND coalesce(exit_date, DATE '{window.last}') >= DATE '{window.first}'"
            )

    def groups(self) -> list[tuple[str, ...]]:
        """Every combination of the keys that anybody was served in, in order."""
        columns = ", ".join(map(quoted, self.keys))
        found = self.connection.execute(f"SELECT DISTINCT {columns} FROM served ORDER BY ALL")
        return [tuple(map(str, row)) for row in found.fetchall()]

    def columns_with_content(self) -> frozenset[str]:
        """The further columns of PERIODS that say something of anybody served."""
        names = [name for name in self._kept if name not in self.keys]
        counts = ", ".join(f"count({quoted(name)})" for name in names)
        found = self.connection.execute(f"SELECT {counts} FROM served").fetchone() or ()
        return frozenset(name for name, count in zip(names, found, strict=True) if count)

    def figures(self, condition: str, keys: Mapping[str, str]) -> Figures:
        """What the periods come to where a condition (SQL over PERIODS) holds: of all keys, or of
        everybody where `keys` is empty."""
        if condition not in self._figures:
            self._figures[condition] = self._every(condition)
        return self._figures[condition].get(tuple(keys.values()), _NOBODY)

    def _every(self, condition: str) -> dict[tuple[str, ...], Figures]:
        """The figures of each combination of keys, and under () of all, in one pass."""
        counted: dict[tuple[str, ...], dict[str, int | None]] = {}
        columns = ", ".join(map(quoted, self.keys))
        for relation, sums in self._sums().items():
            found = self.connection.execute(
                f"SELECT grouping({quoted(self.keys[0])}), {columns}, {', '.join(sums.values())} "
                f"FROM {relation} WHERE {condition} GROUP BY GROUPING SETS ((), ({columns}))"
            )
            for is_total, *row in found.fetchall():
                key = () if is_total else tuple(map(str, row[: len(self.keys)]))
                values = zip(sums, row[len(self.keys) :], strict=True)
                counted.setdefault(key, {}).update(values)
        return {key: _figures(values) for key, values in counted.items()}

    def periods(self, origin: Origin) -> tuple[str, ...]:
        """The ids of the periods a figure counts, in order."""
        figure, keys, condition = origin
        rate = figure.removesuffix("_numerator").removesuffix("_denominator")
        counted = {
            "served": "TRUE",
            "median_q2": "employment_q2_denominator AND earned_q2 > 0",
        }.get(figure, figure)
        named = "".join(f"{quoted(column)} = ? AND " for column in keys)
        found = self.connection.execute(
            f"SELECT CAST(period_id AS VARCHAR) FROM {self._relation(rate)} "
            f"WHERE {named}({condition}) AND ({counted}) ORDER BY 1",
            list(keys.values()),
        )
        return tuple(str(row[0]) for row in found.fetchall())

    def _relation(self, figure: str) -> str:
        if figure == "served":
            return "served"
        return f"looked_at_{self.rules.quarters_before_end[figure]}"

    def _sums(self) -> dict[str, dict[str, str]]:
        """What is added up of each relation, by the name of the sum."""
        sums: dict[str, dict[str, str]] = {"served": {"served": "count(*)"}}
        for figure in self.rules.quarters_before_end:
            of = sums.setdefault(self._relation(figure), {})
            if figure in RATES:
                for count in COUNTS:
                    if count.startswith(f"{figure}_"):
                        of[count] = f"count(*) FILTER ({count})"
            elif figure == "exited":
                of["exited"] = "count(*) FILTER (exited)"
            elif figure == "median_q2":
                of["doubled_median"] = (
                    "CAST(2 * median(earned_q2) FILTER (employment_q2_denominator "
                    "AND earned_q2 > 0) AS BIGINT)"
                )
        return sums


def _figures(values: Mapping[str, int | None]) -> Figures:
    def rate(name: str) -> Rate:
        return Rate(values.get(f"{name}_numerator") or 0, values.get(f"{name}_denominator") or 0)

    doubled = values.get("doubled_median")
    return Figures(
        served=values.get("served") or 0,
        exited=values.get("exited") or 0,
        rates={name: rate(name) for name in RATES},
        median_q2_cents=None if doubled is None else Fraction(doubled, 2),
    )


_NOBODY = _figures({})
