"""Transfers through the books on one connection, as a Python caller sees them, durable.

Beside them a naive double entry written for this benchmark (lock two accounts, update both,
insert two entries, one call and one commit a transfer) and the bare limit (COPY of as many rows
into a table with one primary key). Every figure is from one run on one machine: read the ratios.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import django
import psycopg

from lmb.config.postgres import embedded
from lmb.config.runtime import OWNER_URL_VARIABLE, URL_VARIABLE, database, migrate

ACCOUNTS = 1_000
TRANSFERS = 20_000
SINGLES = 1_000
BATCHES = (1, 10, 100, 1_000)
CLIENTS = (8, 32)
BATCHER_CLIENTS = (8, 64, 512)
CLIENT_TRANSFERS = 20_000
NAIVE_TRANSFERS = 4_000

NAIVE = """
CREATE TABLE naive_account (id integer PRIMARY KEY, balance bigint NOT NULL);
CREATE TABLE naive_entry (id bigserial PRIMARY KEY, account integer, amount bigint, at timestamptz);
INSERT INTO naive_account SELECT n, 0 FROM generate_series(0, 999) n;
CREATE FUNCTION naive_transfer(p_from integer, p_to integer, p_amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM naive_account WHERE id IN (p_from, p_to) ORDER BY id FOR UPDATE;
    UPDATE naive_account SET balance = balance - p_amount WHERE id = p_from;
    UPDATE naive_account SET balance = balance + p_amount WHERE id = p_to;
    INSERT INTO naive_entry (account, amount, at)
    VALUES (p_from, -p_amount, now()), (p_to, p_amount, now());
END $$;
"""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lmb.config.settings")
    django.setup()
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded(Path(folder) / "home", throwaway=False) as server,
    ):
        os.environ[URL_VARIABLE] = server.app_dsn
        os.environ[OWNER_URL_VARIABLE] = server.owner_dsn
        with database(), psycopg.connect(server.owner_dsn, autocommit=True) as owner:
            migrate()
            _compare(owner)


def _compare(owner: psycopg.Connection) -> None:
    naive = _naive_per_second(owner)
    print(f"  naive function, one commit each     {naive:9,.0f} transfers/s")
    copied = _copied_per_second(owner)
    print(f"  COPY with one primary key           {copied:9,.0f} rows/s")
    for size in BATCHES:
        with _wal(owner) as wal:
            posted = _posted_per_second(size, refused_every=0)
        count = SINGLES if size == 1 else TRANSFERS
        print(
            f"  books, batches of {size:5,}             {posted:9,.0f} transfers/s, "
            f"{posted / naive:5.2f} of naive, {posted / copied:5.3f} of COPY, "
            f"{wal[0] / count:5,.0f} bytes of WAL each"
        )
    refused = _posted_per_second(1_000, refused_every=100)
    print(f"  the same with 1 % refused           {refused:9,.0f} transfers/s")
    _compare_clients(owner)


def _compare_clients(owner: psycopg.Connection) -> None:
    """Single transfers of many callers: the naive function with a connection for each, ours
    through one micro-batcher. `hot` is one account on one side of every transfer."""
    for title, hot in (("spread", False), ("hot", True)):
        for clients in CLIENTS:
            naive = _naive_clients_per_second(owner.info.dsn, clients, hot)
            print(f"  naive, {clients:3} clients, {title:6}           {naive:9,.0f} transfers/s")
        for clients in BATCHER_CLIENTS:
            posted, p50, p99 = _batcher_per_second(clients, hot)
            print(
                f"  batcher, {clients:3} clients, {title:6}         {posted:9,.0f} transfers/s, "
                f"p50 {p50:.1f} ms, p99 {p99:.1f} ms"
            )


def _posted_per_second(size: int, refused_every: int) -> float:
    from lmb.ledger import service
    from lmb.ledger.entries import NOT_OVERDRAWN, Cause, Journal, NewAccount, Post
    from lmb.values.clock import SimulatedClock

    name = f"benchmark-{size}-{refused_every}"
    books = service.open_simulated_books(name, SimulatedClock(datetime(2027, 1, 1, tzinfo=UTC)))
    service.define_unit("USD", "cents")
    accounts = [NewAccount(f"a{n}", "benchmark", "benchmark") for n in range(ACCOUNTS)]
    empty = NewAccount("empty", "benchmark", "benchmark", limit_side=NOT_OVERDRAWN)
    service.open_accounts(books, [*accounts, empty])
    order = service.instruct(books, kind="benchmark", subject=name, document={}, actor="benchmark")
    cause = Cause.instruction(order)

    def journal(number: int) -> Journal:
        refused = refused_every and number % refused_every == 0
        debit = "empty" if refused else f"a{number % ACCOUNTS}"
        item = Post(f"k{number}", debit, f"a{(number * 7 + 1) % ACCOUNTS}", 100, "benchmark")
        return Journal(f"k{number}", "benchmark", "benchmark", cause, [item])

    count = SINGLES if size == 1 else TRANSFERS
    start = time.perf_counter()
    for first in range(1, count + 1, size):
        service.post(books, [journal(number) for number in range(first, first + size)])
    return count / (time.perf_counter() - start)


def _batcher_per_second(clients: int, hot: bool) -> tuple[float, float, float]:
    from lmb.ledger import service
    from lmb.ledger.batcher import Batcher
    from lmb.ledger.entries import Cause, Journal, NewAccount, Post
    from lmb.values.clock import SimulatedClock

    name = f"clients-{clients}-{hot}"
    books = service.open_simulated_books(name, SimulatedClock(datetime(2027, 1, 1, tzinfo=UTC)))
    service.open_accounts(
        books, (NewAccount(f"a{n}", "benchmark", "benchmark") for n in range(ACCOUNTS))
    )
    order = service.instruct(books, kind="benchmark", subject=name, document={}, actor="benchmark")
    cause = Cause.instruction(order)
    milliseconds: list[float] = []

    def client(number: int) -> None:
        for turn in range(CLIENT_TRANSFERS // clients):
            key = f"{number}-{turn}"
            credit = f"a{(number * 31 + turn * 7) % (ACCOUNTS - 1) + 1}"
            debit = "a0" if hot else f"a{(number * 17 + turn * 13) % ACCOUNTS}"
            if debit == credit:
                continue
            item = Post(key, debit, credit, 100, "benchmark")
            start = time.perf_counter()
            batcher.post(Journal(key, "benchmark", "benchmark", cause, [item]))
            milliseconds.append(1000 * (time.perf_counter() - start))

    with Batcher(books) as batcher, ThreadPoolExecutor(clients) as pool:
        start = time.perf_counter()
        list(pool.map(client, range(clients)))
        seconds = time.perf_counter() - start
    milliseconds.sort()
    count = len(milliseconds)
    return count / seconds, milliseconds[count // 2], milliseconds[count * 99 // 100]


def _naive_clients_per_second(dsn: str, clients: int, hot: bool) -> float:
    def client(number: int) -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for turn in range(NAIVE_TRANSFERS // clients):
                debit = 0 if hot else (number * 17 + turn * 13) % ACCOUNTS
                credit = (number * 31 + turn * 7) % (ACCOUNTS - 1) + 1
                if debit != credit:
                    connection.execute("SELECT naive_transfer(%s, %s, 100)", [debit, credit])

    with ThreadPoolExecutor(clients) as pool:
        start = time.perf_counter()
        list(pool.map(client, range(clients)))
        return NAIVE_TRANSFERS / (time.perf_counter() - start)


def _naive_per_second(owner: psycopg.Connection) -> float:
    owner.execute(NAIVE)
    start = time.perf_counter()
    for number in range(SINGLES):
        owner.execute(
            "SELECT naive_transfer(%s, %s, 100)",
            [number % ACCOUNTS, (number * 7 + 1) % ACCOUNTS],
        )
    return SINGLES / (time.perf_counter() - start)


def _copied_per_second(owner: psycopg.Connection) -> float:
    owner.execute("CREATE TABLE bare (id uuid PRIMARY KEY, a bigint, b bigint, c bigint)")
    start = time.perf_counter()
    with owner.cursor().copy("COPY bare FROM STDIN") as copy:
        for number in range(TRANSFERS):
            copy.write_row((f"{number:032x}", number, number, number))
    return TRANSFERS / (time.perf_counter() - start)


@contextmanager
def _wal(owner: psycopg.Connection) -> Iterator[list[int]]:
    """How many bytes of write-ahead log the block made, once it is over."""
    written: list[int] = []
    before = owner.execute("SELECT pg_current_wal_lsn()").fetchone()
    yield written
    after = owner.execute(
        "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), %s::pg_lsn)", before
    ).fetchone()
    assert after is not None
    written.append(int(after[0]))
