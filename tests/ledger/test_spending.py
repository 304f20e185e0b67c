"""A wallet's accounts pay in the order in which their money would be lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.ledger.spending import AMOUNT_CENTS_MAX, Pocket, shares

EARLY, LATE = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)

pockets = st.lists(
    st.builds(
        Pocket,
        account=st.uuids().map(str),
        available_cents=st.integers(-5, 50),
        limited=st.booleans(),
        expires_at=st.none() | st.integers(0, 3).map(lambda days: EARLY + timedelta(days)),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda pocket: pocket.account,
)


def test_oldest_expiry_pays_first_and_what_never_expires_last() -> None:
    wallet = [
        Pocket("never", 50, limited=True, expires_at=None),
        Pocket("late", 30, limited=True, expires_at=LATE),
        Pocket("early", 20, limited=True, expires_at=EARLY),
    ]
    assert shares(wallet, 20) == [("early", 20)]
    assert shares(wallet, 60) == [("early", 20), ("late", 30), ("never", 10)]


def test_what_is_not_covered_is_asked_of_the_last() -> None:
    wallet = [Pocket("a", 20, True, EARLY), Pocket("b", 0, True, LATE), Pocket("c", 5, True, None)]
    assert shares(wallet, 60) == [("a", 20), ("c", 40)]


def test_an_account_without_a_limit_has_no_bottom() -> None:
    wallet = [Pocket("a", 20, False, EARLY), Pocket("b", 50, True, LATE)]
    assert shares(wallet, 60) == [("a", 60)]


@pytest.mark.parametrize("cents", [0, -1, AMOUNT_CENTS_MAX + 1])
def test_an_impossible_amount_is_asked_of_one_account(cents: int) -> None:
    wallet = [Pocket("b", 50, True, LATE), Pocket("a", 20, True, EARLY)]
    assert shares(wallet, cents) == [("a", cents)]


def test_somebody_has_to_pay() -> None:
    with pytest.raises(ValueError, match="at least one account"):
        shares([], 1)


@given(pockets, st.integers(1, 200))
def test_parts_sum_to_the_whole_and_only_the_last_gives_more_than_it_has(
    wallet: list[Pocket], cents: int
) -> None:
    by_account = {pocket.account: pocket for pocket in wallet}
    parts = shares(wallet, cents)
    assert sum(part for _, part in parts) == cents
    assert all(part > 0 for _, part in parts)
    assert len({account for account, _ in parts}) == len(parts)
    for account, part in parts[:-1]:
        assert part == by_account[account].available_cents
