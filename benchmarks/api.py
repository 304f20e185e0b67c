"""Reading balances through the API as programs do: over loopback, each request with a key, its
permission, its limit and row-level security; beside it the same statement by pgbench.

Everything shares two cores: PostgreSQL, the server's processes and whoever asks. Where others use
the machine too, read the processor time a request and the ratio, not the clock.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import django
import psutil
import psycopg

from lmb.config.postgres import Server, embedded
from lmb.config.runtime import OWNER_URL_VARIABLE, URL_VARIABLE, database, migrate
from lmb.config.server import free_port

INVESTORS = 10
CLIENTS_EACH = 4
ASKING = 16
SECONDS = 15
GOAL_PER_SECOND = 1000
PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Reader:
    """A client's key and an account of its organisation."""

    key: str
    account: UUID

    @property
    def request(self) -> bytes:
        return (
            f"GET /api/v1/accounts/{self.account}/balance HTTP/1.1\r\nHost: localhost\r\n"
            f"X-API-Key: {self.key}\r\n\r\n"
        ).encode()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lmb.config.settings")
    django.setup()
    with (
        tempfile.TemporaryDirectory() as folder,
        embedded(Path(folder) / "home", throwaway=False) as server,
    ):
        os.environ[URL_VARIABLE], os.environ[OWNER_URL_VARIABLE] = server.app_dsn, server.owner_dsn
        with database():
            migrate()
            readers = list(_readers())
            print(f"load {os.getloadavg()[0]:.1f}; {len(readers)} clients, {ASKING} at once")
            bare = _pgbench(server, readers[0].account)
            with served() as (port, processes):
                _asked(port, readers, 2, None)
                before = processor_seconds(processes)
                times, taken = _asked(port, readers, SECONDS, None)
                used = processor_seconds(processes) - before
                rate = len(times) / taken
                print(
                    f"balances: {rate:,.0f}/s (goal {GOAL_PER_SECOND:,}), {_spread(times)}; "
                    f"{used / len(times) * 1e3:.2f} ms of the server's processor time each"
                )
                print(f"the same statement by pgbench: {bare:,.0f}/s; ratio {rate / bare:.3f}")
                half = GOAL_PER_SECOND / 2
                times, taken = _asked(port, readers, SECONDS, half)
                print(
                    f"asked {half:,.0f} times a second: {len(times) / taken:,.0f}/s, "
                    f"{_spread(times)} (goal p99 under 150 ms)"
                )


def _readers() -> Iterator[Reader]:
    """Clients of investors who hold a bond of the demonstration."""
    from lmb.cli.demonstration import exported_files
    from lmb.ledger.models import Account
    from lmb.people import clients, organisations
    from lmb.people import service as people
    from lmb.people.clients import NewClient
    from lmb.people.organisations import NewOrganisation
    from lmb.people.queries import person_keys
    from lmb.people.roles import OrganisationKind, Role
    from lmb.people.scopes import Scope
    from lmb.people.service import NewPerson
    from lmb.settlement import service
    from lmb.settlement.programme import File, ProgrammeFiles, load_programme

    files = (File(name, content) for name, content in exported_files().items())
    books = service.run(load_programme(ProgrammeFiles(*files)), lambda step: None)
    now, draw = datetime.now(UTC), secrets.token_bytes
    people.register(books.cell, [NewPerson("administrator", "OH", "OH-1")], now)
    by = person_keys(books.cell, ["administrator"])["administrator"]
    holders = Account.objects.filter(cell=books.cell, kind="investor").order_by("code")
    new = NewClient("Portfolio", Role.INVESTOR, frozenset({Scope.ACCOUNTS_READ}))
    for account in holders[:INVESTORS]:
        body = NewOrganisation(OrganisationKind.INVESTOR, account.owner, account.owner)
        organisation = organisations.found(books.cell, body, by, now)
        organisations.appoint_first(draw, books.cell, organisation, by, Role.INVESTOR, now)
        for _ in range(CLIENTS_EACH):
            client = clients.register(draw, books.cell, organisation, new, by=by, at=now)
            key = clients.issue_secret(draw, books.cell, client, timedelta(days=1), by=by, at=now)
            yield Reader(key.text, account.id)


def _pgbench(server: Server, account: UUID) -> float:
    """How often a second the books answer the statement alone, on eight connections."""
    with psycopg.connect(server.owner_dsn) as connection:
        (cell,) = connection.execute("SELECT min(cell) FROM ledger_account").fetchone() or (0,)
    program = next(Path(sys.prefix).rglob("pginstall/bin/pgbench"))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(
            "SELECT code, kind, owner, unit, posted_credit_cents - posted_debit_cents,"
            " held_credit_cents, held_debit_cents, id, seq_last FROM ledger_account"
            f" WHERE cell = {cell} AND id = '{account}';\n"
        )
        script.flush()
        ran = subprocess.run(
            [program, "-n", "-f", script.name, "-c", "8", "-j", "2", "-T", "8", server.owner_dsn],
            capture_output=True,
            text=True,
            check=True,
        )
    line = next(line for line in ran.stdout.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])


@contextmanager
def served() -> Iterator[tuple[int, list[psutil.Process]]]:
    """The port of a server of its own, and its processes."""
    port = free_port("127.0.0.1", 8100)
    place = str(Path(__file__).with_name("_serving.py"))
    process = subprocess.Popen([sys.executable, place, str(port), str(PROCESSES)])
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(3)
        yield port, psutil.Process(process.pid).children(recursive=True)
    finally:
        process.terminate()
        process.wait(20)


def processor_seconds(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def _asked(
    port: int, readers: list[Reader], seconds: float, rate: float | None
) -> tuple[list[float], float]:
    """The seconds each answer took, and how long all of it: as fast as it goes, or at a rate."""
    times: list[list[float]] = [[] for _ in range(ASKING)]
    start = time.perf_counter()
    end = start + seconds

    def ask(number: int) -> None:
        own = readers[number::ASKING] or readers
        turn = 0
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            reader = connection.makefile("rb")
            while (now := time.perf_counter()) < end:
                due = now if rate is None else start + (turn * ASKING + number) / rate
                if due >= end:
                    break
                if due > now:
                    time.sleep(due - now)
                # At a rate, waiting in line counts too.
                began = time.perf_counter() if rate is None else due
                connection.sendall(own[turn % len(own)].request)
                _answer(reader)
                times[number].append(time.perf_counter() - began)
                turn += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(ASKING)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for own in times for one in own], time.perf_counter() - start


def _answer(reader: BinaryIO) -> None:
    """Read one answer, which must be a balance."""
    line = reader.readline()
    length = 0
    while (header := reader.readline()) not in (b"\r\n", b""):
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    body = reader.read(length)
    if not line.startswith(b"HTTP/1.1 200") or b"posted_cents" not in body:
        raise RuntimeError(f"{line!r}: {body!r}")


def _spread(times: list[float]) -> str:
    ordered = sorted(times)
    middle, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return f"p50 {middle * 1e3:.1f} ms, p99 {late * 1e3:.1f} ms"
