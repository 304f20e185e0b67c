"""The only functions that read bonds for others."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from lmb.bonds import accounts, models
from lmb.bonds.auction import notice
from lmb.bonds.auction.announcement import (
    FIRST_AUCTION,
    Announcement,
    Reopening,
    first_announcement,
    reopening_announcement,
)
from lmb.bonds.auction.book import AuctionBook, BookedBid, Sealed
from lmb.bonds.auction.rule import bid_from_document
from lmb.bonds.dated_rules import auction_rules_on
from lmb.bonds.linked.document import sheet_from_document
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.ledger.queries import balances
from lmb.rules.determination import in_order
from lmb.rules.parameters import exact_version
from lmb.rules.queries import DeterminationOnFile, on_subject
from lmb.values.canonical import Document
from lmb.values.errors import NotFoundError

BIDDERS_ASKED_MAX = 1000
"""Beyond so many bidders, all bids of an auction are read rather than those asked for."""


@dataclass(frozen=True, slots=True)
class BondOnFile:
    """An announced bond with its locked terms."""

    cell: int
    id: UUID
    terms: LinkedSheet
    terms_sha256: str

    @property
    def cusip(self) -> str:
        return self.terms.cusip


@dataclass(frozen=True, slots=True)
class PeriodOnFile:
    """One period of a bond's interest schedule."""

    id: UUID
    number: int
    starts_on: date
    ends_on: date
    pays_on: date

    def document(self) -> Document:
        return {
            "number": self.number,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "pays_on": self.pays_on.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class ReopeningOnFile:
    """An announced reopening."""

    id: UUID
    reopening: Reopening


@dataclass(frozen=True, slots=True)
class SealedBidOnFile:
    """A commitment as received."""

    bidder: str
    kind: str
    commitment: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class BidOnFile:
    """One bid as entered; a bid that was sealed, with its commitment and salt as text."""

    id: UUID
    bidder: str
    kind: str
    par_cents: int
    yield_percent: Decimal | None
    net_long_cents: int
    commitment: str | None = None
    salt: str | None = None

    def document(self) -> Document:
        return {
            "bidder": self.bidder,
            "kind": self.kind,
            "par_cents": self.par_cents,
            "yield_percent": None if self.yield_percent is None else str(self.yield_percent),
            "net_long_cents": self.net_long_cents,
        }


@dataclass(frozen=True, slots=True)
class AwardOnFile:
    """What one bid was awarded, and its price and accrued interest in cents."""

    bid: UUID
    bidder: str
    par_cents: int
    price_cents: int
    accrued_cents: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What one investor holds, in cents of face amount."""

    investor: str
    par_cents: int


def bond(cell: int, cusip: str) -> BondOnFile:
    """A bond of a cell by CUSIP. Raises NotFoundError where it was not announced."""
    row = models.Bond.objects.filter(cell=cell, cusip=cusip).first()
    if row is None:
        raise NotFoundError(f"no bond with CUSIP {cusip} has been announced in these books")
    return _bond(row)


def bond_by_id(identifier: UUID) -> BondOnFile:
    """A bond by identifier, in whichever books it is. Raises NotFoundError for an unknown one."""
    row = models.Bond.objects.filter(id=identifier).first()
    if row is None:
        raise NotFoundError(f"there is no bond {identifier} in these books")
    return _bond(row)


def bond_ids(cell: int, cusips: Collection[str]) -> dict[str, UUID]:
    """The identifiers of those of some CUSIPs that were announced in a cell."""
    rows = models.Bond.objects.filter(cell=cell, cusip__in=cusips)
    return dict(rows.values_list("cusip", "id"))


def bonds() -> list[BondOnFile]:
    """All announced bonds, the newest announcement first."""
    return [_bond(row) for row in models.Bond.objects.order_by("-recorded_at", "cell")]


def bonds_before(before: UUID | None, limit: int) -> list[BondOnFile]:
    """Announced bonds, the newest identifier first: those before one, at most so many."""
    rows = models.Bond.objects.order_by("-id")
    chosen = rows if before is None else rows.filter(id__lt=before)
    return [_bond(row) for row in chosen[:limit]]


def bids(bond_on_file: BondOnFile, number: int = FIRST_AUCTION) -> list[BidOnFile]:
    """The bids at an auction of a bond, in the order of their identifiers."""
    rows = models.Bid.objects.filter(cell=bond_on_file.cell, bond=bond_on_file.id, auction=number)
    return [_bid(row) for row in rows.order_by("id")]


def bids_of(
    bond_on_file: BondOnFile, bidders: Collection[str], number: int = FIRST_AUCTION
) -> list[BidOnFile]:
    """The bids of some bidders at an auction of a bond."""
    if len(bidders) > BIDDERS_ASKED_MAX:
        return [bid for bid in bids(bond_on_file, number) if bid.bidder in bidders]
    rows = models.Bid.objects.filter(
        cell=bond_on_file.cell, bond=bond_on_file.id, auction=number, bidder__in=bidders
    )
    return [_bid(row) for row in rows.order_by("id")]


def sealed_bids(bond_on_file: BondOnFile, number: int = FIRST_AUCTION) -> list[SealedBidOnFile]:
    """The commitments received for an auction, by bidder and commitment."""
    rows = models.SealedBid.objects.filter(
        cell=bond_on_file.cell, bond=bond_on_file.id, auction=number
    )
    return [
        SealedBidOnFile(row.bidder, row.kind, row.commitment, row.recorded_at)
        for row in rows.order_by("bidder", "commitment")
    ]


def reopenings(bond_on_file: BondOnFile) -> list[ReopeningOnFile]:
    """The announced reopenings of a bond, in order."""
    rows = models.Reopening.objects.filter(cell=bond_on_file.cell, bond=bond_on_file.id)
    return [ReopeningOnFile(row.id, _reopening(row)) for row in rows.order_by("auction")]


def reopening(bond_on_file: BondOnFile, number: int) -> ReopeningOnFile:
    """One reopening of a bond. Raises NotFoundError where it was not announced."""
    for found in reopenings(bond_on_file):
        if found.reopening.number == number:
            return found
    raise NotFoundError(f"no auction {number} of bond {bond_on_file.cusip} has been announced")


def announcement(bond_on_file: BondOnFile, number: int = FIRST_AUCTION) -> Announcement:
    """The announcement of an auction of a bond, under the rules of its day. Raises NotFoundError
    where it was not announced."""
    terms = bond_on_file.terms
    if number == FIRST_AUCTION:
        return first_announcement(terms, auction_rules_on(terms.auction_on))
    announced = reopening(bond_on_file, number).reopening
    rules = auction_rules_on(announced.auction_on)
    return reopening_announcement(terms, announced, coupon_percent(bond_on_file), rules)


def auction_subject(bond_on_file: BondOnFile, number: int = FIRST_AUCTION) -> str:
    """What the determination of an auction is about."""
    first = f"bond/{bond_on_file.cusip}/auction"
    return first if number == FIRST_AUCTION else f"{first}/{number}"


def auction_determination(
    bond_on_file: BondOnFile, number: int = FIRST_AUCTION
) -> DeterminationOnFile:
    """An auction of a bond. Raises NotFoundError before it was held."""
    found = on_subject(bond_on_file.cell, auction_subject(bond_on_file, number))
    if found is None:
        which = "the auction" if number == FIRST_AUCTION else f"auction {number}"
        raise NotFoundError(f"{which} of bond {bond_on_file.cusip} has not been held")
    return found


def auction_book(bond_on_file: BondOnFile, number: int = FIRST_AUCTION) -> AuctionBook:
    """The opened book of an auction that was held. Raises NotFoundError before."""
    determination = auction_determination(bond_on_file, number)
    return AuctionBook(
        offering=announcement(bond_on_file, number).offering,
        parameters=exact_version(determination.rule, determination.rule_version),
        bids=tuple(
            BookedBid(bid_from_document(bid.document()), bid.commitment, bid.salt)
            for bid in bids(bond_on_file, number)
        ),
        sealed=tuple(
            Sealed(one.bidder, one.kind, one.commitment, one.recorded_at.isoformat())
            for one in sealed_bids(bond_on_file, number)
        ),
        cusip=bond_on_file.cusip,
        number=number,
    )


def results_notice(bond_on_file: BondOnFile, number: int = FIRST_AUCTION) -> dict[str, Document]:
    """The published results of an auction (31 CFR 356.23). Raises NotFoundError before it was
    held."""
    result = auction_book(bond_on_file, number).result()
    return notice.results_notice(announcement(bond_on_file, number), result)


def is_auctioned(bond_on_file: BondOnFile, number: int = FIRST_AUCTION) -> bool:
    """Whether an auction of a bond has been held."""
    return on_subject(bond_on_file.cell, auction_subject(bond_on_file, number)) is not None


def coupon_percent(bond_on_file: BondOnFile) -> Decimal:
    """The guaranteed coupon the first auction set. Raises NotFoundError before it was held."""
    return Decimal(auction_determination(bond_on_file).result["coupon_percent"])


def awards(bond_on_file: BondOnFile, number: int = FIRST_AUCTION) -> list[AwardOnFile]:
    """The awards of an auction of a bond, in the order of the bids."""
    rows = models.Award.objects.filter(cell=bond_on_file.cell, bond=bond_on_file.id, auction=number)
    return [
        AwardOnFile(row.bid, row.bidder, row.par_cents, row.price_cents, row.accrued_cents)
        for row in rows.order_by("bid")
    ]


def periods(bond_on_file: BondOnFile) -> list[PeriodOnFile]:
    """A bond's interest periods in order."""
    rows = models.InterestPeriod.objects.filter(cell=bond_on_file.cell, bond=bond_on_file.id)
    return [_period(row) for row in rows.order_by("number")]


def holdings(bond_on_file: BondOnFile) -> list[Holding]:
    """Who holds a bond now: holdings above zero, by investor."""
    unit = accounts.face_unit(bond_on_file.cusip)
    return [
        Holding(balance.owner, balance.posted_cents)
        for balance in balances(bond_on_file.cell, kind="holding", unit=unit)
        if balance.posted_cents > 0
    ]


def outstanding_cents(bond_on_file: BondOnFile) -> int:
    """The face amount outstanding: what was issued less what was redeemed."""
    unit = accounts.face_unit(bond_on_file.cusip)
    issuer = balances(bond_on_file.cell, kind="issuer", unit=unit)
    return -sum(balance.posted_cents for balance in issuer)


def terms_documents(ids: Sequence[UUID]) -> list[Document]:
    """The term sheets of bonds, in the order asked."""
    rows = models.Bond.objects.filter(id__in=ids)
    return in_order({row.id: json.loads(row.terms) for row in rows}, ids, "bond")


def bid_documents(ids: Sequence[UUID]) -> list[Document]:
    """The documents of bids, in the order asked."""
    rows = models.Bid.objects.filter(id__in=ids)
    return in_order({row.id: _bid(row).document() for row in rows}, ids, "bid")


def reopening_documents(ids: Sequence[UUID]) -> list[Document]:
    """The documents of reopenings, in the order asked."""
    rows = models.Reopening.objects.filter(id__in=ids)
    return in_order({row.id: _reopening(row).document() for row in rows}, ids, "reopening")


def period_documents(ids: Sequence[UUID]) -> list[Document]:
    """The documents of interest periods, in the order asked."""
    rows = models.InterestPeriod.objects.filter(id__in=ids)
    return in_order({row.id: _period(row).document() for row in rows}, ids, "interest period")


def _bond(row: models.Bond) -> BondOnFile:
    terms = sheet_from_document(json.loads(row.terms))
    return BondOnFile(row.cell, row.id, terms, row.terms_sha256)


def _bid(row: models.Bid) -> BidOnFile:
    return BidOnFile(
        id=row.id,
        bidder=row.bidder,
        kind=row.kind,
        par_cents=row.par_cents,
        yield_percent=row.yield_percent,
        net_long_cents=row.net_long_cents,
        commitment=row.commitment,
        salt=row.salt,
    )


def _reopening(row: models.Reopening) -> Reopening:
    return Reopening(
        number=row.auction,
        offering_cents=row.offering_cents,
        announced_on=row.announced_on,
        auction_on=row.auction_on,
        issue_on=row.issue_on,
    )


def _period(row: models.InterestPeriod) -> PeriodOnFile:
    return PeriodOnFile(row.id, row.number, row.starts_on, row.ends_on, row.pays_on)
