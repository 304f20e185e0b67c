"""Chains of employers are followed to their end, and refused where they have none."""

from __future__ import annotations

import pytest

from lmb.facts.importers.successions import load_successions
from lmb.values.errors import InputError

HEADER = b"predecessor,successor\n"


def test_chains_are_followed_to_their_end() -> None:
    found = load_successions("s.csv", HEADER + b"a,b\nb,c\nx,c\n")
    assert found == {"a": "c", "b": "c", "x": "c"}


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        (b"a,b\na,c\n", [(3, "predecessor")]),
        (b"a,b\nb,a\n", [(2, "successor"), (3, "successor")]),
        (b"a,a\n", [(2, "successor")]),
        (b"z,a\na,b\nb,a\n", [(2, "successor"), (3, "successor"), (4, "successor")]),
        (b"a,\n", [(2, "successor")]),
    ],
)
def test_a_table_that_cannot_be_followed_is_told(
    rows: bytes, places: list[tuple[int, str]]
) -> None:
    with pytest.raises(InputError) as caught:
        load_successions("s.csv", HEADER + rows)
    assert [(problem.row, problem.column) for problem in caught.value.problems] == places
