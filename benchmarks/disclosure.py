"""A table of counties by sex and age protected, and attacked as it was published.

Beside it the bare limit: hiding small counts alone, which is what most dashboards do, and what the
attack recovers of that.
"""

from __future__ import annotations

import time
from itertools import product
from random import Random

from lmb.publish.policy import DisclosurePolicy
from lmb.publish.release import check_table, protect_table
from lmb.publish.tables import HIDDEN, Group, read_counts

COUNTIES = (10, 40, 88)
SIZES = (2, 8, 30, 120)
SEXES, AGES = (("women",), ("men",)), (("young",), ("adult",), ("older",))


def main() -> None:
    policy = DisclosurePolicy.newest()
    for counties in COUNTIES:
        content = _table(counties)
        table = read_counts("counties", content, hidden=False)
        start = time.perf_counter()
        release = protect_table(table, policy)
        protected = time.perf_counter() - start
        start = time.perf_counter()
        assert check_table(read_counts("published", release.content, hidden=True), policy) == ()
        attacked = time.perf_counter() - start
        alone = read_counts("alone", _small_alone(content, policy.people_min), hidden=True)
        told = len(check_table(alone, policy))
        hidden = release.protected
        print(
            f"  {counties:3} counties, {release.counts:5,} counts: {hidden.small} small and "
            f"{hidden.further} more hidden in {protected:.1f} s, attacked in {attacked:.1f} s; "
            f"with the small ones alone hidden {told} are told"
        )


def _table(counties: int) -> bytes:
    """A state with every total over place, sex and age."""
    chances = Random(1)
    people: dict[Group, int] = {}
    for number in range(counties):
        size = chances.choice(SIZES)
        for inner in product([("Ohio", f"county {number:02}")], SEXES, AGES):
            count = chances.randint(0, size)
            for group in product(*([way[:n] for n in range(len(way) + 1)] for way in inner)):
                people[group] = people.get(group, 0) + count
    lines = [f"{','.join(' > '.join(way) for way in g)},{n}" for g, n in people.items()]
    return ("place,sex,age,count\n" + "\n".join(lines) + "\n").encode()


def _small_alone(content: bytes, people_min: int) -> bytes:
    header, *lines = content.decode().splitlines()
    cells = [line.rpartition(",") for line in lines]
    marked = [f"{head},{HIDDEN if int(n) < people_min else n}" for head, _, n in cells]
    return ("\n".join([header, *marked]) + "\n").encode()
