"""The accounts of the fund, one set per bond series so that every cent keeps its source."""

from __future__ import annotations

from lmb.ledger.entries import NOT_OVERDRAWN, NewAccount
from lmb.ledger.sources import bond_series

TRAINING = "training"
"""The purpose proceeds may be used for."""

TREASURY = "world/treasury"
"""The Treasury's general fund, outside these books: where unspent proceeds go back to."""


def national(cusip: str) -> str:
    """The national fund of one bond series."""
    return f"fund/national/{cusip}"


def state(cusip: str, code: str) -> str:
    """A state's share of it."""
    return f"fund/state/{code}/{cusip}"


def board(cusip: str, code: str) -> str:
    """A workforce board's share of its state's."""
    return f"fund/board/{code}/{cusip}"


def fund_account(code: str, kind: str, owner: str, cusip: str) -> NewAccount:
    """An account of the fund: training money from one bond series, never overdrawn."""
    return NewAccount(
        code,
        kind,
        owner,
        purpose=TRAINING,
        fund=bond_series(cusip),
        limit_side=NOT_OVERDRAWN,
    )
