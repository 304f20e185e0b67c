"""The only functions that read bonds for others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from lmb.bonds import accounts, models
from lmb.bonds.terms import TermSheet
from lmb.bonds.terms_file import term_sheet_from_document
from lmb.ledger.queries import balances
from lmb.rules.determination import in_order
from lmb.values.canonical import Document
from lmb.values.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class BondOnFile:
    """An announced bond with its locked terms."""

    cell: int
    id: UUID
    terms: TermSheet
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
class BidOnFile:
    """One bid as entered."""

    id: UUID
    bidder: str
    kind: str
    par_cents: int
    yield_percent: Decimal | None
    net_long_cents: int

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


def bonds() -> list[BondOnFile]:
    """All announced bonds, the newest announcement first."""
    return [_bond(row) for row in models.Bond.objects.order_by("-recorded_at", "cell")]


def bids(bond_on_file: BondOnFile) -> list[BidOnFile]:
    """The bids on a bond, in the order of their identifiers."""
    rows = models.Bid.objects.filter(cell=bond_on_file.cell, bond=bond_on_file.id)
    return [_bid(row) for row in rows.order_by("id")]


def awards(bond_on_file: BondOnFile) -> list[AwardOnFile]:
    """The awards of a bond's auction, in the order of the bids."""
    rows = models.Award.objects.filter(cell=bond_on_file.cell, bond=bond_on_file.id)
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


def period_documents(ids: Sequence[UUID]) -> list[Document]:
    """The documents of interest periods, in the order asked."""
    rows = models.InterestPeriod.objects.filter(id__in=ids)
    return in_order({row.id: _period(row).document() for row in rows}, ids, "interest period")


def _bond(row: models.Bond) -> BondOnFile:
    terms = term_sheet_from_document(json.loads(row.terms))
    return BondOnFile(row.cell, row.id, terms, row.terms_sha256)


def _bid(row: models.Bid) -> BidOnFile:
    return BidOnFile(
        row.id, row.bidder, row.kind, row.par_cents, row.yield_percent, row.net_long_cents
    )


def _period(row: models.InterestPeriod) -> PeriodOnFile:
    return PeriodOnFile(row.id, row.number, row.starts_on, row.ends_on, row.pays_on)
