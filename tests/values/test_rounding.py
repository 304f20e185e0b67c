"""Named roundings, each against its definition in exact fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.values.rounding import (
    down_to_multiple,
    half_even,
    half_up,
    round_down,
    round_up,
    up_to_multiple_cents,
)

values = st.decimals(-(10**12), 10**12, places=9)
places = st.integers(0, 6)


def _grid(value: Decimal, places: int) -> Fraction:
    return Fraction(value) * Fraction(10**places)


@given(values, places)
def test_half_up_goes_to_the_nearest_and_away_from_zero_between_two(
    value: Decimal, places: int
) -> None:
    exact = abs(_grid(value, places))
    assert abs(_grid(half_up(value, places), places)) == floor(exact + Fraction(1, 2))
    assert half_up(-value, places) == -half_up(value, places)


@given(values, places)
def test_half_even_goes_to_the_nearest_and_to_the_even_one_between_two(
    value: Decimal, places: int
) -> None:
    assert _grid(half_even(value, places), places) == round(_grid(value, places))


@given(values, places)
def test_up_and_down_go_towards_plus_and_minus_infinity(value: Decimal, places: int) -> None:
    assert _grid(round_up(value, places), places) == ceil(_grid(value, places))
    assert _grid(round_down(value, places), places) == floor(_grid(value, places))


@given(values)
def test_what_is_on_the_grid_stays(value: Decimal) -> None:
    for rounded in (half_up, half_even, round_up, round_down):
        assert rounded(value, 9) == value


@given(st.decimals(0, 100, places=3))
def test_down_to_a_multiple_is_the_last_one_not_above(value: Decimal) -> None:
    eighth = Decimal("0.125")
    found = down_to_multiple(value, eighth)
    assert found <= value < found + eighth
    assert found % eighth == 0


@given(st.integers(0, 10**15), st.integers(1, 10**6))
def test_up_to_a_multiple_is_the_first_one_not_below(amount: int, multiple: int) -> None:
    found = up_to_multiple_cents(amount, multiple)
    assert found - multiple < amount <= found
    assert found % multiple == 0


@pytest.mark.parametrize(("share", "percent"), [("17.12000001", "17.13"), ("17.13", "17.13")])
def test_a_proration_is_rounded_up_to_the_next_hundredth(share: str, percent: str) -> None:
    assert round_up(Decimal(share), 2) == Decimal(percent)
