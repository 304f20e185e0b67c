"""A payment takes as long after a million others as at the start, in the same database session.

A session keeps the plans it has made. One made while tables are empty may read them whole: that is
as good as any other on the first day, and a thousand times slower a million rows later.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import psycopg
import pytest
from django.db import connections as django_connections
from psycopg import sql

from lmb.config import connections
from lmb.config.postgres import Server
from lmb.ledger import service
from lmb.ledger.entries import Answer, Capture, HoldFor, Item, Journal, NewAccount, Post
from lmb.ledger.service import BATCH_ITEMS
from tests.conftest import Database, drop
from tests.effort import Effort
from tests.ledger.books import Ledger

ACCOUNTS = 500
SAMPLES_AT_THE_START = 20
SAMPLES = 120
RATIO_MAX = 2.0


class Session:
    """One database session, kept by a thread of its own, that pays between many accounts."""

    def __init__(self, name: str, database: Database) -> None:
        self._name = name
        self._numbers = itertools.count()
        self._thread = ThreadPoolExecutor(1)
        # The thread keeps the connection it opens now, wherever others are led afterwards.
        connections.use_database(database.app_dsn, database.owner_dsn)
        self._ledger = self._thread.submit(self._open).result()

    def close(self) -> None:
        self._thread.submit(django_connections.close_all).result()
        self._thread.shutdown()

    def sample_seconds(self) -> float:
        """How long it takes to pay, to ask again with the same key, to hold and to capture."""
        return self._thread.submit(self._sample).result()

    def grow(self, transfers: int) -> None:
        """Post so many transfers, in batches."""
        self._thread.submit(self._grow, transfers).result()

    def _open(self) -> Ledger:
        ledger = Ledger("growing")
        service.define_unit("USD", "US dollar")
        codes = [f"account-{number}" for number in range(ACCOUNTS)]
        service.open_accounts(ledger.books, [NewAccount(code, "test", "tester") for code in codes])
        return ledger

    def _sample(self) -> float:
        fee, hold = self._between(Post), self._between(HoldFor)
        begun = time.perf_counter()
        answers = [self._post(fee), self._post(fee), self._post(hold)]
        held = answers[-1].transfer
        assert held is not None
        answers.append(self._post(Capture(f"{hold.key} taken", held, 1, "fee", final=True)))
        seconds = time.perf_counter() - begun
        assert [answer.result for answer in answers] == ["ok", "exists", "ok", "ok"]
        return seconds

    def _grow(self, transfers: int) -> None:
        for _ in range(transfers // BATCH_ITEMS):
            service.post(
                self._ledger.books,
                [self._journal(self._between(Post)) for _ in range(BATCH_ITEMS)],
            )

    def _post(self, item: Item) -> Answer:
        return service.post(self._ledger.books, [self._journal(item)])[0][0]

    def _journal(self, item: Item) -> Journal:
        return Journal(item.key, "test", "tester", self._ledger.cause, [item])

    def _between(self, kind: type[Post] | type[HoldFor]) -> Post | HoldFor:
        number = next(self._numbers)
        accounts = number % ACCOUNTS, (7 * number + 1) % ACCOUNTS
        debit, credit = accounts if accounts[0] != accounts[1] else (0, 1)
        return kind(f"{self._name} {number}", f"account-{debit}", f"account-{credit}", 3, "fee")


@pytest.fixture
def small_database(
    database_server: Server, template_database: Database, fresh_database: Database
) -> Iterator[Database]:
    """Another database like `fresh_database`, which stays as small as both are at the start."""
    name = f"{fresh_database.name}_small"
    with psycopg.connect(database_server.owner_dsn, autocommit=True) as owner:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        owner.execute(create.format(*map(sql.Identifier, (name, template_database.name))))
    database = Database(
        name, database_server.dsn("lmb_app", name), database_server.dsn("lmb_owner", name)
    )
    yield database
    drop(database_server, database)


def test_a_long_session_is_as_quick_as_at_its_start_and_as_a_new_one(
    fresh_database: Database, small_database: Database, effort: Effort
) -> None:
    transfers = effort.amount(20_000, 1_000_000)
    sessions = [Session("at the start", small_database), Session("long", fresh_database)]
    for session in sessions:
        for _ in range(SAMPLES_AT_THE_START):
            session.sample_seconds()
    begun = time.perf_counter()
    sessions[1].grow(transfers)
    grown_seconds = time.perf_counter() - begun
    sessions.append(Session("new", fresh_database))
    # One after the other, so that whatever else this machine does slows all of them alike.
    taken = [[session.sample_seconds() for session in sessions] for _ in range(SAMPLES)]
    small, long, new = (median(column) for column in zip(*taken, strict=True))
    for session in sessions:
        session.close()
    effort.tell(
        f"{transfers:,} transfers in {grown_seconds:.0f} s; a sample in the long session takes "
        f"{long / small:.2f} of what it does at the start, {long / new:.2f} of a new session's"
    )
    assert long < RATIO_MAX * small
    assert long < RATIO_MAX * new
