"""The books as a person looks at them: whose they are, accounts by pages, an account's balance at
any moment, and its history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Min, Q

from lmb.ledger import models
from lmb.ledger.queries import (
    Balance,
    Movement,
    balance_of,
    cell_name,
    entries_back,
    movements,
)
from lmb.ledger.service import Books
from lmb.values.clock import Clock, SimulatedClock, fiscal_date
from lmb.values.errors import NotFoundError

NAMES_MAX = 20
PAGE = 1000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AccountTerms:
    """An account's terms beside its balance; `limit` and `fund` are None where it has none."""

    balance: Balance
    purpose: str | None
    fund: str | None
    limit: str | None
    expires_at: datetime | None
    state: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account's balance, its identifier, and the number of its newest transfer (0 for none)."""

    balance: Balance
    id: UUID
    seq_last: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One transfer as one of its accounts sees it: what came in (positive) or went out, whether
    that is posted or only held, and the posted balance after it."""

    seq: int
    transfer: UUID
    kind: str
    code: str
    other: str
    amount_cents: int
    balance_after_cents: int
    effective_at: datetime
    recorded_at: datetime
    journal: UUID


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands around the movements of one cell: accounts with their balances, the scale of
    each unit, and the first and last day on which anything took effect."""

    books: str
    scales: Mapping[str, int]
    accounts: Sequence[AccountTerms]
    first_on: date
    last_on: date


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything in the block as of one moment, whatever is posted meanwhile."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def cell_of_books(name: str | None) -> int:
    """The cell of the books with this name, or of the only books there are. Raises NotFoundError
    that lists the names to choose from."""
    rows = models.Cell.objects.order_by("name")
    chosen = rows if name is None else rows.filter(name=name)
    cells = list(chosen.values_list("id", flat=True)[:2])
    if len(cells) == 1:
        return cells[0]
    names = list(rows.values_list("name", flat=True)[: NAMES_MAX + 1])
    listed = ", ".join(names[:NAMES_MAX]) + (", …" if len(names) > NAMES_MAX else "")
    if not names:
        raise NotFoundError("there are no books yet; `lmb demo` makes some")
    if name is None:
        raise NotFoundError(f"there are several books; choose one with --books: {listed}")
    raise NotFoundError(f"there are no books named {name!r}; there are: {listed}")


def books(cell: int, real_clock: Clock) -> Books:
    """A cell's books, to post to: real ones by a clock, simulated ones at the moment of their
    newest transfer, or before there is one, of their newest account."""
    row = models.Cell.objects.get(id=cell)
    if not row.simulated:
        return Books(cell, row.name, simulated=False, clock=real_clock)
    opened = models.Account.objects.filter(cell=cell).aggregate(last=Max("opened_at"))["last"]
    clock = SimulatedClock(row.recorded_at_last or opened or EPOCH)
    return Books(cell, row.name, simulated=True, clock=clock)


def accounts(cell: int, *, after: str = "", limit: int | None = None) -> list[AccountTerms]:
    """Accounts by code, those that follow a code, at most so many."""
    rows = models.Account.objects.filter(cell=cell, code__gt=after).order_by("code")
    return [_terms(row) for row in rows[:limit]]


def movements_in_order(cell: int) -> Iterator[Movement]:
    """Every transfer of a cell by sequence number, read in pages."""
    last = models.Cell.objects.get(id=cell).seq_last
    for start in range(0, last, PAGE):
        yield from movements(cell, seq__gt=start, seq__lte=start + PAGE)


def paper(cell: int) -> Paper:
    """What an export of a cell's movements needs beside them."""
    transfers = models.Transfer.objects.filter(cell=cell)
    days = transfers.aggregate(first=Min("effective_at"), last=Max("effective_at"))
    listed = accounts(cell)
    # Books in which nothing moved yet have the days on which their accounts were opened.
    opened = [terms.opened_at for terms in listed] or [EPOCH]
    used = {terms.balance.unit for terms in listed}
    return Paper(
        books=cell_name(cell),
        scales=dict(models.Unit.objects.filter(code__in=used).values_list("code", "scale")),
        accounts=listed,
        first_on=fiscal_date(days["first"] or min(opened)),
        last_on=fiscal_date(days["last"] or max(opened)),
    )


