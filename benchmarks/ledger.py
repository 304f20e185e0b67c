"""Transfers through the books as a Python caller sees them, durable.

Beside them a naive double entry written for this benchmark (lock two accounts, update both, insert
two entries with the balance they leave; one call and one commit a transfer) and the bare limit
(COPY of the same rows into a table with one primary key). Every figure is from one run on one
machine: read the ratios.

The accounts of `spread` are 10,000 limited ones with fund and purpose; `hot` is one limited account
that pays all. Every transfer has a key, a cause, limits, links to the one before on both sides and
the balances it leaves.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import django
import psycopg

from lmb.config.postgres import embedded
from lmb.config.runtime import OWNER_URL_VARIABLE, URL_VARIABLE, database, migrate

if TYPE_CHECKING:
    from lmb.ledger.entries import Cause, Item
    from lmb.ledger.service import Books

ACCOUNTS = 10_000
TRANSFERS = {1: 500, 10: 3_000, 100: 15_000, 1_000: 40_000, 8_190: 40_950}
NAIVE_CLIENTS = (1, 8, 32)
CLIENTS = (1, 8, 64, 512)
NAIVE_TRANSFERS = 4_000
CLIENT_TRANSFERS = {1: 500, 8: 4_000, 64: 20_000, 512: 20_000}
START = datetime(2027, 1, 1, tzinfo=UTC)

NAIVE = """
CREATE TABLE naive_account (id integer PRIMARY KEY, balance bigint NOT NULL);
CREATE TABLE naive_entry (id bigserial PRIMARY KEY, transfer uuid NOT NULL,
    account integer NOT NULL REFERENCES naive_account, amount bigint NOT NULL,
    balance_after bigint NOT NULL, at timestamptz NOT NULL);
