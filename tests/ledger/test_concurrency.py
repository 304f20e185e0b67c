"""Many writers at once, and writers that die: nothing is lost, doubled or beyond a limit."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier

import psycopg
import pytest
from django.db import OperationalError, connections

from lmb.ledger import service
from lmb.ledger.entries import Journal, NewAccount, Post
from lmb.ledger.models import Transfer
from tests.effort import Effort
from tests.ledger.books import Ledger
from tests.ledger.invariants import broken, not_their_prefix

WRITERS = 64
SECONDS = 180
LONG_SECONDS = 600


@pytest.fixture
def ledger(fresh_database: object) -> Ledger:
    ledger = Ledger()
    ledger.run("""
        open world
        open wallet limit=debits<=credits
        open school
        grant post world wallet 100 -> ok
    """)
    return ledger


def at_once(work: Callable[[int], list[str]]) -> list[list[str]]:
    """What each writer answers, each with a connection of its own, all started together."""
    barrier = Barrier(WRITERS)

    def run(number: int) -> list[str]:
        try:
            barrier.wait(SECONDS)
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WRITERS) as pool:
        futures = [pool.submit(run, number) for number in range(WRITERS)]
        return [future.result(LONG_SECONDS) for future in futures]


def post(ledger: Ledger, *posts: Post, key: str | None = None) -> list[str]:
    journal = Journal(key or posts[0].key, "test", "tester", ledger.cause, posts)
    return [answer.result for answer in service.post(ledger.books, [journal])[0]]


def test_an_account_drained_by_many_ends_exactly_at_its_limit(
    ledger: Ledger, effort: Effort
) -> None:
    turns = effort.amount(3, 60)

    def drain(number: int) -> list[str]:
        results = []
        for turn in range(turns):
            results += post(ledger, Post(f"{number}-{turn}", "wallet", "school", 3, "fee"))
        return results

    results = Counter(itertools.chain.from_iterable(at_once(drain)))
    assert results == {"ok": 33, "exceeds_balance": WRITERS * turns - 33}
    ledger.run("""
        balance wallet 1
        balance school 99
    """)
    assert broken(ledger.cell) == not_their_prefix(ledger.cell) == []
    effort.tell(f"{WRITERS} clients, {WRITERS * turns:,} calls")


def test_opposite_orders_of_the_same_accounts_do_not_deadlock(
    ledger: Ledger, effort: Effort
) -> None:
    codes = [f"pair-{number}" for number in range(4)]
    service.open_accounts(ledger.books, [NewAccount(code, "test", "tester") for code in codes])
    turns = effort.amount(3, 60)

    def shuffle(number: int) -> list[str]:
        results = []
        order = codes if number % 2 else codes[::-1]
        for turn in range(turns):
            posts = [
                Post(f"{number}-{turn}-{debit}", debit, credit, 1 + number, "swap")
                for debit, credit in itertools.pairwise(order)
            ]
            results += post(ledger, *posts)
        return results

    results = Counter(itertools.chain.from_iterable(at_once(shuffle)))
    assert results == {"ok": WRITERS * turns * 3}
    # Each odd writer moves one cent more forwards than the even one before it moves back.
    gained = WRITERS // 2 * turns
    ledger.run(f"""
        balance pair-0 {-gained}
        balance pair-3 {gained}
    """)
    assert broken(ledger.cell) == not_their_prefix(ledger.cell) == []
    effort.tell(f"{WRITERS} clients, {WRITERS * turns:,} calls of opposite orders")


def test_the_same_key_from_many_writers_moves_once(ledger: Ledger) -> None:
    results = at_once(lambda _: post(ledger, Post("same", "wallet", "school", 60, "fee")))
    assert Counter(itertools.chain.from_iterable(results)) == {"ok": 1, "exists": WRITERS - 1}
    ledger.run("balance wallet 40")


def test_writers_of_different_cells_do_not_wait_for_each_other(
    ledger: Ledger, app_connection: psycopg.Connection
) -> None:
    other = Ledger("other")
    other.run("""
        open world
        open school
    """)
    app_connection.execute("SET statement_timeout = '5s'")
    with app_connection.transaction():
        app_connection.execute(
            "SELECT ledger_instruct(%s, %s, gen_random_uuid(), 'k', 'open call', '{}', 'me')",
            [ledger.cell, ledger.books.at],
        )
        other.run("a post world school 5 -> ok")
    assert broken(other.cell) == []


def blocked_on_a_lock(watcher: psycopg.Connection) -> int | None:
    """The process of the posting call that waits for a row somebody else holds."""
    row = watcher.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND wait_event_type = 'Lock' AND query LIKE 'SELECT ledger_post%'"
    ).fetchone()
    return None if row is None else int(row[0])


def wait_until_blocked(watcher: psycopg.Connection) -> int:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        process = blocked_on_a_lock(watcher)
        if process is not None:
            return process
        time.sleep(0.01)
    raise AssertionError("the posting call never came to the row that is held")


def test_a_connection_killed_inside_a_batch_leaves_nothing_and_can_be_repeated(
    ledger: Ledger, app_connection: psycopg.Connection, owner_connection: psycopg.Connection
) -> None:
    """The last account of a batch is held by somebody else: the call stands in its middle."""
    service.open_accounts(ledger.books, [NewAccount("last", "test", "tester")])
    posts = [Post(f"k{number}", "wallet", "school", 1, "fee") for number in range(20)]
    batch = [*posts, Post("k20", "wallet", "last", 1, "fee")]

    def post_in_thread() -> list[str]:
        try:
            return [
                answer.result
                for found in service.post(
                    ledger.books,
                    [Journal(p.key, "test", "tester", ledger.cause, [p]) for p in batch],
                )
                for answer in found
            ]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with owner_connection.transaction():
            owner_connection.execute("SELECT 1 FROM ledger_account WHERE code = 'last' FOR UPDATE")
            first: Future[list[str]] = pool.submit(post_in_thread)
            process = wait_until_blocked(app_connection)
            app_connection.execute("SELECT pg_terminate_backend(%s)", [process])
            with pytest.raises(OperationalError):
                first.result(SECONDS)
        ledger.run("balance wallet 100")
        assert not Transfer.objects.filter(cell=ledger.cell, code="fee").exists()
        assert broken(ledger.cell) == []
        assert pool.submit(post_in_thread).result(SECONDS) == ["ok"] * 21
        assert pool.submit(post_in_thread).result(SECONDS) == ["exists"] * 21
    ledger.run("""
        balance wallet 79
        balance last 1
    """)
    assert broken(ledger.cell) == []
