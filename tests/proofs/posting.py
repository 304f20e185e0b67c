"""A small set of books to log: money in, a hold, captures, and a refusal in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lmb.ledger.entries import Capture, Cause, Expire, HoldFor, Journal, NewAccount, Post
from lmb.ledger.service import (
    Books,
    define_fund,
    define_unit,
    instruct,
    open_accounts,
    open_simulated_books,
    post,
)
from lmb.values.clock import SimulatedClock

START = datetime(2030, 1, 2, 12, tzinfo=UTC)


def open_books(name: str = "Ohio") -> Books:
    """Books with money in a fund, a wallet and a provider; one transfer so far."""
    books = open_simulated_books(name, SimulatedClock(START))
    define_unit("USD", "United States dollars, in cents")
    define_fund("series", "Proceeds of a series")
    open_accounts(
        books,
        [
            NewAccount("world", "treasury", "Treasury"),
            NewAccount("wallet", "wallet", "person", fund="series", limit_side="debits<=credits"),
            NewAccount("provider", "provider", "college"),
        ],
    )
    pay(books, "grant", 1_000_000)
    return books


def pay(books: Books, key: str, amount_cents: int = 100, *, actor: str = "desk") -> None:
    """One transfer into the wallet."""
    items = [Post(key, "world", "wallet", amount_cents, "grant")]
    post(books, [replace(_journal(books, key, items), actor=actor)])


def lapse(books: Books, cause: Cause, *, actor: str) -> None:
    """A hold that expires, and its expiry two days later for a cause of its own: two transfers."""
    held = HoldFor("seat", "wallet", "provider", 700, "tuition", books.now() + timedelta(days=1))
    ((answer,),) = post(books, [_journal(books, "seat", [held])])
    assert answer.transfer is not None
    later = replace(books, clock=SimulatedClock(books.now() + timedelta(days=2, microseconds=1)))
    expiry = [Expire("lapsed", answer.transfer, "tuition")]
    post(later, [Journal("lapsed", "expiry", actor, cause, expiry)])


def pay_many(books: Books, prefix: str, count: int) -> None:
    """So many transfers of rising amounts in one journal."""
    items = [
        Post(f"{prefix}/{number}", "world", "wallet", number + 1, "grant")
        for number in range(count)
    ]
    post(books, [_journal(books, prefix, items)])


def hold_and_capture(books: Books) -> None:
    """A hold of $30, of which $20 is paid and the rest released: three transfers."""
    held = HoldFor("tuition", "wallet", "provider", 3000, "tuition")
    ((answer,),) = post(books, [_journal(books, "tuition", [held])])
    assert answer.transfer is not None
    paid = Capture("paid", answer.transfer, 2000, "tuition", final=True)
    post(books, [_journal(books, "paid", [paid])])


def _journal(books: Books, key: str, items: list[Post] | list[HoldFor] | list[Capture]) -> Journal:
    order = instruct(books, kind="order", subject=key, document={"key": key}, actor="desk")
    return Journal(key, "order", "desk", Cause.instruction(order), items)


def salts() -> Iterator[bytes]:
    """Salts that are the same in every run."""
    number = 0
    while True:
        number += 1
        yield number.to_bytes(32, "big")
