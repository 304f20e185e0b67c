"""The cells of a table and how they add up, as everybody who reads it knows. Pure.

Beside the counts a table lists there are cells it never shows and that shown ones may still tell:
totals it leaves out, the rest of a denominator, and what came between two releases that overlap
(the quarters that one period has and the other has not).

A combination a table does not list is taken as known to hold nobody: list zeros to protect them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import NamedTuple

from lmb.publish.policy import DisclosurePolicy
from lmb.publish.tables import (
    DENOMINATOR,
    NUMERATOR,
    CountRow,
    CountTable,
    Group,
    Period,
    period_text,
)
from lmb.values.errors import EnvironmentProblem

REST = "rest"
"""The measure of those of a denominator who are not in the numerator; never shown itself."""

CELLS_MAX = 40_000


class Cell(NamedTuple):
    """One count: of a group, in a period, of a measure."""

    group: Group
    period: Period | None
    measure: str


class Relation(NamedTuple):
    """The whole is the sum of the parts; each is a place among the cells."""

    whole: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """All cells in one order whatever that of the rows, and every relation among them.

    `listed` are the places of those the table lists, with the line; `people` leads from a part (a
    numerator or a rest) to the denominator it is part of; `least` is the smallest that may be
    shown of each, `totals` how many relations it is the whole of.
    """

    names: tuple[Cell, ...]
    relations: tuple[Relation, ...]
    listed: Mapping[int, int]
    people: Mapping[int, int]
    least: tuple[int, ...]
    totals: tuple[int, ...]

    def told(self, place: int, categories: Sequence[str]) -> str:
        """A cell in words, for messages."""
        group, period, measure = self.names[place]
        named = [f"{n} {' > '.join(way)}" for n, way in zip(categories, group, strict=True) if way]
        return f"{measure} of {', '.join(named) or 'all'} {period_text(period)}".strip()


def cells_of(table: CountTable, policy: DisclosurePolicy) -> Cells:
    """The cells of a table. Raises EnvironmentProblem for more than `CELLS_MAX`."""
    by_period = _groups(table.rows)
    measures = (*table.measures, *([REST] if NUMERATOR in table.measures else []))
    names = sorted(
        Cell(group, period, measure)
        for period, groups in by_period.items()
        for group in groups
        for measure in measures
    )
    if len(names) > CELLS_MAX:
        raise EnvironmentProblem(
            f"{table.file} and its totals have {len(names):,} counts, more than {CELLS_MAX:,}: "
            "protect parts of it that share no people one by one"
        )
    places = {name: place for place, name in enumerate(names)}
    relations = {
        *_within(by_period, measures, places),
        *_over_time(by_period, measures, places),
        *_of_parts(by_period, measures, places),
    }
    wholes = Counter(relation.whole for relation in relations)
    listed = {
        places[Cell(row.group, row.period, measure)]: row.line
        for row in table.rows
        for measure in table.measures
    }
    people = {
        place: places[name._replace(measure=DENOMINATOR)]
        for place, name in enumerate(names)
        if name.measure in (NUMERATOR, REST)
    }
    return Cells(
        names=tuple(names),
        relations=tuple(sorted(relations)),
        listed=listed,
        people=people,
        least=tuple(policy.part_min if p in people else policy.people_min for p in places.values()),
        totals=tuple(wholes[place] for place in places.values()),
    )


def _groups(rows: Iterable[CountRow]) -> dict[Period | None, set[Group]]:
    """The groups of each period, with the totals over them, and of each stretch of quarters in
    which the same periods run."""
    listed: dict[Period | None, set[Group]] = {}
    for row in rows:
        listed.setdefault(row.period, set()).update(_around(row.group))
    periods = [period for period in listed if period is not None]
    for stretch in _stretches(periods):
        over = [period for period in periods if _covers(period, stretch)]
        listed[stretch] = set().union(*(listed[period] for period in over))
    return listed


def _around(group: Group) -> Iterator[Group]:
    """A group and every total it counts in."""
    return product(*([way[:length] for length in range(len(way) + 1)] for way in group))


def _stretches(periods: Sequence[Period]) -> list[Period]:
    """The shortest stretches between the ends of periods, where there is any in one."""
    edges = sorted({edge for first, last in periods for edge in (first, last.plus(1))})
    found = [Period(first, after.plus(-1)) for first, after in pairwise(edges)]
    return [stretch for stretch in found if any(_covers(each, stretch) for each in periods)]


def _covers(period: Period, stretch: Period) -> bool:
    return period.first <= stretch.first and stretch.last <= period.last


Groups = Mapping[Period | None, set[Group]]
Places = Mapping[Cell, int]


def _within(by_period: Groups, measures: Sequence[str], places: Places) -> Iterator[Relation]:
    """Each total over a column is the sum of its categories, each place that of those within."""
    for period, groups in by_period.items():
        inside: dict[tuple[Group, int], list[Group]] = {}
        for group in groups:
            for column, way in enumerate(group):
                if way:
                    whole = (*group[:column], way[:-1], *group[column + 1 :])
                    inside.setdefault((whole, column), []).append(group)
        for (whole, _), parts in inside.items():
            for measure in measures:
                yield Relation(
                    places[Cell(whole, period, measure)],
                    tuple(sorted(places[Cell(part, period, measure)] for part in parts)),
                )


def _over_time(by_period: Groups, measures: Sequence[str], places: Places) -> Iterator[Relation]:
    """Each period is the sum of the stretches it is made of."""
    periods = [period for period in by_period if period is not None]
    stretches = _stretches(periods)
    for period in periods:
        parts = [stretch for stretch in stretches if _covers(period, stretch)]
        if len(parts) > 1:
            for group in by_period[period]:
                for measure in measures:
                    yield Relation(
                        places[Cell(group, period, measure)],
                        tuple(sorted(places[Cell(group, part, measure)] for part in parts)),
                    )


def _of_parts(by_period: Groups, measures: Sequence[str], places: Places) -> Iterator[Relation]:
    """A denominator is its numerator and the rest."""
    if REST in measures:
        for period, groups in by_period.items():
            for group in groups:
                parts = (Cell(group, period, NUMERATOR), Cell(group, period, REST))
                whole = places[Cell(group, period, DENOMINATOR)]
                yield Relation(whole, tuple(sorted(places[part] for part in parts)))
