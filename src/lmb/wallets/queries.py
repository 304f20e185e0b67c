"""The only functions that read wallets for others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from lmb.ledger.entries import NOT_OVERDRAWN
from lmb.ledger.models import Account, AccountState, Instruction
from lmb.wallets import accounts


@dataclass(frozen=True, slots=True)
class Pocket:
    """One account of a wallet in US dollars. Held is what is promised on its way out, available
    what is left beside it; a pocket that is over (`expires_at`) or not `open` pays nothing. A
    `locked` one was locked by its owner."""

    account: str
    purpose: str | None
    fund: str | None
    expires_at: datetime | None
    posted_cents: int
    held_cents: int
    open: bool
    locked: bool

    @property
    def available_cents(self) -> int:
        return self.posted_cents - self.held_cents

    def pays_at(self, moment: datetime) -> bool:
        """Whether it may pay then: it is open and its money not yet lost."""
        return self.open and (self.expires_at is None or self.expires_at > moment)


def pockets(cell: int, person: UUID, *, purpose: str | None = None) -> list[Pocket]:
    """All pockets of a person's wallet, or those of one purpose: oldest expiry first, those that
    never expire last. Empty for a person without a wallet."""
    rows = Account.objects.filter(
        cell=cell,
        owner=str(person),
        kind=accounts.KIND,
        unit="USD",
        limit_side=NOT_OVERDRAWN,
    )
    if purpose is not None:
        rows = rows.filter(purpose=purpose)
    return [_pocket(row) for row in rows.order_by(F("expires_at").asc(nulls_last=True), "code")]


def locked_among(cell: int, persons: Collection[UUID]) -> dict[UUID, UUID]:
    """Those of some persons whose wallet is locked, each with the instruction that locked it."""
    subjects = Instruction.objects.filter(cell=cell, kind="lock").values_list("subject", flat=True)
    ever = {UUID(subject.split("/")[1]) for subject in subjects}
    orders = {person: _newest_order(cell, person) for person in ever & set(persons)}
    return {person: order.id for person, order in orders.items() if order.kind == "lock"}


def _newest_order(cell: int, person: UUID) -> Instruction:
    orders = Instruction.objects.filter(
        cell=cell, kind__in=["lock", "unlock"], subject__startswith=f"wallet/{person}/"
    )
    return orders.order_by("-recorded_at", "-subject")[0]


def _pocket(row: Account) -> Pocket:
    return Pocket(
        account=row.code,
        purpose=row.purpose,
        fund=row.fund,
        expires_at=row.expires_at,
        posted_cents=row.posted_credit_cents - row.posted_debit_cents,
        held_cents=row.held_debit_cents,
        open=row.state == AccountState.OPEN,
        locked=row.state == AccountState.LOCKED,
    )
