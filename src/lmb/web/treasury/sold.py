"""One bond as tables for the desk: bids and awards, holders, payment runs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lmb.bonds import queries, queries_payments
from lmb.bonds.queries import BondOnFile
from lmb.values.clock import fiscal_date
from lmb.web.tables import Column, Kind, Table


@dataclass(frozen=True, slots=True)
class AuctionSummary:
    """What the first auction came to."""

    determination: UUID
    coupon_percent: Decimal
    price: Decimal
    high_yield_percent: Decimal
    awarded_cents: int
    tendered_cents: int
    bid_to_cover: Decimal


def summary(bond: BondOnFile) -> AuctionSummary | None:
    """The first auction, None before it was held."""
    if not queries.is_auctioned(bond):
        return None
    held = queries.auction_determination(bond)
    result: dict[str, Any] = held.result
    return AuctionSummary(
        determination=held.id,
        coupon_percent=Decimal(result["coupon_percent"]),
        price=Decimal(result["price_per_100"]),
        high_yield_percent=Decimal(result["high_yield_percent"]),
        awarded_cents=result["awarded_cents"],
        tendered_cents=result["tendered_cents"],
        bid_to_cover=Decimal(result["bid_to_cover"]),
    )


def bids(bond: BondOnFile) -> Table:
    """Every bid with what it was awarded."""
    awarded = {award.bid: award for award in queries.awards(bond)}
    rows = []
    for bid in queries.bids(bond):
        award = awarded.get(bid.id)
        rows.append(
            (
                bid.bidder,
                bid.yield_percent,
                bid.par_cents,
                0 if award is None else award.par_cents,
                0 if award is None else award.price_cents + award.accrued_cents,
            )
        )
    rows.sort(key=lambda row: (row[1] is not None, row[1] or 0, row[0]))
    return Table(
        "bids",
        _("Bids of the first auction and what was awarded, US dollars; noncompetitive bids first"),
        (
            Column("bidder", _("Bidder")),
            Column("yield_percent", _("Yield asked"), Kind.PERCENT),
            Column("bid_cents", _("Bid, at par"), Kind.MONEY, adds_up=True),
            Column("awarded_cents", _("Awarded, at par"), Kind.MONEY, adds_up=True),
            Column("to_pay_cents", _("To pay"), Kind.MONEY, adds_up=True),
        ),
        rows,
        _("Bids appear here when they are entered."),
    )


def holders(bond: BondOnFile) -> Table:
    """Who holds the bond now."""
    return Table(
        "holders",
        _("Who holds the bond now, at par, US dollars"),
        (
            Column("holder", _("Holder")),
            Column("par_cents", _("Par"), Kind.MONEY, adds_up=True),
        ),
        [(holding.investor, holding.par_cents) for holding in queries.holdings(bond)],
        _("Nobody holds this bond now: it is not issued yet, or it has been paid back."),
    )


def _run_name(kind: str) -> str:
    """What a payment run is called."""
    names = {
        queries_payments.REDEMPTION: pgettext("payment run", "redemption"),
        "interest": pgettext("payment run", "interest"),
    }
    return names.get(kind, kind.replace("-", " "))


def payments(bond: BondOnFile) -> Table:
    """Every payment to all holders."""
    return Table(
        "payments",
        _("Payments to all holders of record, US dollars"),
        (
            Column("kind", _("Payment")),
            Column("number", _("Coupon"), Kind.COUNT),
            Column("record_on", _("Record date"), Kind.DAY),
            Column("holders", _("Holders"), Kind.COUNT),
            Column("base_cents", _("Base"), Kind.MONEY, adds_up=True),
            Column("bonus_cents", _("Bonus or premium"), Kind.MONEY, adds_up=True),
            Column("rounding_cents", _("Rounding"), Kind.MONEY, adds_up=True),
            Column("cause_id", _("Why"), Kind.TRACE),
        ),
        [
            (
                _run_name(run.kind),
                run.number,
                fiscal_date(run.record_at),
                run.holders,
                run.base_cents,
                run.bonus_cents,
                run.rounding_cents,
                run.cause.id,
            )
            for run in queries_payments.runs(bond)
        ],
        _("Payments appear here when the first interest date comes."),
    )
