"""The announcement of an auction: what is offered, until when, and under which limits.

Its fields are those of 31 CFR 356.10. Where an announcement and the rules differ, the announcement
controls: so an auction reads its limits and closing times here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from lmb.bonds.bids import BidKind, share_of_cents
from lmb.bonds.dated_rules import AuctionRules
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.offering import Offering
from lmb.bonds.schedule import InterestSchedule
from lmb.values.canonical import Document
from lmb.values.clock import FISCAL_ZONE
from lmb.values.half_years import plus_months
from lmb.values.rates import decimal_text

NOTE_MONTHS_MAX = 120
"""A security of more than ten years is a bond, a shorter one a note (31 CFR 356.5)."""

FIRST_AUCTION = 1


class Reopening(NamedTuple):
    """More of a bond that is already out: the same CUSIP, coupon and dates (31 CFR 356.5).

    `number` counts the auctions of the bond; the first issue is number 1.
    """

    number: int
    offering_cents: int
    announced_on: date
    auction_on: date
    issue_on: date

    def document(self) -> dict[str, Document]:
        return {
            "number": self.number,
            "offering_cents": self.offering_cents,
            "announced_on": self.announced_on.isoformat(),
            "auction_on": self.auction_on.isoformat(),
            "issue_on": self.issue_on.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Announcement:
    """One auction as announced. `coupon_percent` is None where the auction sets it."""

    cusip: str
    title: str
    number: int
    offering_cents: int
    minimum_cents: int
    multiple_cents: int
    coupon_percent: Decimal | None
    announced_on: date
    auction_on: date
    issue_on: date
    schedule: InterestSchedule
    noncompetitive_closes_at: datetime
    competitive_closes_at: datetime
    single_bid_limit_cents: int
    award_limit_cents: int
    noncompetitive_limit_cents: int
    net_long_report_cents: int
    yield_places: int
    highest_yield_percent: Decimal | None

    @property
    def offering(self) -> Offering:
        """What the auction awards."""
        return Offering(
            self.offering_cents,
            self.minimum_cents,
            self.multiple_cents,
            self.issue_on,
            self.schedule,
            self.coupon_percent,
            self.highest_yield_percent,
        )

    @property
    def security(self) -> str:
        """Note or bond, by its term."""
        longest = plus_months(self.schedule.dated_on, NOTE_MONTHS_MAX)
        return "bond" if self.schedule.matures_on > longest else "note"

    def closes_at(self, kind: BidKind) -> datetime:
        """The moment from which a bid of a kind comes too late."""
        if kind is BidKind.NONCOMPETITIVE:
            return self.noncompetitive_closes_at
        return self.competitive_closes_at

    def document(self) -> dict[str, Document]:
        """The announcement as published; moments carry their distance from UTC."""
        coupon, highest = self.coupon_percent, self.highest_yield_percent
        return {
            "cusip": self.cusip,
            "title": self.title,
            "security": self.security,
            "auction": self.number,
            "reopening": self.number > FIRST_AUCTION,
            "offering_cents": self.offering_cents,
            "minimum_cents": self.minimum_cents,
            "multiple_cents": self.multiple_cents,
            "coupon_percent": None if coupon is None else decimal_text(coupon),
            "announced_on": self.announced_on.isoformat(),
            "auction_on": self.auction_on.isoformat(),
            "issue_on": self.issue_on.isoformat(),
            "dated_on": self.schedule.dated_on.isoformat(),
            "first_interest_on": self.schedule.first_interest_on.isoformat(),
            "matures_on": self.schedule.matures_on.isoformat(),
            "noncompetitive_closes_at": self.noncompetitive_closes_at.isoformat(),
            "competitive_closes_at": self.competitive_closes_at.isoformat(),
            "single_bid_limit_cents": self.single_bid_limit_cents,
            "award_limit_cents": self.award_limit_cents,
            "noncompetitive_limit_cents": self.noncompetitive_limit_cents,
            "net_long_report_cents": self.net_long_report_cents,
            "yield_places": self.yield_places,
            "highest_yield_percent": None if highest is None else decimal_text(highest),
        }


def first_announcement(terms: LinkedSheet, rules: AuctionRules) -> Announcement:
    """The announcement of a bond's first auction, which sets its coupon unless the terms do."""
    first = Reopening(
        FIRST_AUCTION, terms.offering_cents, terms.announced_on, terms.auction_on, terms.issue_on
    )
    return _announcement(terms, first, terms.offering.coupon_percent, rules)


def reopening_announcement(
    terms: LinkedSheet, reopening: Reopening, coupon_percent: Decimal, rules: AuctionRules
) -> Announcement:
    """The announcement of a reopening, which keeps the coupon the first auction set."""
    return _announcement(terms, reopening, coupon_percent, rules)


def _announcement(
    terms: LinkedSheet, auction: Reopening, coupon_percent: Decimal | None, rules: AuctionRules
) -> Announcement:
    offered_cents = auction.offering_cents
    return Announcement(
        cusip=terms.cusip,
        title=terms.title,
        number=auction.number,
        offering_cents=offered_cents,
        minimum_cents=terms.minimum_cents,
        multiple_cents=terms.multiple_cents,
        coupon_percent=coupon_percent,
        announced_on=auction.announced_on,
        auction_on=auction.auction_on,
        issue_on=auction.issue_on,
        schedule=terms.schedule,
        noncompetitive_closes_at=_at(auction.auction_on, rules.noncompetitive_close),
        competitive_closes_at=_at(auction.auction_on, rules.competitive_close),
        single_bid_limit_cents=share_of_cents(offered_cents, rules.single_bid_limit_percent),
        award_limit_cents=share_of_cents(offered_cents, rules.award_limit_percent),
        noncompetitive_limit_cents=rules.noncompetitive_limit_cents,
        net_long_report_cents=share_of_cents(offered_cents, rules.net_long_report_percent),
        yield_places=rules.yield_places,
        # A reopening keeps its coupon, so what is bid then cannot raise it.
        highest_yield_percent=(
            terms.offering.highest_yield_percent if auction.number == FIRST_AUCTION else None
        ),
    )


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, FISCAL_ZONE)
