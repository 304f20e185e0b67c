"""What an outsider can infer: the range of every count that is not shown, from those that are.

The outsider knows every shown count, how all counts add up, and that people are whole and not less
than none. Points are whole tables that fit all of that. Two points prove that a count ranges at
least as far as they differ in it, whatever a solver may say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from lmb.publish.cells import Cells, Relation
from lmb.publish.integer_program import Equation, Extreme, Whole, WholeNumbers

Search = Callable[[WholeNumbers, int, int], Extreme]
SEARCHES: tuple[Search, ...] = (WholeNumbers.relaxed, WholeNumbers.exact)


class Range(NamedTuple):
    """A count is known to be neither below nor above these."""

    low: int
    high: int

    @property
    def width(self) -> int:
        return self.high - self.low


class ContradictionError(ValueError):
    """Counts that no people could have; `relation` does not add up."""

    def __init__(self, relation: Relation) -> None:
        super().__init__(f"the cells {relation} do not add up")
        self.relation = relation


class Attack:
    """The attack on one set of shown counts. Ranges are followed no further than `width`.

    Raises ContradictionError where the shown counts are those of no people.
    """

    def __init__(
        self, cells: Cells, shown: Mapping[int, int], width: int, points: Sequence[Whole] = ()
    ) -> None:
        """`points` are tables that are known to fit; one is looked for where there are none."""
        self.cells = cells
        self.shown = dict(shown)
        self.width = width
        self.programs_solved = 0
        self._bounds: dict[int, Range] = {}
        self._infer()
        self._keep(points or [self._first_point()])

    def hiding(self, places: Iterable[int]) -> Attack:
        """The attack where these are shown no more. Every point still fits."""
        left_out = set(places)
        shown = {place: count for place, count in self.shown.items() if place not in left_out}
        return self._changed(shown, self._points)

    def showing(self, place: int, count: int) -> Attack:
        """The attack where one more count is shown."""
        fitting = [point for point in self._points if point[place] == count]
        return self._changed({**self.shown, place: count}, fitting)

    def is_wide(self, place: int, searches: Sequence[Search] = SEARCHES) -> bool:
        """Whether two points prove that a count has a range of `width`: no other answer is safe."""
        if place in self.inferred:
            return False
        for search in searches:
            if self._seen(place).width < self.width:
                self._push(place, search)
        return self._seen(place).width >= self.width

    def range(self, place: int) -> Range:
        """What a count can be, as far as it was looked for."""
        if place in self.inferred:
            return Range(self.inferred[place], self.inferred[place])
        if place not in self._bounds:
            self._push(place, WholeNumbers.relaxed)
        return self._bounds[place]

    def lowest(self, place: int) -> Whole:
        """A point with the least of a count that any point has."""
        return min(self._points, key=lambda point: int(point[place]))

    def _changed(self, shown: Mapping[int, int], points: Sequence[Whole]) -> Attack:
        changed = Attack(self.cells, shown, self.width, points)
        changed.programs_solved += self.programs_solved
        return changed

    def _keep(self, points: Iterable[Whole]) -> None:
        self._points = list(points)
        self._low = np.min(self._points, axis=0)
        self._high = np.max(self._points, axis=0)

    def _seen(self, place: int) -> Range:
        return Range(int(self._low[place]), int(self._high[place]))

    def _push(self, place: int, search: Search) -> None:
        """Look for points at both ends of a count's range, unless it is known to be narrow."""
        if place in self._bounds and self._bounds[place].width < self.width:
            return
        members, program = self._program(place)
        local = members.index(place)
        bounds = []
        for sign in (-1, 1):
            self.programs_solved += 1
            found = search(program, local, sign)
            bounds.append(found.bound)
            if found.numbers is not None:
                self._add(members, found.numbers)
        self._bounds[place] = Range(*bounds)

    def _add(self, members: list[int], numbers: Whole) -> None:
        """Keep a point that differs from another in counts that hang together."""
        point = self._points[0].copy()
        point[members] = numbers
        self._points.append(point)
        np.minimum(self._low, point, out=self._low)
        np.maximum(self._high, point, out=self._high)

    def _infer(self) -> None:
        """Everything that follows by adding up, and which of the others hang together."""
        self.inferred = infer(self.cells.relations, self.shown)
        root: dict[int, int] = {}

        def find(place: int) -> int:
            while root.setdefault(place, place) != place:
                root[place] = place = root[root[place]]
            return place

        self._open: list[tuple[Relation, list[int]]] = []
        for relation in self.cells.relations:
            free = [p for p in (relation.whole, *relation.parts) if p not in self.inferred]
            if free:
                self._open.append((relation, free))
                for place in free[1:]:
                    root[find(place)] = find(free[0])
        self._root = {place: find(place) for place in root}
        self._programs: dict[int, tuple[list[int], WholeNumbers]] = {}

    def _program(self, place: int) -> tuple[list[int], WholeNumbers]:
        """The counts that hang together with one, and the program over them."""
        root = self._root[place]
        if root not in self._programs:
            members = sorted(p for p, other in self._root.items() if other == root)
            local = {member: index for index, member in enumerate(members)}
            equations = [
                _equation(relation, free, self.inferred, local)
                for relation, free in self._open
                if self._root[free[0]] == root
            ]
            # A total over all of them fits below this: it bounds what nothing else does.
            most = 2 * sum(abs(each.value) for each in equations) + 100 * self.width
            self._programs[root] = members, WholeNumbers(len(members), most, equations)
        return self._programs[root]

    def _first_point(self) -> Whole:
        point = np.zeros(len(self.cells.names), dtype=np.int64)
        for place, count in self.inferred.items():
            point[place] = count
        for root in sorted(set(self._root.values())):
            members, program = self._program(root)
            self.programs_solved += 1
            numbers = program.exact(0, 1).numbers
            if numbers is None:
                relation = next(each for each, free in self._open if self._root[free[0]] == root)
                raise ContradictionError(relation)
            point[members] = numbers
        return point


def infer(relations: Iterable[Relation], known: Mapping[int, int]) -> dict[int, int]:
    """The known counts and all that follow one by one: the only unknown of a relation, and the
    parts of nobody. Raises ContradictionError."""
    found = dict(known)
    relations = list(relations)
    touching: dict[int, list[Relation]] = {}
    for relation in relations:
        for place in (relation.whole, *relation.parts):
            touching.setdefault(place, []).append(relation)
    waiting = relations
    while waiting:
        relation = waiting.pop()
        learnt = _learnt(relation, found)
        found.update(learnt)
        for place in learnt:
            waiting.extend(touching[place])
    return found


def _learnt(relation: Relation, found: Mapping[int, int]) -> dict[int, int]:
    whole, parts = relation
    unknown = [part for part in parts if part not in found]
    total = sum(found[part] for part in parts if part in found)
    if whole not in found:
        return {} if unknown else {whole: total}
    left = found[whole] - total
    if left < 0 or (left and not unknown):
        raise ContradictionError(relation)
    if len(unknown) == 1:
        return {unknown[0]: left}
    return dict.fromkeys(unknown, 0) if left == 0 else {}


def _equation(
    relation: Relation, free: list[int], inferred: Mapping[int, int], local: Mapping[int, int]
) -> Equation:
    known = sum(inferred[part] for part in relation.parts if part in inferred)
    if relation.whole in inferred:
        return Equation(
            tuple(map(local.__getitem__, free)), (1,) * len(free), inferred[relation.whole] - known
        )
    signs = tuple(-1 if place == relation.whole else 1 for place in free)
    return Equation(tuple(map(local.__getitem__, free)), signs, -known)
