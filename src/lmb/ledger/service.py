"""The only functions that change the books. Each calls one SQL function, which decides."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from lmb.ledger.batches import POST, parameters
from lmb.ledger.entries import Answer, Journal, NewAccount
from lmb.values.canonical import Document, canonical_bytes
from lmb.values.clock import Clock
from lmb.values.errors import RefusedError
from lmb.values.identifiers import derived_uuid7

BATCH_ITEMS = 1000
"""Items sent in one call; larger batches only make each answer later."""


@dataclass(frozen=True, slots=True)
class Books:
    """One cell's books and the clock of whoever keeps them."""

    cell: int
    name: str
    simulated: bool
    clock: Clock

    def now(self) -> datetime:
        return self.clock.now()

    @property
    def at(self) -> datetime | None:
        """The time to tell the database: none where its own clock decides."""
        return self.clock.now() if self.simulated else None


def open_simulated_books(name: str, clock: Clock) -> Books:
    """Open (or find again) the books of a simulated run. Its cell number follows from its name,
    so that the same run has the same identifiers on every machine."""
    number = 1 + int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % (2**31 - 2)
    _call("SELECT ledger_open_cell(%s, %s, true)", [number, name])
    return Books(number, name, True, clock)


def define_unit(code: str, description: str, scale: int = 2) -> None:
    """Make a unit known; `scale` is its number of decimals."""
    _call("SELECT ledger_define_unit(%s, %s, %s)", [code, scale, description])


def define_purpose(code: str, description: str) -> None:
    """Make a purpose known."""
    _call("SELECT ledger_define_purpose(%s, %s)", [code, description])


def define_fund(code: str, description: str) -> None:
    """Make a source of money known."""
    _call("SELECT ledger_define_fund(%s, %s)", [code, description])


def open_accounts(books: Books, accounts: Iterable[NewAccount]) -> int:
    """Open accounts and return how many were new; those open already with the same terms stay.

    Raises django.db.IntegrityError when one is open with other terms.
    """
    opened = 0
    now = books.now()
    documents = [
        {
            **asdict(account),
            "id": derived_uuid7(now, str(books.cell), "account", account.code),
        }
        for account in accounts
    ]
    for start in range(0, len(documents), BATCH_ITEMS):
        chunk = json.dumps(documents[start : start + BATCH_ITEMS], default=str)
        opened += int(
            str(_call("SELECT ledger_open_accounts(%s, %s, %s)", [books.cell, books.at, chunk]))
        )
    return opened


def lock_accounts(books: Books, codes: Collection[str], *, order: UUID, locked: bool) -> int:
    """Lock accounts, or open locked ones again, as an instruction of kind `lock` or `unlock` on
    file says; return how many changed. Nothing new leaves a locked account; what was held on it
    before is paid or released, and money comes in. Raises django.db.IntegrityError without the
    instruction."""
    statement = "SELECT ledger_lock_accounts(%s, %s, %s, %s)"
    return int(str(_call(statement, [books.cell, list(codes), locked, order])))


def instruct(
    books: Books, *, kind: str, subject: str, document: Mapping[str, Document], actor: str
) -> UUID:
    """Put an order to move money on file and return its identifier; the same order again
    returns the same one. Raises django.db.IntegrityError when its content differs."""
    identifier = derived_uuid7(books.now(), str(books.cell), "instruction", kind, subject)
    content = canonical_bytes(document).decode()
    found = _call(
        "SELECT ledger_instruct(%s, %s, %s, %s, %s, %s, %s)",
        [books.cell, books.at, identifier, kind, subject, content, actor],
    )
    return UUID(str(found))


def post(books: Books, journals: Iterable[Journal]) -> list[tuple[Answer, ...]]:
    """Post journals in order and return one answer per item, per journal. Refusals are answers,
    not exceptions.

    Raises django.db.Error for a journal without items or with more than 8,190, or for one key
    twice in a linked journal; journals of later batches are then not posted.
    """
    answers: list[tuple[Answer, ...]] = []
    for batch in _batches(journals):
        told = parameters(batch, books.cell, books.now())
        found = _call(f"SELECT {POST}", [books.cell, books.at, *told])
        results = iter(found if isinstance(found, list) else [])
        answers += [
            tuple(Answer(books.cell, item.key, next(results)) for item in journal.items)
            for journal in batch
        ]
    return answers


def post_or_refuse(books: Books, journals: Iterable[Journal]) -> list[tuple[Answer, ...]]:
    """Post journals that must all stand. Raises RefusedError naming the first that does not;
    inside a transaction the caller's rollback undoes the others."""
    answers = post(books, journals)
    for journal in answers:
        refused = [answer for answer in journal if not answer.stands]
        if refused:
            first = min(refused, key=lambda answer: answer.result == "linked_failed")
            raise RefusedError(f"the books refused {first.key}: {first.result.replace('_', ' ')}")
    return answers


def close_through(books: Books, through: datetime) -> None:
    """Close the books: nothing may take effect at or before `through` any more."""
    _call("SELECT ledger_close_through(%s, %s)", [books.cell, through])


def forget_refusals(cell: int) -> int:
    """Forget the refusals of a cell that were kept for 13 months; return how many. Their keys are
    new again. Interrupted, it goes on where it was."""
    forgotten = 0
    while some := int(str(_call("SELECT ledger_forget_refusals(%s, %s)", [cell, BATCH_ITEMS]))):
        forgotten += some
    return forgotten


def _batches(journals: Iterable[Journal]) -> Iterator[list[Journal]]:
    batch: list[Journal] = []
    items = 0
    for journal in journals:
        if batch and items + len(journal.items) > BATCH_ITEMS:
            yield batch
            batch, items = [], 0
        batch.append(journal)
        items += len(journal.items)
    if batch:
        yield batch


Parameters = Sequence[str | int | UUID | datetime | list[str] | None]


def _call(sql: str, parameters: Parameters) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        row = cursor.fetchone()
    return None if row is None else row[0]
