"""Made-up tables of counts, whole with all their totals, and an attacker that tries everything."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from random import Random

from lmb.publish.cells import Cells
from lmb.publish.tables import Group

SCALES = (3, 12, 60, 400)


def made_up_table(chances: Random, inner_max: int = 24) -> bytes:
    """A table of one to three columns, places within places, counts or rates, one release or two
    cumulative ones, with at most so many groups inside."""
    trees = [_tree(chances) for _ in range(chances.choice([1, 2, 2, 3]))]
    inner: list[Group] = list(product(*trees))
    if len(inner) > inner_max:
        return made_up_table(chances, inner_max)
    rates = chances.random() < 0.4
    periods = chances.choice([[""], [""], ["2024Q1", "2024Q1..2024Q2"]])
    names = [f"column_{number}" for number in range(len(trees))]
    lines = [[*names, "period", *(["numerator", "denominator"] if rates else ["count"])]]
    people = dict.fromkeys(inner, (0, 0))
    for period in periods:
        for group, (part, whole) in people.items():
            came = chances.randint(0, chances.choice(SCALES))
            people[group] = (part + chances.randint(0, came), whole + came)
        for group, (part, whole) in totals(people).items():
            words = [" > ".join(way) for way in group]
            lines.append([*words, period, *([str(part)] if rates else []), str(whole)])
    if periods == [""]:
        lines = [line[: len(trees)] + line[len(trees) + 1 :] for line in lines]
    return "".join(",".join(line) + "\n" for line in lines).encode()


def totals(people: Mapping[Group, tuple[int, int]]) -> dict[Group, tuple[int, int]]:
    """Every group with every total it counts in."""
    found: dict[Group, tuple[int, int]] = {}
    for group, (part, whole) in people.items():
        for around in product(*([way[:n] for n in range(len(way) + 1)] for way in group)):
            before = found.get(around, (0, 0))
            found[around] = (before[0] + part, before[1] + whole)
    return found


def every_range(cells: Cells, shown: Mapping[int, int], most: int) -> dict[int, tuple[int, int]]:
    """The least and the most of each hidden count, by trying all tables whose counts do not exceed
    `most`."""
    wholes = {relation.whole for relation in cells.relations}
    inner = [place for place in range(len(cells.names)) if place not in wholes]
    found: dict[int, tuple[int, int]] = {}
    for counts in product(*([shown[p]] if p in shown else range(most + 1) for p in inner)):
        table = _completed(cells, dict(zip(inner, counts, strict=True)))
        if table is not None and all(table[place] == count for place, count in shown.items()):
            for place, count in table.items():
                low, high = found.get(place, (count, count))
                found[place] = (min(low, count), max(high, count))
    return {place: ends for place, ends in found.items() if place not in shown}


def _completed(cells: Cells, counts: dict[int, int]) -> dict[int, int] | None:
    """All cells of the innermost ones; None where two ways to a total differ."""
    waiting = list(cells.relations)
    while waiting:
        ready = [each for each in waiting if all(part in counts for part in each.parts)]
        waiting = [each for each in waiting if each not in ready]
        for whole, parts in ready:
            if counts.setdefault(whole, sum(counts[p] for p in parts)) != sum(
                counts[p] for p in parts
            ):
                return None
    return counts


def _tree(chances: Random) -> list[tuple[str, ...]]:
    if chances.random() < 0.4:
        return [
            (f"state {state}", f"county {county}")
            for state in range(chances.randint(2, 3))
            for county in range(chances.randint(1, 4))
        ]
    return [(f"kind {kind}",) for kind in range(chances.randint(2, 5))]


def shuffled(content: bytes, chances: Random) -> bytes:
    """The same table with its rows in another order."""
    header, *rows = content.splitlines(keepends=True)
    chances.shuffle(rows)
    return b"".join([header, *rows])
