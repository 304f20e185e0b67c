"""Which counts a table may show: small ones hidden, and as few others as keep them hidden.

    small counts hidden ──▶ attack each hidden count ──range too narrow──▶ cheapest further counts
                                      ▲─────────────────────────────────────────┘
    then each further count is shown again where the attack soon finds nothing

The order of rows cannot change what is hidden: cells stand in an order of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lmb.publish.attack import SEARCHES, Attack, Range, Search
from lmb.publish.cells import Cells, Relation
from lmb.publish.integer_program import Equation, Shift, Shifts, Whole
from lmb.publish.policy import DisclosurePolicy
from lmb.publish.tables import NUMERATOR
from lmb.values.errors import RefusedError

SOON = SEARCHES[:1]


@dataclass(frozen=True, slots=True)
class Exposure:
    """A count that is not shown and can be told too well."""

    place: int
    range: Range


@dataclass(frozen=True, slots=True)
class Protected:
    """The places that may be shown, and how many counts are hidden: `small` for themselves or as
    they were before, `further` to keep those hidden."""

    shown: frozenset[int]
    small: int
    further: int
    programs_solved: int


def small_counts(cells: Cells, counts: Mapping[int, int]) -> set[int]:
    """The listed counts that are small themselves, and the numerators of small denominators."""
    small = {p for p in cells.listed if p in counts and counts[p] < cells.least[p]}
    return small | {
        place
        for place in cells.listed
        if cells.names[place].measure == NUMERATOR and cells.people[place] in small
    }


def exposures(attack: Attack) -> Iterator[Exposure]:
    """Every count not shown that can be told too well."""
    for place in range(len(attack.cells.names)):
        if place not in attack.shown:
            found = exposure(attack, place)
            if found is not None:
                yield found


def exposure(attack: Attack, place: int, searches: Sequence[Search] = SEARCHES) -> Exposure | None:
    """A hidden count must keep a wide range. One that a table does not list may be told where it
    is large enough to be shown, or is of nobody."""
    if attack.is_wide(place, searches):
        return None
    found = attack.range(place)
    if place not in attack.cells.listed:
        if found.low >= attack.cells.least[place]:
            return None
        if found.high == 0 and _of_nobody(attack, place):
            return None
    return Exposure(place, found)


def protect(
    cells: Cells,
    counts: Mapping[int, int],
    policy: DisclosurePolicy,
    out: frozenset[int] = frozenset(),
    held: frozenset[int] = frozenset(),
) -> Protected:
    """What may be shown of true `counts` (all that are listed, and what follows from them). Those
    at `out` are public already and stay so, those at `held` were hidden and stay so.

    Raises RefusedError where what is out gives a count away that nothing can hide any more.
    """
    hidden = (small_counts(cells, counts) | held) - out
    shown = {place: counts[place] for place in cells.listed if place not in hidden}
    points = [_point(counts)] if len(counts) == len(cells.names) else []
    attack = Attack(cells, shown, policy.people_min, points)
    moves = Shifts(len(cells.names), [_balance(relation) for relation in cells.relations])
    further: list[int] = []
    # What is safe of nobody may cease to be so when a wider group is hidden: until none is found.
    while found := next(exposures(attack), None):
        chosen = _hiding(attack, moves, found, out)
        attack = attack.hiding(chosen)
        further += chosen
    for place in sorted(further, key=lambda place: (-cells.totals[place], -counts[place], place)):
        attack = _shown_again(attack, place, counts[place]) or attack
    return Protected(
        frozenset(attack.shown),
        len(hidden),
        len(cells.listed) - len(attack.shown) - len(hidden),
        attack.programs_solved,
    )


def _hiding(attack: Attack, moves: Shifts, found: Exposure, out: frozenset[int]) -> list[int]:
    """Counts to hide so that a table fits in which the exposed count is `attack.width` higher."""
    point = attack.lowest(found.place)
    for farthest in (attack.width, 8 * attack.width, 64 * attack.width):
        shifts = [_shift(attack, place, point, farthest, out) for place in range(len(point))]
        chosen = moves.cheapest(shifts, found.place, attack.width)
        if chosen:
            return chosen
        if chosen is not None:
            # Fractions of people could move without it: hide what is nearest.
            return _nearest(attack, found.place, out)
    raise RefusedError(
        f"what was released already tells that a count (line "
        f"{attack.cells.listed.get(found.place, 'not listed')}) is from {found.range.low} to "
        f"{found.range.high}, and nothing still to be released can hide it: leave the periods "
        "out that are new, and tell those who answer for the release before"
    )


def _nearest(attack: Attack, place: int, out: frozenset[int]) -> list[int]:
    """The cheapest shown count that shares a total with one, or any where none does."""
    near = {p for each in attack.cells.relations if place in _members(each) for p in _members(each)}
    free = attack.shown.keys() - out
    return sorted(near & free or free, key=lambda other: (_worth(attack, other), other))[:1]


def _shift(attack: Attack, place: int, point: Whole, farthest: int, out: frozenset[int]) -> Shift:
    if place in out:
        return Shift(0, 0, 0)
    cost = _worth(attack, place) if place in attack.shown else 0
    return Shift(min(int(point[place]), farthest), farthest, cost)


def _worth(attack: Attack, place: int) -> int:
    """What a shown count is worth to a reader: more where it is a total, and a little more for
    each doubling."""
    return 2 + attack.shown[place].bit_length() + 4 * attack.cells.totals[place]


def _shown_again(attack: Attack, place: int, count: int) -> Attack | None:
    """The attack with one count shown, where it soon finds nothing."""
    cells, trial = attack.cells, attack.showing(place, count)
    near = {
        other for each in cells.relations if place in _members(each) for other in _members(each)
    }
    others = [other for other in range(len(cells.names)) if other not in trial.shown]
    # What shares a total with it is the first to be found out.
    others.sort(key=lambda other: other not in near)
    found = (exposure(trial, other, SOON) for other in others)
    return trial if all(each is None for each in found) else None


def _of_nobody(attack: Attack, place: int) -> bool:
    """Whether it tells nothing of anybody that none came between releases: nobody came to the
    group at all, or those who came to each wider one are enough."""
    cells = attack.cells
    period = cells.names[place].period
    if period is None:
        return False
    if place in cells.people:
        return attack.range(cells.people[place]).high == 0
    wider = [
        whole
        for whole, parts in cells.relations
        if place in parts and cells.names[whole].period == period
    ]
    ranges = {whole: attack.range(whole) for whole in wider}
    return all(each.high == 0 or each.low >= cells.least[w] for w, each in ranges.items())


def _members(relation: Relation) -> tuple[int, ...]:
    return (relation.whole, *relation.parts)


def _balance(relation: Relation) -> Equation:
    return Equation(_members(relation), (-1, *(1 for _ in relation.parts)), 0)


def _point(counts: Mapping[int, int]) -> Whole:
    return np.array([counts[place] for place in range(len(counts))], dtype=np.int64)
