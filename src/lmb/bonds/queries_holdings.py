"""The only functions that read off the books what an account held, moved and was paid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from lmb.bonds import accounts, queries, queries_payments, queries_registry
from lmb.bonds.papers.holdings import BondPosition, HoldingsStatement, Moved, Paid
from lmb.bonds.queries import BondOnFile
from lmb.bonds.queries_payments import RunOnFile
from lmb.bonds.queries_registry import ACCRUED_CODES, FACE_CODES, PRICE_CODES
from lmb.ledger import queries as ledger
from lmb.ledger.models import TransferKind
from lmb.ledger.queries import Movement
from lmb.values.clock import fiscal_date
from lmb.values.errors import RefusedError

ON_TOP = frozenset({"bonus", "premium"})
CLAIMED, RETURNED = "claimed", "returned"


@dataclass(frozen=True, slots=True)
class _Span:
    """The days of a statement; both count."""

    first: date
    last: date

    def has(self, movement: Movement) -> bool:
        return self.first <= fiscal_date(movement.effective_at) <= self.last

    def ended_before(self, movement: Movement) -> bool:
        return fiscal_date(movement.effective_at) > self.last


def holdings_of(cell: int, account: str, first_day: date, last_day: date) -> HoldingsStatement:
    """An account over some days, in every bond of the cell it has ever held. Raises NotFoundError
    for an account that is not open, RefusedError for days the wrong way round."""
    if last_day < first_day:
        raise RefusedError(
            f"a statement from {first_day} to {last_day} has no day; turn them round"
        )
    mode = queries_registry.modes(cell, [account])[account]
    span = _Span(first_day, last_day)
    positions = (_position(bond, account, span) for bond in queries.bonds() if bond.cell == cell)
    held = sorted((one for one in positions if one is not None), key=lambda one: one.cusip)
    return HoldingsStatement(account, mode, first_day, last_day, tuple(held))


def _position(bond: BondOnFile, account: str, span: _Span) -> BondPosition | None:
    holding = accounts.holding(bond.cusip, account)
    movements = [each for each in movements_of(bond.cell, holding) if not span.ended_before(each)]
    if not movements:
        return None
    faces = [
        (movement, movement.amount_cents * (1 if movement.credit == holding else -1))
        for movement in movements
        if movement.kind in ledger.POSTED and movement.code in FACE_CODES
    ]
    within = [(movement, face) for movement, face in faces if span.has(movement)]
    closing_cents = sum(face for _, face in faces)
    lots = queries_registry.lots(bond, account, until=span.last)
    disposals = [one for one in lots.disposals if span.first <= one.disposed_on]
    after = [p.pays_on for p in bond.terms.schedule.periods() if p.pays_on > span.last]
    return BondPosition(
        cusip=bond.cusip,
        title=bond.terms.title,
        terms_sha256=bond.terms_sha256,
        matures_on=bond.terms.matures_on,
        next_payment_on=after[0] if after and closing_cents else None,
        opening_cents=closing_cents - sum(face for _, face in within),
        closing_cents=closing_cents,
        set_aside_cents=_set_aside_cents(movements, holding),
        waits_cents=_waits_cents(bond, account, span.last),
        moved=tuple(_moved(bond, within)),
        paid=tuple(_paid(bond, account, span)),
        lots=tuple(lots.lots),
        disposals=tuple(disposals),
    )


def movements_of(cell: int, code: str) -> list[Movement]:
    """The movements of an account of the books in order, none where it was never opened."""
    try:
        return ledger.movements_of_account(cell, code)
    except ObjectDoesNotExist:
        return []


def _set_aside_cents(movements: Sequence[Movement], holding: str) -> int:
    """What trades that wait had set aside: holds that nothing had captured or voided."""
    ended = {
        each.hold for each in movements if each.kind in (TransferKind.CAPTURE, TransferKind.VOID)
    }
    return sum(
        each.amount_cents
        for each in movements
        if each.kind == TransferKind.HOLD and each.debit == holding and each.id not in ended
    )


def _waits_cents(bond: BondOnFile, account: str, last_day: date) -> int:
    code = accounts.unclaimed(bond.cusip, account)
    return sum(
        movement.amount_cents * (1 if movement.credit == code else -1)
        for movement in movements_of(bond.cell, code)
        if movement.kind in ledger.POSTED and fiscal_date(movement.effective_at) <= last_day
    )


def _moved(bond: BondOnFile, faces: Sequence[tuple[Movement, int]]) -> Iterator[Moved]:
    """The movements with the money of their journals."""
    money: dict[UUID, int] = {}
    journals = [movement.journal for movement, _ in faces]
    for each in ledger.movements_of_journals(bond.cell, journals):
        if each.unit == "USD" and each.kind in ledger.POSTED and each.code in _MONEY_CODES:
            money[each.journal] = money.get(each.journal, 0) + each.amount_cents
    for movement, face_cents in faces:
        what = movement.code
        if what in _BOTH_WAYS:
            came, went = _BOTH_WAYS[what]
            what = came if face_cents > 0 else went
        on = fiscal_date(movement.effective_at)
        money_cents = money.get(movement.journal, 0)
        yield Moved(on, what, face_cents, money_cents, str(movement.journal))


_MONEY_CODES = PRICE_CODES | ACCRUED_CODES | {"premium"}
_BOTH_WAYS = {"trade": ("bought", "sold"), "transfer": ("transfer-in", "transfer-out")}


def _paid(bond: BondOnFile, account: str, span: _Span) -> list[Paid]:
    """What the bond paid the account itself, one line a run; money that waits is not paid."""
    runs = {run.cause.id: run for run in queries_payments.runs(bond)}
    own, waiting = accounts.investor(account), accounts.unclaimed(bond.cusip, account)
    lines: dict[tuple[date, str, int], list[int]] = {}
    transfers: dict[tuple[date, str, int], list[str]] = {}
    for movement in movements_of(bond.cell, own):
        if movement.kind not in ledger.POSTED or not span.has(movement):
            continue
        kind = _kind_of_payment(movement, own, waiting, runs)
        if kind is None:
            continue
        what, number = kind
        line = (fiscal_date(movement.effective_at), what, number)
        amounts = lines.setdefault(line, [0, 0])
        transfers.setdefault(line, []).append(str(movement.id))
        cents = movement.amount_cents if movement.credit == own else -movement.amount_cents
        amounts[movement.code in ON_TOP] += cents
    return [
        Paid(*line, base_cents, bonus_cents, tuple(transfers[line]))
        for line, (base_cents, bonus_cents) in lines.items()
    ]


def _kind_of_payment(
    movement: Movement, own: str, waiting: str, runs: dict[UUID, RunOnFile]
) -> tuple[str, int] | None:
    """Which run or claim a movement of the account's money is of; None for any other money."""
    if movement.debit == waiting:
        return CLAIMED, 0
    if movement.credit == waiting:
        return RETURNED, 0
    cause = movement.determination or movement.instruction
    run = None if cause is None or movement.credit != own else runs.get(cause)
    return None if run is None else (run.kind, run.number)
