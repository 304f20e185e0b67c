"""The accounts of wallets."""

from __future__ import annotations

from uuid import UUID

from lmb.ledger.entries import NOT_OVERDRAWN, NewAccount
from lmb.ledger.sources import bond_series

KIND = "wallet"


def pocket(cusip: str, person: UUID) -> str:
    """One person's training money from one bond series."""
    return f"{KIND}/{person}/{cusip}"


def pocket_account(cusip: str, person: UUID, purpose: str) -> NewAccount:
    """A pocket: never overdrawn, for one purpose, from one source."""
    return NewAccount(
        pocket(cusip, person),
        KIND,
        str(person),
        purpose=purpose,
        fund=bond_series(cusip),
        limit_side=NOT_OVERDRAWN,
    )