def balance_at(cell: int, code: str, at: datetime) -> Balance:
    """What an account showed at a moment: the sums of all its transfers recorded until then.

    A transfer recorded later counts later, also where it takes effect earlier. A hold whose time
    has passed is held until it is released. Raises NotFoundError for an unknown account.
    """
    account = _account(cell, code)
    with connection.cursor() as cursor:
        # The chain is followed from the account's end; what was recorded later is not counted.
        cursor.execute(
            """SELECT
                coalesce(sum(CASE WHEN credit = %(account)s THEN posted ELSE -posted END), 0),
                coalesce(sum(held) FILTER (WHERE credit = %(account)s), 0),
                coalesce(sum(held) FILTER (WHERE debit = %(account)s), 0)
            FROM (SELECT debit, credit, ledger_posted(kind, amount_cents) AS posted,
                    ledger_held(kind, amount_cents) AS held
                FROM ledger_entries_back(%(cell)s, %(account)s, %(end)s)
                WHERE recorded_at <= %(at)s) entries""",
            {"cell": cell, "account": account.id, "end": account.seq_last, "at": at},
        )
        posted, held_in, held_out = map(int, cursor.fetchone())
    return replace(
        balance_of(account),
        posted_cents=posted,
        pending_in_cents=held_in,
        pending_out_cents=held_out,
    )


def current_balance(cell: int, code: str) -> Balance:
    """What an account shows now. Raises NotFoundError for an unknown account."""
    return balance_of(_account(cell, code))


def known_account(cell: int, identifier: UUID) -> KnownAccount:
    """One account by its identifier, in one look by its primary key. Raises NotFoundError."""
    with connection.cursor() as cursor:
        # What programs ask most: plain SQL, because making a model of the row costs as much again.
        cursor.execute(
            """SELECT code, kind, owner, unit, posted_credit_cents - posted_debit_cents,
                held_credit_cents, held_debit_cents, id, seq_last
            FROM ledger_account WHERE cell = %s AND id = %s""",
            [cell, identifier],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFoundError(f"there is no account {identifier} in these books")
    return KnownAccount(Balance(*row[:7]), *row[7:])


def known_accounts(cell: int, condition: Q, *, after: str = "", limit: int) -> list[KnownAccount]:
    """Accounts under a condition by code, those that follow a code, at most so many."""
    rows = models.Account.objects.filter(condition, cell=cell, code__gt=after).order_by("code")
    return [KnownAccount(balance_of(row), row.id, row.seq_last) for row in rows[:limit]]


def history(cell: int, code: str, *, limit: int, before: int | None = None) -> list[Entry]:
    """The newest transfers of an account, newest first, at most so many; with `before`, those
    that have a lower sequence number. Raises NotFoundError for an unknown account."""
    account = _account(cell, code)
    start, below = _start(account, before)
    page = entries_back(account, start, below=below, limit=limit)
    others = {row.credit if row.debit == account.id else row.debit for row in page}
    named = models.Account.objects.filter(cell=cell, id__in=others)
    codes = dict(named.values_list("id", "code"))
    return [_entry(row, account.id, codes) for row in page]


def _account(cell: int, code: str) -> models.Account:
    try:
        return models.Account.objects.get(cell=cell, code=code)
    except models.Account.DoesNotExist as error:
        raise NotFoundError(
            f"there is no account {code!r} in these books; `lmb ledger accounts` lists them"
        ) from error


def _start(account: models.Account, before: int | None) -> tuple[int, int]:
    """Where to enter an account's chain to find what has a lower number, and that number. A page
    mostly goes on from an entry of the account; from elsewhere the chain is followed there."""
    if before is None or before > account.seq_last:
        return account.seq_last, account.seq_last + 1
    sides = Q(debit=account.id) | Q(credit=account.id)
    known = models.Transfer.objects.filter(sides, cell=account.cell, seq=before).exists()
    return (before if known else account.seq_last), before


def _entry(row: models.Transfer, account: UUID, codes: dict[UUID, str]) -> Entry:
    goes_out = row.debit == account
    return Entry(
        seq=row.seq,
        transfer=row.id,
        kind=row.kind,
        code=row.code,
        other=codes[row.credit if goes_out else row.debit],
        amount_cents=-row.amount_cents if goes_out else row.amount_cents,
        balance_after_cents=(
            row.debit_balance_after_cents if goes_out else row.credit_balance_after_cents
        ),
        effective_at=row.effective_at,
        recorded_at=row.recorded_at,
        journal=row.journal,
    )


def _terms(row: models.Account) -> AccountTerms:
    return AccountTerms(
        balance=balance_of(row),
        purpose=row.purpose,
        fund=row.fund,
        limit=row.limit_side,
        expires_at=row.expires_at,
        state=row.state,
        opened_at=row.opened_at,
    )
