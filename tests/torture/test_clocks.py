"""Clocks jump. The books' own time never goes back, and a key is the same key at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import DataError

from lmb.ledger import queries, service
from lmb.ledger.entries import Answer, Capture, Cause, HoldFor, Item, Journal, Post
from lmb.ledger.service import Books
from tests.ledger.books import START, Ledger, execute
from tests.ledger.invariants import broken, not_their_prefix

REAL_CELL = 1
YEARS = timedelta(days=3_650)
DAY = timedelta(days=1)


@dataclass
class JumpingClock:
    """A client's clock, which somebody sets now and then."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at


@dataclass
class Client:
    """Somebody who posts by a clock that jumps."""

    books: Books
    cause: Cause
    clock: JumpingClock

    def post(self, item: Item) -> Answer:
        journal = Journal(item.key, "test", "tester", self.cause, [item])
        ((answer,),) = service.post(self.books, [journal])
        return answer

    def recorded(self) -> list[datetime]:
        return [found.recorded_at for found in queries.movements(self.books.cell)]

    def check(self) -> None:
        assert self.recorded() == sorted(self.recorded())
        assert broken(self.books.cell) == not_their_prefix(self.books.cell) == []


def fee(key: str) -> Post:
    return Post(key, "wallet", "school", 3, "fee")


@pytest.fixture
def client(fresh_database: object) -> Client:
    """A client of real books, of which the database tells the time."""
    execute("SELECT ledger_open_cell(%s, 'real', false)", [REAL_CELL])
    clock = JumpingClock()
    return opened(Books(REAL_CELL, "real", simulated=False, clock=clock), clock)


def opened(books: Books, clock: JumpingClock) -> Client:
    ledger = Ledger("beside")
    ledger.books, ledger.cell = books, books.cell
    ledger.run("""
        open world
        open wallet limit=debits<=credits
        open school
    """)
    order = service.instruct(books, kind="test", subject="why", document={}, actor="tester")
    client = Client(books, Cause.instruction(order), clock)
    assert client.post(Post("grant", "world", "wallet", 100, "grant")).result == "ok"
    return client


def test_a_clients_clock_may_jump_between_a_call_and_its_repetition(client: Client) -> None:
    first = client.post(fee("a"))
    for at in (START - YEARS, START + YEARS, START + DAY):
        client.clock.at = at
        again = client.post(fee("a"))
        assert (again.result, again.transfer) == ("exists", first.transfer)
        assert client.post(fee(f"new {at}")).result == "ok"
    client.check()


def test_a_clients_clock_does_not_end_a_hold(client: Client) -> None:
    until = client.recorded()[-1] + DAY
    hold = client.post(HoldFor("h", "wallet", "school", 10, "tuition", until)).transfer
    assert hold is not None
    client.clock.at = until + YEARS
    assert client.post(Capture("c", hold, 4, "tuition")).result == "ok"
    client.check()


def test_time_stands_still_when_the_databases_clock_is_set_back(
    client: Client, owner_connection: psycopg.Connection
) -> None:
    """That is: the newest transfer was recorded when the clock was a day ahead."""
    before = client.recorded()
    owner_connection.execute(
        "UPDATE ledger_cell SET recorded_at_last = recorded_at_last + interval '1 day'"
        " WHERE id = %s",
        [REAL_CELL],
    )
    assert client.post(fee("a")).result == client.post(fee("b")).result == "ok"
    assert client.recorded() == [*before, before[-1] + DAY, before[-1] + DAY]
    client.check()


def test_an_injected_clock_that_is_set_back_moves_nothing(fresh_database: object) -> None:
    clock = JumpingClock()
    client = opened(service.open_simulated_books("simulated", clock), clock)
    clock.at = START - DAY
    with pytest.raises(DataError, match="cannot go back"):
        client.post(fee("a"))
    client.check()
    assert client.post(Post("grant", "world", "wallet", 100, "grant")).result == "exists"
    clock.at = START + DAY
    assert client.post(fee("a")).result == "ok"
    assert len(client.recorded()) == 2
    client.check()
