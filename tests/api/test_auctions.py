"""Bids by a program: in its organisation's own name, in time, all or none; sealed ones too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from lmb.api import admission
from lmb.bonds import queries
from lmb.bonds.auction.sealed import OpenedBid, commitment
from lmb.bonds.bids import Bid, BidKind
from lmb.bonds.queries import BondOnFile
from lmb.bonds.service import announce
from lmb.ledger import statements
from lmb.people.roles import OrganisationKind, Role
from lmb.people.sessions import house
from tests.api.conftest import World
from tests.api.support import Registered, post, problem, register_organisation
from tests.people.support import ANA, BEN, enrolled, repeating, vault_keys
from tests.settlement.small import small_programme

CELL = 77
BEFORE = datetime(1976, 2, 4, 15, tzinfo=UTC)
AFTER = datetime(1976, 2, 4, 22, tzinfo=UTC)
SALT = bytes(range(32))


class Moment:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.at = BEFORE

    def now(self) -> datetime:
        return self.at


@dataclass(frozen=True, slots=True)
class Auction:
    """An announced bond in real books, two bidders, and the clock."""

    bond: BondOnFile
    north: Registered
    south: Registered
    clock: Moment

    @property
    def place(self) -> str:
        return f"/bonds/{self.bond.id}/auctions/1"


@pytest.fixture
def auction(world: World, monkeypatch: pytest.MonkeyPatch) -> Auction:
    clock = Moment()
    monkeypatch.setattr(admission, "now", clock.now)
    with house():
        with connection.cursor() as cursor:
            cursor.execute("SELECT ledger_open_cell(%s, 'real', false)", [CELL])
        keys, now = vault_keys(), timezone.now()
        persons = (
            enrolled(keys, "ana", ANA, cell=CELL).person,
            enrolled(keys, "ben", BEN, cell=CELL).person,
        )
        draw = repeating("auction")
        north, south = (
            register_organisation(
                draw, CELL, Role.INVESTOR, OrganisationKind.INVESTOR, code, persons, now
            )
            for code in ("north-pension", "south-insurance")
        )
        bond = announce(statements.books(CELL, clock), small_programme().terms)
    return Auction(bond, north, south, clock)


def bid(**changes: Any) -> dict[str, Any]:
    return {"kind": "competitive", "par_cents": 170_000, "yield_percent": "8.000", **changes}


def test_a_bid_is_entered_in_the_organisations_own_name(auction: Auction) -> None:
    response = post(f"{auction.place}/bids", {"bids": [bid()]}, auction.north)
    assert response.status_code == 201, response.content
    assert json.loads(response.content)["bids"] == [{**bid(), "net_long_cents": 0}]
    with house():
        (found,) = queries.bids(auction.bond)
    assert (found.bidder, found.par_cents) == ("north-pension", 170_000)


def test_bids_stand_together_or_not_at_all(auction: Auction) -> None:
    bids = [bid(), bid(par_cents=180_000, yield_percent="8.100")]
    response = post(f"{auction.place}/bids", {"bids": bids}, auction.north)
    assert problem(response) == "refused"
    assert "31 CFR 356.22" in json.loads(response.content)["detail"]
    with house():
        assert queries.bids(auction.bond) == []


def test_a_bid_that_comes_late_is_refused(auction: Auction) -> None:
    auction.clock.at = AFTER
    response = post(f"{auction.place}/bids", {"bids": [bid()]}, auction.north)
    assert problem(response) == "refused"
    assert "came too late (31 CFR 356.10)" in json.loads(response.content)["detail"]


def test_nobody_bids_in_a_simulated_run_or_in_the_books_of_others(
    world: World, auction: Auction
) -> None:
    simulated = f"/bonds/{world.bond.id}/auctions/1/bids"
    response = post(simulated, {"bids": [bid()]}, world.clients[Role.INVESTOR])
    assert problem(response) == "refused"
    assert problem(post(simulated, {"bids": [bid()]}, auction.north)) == "not-found"
    other = f"/bonds/{auction.bond.id}/auctions/2/bids"
    assert problem(post(other, {"bids": [bid()]}, auction.north)) == "not-found"


def test_a_sealed_bid_is_opened_by_its_bidder_after_the_close(auction: Auction) -> None:
    opened = OpenedBid(Bid("north-pension", BidKind.COMPETITIVE, 170_000, Decimal("8.000")), SALT)
    committed = commitment(auction.bond.cusip, 1, opened)
    sealed = {"kind": "competitive", "commitment": committed}
    assert post(f"{auction.place}/sealed-bids", sealed, auction.north).status_code == 201
    opening = {"commitment": committed, "bid": bid(), "salt": SALT.hex()}
    early = post(f"{auction.place}/opened-bids", opening, auction.north, key="key-2")
    assert problem(early) == "refused"
    auction.clock.at = AFTER
    late = post(f"{auction.place}/sealed-bids", sealed, auction.south)
    assert problem(late) == "refused"
    stranger = post(f"{auction.place}/opened-bids", opening, auction.south, key="key-2")
    assert problem(stranger) == "not-found"
    other = {**opening, "bid": bid(yield_percent="7.900")}
    changed = post(f"{auction.place}/opened-bids", other, auction.north, key="key-3")
    assert problem(changed) == "refused"
    response = post(f"{auction.place}/opened-bids", opening, auction.north, key="key-2")
    assert response.status_code == 201, response.content
    with house():
        (found,) = queries.bids(auction.bond)
    assert (found.bidder, found.commitment) == ("north-pension", committed)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"par_cents": 170_000.5}, "/body/bids/0/par_cents"),
        ({"par_cents": 0}, "/body/bids/0/par_cents"),
        ({"yield_percent": 8.0}, "/body/bids/0/yield_percent"),
        ({"yield_percent": "8.0001"}, "/body/bids/0/yield_percent"),
        ({"kind": "hopeful"}, "/body/bids/0/kind"),
        ({"bidder": "south-insurance"}, "/body/bids/0/bidder"),
        ({"net_long_cents": -1}, "/body/bids/0/net_long_cents"),
    ],
)
def test_a_faulty_bid_is_told_with_its_place(
    changes: dict[str, Any], place: str, auction: Auction
) -> None:
    response = post(f"{auction.place}/bids", {"bids": [bid(**changes)]}, auction.north)
    assert problem(response) == "invalid-request"
    assert json.loads(response.content)["errors"][0]["place"] == place
