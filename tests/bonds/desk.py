"""A bond desk on a clock of its own: a small bond, announced, that tests carry on from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from lmb.bonds import queries, service_coupons
from lmb.bonds import service as bond_desk
from lmb.bonds import service_auction as auctions
from lmb.bonds.bids import Bid, BidKind
from lmb.bonds.linked.document import load_linked_sheet
from lmb.bonds.linked.plan import Window
from lmb.bonds.queries import BondOnFile
from lmb.ledger.service import Books, open_simulated_books
from lmb.values.clock import FISCAL_ZONE, SimulatedClock, moment
from tests.bonds.linked.support import component, halves, kpi, linear, seen
from tests.bonds.support import sound_document

OFFERED_CENTS = 1_000_000


@dataclass(slots=True)
class Desk:
    """The books, the clock they run on, and the bond."""

    books: Books
    clock: SimulatedClock
    bond: BondOnFile

    def at(self, day: date, hour: int = 12, minute: int = 0) -> Desk:
        """Move the clock to a time in Washington."""
        self.clock.move_to(moment(day, hour).replace(minute=minute, tzinfo=FISCAL_ZONE))
        return self

    def at_time(self, day: date, hour: time) -> Desk:
        return self.at(day, hour.hour, hour.minute)

    def auctioned(self, bids: Sequence[Bid]) -> Desk:
        """Bids entered in the morning, the auction held at its close."""
        auction_on = self.bond.terms.auction_on
        auctions.enter_bids(self.at(auction_on, 11).books, self.bond, bids)
        auctions.hold_auction(self.at(auction_on, 13).books, self.bond)
        return self


def announced(name: str = "desk", **changes: object) -> Desk:
    """A bond announced in books of its own; `changes` are fields of its term sheet."""
    document = {**sound_document(), "offering_cents": OFFERED_CENTS, **changes}
    if "delivery" in document["training"]:
        document["training"]["delivery"].update(grant_cents=10_000, tuition_cents=10_000)
    terms = load_linked_sheet("terms.json", json.dumps(document).encode())
    clock = SimulatedClock(moment(terms.announced_on, 9))
    books = open_simulated_books(name, clock)
    bond_desk.announce(books, terms)
    return Desk(books, clock, queries.bond(books.cell, terms.cusip))


def jobs_desk(name: str = "jobs", **changes: object) -> Desk:
    """A bond whose coupon follows the share in work, half-year by half-year, sold at 8 % to the
    full book: from 50 to 60 per cent a bonus of up to 1 %, from period 3 on."""
    terms: dict[str, object] = {"kpis": [kpi()], "components": [component(linear())], **changes}
    desk = announced(name, training={"people": 1, "description": "work"}, **terms)
    return desk.auctioned(FULL_BOOK)


def verified(
    desk: Desk, value: str | None, day: date, window: Window | None = None, **changes: Any
) -> None:
    """A share in work, of the second half of 1976 unless told otherwise, verified on a day."""
    found = seen(value, window or halves(1976, 2), day.isoformat(), **changes)
    service_coupons.record_observations(desk.at(day).books, desk.bond, [found])


def competitive(bidder: str, dollars: int, percent: str = "8.000", net_long: int = 0) -> Bid:
    return Bid(bidder, BidKind.COMPETITIVE, dollars * 100, Decimal(percent), net_long * 100)


def saver(bidder: str, dollars: int) -> Bid:
    return Bid(bidder, BidKind.NONCOMPETITIVE, dollars * 100)


FULL_BOOK = (
    competitive("north", 3_500),
    competitive("south", 3_500),
    competitive("east", 2_500),
    saver("ana", 500),
)
"""Bids that take exactly the whole offering at par."""
