"""The results of an auction as they are published (31 CFR 356.23)."""

from __future__ import annotations

from lmb.bonds.auction.allocation import AuctionResult
from lmb.bonds.auction.announcement import Announcement
from lmb.values.canonical import Document
from lmb.values.rates import decimal_text


def results_notice(announcement: Announcement, result: AuctionResult) -> dict[str, Document]:
    """What everybody learns once the auction is over: amounts, range of yields, proration, rate,
    price, and the breakdown of what was tendered and accepted. It names no bidder."""
    return {
        "cusip": announcement.cusip,
        "title": announcement.title,
        "auction": announcement.number,
        "auction_on": announcement.auction_on.isoformat(),
        "issue_on": announcement.issue_on.isoformat(),
        "matures_on": announcement.schedule.matures_on.isoformat(),
        "offering_cents": result.offering_cents,
        **figures(result),
        "explanation": list(result.explanation),
    }


def figures(result: AuctionResult) -> dict[str, Document]:
    """The figures of a result, as the notice, the book and the determination show them."""
    return {
        "tendered_cents": result.tendered_cents,
        "awarded_cents": result.awarded_cents,
        "competitive_tendered_cents": result.competitive_tendered_cents,
        "competitive_cents": result.competitive_cents,
        "noncompetitive_cents": result.noncompetitive_cents,
        "coupon_percent": decimal_text(result.coupon_percent),
        "high_yield_percent": str(result.high_yield_percent),
        "median_yield_percent": str(result.median_yield_percent),
        "low_yield_percent": str(result.low_yield_percent),
        "proration_percent": str(result.proration_percent),
        "price_per_100": str(result.price_per_100),
        "accrued_per_1000": str(result.accrued_per_1000),
        "bid_to_cover": str(result.bid_to_cover),
    }
