"""Many ask one wallet at once: the books check what a pocket has at the moment of each hold.

Each test has a database of its own, where it may commit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import psycopg
import pytest
from django.db import connections

from lmb.values.errors import RefusedError
from lmb.wallets.queries import pockets
from lmb.wallets.service_paying import Part, hold_from_wallet, spend_from_wallet
from tests.ledger.books import Ledger
from tests.ledger.invariants import broken, not_their_prefix
from tests.wallets.small import Wallet

CALLERS = 8
SECONDS = 180

T = TypeVar("T")


@pytest.fixture
def wallet(fresh_database: object) -> Wallet:
    """Four pockets of $25."""
    wallet = Wallet(Ledger())
    for year in range(2028, 2032):
        wallet.fill(str(year), 25_00, expires=f"{year}-01-01")
    return wallet


def at_once(work: Callable[[int], T]) -> list[T]:
    """What each caller gets, each with a connection of its own, all started together."""
    barrier = Barrier(CALLERS)

    def run(number: int) -> T:
        try:
            barrier.wait(SECONDS)
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CALLERS) as pool:
        return list(pool.map(run, range(CALLERS), timeout=SECONDS))


def test_callers_with_keys_of_their_own_share_what_there_is(wallet: Wallet) -> None:
    """$3 a turn, half of them held and half spent: 33 turns stand and one dollar is left."""

    def pay(number: int) -> list[str]:
        paid = []
        take = spend_from_wallet if number % 2 else hold_from_wallet
        for turn in range(6):
            try:
                parts = take(wallet.ledger.books, wallet.asked(f"{number} {turn}", 3_00))
                paid.append(str(sum(part.cents for part in parts)))
            except RefusedError as refused:
                paid.append(str(refused).partition("; ")[2])
        return paid

    paid = Counter(answer for answers in at_once(pay) for answer in answers)
    assert paid.pop("300") == 33
    ((refusal, refused),) = paid.items()
    assert refusal.startswith("nothing moved. Ask for less")
    assert refused == CALLERS * 6 - 33
    left = [pocket.available_cents for pocket in pockets(wallet.ledger.cell, wallet.person)]
    assert left == [0, 0, 0, 1_00]
    assert broken(wallet.ledger.cell) == not_their_prefix(wallet.ledger.cell) == []


def test_a_frozen_pocket_does_not_pay(wallet: Wallet, owner_connection: psycopg.Connection) -> None:
    owner_connection.execute(
        "UPDATE ledger_account SET state = 'frozen' WHERE code = %s", [wallet.code("2028")]
    )
    parts = hold_from_wallet(wallet.ledger.books, wallet.asked("a", 30_00))
    assert wallet.sources(parts) == [("2029", 25_00), ("2030", 5_00)]


def test_callers_with_one_key_have_one_payment(wallet: Wallet) -> None:
    """Although others move the balances they plan on."""

    def pay(number: int) -> list[Part]:
        key = "same" if number % 2 else f"other {number}"
        return hold_from_wallet(wallet.ledger.books, wallet.asked(key, 20_00))

    paid = at_once(pay)
    same = [parts for number, parts in enumerate(paid) if number % 2]
    assert all(parts == same[0] for parts in same)
    assert sum(part.cents for part in same[0]) == 20_00
    left = [pocket.available_cents for pocket in pockets(wallet.ledger.cell, wallet.person)]
    assert left == [0, 0, 0, 0]
    assert broken(wallet.ledger.cell) == []
