"""The attack against an attacker that tries every table there is."""

from __future__ import annotations

from random import Random

import pytest

from lmb.publish.attack import Attack, ContradictionError
from lmb.publish.cells import cells_of
from lmb.publish.policy import DisclosurePolicy
from lmb.publish.tables import Group, read_counts
from tests.publish.made_up import every_range, totals

WIDE = 1_000
"""Wider than any range below: every range is followed to its ends."""


def small_table(chances: Random) -> bytes:
    """Two by two or two by three, counts up to 4, with totals."""
    columns = chances.choice([2, 3])
    people: dict[Group, tuple[int, int]] = {
        ((f"a{row}",), (f"b{column}",)): (0, chances.randint(0, 4))
        for row in range(2)
        for column in range(columns)
    }
    lines = [
        f"{' > '.join(one)},{' > '.join(other)},{count}"
        for (one, other), (_, count) in totals(people).items()
    ]
    return ("one,other,count\n" + "\n".join(lines) + "\n").encode()


@pytest.mark.parametrize("seed", range(25))
def test_ranges_are_those_of_all_tables_that_fit(seed: int) -> None:
    chances = Random(seed)
    table = read_counts("table", small_table(chances), hidden=False)
    cells = cells_of(table, DisclosurePolicy.newest())
    counts = {(row.group, row.period): row.counts["count"] for row in table.rows}
    total = counts[((), ()), None]
    assert total is not None
    shown = {}
    for place, name in enumerate(cells.names):
        count = counts[name.group, name.period]
        assert count is not None
        if name.group == ((), ()) or chances.random() < 0.5:
            shown[place] = count
    attack = Attack(cells, shown, WIDE)
    wanted = every_range(cells, shown, min(total, 7))
    for place, (low, high) in wanted.items():
        attack.is_wide(place)
        found = attack.range(place)
        # Trying everything stops at 7: beyond it the range can only be wider.
        assert found.low == low
        assert found.high == high or high == 7 < found.high


def test_counts_of_no_people_are_a_contradiction() -> None:
    table = read_counts("table", b"sex,count\n,10\na,11\nb,*\n", hidden=True)
    cells = cells_of(table, DisclosurePolicy.newest())
    shown = {place: {2: 10, 3: 11}[line] for place, line in cells.listed.items() if line < 4}
    with pytest.raises(ContradictionError):
        Attack(cells, shown, 10)
