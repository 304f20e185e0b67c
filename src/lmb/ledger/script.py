"""Scripts on scratch books: what the books answer to each operation, and nothing of it stays.

Scratch books are a simulated cell of their own in a transaction that is rolled back at the end.
They run on the very database and functions that real books run on, need no server or tables of
their own, and cannot be left behind by whatever ends the process.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from lmb.ledger import entries, models, operations, service
from lmb.ledger.entries import Cause, NewAccount
from lmb.ledger.models import HoldState
from lmb.ledger.operations import Invalid, Operation
from lmb.ledger.script_movements import ACTOR, START, Answer, Movements, invalid
from lmb.ledger.script_wallets import Wallets
from lmb.ledger.statements import balance_at
from lmb.values.clock import SimulatedClock
from lmb.values.errors import NotFoundError


def run(script: Iterable[Operation]) -> Generator[Answer, None, None]:
    """Carry out operations on empty scratch books, one answer each."""
    with transaction.atomic():
        scratch = Scratch()
        for operation in script:
            yield scratch.answer(operation)
        transaction.set_rollback(True)


class Scratch:
    """Empty books with a clock that scripts move."""

    def __init__(self) -> None:
        self._clock = SimulatedClock(START)
        # The transaction's own number is a name that nobody has: scripts may run at once.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()::text")
            (number,) = cursor.fetchone()
        self._books = service.open_simulated_books(f"scratch {number}", self._clock)
        cause = service.instruct(
            self._books, kind="script", subject="scratch", document={}, actor=ACTOR
        )
        self._movements = Movements(self._books, Cause.instruction(cause))
        self._wallets = Wallets(self._books, self._movements)

    def answer(self, operation: Operation) -> Answer:
        """Carry out one operation."""
        match operation:
            case Invalid():
                return invalid(operation)
            case operations.OpenAccount():
                return {"result": self._open(operation)}
            case operations.Batch():
                return {"items": self._movements.batch(operation)}
            case operations.Spend():
                return self._wallets.spend(operation)
            case operations.MoveClock():
                return self._move_clock(operation.at)
            case operations.ExpireAt():
                return self._expire(operation.at)
            case operations.ShowBalance():
                return self._balance(operation)
            case _:
                return self._movements.apart([operation])[0]

    def _open(self, account: operations.OpenAccount) -> str:
        # Units are shared by all books; one that is known elsewhere keeps its scale.
        if not models.Unit.objects.filter(code=account.unit).exists():
            service.define_unit(account.unit, account.unit)
        if account.purpose is not None:
            service.define_purpose(account.purpose, account.purpose)
        if account.fund is not None:
            service.define_fund(account.fund, account.fund)
        terms = NewAccount(
            code=account.id,
            kind=ACTOR,
            owner=account.wallet,
            unit=account.unit,
            purpose=account.purpose,
            fund=account.fund,
            limit_side=account.limit,
            expires_at=account.expires,
        )
        try:
            with transaction.atomic():
                opened = service.open_accounts(self._books, [terms])
        except IntegrityError:
            return "exists_with_different_content"
        return "ok" if opened else "exists"

    def _move_clock(self, at: datetime) -> Answer:
        if at < self._clock.now():
            return {"result": "clock_goes_back", "at": self._clock.now().isoformat()}
        self._clock.move_to(at)
        return {"result": "ok", "at": at.isoformat()}

    def _expire(self, at: datetime) -> Answer:
        """Move the clock, release the holds whose time has passed, and tell which accounts are
        over. Those pay nothing out any more but what was held in time; what is left in them stays
        until rules of a programme, which a scratch has not, say where it goes."""
        moved = self._move_clock(at)
        if moved["result"] != "ok":
            return moved
        return {
            **moved,
            "holds": [
                {"hold": name, "released_cents": cents} for name, cents in self._release_holds()
            ],
            "accounts": [
                {"account": row.code, "available_cents": _available_cents(row)}
                for row in models.Account.objects.filter(
                    cell=self._books.cell, expires_at__lte=at
                ).order_by("expires_at", "code")
            ],
        }

    def _release_holds(self) -> list[tuple[str, int]]:
        names = {self._movements.hold_id(name): name for name in self._movements.hold_keys}
        due = models.Hold.objects.filter(
            cell=self._books.cell, state=HoldState.OPEN, expires_at__lte=self._clock.now()
        )
        released = sorted(
            (row.expires_at, names[row.id], row.id, row.left)
            for row in due.annotate(
                left=F("amount_cents") - F("captured_cents") - F("released_cents")
            )
        )
        # Keys that start with a blank are nobody else's: those in a script never do.
        items = [entries.Expire(f" expire {name}", hold, "expire") for _, name, hold, _ in released]
        self._movements.post([[item] for item in items], ACTOR)
        return [(name, cents) for _, name, _, cents in released]

    def _balance(self, asked: operations.ShowBalance) -> Answer:
        at = self._clock.now() if asked.at is None else asked.at
        try:
            found = balance_at(self._books.cell, asked.account, at)
        except NotFoundError:
            return {"result": "unknown_account"}
        return {
            "result": "ok",
            "account": found.code,
            "unit": found.unit,
            "posted_cents": found.posted_cents,
            "available_cents": found.available_cents,
            "pending_in_cents": found.pending_in_cents,
            "pending_out_cents": found.pending_out_cents,
        }


def _available_cents(account: models.Account) -> int:
    posted_cents = account.posted_credit_cents - account.posted_debit_cents
    return posted_cents - account.held_debit_cents
