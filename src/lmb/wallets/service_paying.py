"""The only functions that hold or spend what is in a wallet: from its pockets for a purpose, oldest
expiry first, all or nothing.

    look back ──stood before──▶ the same parts again
        ▲ │   ──refused before─▶ RefusedError again
        │ ▼
        │ plan ──not enough────▶ refused for good, RefusedError
        │ │
        │ ▼
        └ post as one linked journal ──stands──▶ parts

A plan is only a proposal: pockets are limited accounts, and the books check each at the moment they
post. Where a pocket was emptied in between, the payment is planned again as its next attempt. An
attempt that was refused can never stand, and the next starts only after that: of all attempts
under one key one stands at most, however many callers ask at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from lmb.ledger import spending
from lmb.ledger.entries import Answer, Cause, HoldFor, Journal, Post
from lmb.ledger.service import Books, post
from lmb.values.errors import ConflictError, RefusedError
from lmb.values.money import format_cents
from lmb.wallets import attempts
from lmb.wallets.queries import Pocket, pockets

OVERTAKEN = {
    "exceeds_balance",
    "account_expired",
    "linked_failed",
    "exists",
    "exists_with_different_content",
}
"""What the books answer to a plan that somebody overtook: a pocket has changed since, or another
caller with the same key has posted this attempt."""

Make = Callable[[str, str, str, int, str], HoldFor | Post]
"""Makes an item of its key, debit, credit, cents and code."""

Shares = Sequence[tuple[str, int]]
"""The accounts that pay, and what each of them pays in cents."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What a wallet is asked for. `code` says in the books what the money is for; `key` makes the
    payment repeatable."""

    key: str
    person: UUID
    purpose: str
    cents: int
    to: str
    code: str
    cause: Cause
    actor: str

    def __str__(self) -> str:
        return (
            f"{self.key} asks the wallet of {self.person} for {format_cents(self.cents)} "
            f"for {self.purpose}"
        )


@dataclass(frozen=True, slots=True)
class Part:
    """What one pocket gives; of a hold, `transfer` is the hold's identifier too."""

    pocket: str
    cents: int
    transfer: UUID


def hold_from_wallet(
    books: Books, payment: Payment, *, expires_at: datetime | None = None
) -> list[Part]:
    """Set money of a wallet aside and return its holds, those of the oldest expiry first; they sum
    to the payment. The same payment again returns the same holds, whatever became of the wallet.

    Raises RefusedError where the wallet has too little for the purpose or the books refuse: nothing
    is held, and the key stays refused unless the caller rolls back. Raises ConflictError for a key
    that was used for something else.
    """
    return _pay(books, payment, partial(HoldFor, expires_at=expires_at))


def spend_from_wallet(books: Books, payment: Payment) -> list[Part]:
    """Pay from a wallet at once, as `hold_from_wallet` sets aside; the same errors."""
    return _pay(books, payment, Post)


def _pay(books: Books, payment: Payment, make: Make) -> list[Part]:
    for _ in range(attempts.ATTEMPTS):
        past = attempts.look_back(books.cell, payment.key)
        if past.stands:
            return _again(books, payment, make, past)
        if past.refused is not None:
            raise _refused_again(books, payment, make, past.refused)
        attempt = past.posted + 1
        if attempt > attempts.ATTEMPTS:
            break
        wallet = _paying(books, payment)
        available = sum(pocket.available_cents for pocket in wallet)
        if not wallet or available < payment.cents:
            if _refuse_for_good(books, payment, make, attempt):
                raise RefusedError(_too_little(payment, available))
            continue
        shares = _plan(wallet, payment.cents)
        answers = _post(books, payment, make, attempt, shares)
        parts = _parts(shares, answers)
        if parts:
            return parts
        reasons = {answer.result for answer in answers} - OVERTAKEN
        if reasons and _refuse_for_good(books, payment, make, attempt + 1):
            raise RefusedError(_refused_by_the_books(payment, reasons))
    raise RefusedError(
        f"{payment}, but {attempts.ATTEMPTS} times somebody else was faster; nothing moved. "
        "Ask again in a moment, under a new key"
    )


def _paying(books: Books, payment: Payment) -> list[Pocket]:
    """The pockets that may pay now."""
    now = books.now()
    found = pockets(books.cell, payment.person, purpose=payment.purpose)
    return [pocket for pocket in found if pocket.pays_at(now)]


def _plan(wallet: Sequence[Pocket], cents: int) -> Shares:
    return spending.shares(
        [
            spending.Pocket(
                pocket.account, pocket.available_cents, limited=True, expires_at=pocket.expires_at
            )
            for pocket in wallet
        ],
        cents,
    )


def _post(
    books: Books, payment: Payment, make: Make, attempt: int, shares: Shares
) -> tuple[Answer, ...]:
    """Post an attempt as one linked journal, an item for each account."""
    items = [
        make(attempts.key(payment.key, attempt, number), account, payment.to, cents, payment.code)
        for number, (account, cents) in enumerate(shares)
    ]
    journal = Journal(items[0].key, payment.code, payment.actor, payment.cause, items)
    (answers,) = post(books, [journal])
    return answers


def _parts(shares: Shares, answers: Sequence[Answer]) -> list[Part]:
    """What each account gives, where all of it stands; otherwise nothing."""
    parts = [
        Part(account, cents, answer.transfer)
        for (account, cents), answer in zip(shares, answers, strict=True)
        if answer.transfer is not None
    ]
    return parts if len(parts) == len(answers) else []


def _refuse_for_good(books: Books, payment: Payment, make: Make, attempt: int) -> bool:
    """Let the books refuse an attempt so that they remember it as the payment's last. Returns
    whether they do: not where somebody else's attempt was there first."""
    nowhere = attempts.nothing(payment.person, payment.purpose)
    (answer,) = _post(books, payment, make, attempt, [(nowhere, payment.cents)])
    return answer.result != "exists_with_different_content"


def _again(books: Books, payment: Payment, make: Make, past: attempts.Past) -> list[Part]:
    """The parts of a payment that stood before. The books compare what is asked now."""
    shares = [(movement.debit, movement.amount_cents) for movement in past.stands]
    parts = _parts(shares, _post(books, payment, make, past.posted, shares))
    own = {each.account for each in pockets(books.cell, payment.person, purpose=payment.purpose)}
    paid = sum(part.cents for part in parts)
    if paid != payment.cents or any(part.pocket not in own for part in parts):
        raise _conflict(payment)
    return parts


def _refused_again(books: Books, payment: Payment, make: Make, attempt: int) -> Exception:
    if not _refuse_for_good(books, payment, make, attempt):
        return _conflict(payment)
    available = sum(pocket.available_cents for pocket in _paying(books, payment))
    return RefusedError(
        f"{payment}; it was refused before, and a refused key stays refused. The wallet has "
        f"{format_cents(available)} for it now; ask again under a new key"
    )


def _conflict(payment: Payment) -> ConflictError:
    return ConflictError(
        f"{payment}, but the key was used before for something else; nothing moved. "
        "Ask under a key of its own, or as before"
    )


def _too_little(payment: Payment, available_cents: int) -> str:
    return (
        f"{payment}, but it has {format_cents(available_cents)} available; nothing moved. "
        "Ask for less, or wait for a grant or the release of a hold, under a new key"
    )


def _refused_by_the_books(payment: Payment, reasons: Collection[str]) -> str:
    named = " and ".join(reason.replace("_", " ") for reason in sorted(reasons))
    return (
        f"{payment}, to {payment.to}, and the books refuse: {named}; nothing moved. "
        "Correct the payment and ask under a new key"
    )
