"""Lots: oldest out first, cost shared to the cent, the same bonds in another account."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.registry.lots import Acquired, Flow, lots_of

JAN, FEB, MAR, APR = (date(2026, month, 15) for month in (1, 2, 3, 4))


def bought(on: date, who: str, face: int, price: int, how: Acquired = Acquired.AUCTION) -> Flow:
    return Flow(on, None, who, face, how, price, 7)


def test_the_oldest_lot_is_sold_first_with_its_own_cost() -> None:
    lots = lots_of(
        [
            bought(JAN, "ana", 1_000, 990),
            bought(FEB, "ana", 1_000, 1_010, Acquired.TRADE),
            Flow(MAR, "ana", None, 1_500, None, 1_530),
        ]
    )["ana"]
    assert [
        (one.lot.face_cents, one.lot.cost_cents, one.proceeds_cents) for one in lots.disposals
    ] == [
        (1_000, 990, 1_020),
        (500, 505, 510),
    ]
    assert [one.gain_cents for one in lots.disposals] == [30, 5]
    (left,) = lots.lots
    assert (left.acquired_on, left.face_cents, left.cost_cents) == (FEB, 500, 505)


def test_bonds_moved_without_payment_keep_their_day_and_cost() -> None:
    accounts = lots_of(
        [
            bought(FEB, "bank/ana", 500, 505),
            bought(JAN, "ana", 1_000, 990),
            Flow(MAR, "ana", "bank/ana", 400, None, None),
        ]
    )
    assert [
        (lot.acquired_on, lot.face_cents, lot.cost_cents) for lot in accounts["bank/ana"].lots
    ] == [
        (JAN, 400, 396),
        (FEB, 500, 505),
    ]
    assert accounts["ana"].disposals == []
    assert accounts["ana"].face_cents == 600


def test_nobody_gives_what_was_not_got() -> None:
    with pytest.raises(ValueError, match="2000 cents are taken of lots of 1000"):
        lots_of([bought(JAN, "ana", 1_000, 990), Flow(FEB, "ana", None, 2_000, None, 1)])


@st.composite
def histories(draw: st.DrawFn) -> list[Flow]:
    """Purchases, sales and moves among three accounts, never more than is held."""
    held = dict.fromkeys("abc", 0)
    flows = []
    for day in range(draw(st.integers(1, 25))):
        on = JAN + timedelta(days=day)
        who, other = draw(st.permutations("abc"))[:2]
        kind = draw(st.sampled_from(["buy", "buy", "sell", "move", "trade"]))
        price = draw(st.integers(0, 10**6))
        if kind == "buy" or not held[who]:
            face = 100 * draw(st.integers(1, 50))
            flows.append(bought(on, who, face, price))
            held[who] += face
            continue
        face = draw(st.integers(1, held[who]))
        held[who] -= face
        if kind == "sell":
            flows.append(Flow(on, who, None, face, None, price))
        else:
            how = Acquired.TRADE if kind == "trade" else None
            flows.append(Flow(on, who, other, face, how, None if kind == "move" else price))
            held[other] += face
    return flows


@given(histories())
def test_lots_add_up_to_the_position_and_every_cent_of_cost_is_somewhere(flows: list[Flow]) -> None:
    accounts = lots_of(flows)
    for code, lots in accounts.items():
        came = sum(flow.face_cents for flow in flows if flow.credit == code)
        went = sum(flow.face_cents for flow in flows if flow.debit == code)
        assert lots.face_cents == came - went
        days = [lot.acquired_on for lot in lots.lots]
        assert days == sorted(days)
    paid = sum(flow.price_cents or 0 for flow in flows if flow.how is not None)
    costs = sum(
        sum(lot.cost_cents for lot in lots.lots) + sum(one.lot.cost_cents for one in lots.disposals)
        for lots in accounts.values()
    )
    assert costs == paid
    got = sum(flow.price_cents or 0 for flow in flows if flow.debit is not None)
    assert sum(one.proceeds_cents for lots in accounts.values() for one in lots.disposals) == got