CREATE INDEX ON naive_entry (account, id);
INSERT INTO naive_account SELECT n, 1000000000 FROM generate_series(0, 9999) n;
CREATE FUNCTION naive_transfer(p_from integer, p_to integer, p_amount bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_transfer uuid := gen_random_uuid();
    v_from bigint;
    v_to bigint;
BEGIN
    PERFORM FROM naive_account WHERE id IN (p_from, p_to) ORDER BY id FOR UPDATE;
    UPDATE naive_account SET balance = balance - p_amount WHERE id = p_from
    RETURNING balance INTO v_from;
    UPDATE naive_account SET balance = balance + p_amount WHERE id = p_to
    RETURNING balance INTO v_to;
    IF v_from < 0 THEN
        RAISE EXCEPTION 'overdrawn';
    END IF;
    INSERT INTO naive_entry (transfer, account, amount, balance_after, at) VALUES
        (v_transfer, p_from, -p_amount, v_from, now()), (v_transfer, p_to, p_amount, v_to, now());
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
            owner.execute(NAIVE)
            _compare_batches(owner)
            _compare_clients(owner)


@dataclass(frozen=True)
class Scene:
    """Books in which every account has money to move, and a cause to move it."""

    books: Books
    cause: Cause

    @classmethod
    def open(cls, name: str) -> Scene:
        from lmb.ledger import service
        from lmb.ledger.entries import NOT_OVERDRAWN, Cause, NewAccount, Post
        from lmb.values.clock import SimulatedClock

        books = service.open_simulated_books(name, SimulatedClock(START))
        service.define_unit("USD", "cents")
        service.define_fund("bond", "a bond")
        service.define_purpose("training", "training")
        empty = NewAccount(
            "empty",
            "wallet",
            "person",
            limit_side=NOT_OVERDRAWN,
            fund="bond",
            purpose="training",
        )
        limited = [replace(empty, code=f"a{n}") for n in range(ACCOUNTS)]
        service.open_accounts(books, [*limited, empty, NewAccount("world", "world", "world")])
        order = service.instruct(books, kind="order", subject=name, document={}, actor="desk")
        scene = cls(books, Cause.instruction(order))
        for start in range(0, ACCOUNTS, 1000):
            funded = range(start, start + 1000)
            scene.post([Post(f"fund {n}", "world", f"a{n}", 10**9, "grant") for n in funded])
        return scene

    def post(self, items: Sequence[Item], *, linked: bool = False) -> None:
        """Post items as one journal, each standing alone unless linked."""
        from lmb.ledger import service
        from lmb.ledger.entries import Journal

        journal = Journal(items[0].key, "benchmark", "desk", self.cause, items, linked=linked)
        service.post(self.books, [journal])

    def post_apart(self, items: Sequence[Item]) -> None:
        """Post items in one batch, each as a journal of its own."""
        from lmb.ledger import service
        from lmb.ledger.entries import Journal

        journals = [Journal(i.key, "benchmark", "desk", self.cause, [i]) for i in items]
        service.post(self.books, journals)


def _posts(count: int, *, prefix: str = "k", refused_every: int = 0) -> list[Item]:
    """Transfers between accounts all over the place; every so many of them from an empty one."""
    from lmb.ledger.entries import Post

    found: list[Item] = []
    for number in range(count):
        debit, credit = number * 17 % ACCOUNTS, (number * 31 + 1) % ACCOUNTS
        credit = credit if credit != debit else (credit + 1) % ACCOUNTS
        refused = refused_every and number % refused_every == refused_every - 1
        code = "empty" if refused else f"a{debit}"
        found.append(Post(f"{prefix}{number}", code, f"a{credit}", 100, "tuition"))
    return found


def _per_second(items: Sequence[Item], size: int, post: Callable[[Sequence[Item]], None]) -> float:
    batches = [items[start : start + size] for start in range(0, len(items), size)]
    start = time.perf_counter()
    for batch in batches:
        post(batch)
    return len(items) / (time.perf_counter() - start)


def _compare_batches(owner: psycopg.Connection) -> None:
    naive = _naive_clients_per_second(owner.info.dsn, 1, hot=False)
    print(f"  naive function, one connection      {naive:9,.0f} transfers/s", flush=True)
    for size, count in TRANSFERS.items():
        scene = Scene.open(f"batches-{size}")
        items = _posts(count)
        with _wal(owner) as wal:
            posted = _per_second(items, size, scene.post)
        copied = _copied_per_second(owner, scene.books.cell, len(items))
        print(
            f"  books, batches of {size:5,}             {posted:9,.0f} transfers/s, "
            f"{posted / naive:5.2f} of naive, {posted / copied:5.3f} of COPY ({copied:,.0f}/s), "
            f"{wal[0] / count:5,.0f} bytes of WAL each",
            flush=True,
        )
    _compare_kinds()


def _compare_kinds() -> None:
    """What more costs, in batches of 1,000, beside the same without it in the same minutes."""
    scene = Scene.open("kinds")
    count, turns = 10_000, 3
    plain: list[float] = []
    rates: dict[str, list[float]] = {}

    def told(name: str, rate: float) -> None:
        rates.setdefault(name, []).append(rate)

    for turn in range(turns):
        plain.append(_per_second(_posts(count, prefix=f"p{turn}-"), 1000, scene.post))
        refused = _posts(count, prefix=f"r{turn}-", refused_every=100)
        told("1 % refused", _per_second(refused, 1000, scene.post))
        apart = _posts(count, prefix=f"a{turn}-")
        told("a journal for each", _per_second(apart, 1000, scene.post_apart))
        told("holds and captures, leaves hashed", _everything_per_second(scene, turn, count))
    base = sorted(plain)[turns // 2]
    print(f"  batches of 1,000 again              {base:9,.0f} transfers/s")
    for name, found in rates.items():
        rate = sorted(found)[turns // 2]
        print(f"    {name:34}{rate:9,.0f} transfers/s, {rate / base:4.2f} of it", flush=True)


def _everything_per_second(scene: Scene, turn: int, count: int) -> float:
    """Holds, a capture of each, and posts, every transfer hashed into a leaf of the proof log."""
    from lmb.ledger.entries import Capture, HoldFor, Post, transfer_id
    from lmb.proofs.books import written_after
    from lmb.proofs.leaves import commitment, leaf_content
    from lmb.proofs.tree import leaf_hash

    posts = [item for item in _posts(count, prefix=f"e{turn}-") if isinstance(item, Post)]
    third = count // 3
    holds: list[Item] = [
        HoldFor(p.key, p.debit, p.credit, p.amount_cents, p.code) for p in posts[:third]
    ]
    cell = scene.books.cell
    captures: list[Item] = [
        Capture(f"c{h.key}", transfer_id(cell, h.key), 100, "tuition") for h in holds
    ]
    items = [*holds, *captures, *posts[2 * third :]]
    salt = bytes(32)
    last = _last_seq(cell)

    def post(batch: Sequence[Item]) -> None:
        nonlocal last
        scene.post(batch)
        for one in written_after(cell, last, len(batch)):
            committed = commitment(one.movement, salt)
            leaf_hash(leaf_content(cell, one.seq, one.recorded, committed))
            last = one.seq

    return _per_second(items, 1000, post)


def _last_seq(cell: int) -> int:
    from lmb.ledger.models import Cell

    return Cell.objects.get(id=cell).seq_last


def _compare_clients(owner: psycopg.Connection) -> None:
    """Single transfers of many callers: the naive function with a connection for each, ours
    through one micro-batcher. `hot` is one account on one side of every transfer."""
    for title, hot in (("spread", False), ("hot", True)):
        naive = {
            clients: _naive_clients_per_second(owner.info.dsn, clients, hot)
            for clients in NAIVE_CLIENTS
        }
        for clients, rate in naive.items():
            print(f"  naive, {clients:3} clients, {title:6}           {rate:9,.0f} transfers/s")
        for clients in CLIENTS:
            posted, p50, p99 = _batcher_per_second(clients, hot)
            print(
                f"  batcher, {clients:3} clients, {title:6}         {posted:9,.0f} transfers/s, "
                f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, {posted / max(naive.values()):.2f} of naive "
                f"at its best, {posted / naive[8]:.2f} of naive with 8",
                flush=True,
            )


def _batcher_per_second(clients: int, hot: bool) -> tuple[float, float, float]:
    from lmb.ledger.batcher import Batcher
    from lmb.ledger.entries import Journal, Post

    scene = Scene.open(f"clients-{clients}-{hot}")
    turns = CLIENT_TRANSFERS[clients] // clients
    milliseconds: list[float] = []

    def journal(number: int, turn: int) -> Journal:
        key = f"{number}-{turn}"
        debit, credit = _pair(number, turn, hot)
        item = Post(key, f"a{debit}", f"a{credit}", 100, "tuition")
        return Journal(key, "benchmark", "desk", scene.cause, [item])

    def client(asked: Sequence[Journal]) -> None:
        for each in asked:
            start = time.perf_counter()
            (answer,) = batcher.post(each)
            milliseconds.append(1000 * (time.perf_counter() - start))
            assert answer.result == "ok"

    prepared = [[journal(number, turn) for turn in range(turns)] for number in range(clients)]
    with Batcher(scene.books) as batcher, ThreadPoolExecutor(clients) as pool:
        start = time.perf_counter()
        list(pool.map(client, prepared))
        seconds = time.perf_counter() - start
    milliseconds.sort()
    count = len(milliseconds)
    return count / seconds, milliseconds[count // 2], milliseconds[count * 99 // 100]


def _naive_clients_per_second(dsn: str, clients: int, hot: bool) -> float:
    turns = NAIVE_TRANSFERS // clients

    def client(number: int) -> None:
        with psycopg.connect(dsn, autocommit=True) as connection:
            for turn in range(turns):
                debit, credit = _pair(number, turn, hot)
                connection.execute("SELECT naive_transfer(%s, %s, 100)", [debit, credit])

    with ThreadPoolExecutor(clients) as pool:
        start = time.perf_counter()
        list(pool.map(client, range(clients)))
        return clients * turns / (time.perf_counter() - start)


def _pair(number: int, turn: int, hot: bool) -> tuple[int, int]:
    """Two different accounts for a caller's turn; the first of them always the same if hot."""
    debit = 0 if hot else (number * 17 + turn * 13) % ACCOUNTS
    credit = (number * 31 + turn * 7 + 1) % ACCOUNTS
    return debit, credit if credit != debit else (credit + 1) % ACCOUNTS


def _copied_per_second(owner: psycopg.Connection, cell: int, count: int) -> float:
    """COPY the newest transfers of a cell, as Python has them, beside their table."""
    rows = owner.execute(
        "SELECT * FROM ledger_transfer WHERE cell = %s ORDER BY seq DESC LIMIT %s", [cell, count]
    ).fetchall()[::-1]
    owner.execute("CREATE TABLE bare (LIKE ledger_transfer, PRIMARY KEY (cell, id))")
    start = time.perf_counter()
    with owner.cursor().copy("COPY bare FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    seconds = time.perf_counter() - start
    owner.execute("DROP TABLE bare")
    return len(rows) / seconds


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
