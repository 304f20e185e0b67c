"""Cents: reading, showing and sharing out."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.values.money import (
    cents_from_dollars,
    dollars_from_cents,
    format_cents,
    round_to_cents,
    share_out,
)

cents = st.integers(-(10**17), 10**17)


@given(cents)
def test_an_amount_written_in_dollars_reads_back_as_the_same_cents(amount: int) -> None:
    assert cents_from_dollars(str(dollars_from_cents(amount))) == amount


@given(cents)
def test_an_amount_is_shown_with_two_decimals_and_separators(amount: int) -> None:
    shown = format_cents(amount)
    assert cents_from_dollars(shown.replace("$", "").replace(",", "")) == amount


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(620_000, "$6,200.00"), (-1_520, "-$15.20"), (0, "$0.00"), (-5, "-$0.05"), (7, "$0.07")],
)
def test_money_looks_the_same_everywhere(amount: int, shown: str) -> None:
    assert format_cents(amount) == shown


@pytest.mark.parametrize(
    "text",
    ["", "1,000", "1e3", "$5", "5.", ".5", "05", "1.234", "+1", "- 1", " 1", "1\n", "١", "NaN"],
)
def test_anything_but_plain_dollars_and_cents_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number of dollars"):
        cents_from_dollars(text)


def test_an_amount_no_account_can_hold_is_refused() -> None:
    assert cents_from_dollars("9999999999999999.99") <= 2**63 - 1
    with pytest.raises(ValueError, match="not a number"):
        cents_from_dollars("99999999999999999")


@pytest.mark.parametrize(
    ("dollars", "rounded"),
    [("0.005", 1), ("-0.005", -1), ("0.0049999999", 0), ("1.115", 112), ("2.675", 268)],
)
def test_half_a_cent_is_rounded_away_from_zero(dollars: str, rounded: int) -> None:
    assert round_to_cents(Decimal(dollars)) == rounded


weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any)


@given(st.integers(0, 10**15), weights)
def test_shares_add_up_to_the_whole_and_none_is_off_by_a_cent(total: int, parts: list[int]) -> None:
    shares = share_out(total, parts)
    assert sum(shares) == total
    for share, weight in zip(shares, parts, strict=True):
        exact, remainder = divmod(total * weight, sum(parts))
        assert share in ({exact, exact + 1} if remainder else {exact})


@given(st.integers(0, 10**6), weights)
def test_a_larger_remainder_is_served_first_and_the_earlier_part_where_they_tie(
    total: int, parts: list[int]
) -> None:
    shares = share_out(total, parts)
    whole = sum(parts)
    ranks = [(-(total * weight % whole), index) for index, weight in enumerate(parts)]
    got = [share - total * weight // whole for share, weight in zip(shares, parts, strict=True)]
    served = [rank for rank, extra in zip(ranks, got, strict=True) if extra]
    passed_over = [rank for rank, extra in zip(ranks, got, strict=True) if not extra]
    assert max(served, default=(-whole, -1)) < min(passed_over, default=(1, 0))


@pytest.mark.parametrize(("total", "parts"), [(-1, [1]), (1, []), (1, [0]), (1, [2, -1])])
def test_shares_that_make_no_sense_are_refused(total: int, parts: list[int]) -> None:
    with pytest.raises(ValueError, match="shares need"):
        share_out(total, parts)
