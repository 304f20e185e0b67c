"""The only functions that read the books for others."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Min, OuterRef, Q, Subquery, Sum

from lmb.ledger import models
from lmb.ledger.models import HoldState, TransferKind

POSTED = (TransferKind.POST, TransferKind.CAPTURE)
"""The kinds of transfer that move posted money."""


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account shows: posted is credits minus debits; available is posted less what is
    held on its way out."""

    code: str
    kind: str
    owner: str
    unit: str
    posted_cents: int
    pending_in_cents: int
    pending_out_cents: int

    @property
    def available_cents(self) -> int:
        return self.posted_cents - self.pending_out_cents


@dataclass(frozen=True, slots=True)
class Movement:
    """One transfer with the names of its accounts and its journal's cause. An account that is
    hidden from whoever asks has no name: the other holder in a trade, a wallet its school is
    paid from."""

    cell: int
    id: UUID
    seq: int
    kind: str
    code: str
    debit: str
    credit: str
    amount_cents: int
    unit: str
    hold: UUID | None
    journal: UUID
    journal_kind: str
    actor: str
    determination: UUID | None
    instruction: UUID | None
    effective_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Flow:
    """All posted US dollars of one transfer code: how many transfers, how much, the first of
    them, and when the last took effect."""

    code: str
    transfers: int
    amount_cents: int
    first: Movement
    last_effective_at: datetime


@dataclass(frozen=True, slots=True)
class InstructionOnFile:
    """An order to move money; `document` is its content."""

    cell: int
    id: UUID
    kind: str
    subject: str
    document: dict[str, Any]
    sha256: str
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class BooksSummary:
    """One cell at a glance. Sums are of posted US dollars; an account is unbalanced when its
    sums are not those of its transfers."""

    transfers: int
    accounts: int
    debits_cents: int
    credits_cents: int
    unbalanced_accounts: int


def cell_number(name: str) -> int | None:
    """The number of a cell by name, None where there is none."""
    return models.Cell.objects.filter(name=name).values_list("id", flat=True).first()


def cell_name(cell: int) -> str:
    """The name of a cell."""
    return models.Cell.objects.get(id=cell).name


def recorded_through(cell: int) -> datetime | None:
    """When the newest movement of a cell was recorded, by its own clock; None before the first."""
    return models.Cell.objects.get(id=cell).recorded_at_last


def balances(cell: int, *, kind: str | None = None, unit: str | None = None) -> list[Balance]:
    """Current balances by account code, of one kind or unit if asked."""
    rows = models.Account.objects.filter(cell=cell)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if unit is not None:
        rows = rows.filter(unit=unit)
    return [balance_of(row) for row in rows.order_by("code")]


def balance(cell: int, code: str) -> Balance:
    """The current balance of one account. Raises Account.DoesNotExist for an unknown code."""
    return balance_of(models.Account.objects.get(cell=cell, code=code))


def posted_before(cell: int, code: str, at: datetime) -> int:
    """An account's posted balance from transfers that took effect before a moment."""
    account = models.Account.objects.get(cell=cell, code=code)
    return sum(
        row.amount_cents if row.credit == account.id else -row.amount_cents
        for row in entries_back(account, account.seq_last)
        if row.kind in POSTED and row.effective_at < at
    )


def movements(cell: int, **conditions: object) -> list[Movement]:
    """Transfers in order, by Transfer field conditions such as `code="bonus"`."""
    return _movements(models.Transfer.objects.filter(cell=cell, **conditions))


def movement(identifier: UUID) -> Movement | None:
    """One transfer by identifier, in whichever cell it is."""
    found = _movements(models.Transfer.objects.filter(id=identifier))
    return found[0] if found else None


def movements_of_journals(cell: int, journals: Sequence[UUID]) -> list[Movement]:
    """The transfers of some journals, in order."""
    return _movements(
        _transfers(
            """ledger_journal j
            JOIN ledger_transfer t ON t.cell = j.cell AND t.seq BETWEEN j.seq_first AND j.seq_last
            WHERE j.cell = %s AND j.id = ANY (%s)""",
            [cell, list(journals)],
        )
    )


