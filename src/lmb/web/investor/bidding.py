"""What one investor bid at auctions."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from lmb.bonds import queries
from lmb.bonds.auction.announcement import FIRST_AUCTION
from lmb.bonds.queries import BondOnFile
from lmb.web.tables import Column, Kind, Link, Table


def bids_table(bonds: Iterable[BondOnFile], bidder: str) -> Table:
    """One row per bid at any auction."""
    rows = []
    for bond in bonds:
        reopened = [each.reopening for each in queries.reopenings(bond)]
        held_on = {FIRST_AUCTION: bond.terms.auction_on}
        held_on |= {each.number: each.auction_on for each in reopened}
        for number, auction_on in held_on.items():
            awards = {award.bid: award for award in queries.awards(bond, number)}
            for bid in queries.bids_of(bond, [bidder], number):
                award = awards.get(bid.id)
                rows.append(
                    (
                        Link(bond.terms.title, reverse("web:bond", args=[bond.id])),
                        auction_on,
                        bid.yield_percent,
                        bid.par_cents,
                        None if award is None else award.par_cents,
                        None if award is None else award.price_cents + award.accrued_cents,
                    )
                )
    return Table(
        "bids",
        _("Your bids and what they were awarded, US dollars; no yield: noncompetitive"),
        (
            Column("bond", _("Bond"), Kind.LINK),
            Column("auction_on", _("Auction"), Kind.DAY),
            Column("yield_percent", _("Yield asked"), Kind.PERCENT),
            Column("bid_cents", _("Bid, at par"), Kind.MONEY, adds_up=True),
            Column("awarded_cents", _("Awarded, at par"), Kind.MONEY, adds_up=True),
            Column("paid_cents", _("Price and accrued interest"), Kind.MONEY, adds_up=True),
        ),
        rows,
        _("Your bids will appear here once you take part in an auction."),
    )
