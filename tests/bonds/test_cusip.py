"""CUSIP check digits, by securities that exist."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.cusip import check_digit, is_cusip

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*@#"


@pytest.mark.parametrize("cusip", ["912810TV0", "91282CHT1", "912810TT5", "037833100", "17275R102"])
def test_a_published_cusip_is_valid(cusip: str) -> None:
    assert is_cusip(cusip)


def test_every_cusip_auctioned_from_1992_to_2024_is_valid(shared_data: Path) -> None:
    file = shared_data / "treasury-auctions" / "auction_prices_1992_2024.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        cusips = {row["cusip"] for row in csv.DictReader(lines)}
    assert len(cusips) > 3_000
    assert [cusip for cusip in cusips if not is_cusip(cusip)] == []


@given(st.text(ALPHABET, min_size=8, max_size=8), st.integers(0, 7), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_caught(first_eight: str, place: int, digit: str) -> None:
    cusip = first_eight + check_digit(first_eight)
    assert is_cusip(cusip)
    if cusip[place].isdigit() and cusip[place] != digit:
        assert not is_cusip(cusip[:place] + digit + cusip[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "912810TV", "912810TV1", "912810tv0", "912810TV0\n", "91281 TV0"]
)
def test_anything_else_is_not_a_cusip(text: str) -> None:
    assert not is_cusip(text)


def test_a_check_digit_needs_eight_characters() -> None:
    with pytest.raises(ValueError, match="first eight"):
        check_digit("912810T")
