"""From service events to periods of participation, as they were known on any day.

    events recorded by the day ──less what later ones supersede──▶ services of a person
        ──a gap of more than 90 days, not bridged by a plan──▶ episodes ──▶ a period per program

An exit lies on the day of the last service and is learned of 91 days later at the earliest: until
then the period is open. Asking for an earlier day gives what was known then, whatever came after.
Programs of one common-exit set leave together: any service of one keeps all of them open.

One pass of SQL over the relation `events`: event_id, person_id, program, happened_on, kind,
recorded_on, supersedes (an event_id, or null).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import duckdb

from lmb.rules.parameters import ParameterSet, in_force

RULE = "wioa-participation"


@dataclass(frozen=True, slots=True)
class ParticipationRules:
    """One dated version of the rule `wioa-participation`."""

    days_without_service: int
    participation_kinds: tuple[str, ...]
    other_kinds: tuple[str, ...]
    planned_kind: str
    withdrawn_kind: str

    @classmethod
    def of(cls, parameters: ParameterSet) -> ParticipationRules:
        """The typed form of one version; raises KeyError for a parameter that is missing."""
        values = cast(Mapping[str, Any], parameters.values)
        return cls(
            days_without_service=int(values["days_without_service"]),
            participation_kinds=tuple(map(str, values["participation_kinds"])),
            other_kinds=tuple(map(str, values["other_kinds"])),
            planned_kind=str(values["planned_kind"]),
            withdrawn_kind=str(values["withdrawn_kind"]),
        )

    @classmethod
    def in_force_on(cls, day: date) -> ParticipationRules:
        """The version in force on a day. Raises RefusedError where there is none."""
        return cls.of(in_force(RULE, day))

    @property
    def kinds(self) -> tuple[str, ...]:
        return (
            *self.participation_kinds,
            *self.other_kinds,
            self.planned_kind,
            self.withdrawn_kind,
        )


def make_periods(
    connection: duckdb.DuckDBPyConnection,
    rules: ParticipationRules,
    *,
    as_of: date,
    common_exit: Collection[str] = (),
    name: str = "periods_of_participation",
) -> None:
    """Make a table of periods as known at the end of a day: person_id, program, entry_date,
    exit_date (null while open), last_service_on, open_until (the last day a service would still
    continue it). `common_exit` are the programs that leave together.
    """
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS {_query(rules, as_of, common_exit)}")


def _query(rules: ParticipationRules, as_of: date, common_exit: Collection[str]) -> str:
    together = _words(common_exit)
    unit = f"CASE WHEN program IN ({together}) THEN '' ELSE program END" if together else "program"
    days = rules.days_without_service
    return f"""
WITH known AS (
    SELECT * FROM events AS told WHERE recorded_on <= DATE '{as_of}' AND NOT EXISTS (
        SELECT 1 FROM events AS later
        WHERE later.supersedes = told.event_id AND later.recorded_on <= DATE '{as_of}')),
services AS (
    SELECT person_id, program, {unit} AS unit, happened_on FROM known
    WHERE kind IN ({_words(rules.participation_kinds)}) AND happened_on <= DATE '{as_of}'),
days AS (SELECT person_id, unit, happened_on FROM services GROUP BY ALL),
plans AS (
    SELECT person_id, {unit} AS unit, recorded_on, happened_on AS planned_on FROM known
    WHERE kind = '{rules.planned_kind}'),
bridged AS (
    SELECT person_id, unit, days.happened_on, max(planned_on) AS planned_on
    FROM days JOIN plans USING (person_id, unit)
    WHERE planned_on > days.happened_on AND recorded_on <= days.happened_on + {days}
    GROUP BY ALL),
reaching AS (
    SELECT person_id, unit, happened_on,
        greatest(happened_on + {days}, coalesce(planned_on, happened_on)) AS reaches
    FROM days LEFT JOIN bridged USING (person_id, unit, happened_on)),
starts AS (
    SELECT *, coalesce(happened_on > max(reaches) OVER (PARTITION BY person_id, unit
        ORDER BY happened_on ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), TRUE) AS starts
    FROM reaching),
numbered AS (
    SELECT *, sum(CASE WHEN starts THEN 1 ELSE 0 END) OVER (PARTITION BY person_id, unit
        ORDER BY happened_on ROWS UNBOUNDED PRECEDING) AS episode
    FROM starts),
episodes AS (
    SELECT person_id, unit, min(happened_on) AS first_service_on,
        max(happened_on) AS last_service_on, max(reaches) AS open_until
    FROM numbered GROUP BY person_id, unit, episode)
SELECT services.person_id, services.program, min(services.happened_on) AS entry_date,
    CASE WHEN any_value(open_until) < DATE '{as_of}' THEN any_value(last_service_on) END
        AS exit_date,
    any_value(last_service_on) AS last_service_on, any_value(open_until) AS open_until
FROM services JOIN episodes ON services.person_id = episodes.person_id
    AND services.unit = episodes.unit
    AND services.happened_on BETWEEN first_service_on AND last_service_on
GROUP BY services.person_id, services.program, episodes.unit, first_service_on"""


def _words(words: Collection[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