def entries_back(
    account: models.Account, seq: int, *, below: int | None = None, limit: int | None = None
) -> list[models.Transfer]:
    """The transfers of an account from one of them back to its first, newest first; those numbered
    `below` a number, at most so many. None from 0."""
    return _transfers(
        "ledger_entries_back(%s, %s, %s) AS t WHERE t.seq < %s LIMIT %s",
        [account.cell, account.id, seq, seq + 1 if below is None else below, limit],
    )


def _transfers(source: str, parameters: Sequence[Any]) -> list[models.Transfer]:
    """Transfers `t` from what only SQL can say. (A raw query set knows no composite key.)"""
    names = [field.attname for field in models.Transfer._meta.concrete_fields if field.column]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(f't.{name}' for name in names)} FROM {source}", parameters
        )
        return [models.Transfer(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def movements_because_of(cell: int, cause: UUID) -> list[Movement]:
    """The transfers a determination or instruction caused, in order."""
    journals = models.Journal.objects.filter(cell=cell).filter(
        Q(determination=cause) | Q(instruction=cause)
    )
    return movements_of_journals(cell, list(journals.values_list("id", flat=True)))


def movements_of_account(cell: int, code: str) -> list[Movement]:
    """The transfers of one account, in order."""
    account = models.Account.objects.get(cell=cell, code=code)
    return _movements(entries_back(account, account.seq_last))


def movements_of_accounts(cell: int, codes: Collection[str], *, limit: int) -> list[Movement]:
    """The newest transfers of some accounts, at most so many of each, in order."""
    rows = _transfers(
        """ledger_account a, LATERAL (
            SELECT * FROM ledger_entries_back(a.cell, a.id, a.seq_last) LIMIT %s) AS t
        WHERE a.cell = %s AND a.code = ANY (%s)""",
        [limit, cell, list(codes)],
    )
    # One between two of them is found from both ends.
    return _movements({row.id: row for row in rows}.values())


def account_kinds(cell: int, codes: Collection[str]) -> dict[str, str]:
    """What kind of account each code names."""
    rows = models.Account.objects.filter(cell=cell, code__in=codes)
    return dict(rows.values_list("code", "kind"))


def journal_cell(identifier: UUID) -> int | None:
    """The cell a journal is in, None where there is no such journal."""
    return models.Journal.objects.filter(id=identifier).values_list("cell", flat=True).first()


def open_holds(cell: int, identifiers: Collection[UUID]) -> set[UUID]:
    """Those of some holds that are still open."""
    rows = models.Hold.objects.filter(cell=cell, id__in=identifiers, state=HoldState.OPEN)
    return set(rows.values_list("id", flat=True))


def instruction(identifier: UUID) -> InstructionOnFile | None:
    """One instruction by identifier, in whichever cell it is."""
    return _instruction(models.Instruction.objects.filter(id=identifier).first())


def instruction_on(cell: int, kind: str, subject: str) -> InstructionOnFile | None:
    """The instruction of a kind on a subject."""
    rows = models.Instruction.objects.filter(cell=cell, kind=kind, subject=subject)
    return _instruction(rows.first())


def instructions_of_kind(cell: int, kind: str, *, limit: int) -> list[InstructionOnFile]:
    """The newest instructions of a kind."""
    rows = models.Instruction.objects.filter(cell=cell, kind=kind).order_by("-recorded_at", "-id")
    return [found for found in map(_instruction, rows[:limit]) if found is not None]


def sums_cents(cell: int) -> Counter[str]:
    """All posted US dollars that moved, by transfer code, in cents; 0 for a code nothing had."""
    posted = models.Transfer.objects.filter(cell=cell, unit="USD", kind__in=POSTED)
    sums = posted.values_list("code").annotate(Sum("amount_cents"))
    return Counter({code: int(cents) for code, cents in sums})


def sums_of_causes_cents(cell: int, codes: Collection[str]) -> Counter[tuple[UUID | None, str]]:
    """Posted US dollars under some transfer codes, by determination and code, in cents."""
    journal = models.Journal.objects.filter(cell=OuterRef("cell"), id=OuterRef("journal"))
    posted = models.Transfer.objects.filter(
        cell=cell, unit="USD", kind__in=POSTED, code__in=codes
    ).annotate(cause=Subquery(journal.values("determination")[:1]))
    sums = posted.values_list("cause", "code").annotate(Sum("amount_cents"))
    return Counter({(cause, code): int(cents) for cause, code, cents in sums})


def flows(cell: int) -> dict[str, Flow]:
    """What moved in one cell, by transfer code."""
    posted = models.Transfer.objects.filter(cell=cell, unit="USD", kind__in=POSTED)
    rows = list(
        posted.values("code").annotate(
            transfers=Count("seq"),
            cents=Sum("amount_cents"),
            first_seq=Min("seq"),
            last_at=Max("effective_at"),
        )
    )
    firsts = {
        item.seq: item for item in movements(cell, seq__in=[row["first_seq"] for row in rows])
    }
    return {
        row["code"]: Flow(
            code=row["code"],
            transfers=row["transfers"],
            amount_cents=int(row["cents"]),
            first=firsts[row["first_seq"]],
            last_effective_at=row["last_at"],
        )
        for row in rows
    }


def summary(cell: int) -> BooksSummary:
    """One cell at a glance, every account recomputed from its transfers."""
    accounts = list(models.Account.objects.filter(cell=cell))
    posted = models.Transfer.objects.filter(cell=cell, kind__in=POSTED)
    debited = dict(posted.values_list("debit").annotate(Sum("amount_cents")))
    credited = dict(posted.values_list("credit").annotate(Sum("amount_cents")))
    unbalanced = sum(
        account.posted_debit_cents != debited.get(account.id, 0)
        or account.posted_credit_cents != credited.get(account.id, 0)
        for account in accounts
    )
    dollars = [account for account in accounts if account.unit == "USD"]
    return BooksSummary(
        transfers=models.Transfer.objects.filter(cell=cell).count(),
        accounts=len(accounts),
        debits_cents=sum(account.posted_debit_cents for account in dollars),
        credits_cents=sum(account.posted_credit_cents for account in dollars),
        unbalanced_accounts=unbalanced,
    )


def _movements(rows: Iterable[models.Transfer]) -> list[Movement]:
    transfers = sorted(rows, key=attrgetter("cell", "seq"))
    cells = {row.cell for row in transfers}
    codes: dict[UUID, str] = {}
    journals: dict[UUID, models.Journal] = {}
    if cells:
        account_ids = {row.debit for row in transfers} | {row.credit for row in transfers}
        accounts = models.Account.objects.filter(cell__in=cells, id__in=account_ids)
        codes = dict(accounts.values_list("id", "code"))
        journal_ids = {row.journal for row in transfers}
        found = models.Journal.objects.filter(cell__in=cells, id__in=journal_ids)
        journals = {journal.id: journal for journal in found}
    return [_movement(row, codes, journals[row.journal]) for row in transfers]


def _movement(row: models.Transfer, codes: dict[UUID, str], journal: models.Journal) -> Movement:
    return Movement(
        cell=row.cell,
        id=row.id,
        seq=row.seq,
        kind=row.kind,
        code=row.code,
        debit=codes.get(row.debit, ""),
        credit=codes.get(row.credit, ""),
        amount_cents=row.amount_cents,
        unit=row.unit,
        hold=row.hold,
        journal=row.journal,
        journal_kind=journal.kind,
        actor=journal.actor,
        determination=journal.determination,
        instruction=journal.instruction,
        effective_at=row.effective_at,
        recorded_at=row.recorded_at,
    )


def balance_of(row: models.Account) -> Balance:
    """What an account's row shows."""
    return Balance(
        code=row.code,
        kind=row.kind,
        owner=row.owner,
        unit=row.unit,
        posted_cents=row.posted_credit_cents - row.posted_debit_cents,
        pending_in_cents=row.held_credit_cents,
        pending_out_cents=row.held_debit_cents,
    )


def _instruction(row: models.Instruction | None) -> InstructionOnFile | None:
    if row is None:
        return None
    return InstructionOnFile(
        cell=row.cell,
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        document=dict(json.loads(row.content)),
        sha256=row.sha256,
        actor=row.actor,
        recorded_at=row.recorded_at,
    )


def cell_of_newcomers() -> int | None:
    """The cell whose books somebody new belongs to: real books before a simulated run, the newest
    of them; None where there are none."""
    cells = models.Cell.objects.order_by("simulated", "-id")
    return cells.values_list("id", flat=True).first()
