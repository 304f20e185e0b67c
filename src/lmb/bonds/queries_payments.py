"""The only functions that read payment runs, what holders of record get, and unclaimed money."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from lmb.bonds import accounts, models
from lmb.bonds.payments.shares import Entitlement
from lmb.bonds.queries import BondOnFile
from lmb.ledger import queries as ledger
from lmb.ledger.entries import Cause
from lmb.values.errors import NotFoundError

UNCLAIMED = "unclaimed"
INTEREST, ONCE, REDEMPTION = "interest", "once", "redemption"


@dataclass(frozen=True, slots=True)
class RunOnFile:
    """A payment run. `paid_through` is the place up to which everybody was paid."""

    cell: int
    id: UUID
    kind: str
    number: int
    cause: Cause
    rounding: str
    record_at: datetime
    holders: int
    par_cents: int
    base_cents: int
    bonus_cents: int
    obligation_cents: int
    paid_through: int

    @property
    def total_cents(self) -> int:
        """What all holders together get."""
        return self.base_cents + self.bonus_cents

    @property
    def rounding_cents(self) -> int:
        """What rounding adds to the obligation, or takes from it."""
        return self.total_cents - self.obligation_cents

    @property
    def is_paid(self) -> bool:
        return self.paid_through >= self.holders


def run(bond: BondOnFile, kind: str, number: int) -> RunOnFile | None:
    """A run of a bond by kind and interest period, None where it was not opened."""
    row = models.PaymentRun.objects.filter(
        cell=bond.cell, bond=bond.id, kind=kind, number=number
    ).first()
    return None if row is None else _run(row)


def runs(bond: BondOnFile) -> list[RunOnFile]:
    """The runs of a bond in the order in which they were opened."""
    rows = models.PaymentRun.objects.filter(cell=bond.cell, bond=bond.id)
    return [_run(row) for row in rows.order_by("recorded_at", "id")]


def is_being_redeemed(bond: BondOnFile) -> bool:
    """Whether a redemption of the bond was ordered."""
    rows = models.PaymentRun.objects.filter(cell=bond.cell, bond=bond.id, kind=REDEMPTION)
    return rows.exists()


def entitlements(run_on_file: RunOnFile, *, after: int = 0, limit: int = 500) -> list[Entitlement]:
    """What holders of record get from a run, those after a place, at most `limit`."""
    rows = models.Entitlement.objects.filter(
        cell=run_on_file.cell, run=run_on_file.id, place__gt=after
    )
    return [_entitlement(row) for row in rows.order_by("place")[:limit]]


def entitlement(run_on_file: RunOnFile, account: str) -> Entitlement:
    """What one account gets from a run. Raises NotFoundError for one that did not hold."""
    row = models.Entitlement.objects.filter(
        cell=run_on_file.cell, account=account, run=run_on_file.id
    ).first()
    if row is None:
        raise NotFoundError(f"{account} held nothing on the record date of this payment")
    return _entitlement(row)


def entitlements_of(bond: BondOnFile, account: str) -> list[tuple[RunOnFile, Entitlement]]:
    """What one account got or gets from the runs of a bond, in the order they were opened."""
    opened = {each.id: each for each in runs(bond)}
    rows = models.Entitlement.objects.filter(cell=bond.cell, account=account, run__in=list(opened))
    found = {row.run: _entitlement(row) for row in rows}
    return [(run, found[run.id]) for run in opened.values() if run.id in found]


def was_paid(run_on_file: RunOnFile, account: str) -> bool:
    """Whether a run has paid an account itself: not while the money waits as unclaimed."""
    own = accounts.investor(account)
    return any(
        movement.credit == own
        and run_on_file.cause.id in {movement.determination, movement.instruction}
        for movement in ledger.movements_of_account(run_on_file.cell, own)
    )


def claim(bond: BondOnFile, subject: str) -> UUID | None:
    """The order that paid a claim, None where there was none."""
    found = ledger.instruction_on(bond.cell, "claim", subject)
    return None if found is None else found.id


def stopped(cell: int, codes: Collection[str]) -> dict[str, str]:
    """Those of some accounts to which payments are stopped, with the reason."""
    rows = models.PaymentStop.objects.filter(cell=cell, account__in=codes).order_by("number")
    last = {row.account: row for row in rows}
    return {account: row.reason for account, row in last.items() if row.stopped}


def unclaimed_cents(bond: BondOnFile) -> dict[str, int]:
    """Money of a bond that waits for its holders, above zero, by account."""
    return {
        balance.owner: balance.posted_cents
        for balance in ledger.balances(bond.cell, kind=UNCLAIMED, unit="USD")
        if balance.posted_cents > 0 and balance.code.startswith(f"{UNCLAIMED}/{bond.cusip}/")
    }


def _run(row: models.PaymentRun) -> RunOnFile:
    batches = models.PaymentBatch.objects.filter(cell=row.cell, run=row.id)
    through = batches.aggregate(through=Max("through"))["through"]
    if row.determination is not None:
        cause = Cause.determination(row.determination)
    else:
        assert row.instruction is not None, "the database holds that a run has one cause"
        cause = Cause.instruction(row.instruction)
    return RunOnFile(
        cell=row.cell,
        id=row.id,
        kind=row.kind,
        number=row.number,
        cause=cause,
        rounding=row.rounding,
        record_at=row.record_at,
        holders=row.holders,
        par_cents=row.par_cents,
        base_cents=row.base_cents,
        bonus_cents=row.bonus_cents,
        obligation_cents=row.obligation_cents,
        paid_through=through or 0,
    )


def _entitlement(row: models.Entitlement) -> Entitlement:
    return Entitlement(row.account, row.par_cents, row.base_cents, row.bonus_cents)
