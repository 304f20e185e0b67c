"""Matching wages to people: by keyed hash alone, with the type of match the record layout asks for.

What is not matched leaves no trace but its count. Source: elements 1601 to 1607 (type of
employment match); SWIS agreement for the floor of aggregates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, cast

from lmb.facts.importers.wage_files.collecting import WageFile
from lmb.facts.importers.wage_files.persons import Roster
from lmb.rules.parameters import in_force
from lmb.values.errors import RefusedError

RULE = "wage-matching"


class MatchedWage(NamedTuple):
    """Pay of a person of the roster, with the type of match (element 1603)."""

    person: str
    employer: str
    quarter: int
    cents: int
    source: str
    match_type: int


@dataclass(frozen=True, slots=True)
class Matched:
    """Wages of people of the roster, and how many records were of others."""

    wages: tuple[MatchedWage, ...]
    unmatched: int


@dataclass(frozen=True, slots=True)
class MatchingRules:
    """One dated version of the rule `wage-matching`."""

    match_types: Mapping[str, int]
    aggregate_records_min: int

    @classmethod
    def in_force_on(cls, day: date) -> MatchingRules:
        """The version in force on a day. Raises RefusedError where there is none."""
        values = cast(Mapping[str, Any], in_force(RULE, day).values)
        types = {str(name): int(code) for name, code in values["match_types"].items()}
        return cls(types, int(values["aggregate_records_min"]))

    def refuse_small_aggregate(self, records: int) -> None:
        """Raises RefusedError for an aggregate of so few records that it may not be handed on."""
        if records < self.aggregate_records_min:
            raise RefusedError(
                f"an aggregate of {records} wage records may not be handed on: at least "
                f"{self.aggregate_records_min} are needed; take a larger group"
            )


def match_wages(wages: WageFile, roster: Roster, source: str, rules: MatchingRules) -> Matched:
    """The wages of a file that belong to people of a roster.

    Raises RefusedError where both were not hashed with the same key, or for an unknown source.
    """
    if wages.key_name != roster.key_name:
        raise RefusedError(
            f"the wages are hashed with key {wages.key_name!r}, the roster with "
            f"{roster.key_name!r}: hash the roster again with the key in use"
        )
    if source not in rules.match_types:
        raise RefusedError(f"{source!r} is no source of wages: {', '.join(rules.match_types)}")
    kind, known = rules.match_types[source], roster.persons
    matched = tuple(
        MatchedWage(person, employer, quarter, cents, source, kind)
        for hashed, employer, quarter, cents in wages
        if (person := known.get(hashed)) is not None
    )
    return Matched(matched, len(wages) - len(matched))
