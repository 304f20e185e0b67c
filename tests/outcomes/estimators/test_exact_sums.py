"""Columns of words, their sums of products, and systems of equations: whole numbers throughout."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmb.outcomes.estimators.columns import Column, centred, difference, where
from lmb.outcomes.estimators.cross_products import BLOCK_ROWS, HALF_LIMB, cross_products, group_sums
from lmb.outcomes.estimators.rational import SingularError, solve
from lmb.values.errors import RefusedError

numbers = st.one_of(
    st.integers(-50, 50), st.integers(-(2**62), 2**62), st.integers(-(2**200), 2**200)
)
same_length = st.integers(1, 30).flatmap(
    lambda n: st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=2, max_size=3)
)


@given(st.lists(numbers, min_size=1, max_size=20))
def test_words_put_together_are_the_numbers_again(values: list[int]) -> None:
    assert Column.of("x", values).integers() == values


@settings(max_examples=50)
@given(same_length)
def test_sums_of_products_are_those_of_unbounded_integers(lists: list[list[int]]) -> None:
    found = cross_products([Column.of(str(place), values) for place, values in enumerate(lists)])
    assert found.sums == tuple(map(sum, lists))
    assert found.products == tuple(
        tuple(sum(a * b for a, b in zip(one, other, strict=True)) for other in lists)
        for one in lists
    )


@pytest.mark.parametrize("value", [HALF_LIMB, -HALF_LIMB, HALF_LIMB * 2**20 - 1, 2**39, -(2**39)])
def test_the_largest_limbs_fill_a_block_without_rounding(value: int) -> None:
    # Every product at its largest, all of one sign, for more than one block.
    rows = BLOCK_ROWS * 2 + 3
    column = Column.of("x", np.full(rows, value, dtype=np.int64))
    odd = Column.of("y", np.full(rows, value - 1, dtype=np.int64))
    found = cross_products([column, odd])
    assert found.products[0] == (rows * value * value, rows * value * (value - 1))
    assert found.sums == (rows * value, rows * (value - 1))


def test_a_wide_block_is_cut_into_tiles_without_loss() -> None:
    draw = np.random.default_rng(4)
    lists = [draw.integers(-(2**39), 2**39, BLOCK_ROWS + 5) for _ in range(14)]
    found = cross_products([Column.of(str(place), values) for place, values in enumerate(lists)])
    objects = [values.astype(object) for values in lists]
    for one, line in zip(objects, found.products, strict=True):
        assert line == tuple(int((one * other).sum()) for other in objects)


@given(st.lists(st.tuples(st.integers(0, 4), numbers), min_size=1, max_size=40))
def test_sums_of_groups_are_exact(rows: list[tuple[int, int]]) -> None:
    present = sorted({group for group, _ in rows})
    codes = np.array([present.index(group) for group, _ in rows], dtype=np.int64)
    column = Column.of("x", [value for _, value in rows])
    expected = [sum(v for group, v in rows if group == one) for one in present]
    assert group_sums(column, codes, len(present)) == expected


def test_columns_of_columns_are_exact() -> None:
    dollars, cents = Column.of("d", [3, 5, 7]), Column.of("c", [1, 2, 4], Fraction(1, 100))
    assert difference("gap", dollars, cents).fractions() == [
        Fraction(299, 100),
        Fraction(498, 100),
        Fraction(696, 100),
    ]
    assert centred(cents).fractions() == [Fraction(c) - Fraction(7, 300) for c in cents.fractions()]
    assert where("t", dollars, np.array([True, False, True])).integers() == [3, 0, 7]


@given(st.lists(st.lists(st.integers(-9, 9), min_size=4, max_size=4), min_size=3, max_size=3))
def test_a_solution_solves_the_system(rows: list[list[int]]) -> None:
    matrix, right = [row[:3] for row in rows], [row[3] for row in rows]
    determinant = round(np.linalg.det(np.array(matrix, dtype=float)))
    if determinant == 0:
        with pytest.raises(SingularError):
            solve(matrix, right)
        return
    numerators, bottom = solve(matrix, right)
    assert bottom == abs(determinant)
    assert [sum(a * n for a, n in zip(row, numerators, strict=True)) for row in matrix] == [
        bottom * value for value in right
    ]


def test_what_no_column_holds_is_refused() -> None:
    with pytest.raises(RefusedError, match="more than 319 bits"):
        Column.of("wide", [2**400])
    with pytest.raises(RefusedError, match="1 for treated and 0 for control"):
        Column.of("dose", [0, 1, 2]).arm()
