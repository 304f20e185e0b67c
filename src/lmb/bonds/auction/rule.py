"""The auction as determinations use it: a plain function of terms, bids and dated rules.

terms + bids ──auction──▶ coupon, price, awards
terms + reopening + first auction + bids ──auction──▶ price, awards
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from lmb.bonds.auction.allocation import AuctionResult, run_auction
from lmb.bonds.auction.announcement import (
    Announcement,
    Reopening,
    first_announcement,
    reopening_announcement,
)
from lmb.bonds.auction.notice import figures
from lmb.bonds.bids import Bid, BidKind
from lmb.bonds.dated_rules import AUCTION_RULE, AuctionRules
from lmb.bonds.linked.document import sheet_from_document
from lmb.rules.determination import Decision, Input, documents
from lmb.rules.parameters import ParameterSet
from lmb.values.canonical import Document, fingerprint
from lmb.values.errors import NotFoundError


class HeldAuction(NamedTuple):
    """An auction that was run: its announcement, its whole result, the identifier of each bid,
    and the decision that goes on file."""

    announcement: Announcement
    result: AuctionResult
    id_of: Mapping[Bid, UUID]
    decision: Decision


def auction(parameters: ParameterSet, inputs: Sequence[Input]) -> Decision:
    """Run the auction of a bond's terms over all bids on it (31 CFR 356.20 to 356.23)."""
    return held_auction(parameters, inputs).decision


def held_auction(parameters: ParameterSet, inputs: Sequence[Input]) -> HeldAuction:
    """The auction with all of its awards, run once. Raises RefusedError as `run_auction` does."""
    rules = AuctionRules.from_parameters(parameters.values)
    announcement = _announcement(inputs, rules)
    on_file = [(bid_from_document(item.document), item.id) for item in inputs if item.kind == "bid"]
    result = run_auction([bid for bid, _ in on_file], announcement.offering, rules)
    # The entry checks leave no two equal bids.
    id_of = dict(on_file)
    awards: list[Document] = [
        {"bid": str(id_of[award.bid]), "par_cents": award.award_cents} for award in result.awards
    ]
    decision = Decision(
        {
            "auction": announcement.number,
            "offering_cents": result.offering_cents,
            **figures(result),
            "awards_count": len(awards),
            "awards_sha256": fingerprint(awards),
        },
        result.explanation,
    )
    return HeldAuction(announcement, result, id_of, decision)


def bid_from_document(document: Any) -> Bid:
    """A bid as it was entered."""
    yield_percent = document["yield_percent"]
    return Bid(
        bidder=document["bidder"],
        kind=BidKind(document["kind"]),
        par_cents=document["par_cents"],
        yield_percent=None if yield_percent is None else Decimal(yield_percent),
        net_long_cents=document["net_long_cents"],
    )


def reopening_from_document(document: Mapping[str, Any]) -> Reopening:
    """A reopening as it was announced."""
    return Reopening(
        number=document["number"],
        offering_cents=document["offering_cents"],
        announced_on=date.fromisoformat(document["announced_on"]),
        auction_on=date.fromisoformat(document["auction_on"]),
        issue_on=date.fromisoformat(document["issue_on"]),
    )


def _announcement(inputs: Sequence[Input], rules: AuctionRules) -> Announcement:
    terms = sheet_from_document(documents(inputs, "terms")[0])
    reopenings = documents(inputs, "reopening")
    if not reopenings:
        return first_announcement(terms, rules)
    first = [
        document["result"]
        for document in documents(inputs, "determination")
        if document["rule"] == AUCTION_RULE
    ]
    if not first:
        raise NotFoundError(
            f"{terms.cusip} cannot be reopened: its first auction, which sets the coupon, has not "
            "been determined"
        )
    coupon_percent = Decimal(first[0]["coupon_percent"])
    reopening = reopening_from_document(reopenings[0])
    return reopening_announcement(terms, reopening, coupon_percent, rules)
