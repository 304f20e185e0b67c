"""Many threads post through one writer: nothing lost, nothing doubled, no limit crossed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import DatabaseError
from pytest_django.plugin import DjangoDbBlocker

from lmb.ledger import queries
from lmb.ledger.batcher import Batcher, BusyError, UnknownOutcomeError
from lmb.ledger.entries import NOT_OVERDRAWN, Answer, Journal, NewAccount, Post
from lmb.ledger.service import Books, open_accounts, post
from tests.ledger.books import Ledger
from tests.ledger.invariants import broken

CLIENTS = 16


@pytest.fixture
def ledger(fresh_database: object, django_db_blocker: DjangoDbBlocker) -> Iterator[Ledger]:
    with django_db_blocker.unblock():
        ledger = Ledger()
        ledger.run("open world")
        ledger.run("open school")
        wallet = NewAccount("wallet", "test", "tester", limit_side=NOT_OVERDRAWN)
        open_accounts(ledger.books, [wallet])
        ledger.run("grant post world wallet 100 -> ok")
        yield ledger


def spend(ledger: Ledger, key: str, cents: int = 1, debit: str = "wallet") -> Journal:
    items = [Post(key, debit, "school", cents, "test")]
    return Journal(key, "test", "tester", ledger.cause, items)


def test_many_threads_drain_an_account_to_its_limit_and_no_further(ledger: Ledger) -> None:
    with Batcher(ledger.books) as batcher, ThreadPoolExecutor(CLIENTS) as clients:
        journals = [spend(ledger, f"k{number}") for number in range(300)]
        answers = [answer for (answer,) in clients.map(batcher.post, journals)]
    results = [answer.result for answer in answers]
    assert results.count("ok") == 100
    assert results.count("exceeds_balance") == 200
    assert queries.balance(ledger.cell, "wallet").posted_cents == 0
    assert broken(ledger.cell) == []


def test_callers_at_the_same_time_share_a_commit(
    ledger: Ledger, owner_connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []

    def counted(books: Books, journals: Sequence[Journal]) -> list[tuple[Answer, ...]]:
        batches.append(len(journals))
        return post(books, journals)

    monkeypatch.setattr("lmb.ledger.batcher.post", counted)
    with Batcher(ledger.books) as batcher:
        # While the first one waits for the cell, the others come.
        with owner_connection.transaction():
            owner_connection.execute("SELECT FROM ledger_cell FOR UPDATE")
            waiting = [batcher.submit(spend(ledger, "first"))]
            while not batches:
                threading.Event().wait(0.01)
            waiting += [batcher.submit(spend(ledger, f"k{number}")) for number in range(50)]
        assert all(each.result()[0].result == "ok" for each in waiting)
    assert batches == [1, 50]


def test_one_key_from_many_threads_is_posted_once(ledger: Ledger) -> None:
    with Batcher(ledger.books) as batcher, ThreadPoolExecutor(CLIENTS) as clients:
        answered = list(clients.map(batcher.post, [spend(ledger, "same", 10)] * 40))
    results = [answer.result for (answer,) in answered]
    assert sorted(set(results)) == ["exists", "ok"]
    assert results.count("ok") == 1
    assert queries.balance(ledger.cell, "wallet").posted_cents == 90


def test_everything_accepted_is_answered_before_the_end(ledger: Ledger) -> None:
    with Batcher(ledger.books) as batcher:
        futures = [batcher.submit(spend(ledger, f"k{number}")) for number in range(90)]
    assert [future.result()[0].result for future in futures] == ["ok"] * 90
    with pytest.raises(BusyError, match="closing"):
        batcher.submit(spend(ledger, "late"))


def test_full_line_is_told_to_come_again_and_nothing_is_done(ledger: Ledger) -> None:
    batcher = Batcher(ledger.books, queue_journals=2)
    for number in range(2):
        batcher.submit(spend(ledger, f"k{number}"))
    with pytest.raises(BusyError, match="2 journals wait already"):
        batcher.submit(spend(ledger, "k2"))
    with batcher:
        pass
    assert queries.balance(ledger.cell, "wallet").posted_cents == 98


def test_malformed_journal_fails_alone(ledger: Ledger) -> None:
    twice = Journal("twice", "test", "tester", ledger.cause, [*spend(ledger, "t").items] * 2)
    with Batcher(ledger.books, wait_seconds=0.2) as batcher:
        good = [batcher.submit(spend(ledger, f"k{number}")) for number in range(5)]
        bad = batcher.submit(twice)
        assert [future.result()[0].result for future in good] == ["ok"] * 5
        with pytest.raises(DatabaseError):
            bad.result()


def test_lost_connection_answers_unknown_and_the_same_key_settles_it(
    ledger: Ledger, owner_connection: psycopg.Connection
) -> None:
    blocked = owner_connection.cursor()
    blocked.execute("BEGIN")
    blocked.execute("SELECT 1 FROM ledger_cell WHERE id = %s FOR UPDATE", [ledger.cell])
    with Batcher(ledger.books) as batcher:
        future = batcher.submit(spend(ledger, "lost", 10))
        _end_writer(ledger, owner_connection)
        with pytest.raises(UnknownOutcomeError, match="post it again with the same keys"):
            future.result(20)
        blocked.execute("ROLLBACK")
        (answer,) = batcher.post(spend(ledger, "lost", 10))
    assert answer.stands
    assert queries.balance(ledger.cell, "wallet").posted_cents == 90


def _end_writer(ledger: Ledger, owner: psycopg.Connection) -> None:
    """Let the writer run into the lock, then cut its connection."""
    with psycopg.connect(owner.info.dsn, user="lmb_app", autocommit=True) as other:
        for _ in range(200):
            row = other.execute(
                "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND usename = 'lmb_app' AND datname = current_database()"
            ).fetchone()
            if row is not None:
                other.execute("SELECT pg_terminate_backend(%s)", [row[0]])
                return
            threading.Event().wait(0.05)
    raise AssertionError("the writer never came to the lock")
