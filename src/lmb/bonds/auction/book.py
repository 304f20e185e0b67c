"""The opened book of an auction: all an outsider needs to compute the result again.

It holds what was offered, the rules by value, every commitment with the moment it came, every bid
with the salt that opens it, and the result. `docs/reference/bond-auction.md` describes its format
and `verifier/lmb_verify_auction.py` checks one without any of our code.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from lmb.bonds.auction.allocation import AuctionResult, run_auction
from lmb.bonds.auction.announcement import FIRST_AUCTION
from lmb.bonds.auction.notice import figures
from lmb.bonds.auction.sealed import OpenedBid, opens
from lmb.bonds.bids import Bid, BidKind
from lmb.bonds.dated_rules import AuctionRules
from lmb.bonds.offering import Offering
from lmb.bonds.schedule import InterestSchedule
from lmb.rules.parameters import ParameterSet, exact_version
from lmb.values.canonical import Document, fingerprint
from lmb.values.errors import InputError, LmbError, Problem, RefusedError
from lmb.values.rates import decimal_text

FORMAT = "lmb-auction-book/1"
UNNAMED = ""
"""The CUSIP of a book of an auction held from files alone."""


class Sealed(NamedTuple):
    """A commitment as received; `received_at` is a moment with its distance from UTC."""

    bidder: str
    kind: str
    commitment: str
    received_at: str


class BookedBid(NamedTuple):
    """A bid in the book; one that was sealed, with its commitment and salt as hexadecimals."""

    bid: Bid
    commitment: str | None = None
    salt: str | None = None


@dataclass(frozen=True, slots=True)
class AuctionBook:
    """Everything an auction was decided from. `number` counts the auctions of the bond."""

    offering: Offering
    parameters: ParameterSet
    bids: tuple[BookedBid, ...]
    sealed: tuple[Sealed, ...] = ()
    cusip: str = UNNAMED
    number: int = FIRST_AUCTION

    def result(self) -> AuctionResult:
        """The auction, run over the book. Raises RefusedError as `run_auction` does."""
        rules = AuctionRules.from_parameters(self.parameters.values)
        return run_auction([booked.bid for booked in self.bids], self.offering, rules)

    def document(self, result: AuctionResult) -> dict[str, Document]:
        """The book as published, with the result. The order of bids and commitments is fixed."""
        commitments = sorted(sealed.commitment for sealed in self.sealed)
        return {
            "format": FORMAT,
            "cusip": self.cusip,
            "auction": self.number,
            "offering": _offering_document(self.offering),
            "rules": {
                "rule": self.parameters.rule,
                "version": self.parameters.version,
                "sha256": self.parameters.sha256,
                "values": dict(self.parameters.values),
            },
            "sealed": [sealed._asdict() for sealed in sorted(self.sealed)],
            "sealed_sha256": fingerprint(commitments),
            "bids": [_bid_document(booked) for booked in sorted(self.bids, key=_place)],
            "result": {
                **figures(result),
                "awards": [
                    {
                        "bidder": award.bid.bidder,
                        "yield_percent": _yield_text(award.bid),
                        "par_cents": award.award_cents,
                    }
                    for award in result.awards
                    if award.award_cents
                ],
            },
        }


def read_book(file: str, content: bytes) -> tuple[AuctionBook, Mapping[str, Any]]:
    """A published book, and the document it was read from. Raises InputError where it is none."""
    try:
        document = json.loads(content)
        if document["format"] != FORMAT:
            raise ValueError(f"its format is {document['format']!r}")
        return _book(document), document
    except (ValueError, KeyError, TypeError, InvalidOperation, LmbError) as error:
        found = f"no readable book ({type(error).__name__}: {error})"
        raise InputError([Problem(file, None, None, found, f"a book of {FORMAT}")]) from error


def book_faults(book: AuctionBook, document: Mapping[str, Any]) -> list[str]:
    """All that a published book claims and that does not follow from it; nothing where it holds."""
    faults = list(_seal_faults(book, document))
    if document["rules"]["sha256"] != book.parameters.sha256:
        faults.append(f"the rules are not version {book.parameters.version} as kept here")
    try:
        computed = book.document(book.result())["result"]
    except RefusedError as error:
        return [*faults, f"its bids make no auction: {error}"]
    claimed = document["result"]
    assert isinstance(computed, Mapping)
    for name, value in computed.items():
        if claimed.get(name) != value:
            shown = "" if name == "awards" else f": {claimed.get(name)!r}, computed {value!r}"
            faults.append(f"the {name} of the result does not follow from the bids{shown}")
    return faults


def _seal_faults(book: AuctionBook, document: Mapping[str, Any]) -> Iterator[str]:
    sealed = {(one.bidder, one.kind, one.commitment) for one in book.sealed}
    if document["sealed_sha256"] != fingerprint(sorted(one.commitment for one in book.sealed)):
        yield "sealed_sha256 is not the hash of the commitments listed"
    for bid, commitment, salt in book.bids:
        if commitment is None:
            continue
        if (bid.bidder, str(bid.kind), commitment) not in sealed:
            yield f"{bid.bidder} opens a commitment that is not listed: {commitment}"
        opened = OpenedBid(bid, bytes.fromhex(salt or ""))
        if not opens(commitment, book.cusip, book.number, opened):
            yield f"the bid of {bid.bidder} is not what {commitment} commits to"


def _offering_document(offering: Offering) -> dict[str, Document]:
    coupon, schedule = offering.coupon_percent, offering.schedule
    return {
        "offering_cents": offering.offering_cents,
        "minimum_cents": offering.minimum_cents,
        "multiple_cents": offering.multiple_cents,
        "coupon_percent": None if coupon is None else decimal_text(coupon),
        "issue_on": offering.issue_on.isoformat(),
        "dated_on": schedule.dated_on.isoformat(),
        "first_interest_on": schedule.first_interest_on.isoformat(),
        "matures_on": schedule.matures_on.isoformat(),
    }


def _bid_document(booked: BookedBid) -> dict[str, Document]:
    bid = booked.bid
    return {
        "bidder": bid.bidder,
        "kind": str(bid.kind),
        "par_cents": bid.par_cents,
        "yield_percent": _yield_text(bid),
        "net_long_cents": bid.net_long_cents,
        "commitment": booked.commitment,
        "salt": booked.salt,
    }


def _yield_text(bid: Bid) -> str | None:
    return None if bid.yield_percent is None else decimal_text(bid.yield_percent)


def _place(booked: BookedBid) -> tuple[str, Decimal]:
    return booked.bid.bidder, booked.bid.yield_percent or Decimal(0)


def _book(document: Mapping[str, Any]) -> AuctionBook:
    offered = document["offering"]
    coupon = offered["coupon_percent"]
    days = {name: date.fromisoformat(offered[name]) for name in offered if name.endswith("_on")}
    return AuctionBook(
        offering=Offering(
            offered["offering_cents"],
            offered["minimum_cents"],
            offered["multiple_cents"],
            days["issue_on"],
            InterestSchedule(days["dated_on"], days["first_interest_on"], days["matures_on"]),
            None if coupon is None else Decimal(coupon),
        ),
        parameters=exact_version(document["rules"]["rule"], document["rules"]["version"]),
        bids=tuple(map(_booked_bid, document["bids"])),
        sealed=tuple(Sealed(**one) for one in document["sealed"]),
        cusip=document["cusip"],
        number=document["auction"],
    )


def _booked_bid(document: Mapping[str, Any]) -> BookedBid:
    percent = document["yield_percent"]
    return BookedBid(
        Bid(
            document["bidder"],
            BidKind(document["kind"]),
            document["par_cents"],
            None if percent is None else Decimal(percent),
            document["net_long_cents"],
        ),
        document["commitment"],
        document["salt"],
    )


def booked(bids: Sequence[Bid]) -> tuple[BookedBid, ...]:
    """Bids that were never sealed, as they stand in a book."""
    return tuple(map(BookedBid, bids))
