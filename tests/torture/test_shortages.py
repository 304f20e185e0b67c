"""Too little time, or too few connections: a call fails whole, and posting again succeeds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db import connections as django_connections

from lmb.ledger import queries, service
from lmb.ledger.batcher import Batcher, UnknownOutcomeError
from lmb.ledger.entries import Journal
from tests.conftest import Database
from tests.effort import Effort
from tests.ledger.invariants import broken
from tests.torture.traffic import Answers, Client, Traffic, open_books

BATCH_JOURNALS = 120
CLIENTS = 12
PLACES = 5
END_SECONDS = 180.0
ATTEMPTS_MAX = 2000
RETRY_SECONDS = 0.01


@pytest.fixture
def traffic(fresh_database: Database) -> Traffic:
    """Books with a grant in each wallet."""
    traffic = Traffic(open_books("scarce"))
    grants = traffic.client("grants").grants()
    traffic.note(grants, service.post(traffic.ledger.books, grants))
    return traffic


# ── time ──────────────────────────────────────────────────────────────────────────────────────


def test_a_batch_stopped_in_its_middle_leaves_nothing_and_is_posted_once(traffic: Traffic) -> None:
    client, cell = traffic.client("a"), traffic.ledger.cell
    before = len(queries.movements(cell))
    batch = [client.journal() for _ in range(BATCH_JOURNALS)]
    milliseconds, answers = 1, post_within(1, traffic, batch)
    assert answers is None
    while answers is None:
        assert len(queries.movements(cell)) == before
        assert broken(cell) == []
        milliseconds *= 2
        answers = post_within(milliseconds, traffic, batch)
    assert "exists" not in {answer.result for told in answers for answer in told}
    traffic.note(batch, answers)
    traffic.settle()


def post_within(
    milliseconds: int, traffic: Traffic, batch: Sequence[Journal]
) -> list[Answers] | None:
    """The answers, or None where they did not come in time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(milliseconds)])
    try:
        return service.post(traffic.ledger.books, batch)
    except OperationalError as error:
        if not isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise
        return None
    finally:
        # The next one has time again.
        connection.close()


def test_the_batcher_does_not_know_what_became_of_a_batch_it_did_not_see_the_end_of(
    traffic: Traffic, fresh_database: Database, owner_connection: psycopg.Connection
) -> None:
    client = traffic.client("a")
    journals = [client.journal() for _ in range(BATCH_JOURNALS)]
    with owner_connection.transaction():
        owner_connection.execute(f"ALTER DATABASE {fresh_database.name} SET statement_timeout = 1")
    with Batcher(traffic.ledger.books, wait_seconds=1) as batcher:
        first = [batcher.submit(journal) for journal in journals]
        for future in first:
            with pytest.raises(UnknownOutcomeError):
                future.result(END_SECONDS)
        owner_connection.execute(f"ALTER DATABASE {fresh_database.name} RESET statement_timeout")
        second = [batcher.submit(journal) for journal in journals]
        traffic.note(journals, [future.result(END_SECONDS) for future in second])
    traffic.settle()


# ── connections ───────────────────────────────────────────────────────────────────────────────


def test_without_a_free_connection_nothing_is_posted_and_then_once(
    traffic: Traffic, fresh_database: Database, owner_connection: psycopg.Connection
) -> None:
    client = traffic.client("a")
    plain, batched = [client.journal()], client.journal()
    allow(PLACES, fresh_database, owner_connection)
    django_connections.close_all()
    with Batcher(traffic.ledger.books) as batcher:
        with ExitStack() as busy:
            for _ in range(PLACES):
                busy.enter_context(psycopg.connect(fresh_database.app_dsn))
            with pytest.raises(OperationalError, match="too many connections"):
                service.post(traffic.ledger.books, plain)
            with pytest.raises(UnknownOutcomeError):
                batcher.submit(batched).result(END_SECONDS)
        traffic.note([batched], [batcher.submit(batched).result(END_SECONDS)])
    traffic.note(plain, service.post(traffic.ledger.books, plain))
    traffic.settle()


def test_many_clients_that_fight_for_a_few_connections_all_get_through(
    traffic: Traffic,
    fresh_database: Database,
    owner_connection: psycopg.Connection,
    effort: Effort,
) -> None:
    allow(PLACES, fresh_database, owner_connection)
    django_connections.close_all()
    turns = effort.amount(3, 100)
    start = Barrier(CLIENTS)

    def run(client: Client) -> int:
        start.wait(END_SECONDS)
        refused = 0
        for _ in range(turns):
            batch = client.batch()
            answers, attempts = post_until_connected(traffic, batch)
            refused += attempts - 1
            traffic.note(batch, answers)
            django_connections.close_all()
        return refused

    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [traffic.client(f"c{number}", effort.random(number)) for number in range(CLIENTS)]
        refused = sum(pool.map(run, clients, timeout=END_SECONDS * effort.amount(1, 10)))
    effort.tell(f"{CLIENTS} clients, {PLACES} connections: {refused:,} times there was none")
    assert refused > 0
    traffic.settle()


def allow(places: int, database: Database, owner: psycopg.Connection) -> None:
    """Let the database take only so many connections, the owner's own beside them."""
    owner.execute(f"ALTER DATABASE {database.name} CONNECTION LIMIT {places + 1}")


def post_until_connected(traffic: Traffic, batch: Sequence[Journal]) -> tuple[list[Answers], int]:
    """The answers, and after how many attempts they came."""
    for attempt in range(1, ATTEMPTS_MAX):
        try:
            return service.post(traffic.ledger.books, batch), attempt
        except OperationalError as error:
            if "too many connections" not in str(error):
                raise
            time.sleep(RETRY_SECONDS)
    raise AssertionError(f"no connection in {ATTEMPTS_MAX} attempts")
