"""A person's statement page through all that stands before it: granian, session, permission,
row-level security. Beside it, the database alone asked for the wallet's rows. What a program's read
costs is in `api`.

The load comes from this machine too and is bounded: so many connections, each of which waits for
its answer; then at half of the goal, paced, with the wait counted from when a request was due.
"""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import django
import psutil
import psycopg

from benchmarks.api import processor_seconds, served
from lmb.config.postgres import embedded
from lmb.config.runtime import URL_VARIABLE, database, migrate

CLIENTS = 8
SECONDS = 6.0
VISITORS = 64
PAGES_GOAL = 300
HOST = "127.0.0.1"
Ask = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """How many requests, how many a second, how long half and 99 of 100 took at most."""

    count: int
    rate: float
    p50_ms: float
    p99_ms: float

    def __str__(self) -> str:
        return f"{self.rate:,.0f}/s, p50 {self.p50_ms:.1f} ms, p99 {self.p99_ms:.1f} ms"


@dataclass(frozen=True, slots=True)
class Scene:
    """Books with people in them: who visits, with the secret of their session."""

    cell: int
    cookies: list[tuple[UUID, str]]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lmb.config.settings")
    django.setup()
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded(Path(folder) / "home", throwaway=False) as server,
    ):
        os.environ[URL_VARIABLE] = server.app_dsn
        os.environ["DATABASE_OWNER_URL"] = server.owner_dsn
        with database():
            migrate()
            scene = _scene()
            with psycopg.connect(server.owner_dsn, autocommit=True) as owner:
                owner.execute("ANALYZE")
        with served() as (port, processes):
            _pages(server.app_dsn, port, processes, scene)


def _pages(dsn: str, port: int, processes: list[psutil.Process], scene: Scene) -> None:
    requests = [
        f"GET /wallet/ HTTP/1.1\r\nHost: {HOST}\r\nCookie: lmb_session={secret}\r\n\r\n".encode()
        for _, secret in scene.cookies
    ]
    # Once a minute a visit is marked as alive: a write, and a wait for the disk.
    with _connected(port) as ask:
        for request in requests:
            ask(request)
    before = processor_seconds(processes)
    most = _load(port, requests)
    used_ms = (processor_seconds(processes) - before) * 1000 / most.count
    print(f"  pages, {CLIENTS} at once: {most}; the goal is {PAGES_GOAL}/s", flush=True)
    print(f"    {used_ms:.2f} ms of the server's processor time each", flush=True)
    paced = _load(port, requests, rate=PAGES_GOAL / 2)
    print(f"  {PAGES_GOAL // 2} a second asked for: {paced}; the goal is p99 150 ms", flush=True)
    bare = _plain(
        dsn,
        "SELECT * FROM ledger_account WHERE cell = %s AND owner = %s",
        [(scene.cell, str(person)) for person, _ in scene.cookies],
    )
    print(f"  the wallet's rows alone: {bare}; pages are {most.rate / bare.rate:.4f} of it")


# ── the load ──────────────────────────────────────────────────────────────────────────────────


def _load(
    port: int, requests: Sequence[bytes], *, seconds: float = SECONDS, rate: float | None = None
) -> Measured:
    """Ask over `CLIENTS` connections for so long; as fast as it is answered, or so often."""

    def client(number: int) -> Iterator[Ask]:
        with _connected(port) as ask:
            for request in islice(cycle(requests), number, None):
                yield partial(ask, request)

    return _measure(client, seconds, rate)


@contextmanager
def _connected(port: int) -> Iterator[Callable[[bytes], None]]:
    """A connection that is kept: what sends a request over it and reads the answer."""
    with socket.create_connection((HOST, port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reader = connection.makefile("rb")

        def ask(request: bytes) -> None:
            connection.sendall(request)
            _read_answer(reader)

        yield ask


def _read_answer(reader: BinaryIO) -> None:
    """Read one answer to its end. Raises AssertionError for any but a 200."""
    status = reader.readline()
    assert b" 200 " in status, status
    length = 0
    while (line := reader.readline()) != b"\r\n":
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    assert length
    reader.read(length)


def _plain(dsn: str, statement: str, parameters: Sequence[tuple[object, ...]]) -> Measured:
    """The same rows from the database alone, prepared, over as many connections."""

    def client(number: int) -> Iterator[Ask]:
        options = "-c lmb.house=yes"
        with psycopg.connect(dsn, autocommit=True, options=options) as connection:
            for values in islice(cycle(parameters), number, None):

                def ask(values: tuple[object, ...] = values) -> None:
                    connection.execute(statement, values, prepare=True).fetchall()

                yield ask

    return _measure(client, SECONDS / 2, None)


def _measure(
    client: Callable[[int], Iterator[Ask]], seconds: float, rate: float | None
) -> Measured:
    taken: list[float] = []
    failures: list[BaseException] = []
    start = time.perf_counter() + 0.2

    def work(number: int) -> None:
        due = start + number / (rate or 1e9)
        mine: list[float] = []
        try:
            for ask in client(number):
                now = time.perf_counter()
                if now < due:
                    time.sleep(due - now)
                if rate is None:
                    due = time.perf_counter()
                if max(due, now) > start + seconds:
                    break
                ask()
                mine.append(time.perf_counter() - due)
                due += CLIENTS / rate if rate else 0
        except BaseException as error:
            failures.append(error)
        taken.extend(mine)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    elapsed = time.perf_counter() - start
    taken.sort()
    return Measured(
        len(taken),
        len(taken) / elapsed,
        taken[len(taken) // 2] * 1000,
        taken[len(taken) * 99 // 100] * 1000,
    )


# ── the scene ─────────────────────────────────────────────────────────────────────────────────


def _scene() -> Scene:
    from benchmarks.programme import bids, earnings, people
    from lmb.settlement.programme import load_programme
    from lmb.settlement.service import run
    from tests.settlement.small import changed_terms, small_files

    count = 4 * VISITORS
    terms = changed_terms(offering_cents=2 * VISITORS * 125_000)
    files = small_files(
        terms=terms, bids=bids(count), people=people(count), earnings=earnings(count)
    )
    books = run(load_programme(files), lambda step: None)
    return Scene(books.cell, _signed_in(books.cell))


def _signed_in(cell: int) -> list[tuple[UUID, str]]:
    """Visitors with the secret of their session."""
    from django.test import RequestFactory
    from django.utils import timezone

    from lmb.people.queries import person_keys
    from lmb.web import visits
    from lmb.web.personas.seeds import sure
    from lmb.web.session_store import SessionStore

    names = [f"p{number:06}" for number in range(1, 2 * VISITORS, 2)]
    cookies = []
    for person in person_keys(cell, names).values():
        request = RequestFactory().get("/")
        request.session = SessionStore()
        visits.begin(request, cell, person, sure(timezone.now()))
        request.session.save()
        cookies.append((person, str(request.session.session_key)))
    return cookies
