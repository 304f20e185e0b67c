"""The bonds of somebody's books at a glance: what every workspace shows, because everything in it
is there because of a bond. All of it stands on the public pages too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from lmb.bonds import queries
from lmb.bonds.queries import BondOnFile
from lmb.ledger.queries import recorded_through
from lmb.people.sessions import house
from lmb.values.clock import fiscal_date

BONDS_MAX = 50


@dataclass(frozen=True, slots=True)
class BondShown:
    """A bond with what stands about it now; the coupon is None before its auction."""

    id: UUID
    title: str
    cusip: str
    coupon_percent: Decimal | None
    outstanding_cents: int
    matures_on: date

    @property
    def is_redeemed(self) -> bool:
        return self.coupon_percent is not None and self.outstanding_cents == 0


def bonds_of(cell: int) -> list[BondOnFile]:
    """The bonds of a cell, the newest announcement first, at most BONDS_MAX."""
    return [bond for bond in queries.bonds() if bond.cell == cell][:BONDS_MAX]


@house()
def bonds_shown(cell: int) -> list[BondShown]:
    """The bonds of a cell at a glance."""
    return [_shown(bond) for bond in bonds_of(cell)]


def as_of(cell: int, today: date) -> date:
    """Up to which day the books of a cell tell: that of their newest movement."""
    newest = recorded_through(cell)
    return today if newest is None else fiscal_date(newest)


def _shown(bond: BondOnFile) -> BondShown:
    auctioned = queries.is_auctioned(bond)
    return BondShown(
        id=bond.id,
        title=bond.terms.title,
        cusip=bond.cusip,
        coupon_percent=queries.coupon_percent(bond) if auctioned else None,
        outstanding_cents=queries.outstanding_cents(bond),
        matures_on=bond.terms.matures_on,
    )
