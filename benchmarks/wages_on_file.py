"""Wages put on file: an ICESA file read and checked, its people found by the vault's blind index,
their pay stored in two times. Told again nothing changes; then one in a hundred is amended.

The scale is the same rows copied by PostgreSQL alone, into a table without any constraint.
"""

from __future__ import annotations

import io
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django
import psycopg

from lmb.config.postgres import embedded
from lmb.config.runtime import URL_VARIABLE, database, migrate
from lmb.values.identifiers import derived_uuid7

if TYPE_CHECKING:
    from lmb.facts.service_wages import WageReceipt
    from lmb.people.keys import VaultKeys

RECORDS = int(os.environ.get("WAGES_ON_FILE", "100000"))
PER_EMPLOYER = 100
CELL = 1
NOW = datetime(2027, 3, 1, 15, tzinfo=UTC)


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
            with psycopg.connect(server.owner_dsn, autocommit=True) as owner:
                keys = _people(owner)
                _measure(keys, owner, Path(folder))


def _people(owner: psycopg.Connection) -> VaultKeys:
    """Every third number of the file is somebody's."""
    from lmb.people.identifiers import IndexKind
    from lmb.people.keys import LocalIndexKeys, LocalMasterKeys, VaultKeys

    keys = VaultKeys(
        LocalMasterKeys("m", {"m": b"m" * 32}, os.urandom),
        LocalIndexKeys(1, {1: b"k" * 32}),
        os.urandom,
    )
    with owner.cursor() as cursor:
        cursor.execute("SELECT ledger_open_cell(%s, 'state', true)", [CELL])
        people = [
            (
                derived_uuid7(NOW, "person", str(number)),
                keys.index.digests(IndexKind.SSN, _ssn(number)),
            )
            for number in range(0, RECORDS, 3)
        ]
        with cursor.copy("COPY people_person (cell, id, recorded_at) FROM STDIN") as rows:
            for person, _ in people:
                rows.write_row((CELL, person, NOW))
        copy = "COPY vault.blind_index (kind, key, digest, cell, person) FROM STDIN"
        with cursor.copy(copy) as rows:
            for person, digests in people:
                rows.write_row(("ssn", 1, digests[1], CELL, person))
        cursor.execute("ANALYZE")
    return keys


def _measure(keys: VaultKeys, owner: psycopg.Connection, folder: Path) -> None:
    first, amended = folder / "wages.txt", folder / "amended.txt"
    _write(first, range(RECORDS), 0)
    _write(amended, range(0, RECORDS, 100), 1)
    found: dict[str, tuple[float, WageReceipt]] = {}
    found["put on file"] = _timed(lambda: _load(keys, first, 0, amends=False))
    found["told again"] = _timed(lambda: _load(keys, first, 1, amends=False))
    found["one in a hundred amended"] = _timed(lambda: _load(keys, amended, 2, amends=True))
    matched = found["put on file"][1].matched
    assert found["put on file"][1].told_anew == matched == len(range(0, RECORDS, 3))
    assert found["told again"][1].told_anew == found["told again"][1].amended == 0
    assert found["one in a hundred amended"][1].amended == len(range(0, RECORDS, 300))
    limit = _copied(owner)
    print(f"  load {os.getloadavg()[0]:.1f}; {RECORDS:,} records, {matched:,} of people here")
    for name, (seconds, receipt) in found.items():
        print(f"  {name:26} {seconds:6.2f} s  {receipt.records / seconds:10,.0f} records/s")
    print(f"  {'the rows alone, copied':26} {limit:6.2f} s  {matched / limit:10,.0f} rows/s")


def _load(keys: VaultKeys, path: Path, day: int, *, amends: bool) -> WageReceipt:
    from lmb.facts import service_wages as service
    from lmb.facts.importers.wage_files.fixed_width import load_wages
    from lmb.facts.importers.wage_files.layouts import shipped_layout
    from lmb.people import vault
    from lmb.people.identifiers import IndexKind

    with path.open("rb") as file:
        wages = load_wages(path.name, file, shipped_layout("icesa"), vault.SsnHashing(keys))
    roster = vault.find_many(keys, CELL, IndexKind.SSN, set(wages.persons))
    received = service.Received(path.name, "ab" * 32, "icesa", "ui")
    put = service.amend_wages if amends else service.load_wages
    cause = service.Cause("benchmark", "to see how long it takes")
    return put(CELL, wages, roster, received, cause, NOW + timedelta(days=day))


def _copied(owner: psycopg.Connection) -> float:
    """How long PostgreSQL alone takes to copy the rows into a bare table."""
    with owner.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (LIKE facts_wage)")
        text = io.BytesIO()
        with cursor.copy(
            "COPY (SELECT * FROM facts_wage WHERE supersedes IS NULL) TO STDOUT"
        ) as rows:
            for block in rows:
                text.write(block)
        started = time.perf_counter()
        with cursor.copy("COPY bare FROM STDIN") as rows:
            rows.write(text.getvalue())
        return time.perf_counter() - started


def _timed(work: Callable[[], WageReceipt]) -> tuple[float, WageReceipt]:
    started = time.perf_counter()
    receipt = work()
    return time.perf_counter() - started, receipt


def _write(path: Path, numbers: range, more_cents: int) -> None:
    """An ICESA file of these workers, a hundred to an employer."""
    from lmb.facts.importers.wage_files.layouts import shipped_layout

    layout = shipped_layout("icesa")

    def line(role: str, **fields: str | int) -> bytes:
        code = layout.code_of(role)
        text = bytearray(code.encode().ljust(layout.record_length))
        for name, place in layout.records[code.encode()].fields.items():
            text[place] = str(fields[name]).zfill(place.stop - place.start).encode()
        return bytes(text) + b"\n"

    total = count = employers = 0
    with path.open("wb") as file:
        file.write(line("transmitter"))
        by_employer: dict[int, list[int]] = {}
        for number in numbers:
            by_employer.setdefault(number // PER_EMPLOYER, []).append(number)
        for employer, workers in by_employer.items():
            employers += 1
            file.write(line("employer", employer=f"{employer:09}", year=2026, month="09"))
            pay = [500_000 + number % 700_000 + more_cents for number in workers]
            for number, cents in zip(workers, pay, strict=True):
                file.write(line("wage", ssn=_ssn(number), cents=cents, period="092026"))
            file.write(line("employer_total", count=len(pay), cents=sum(pay)))
            total, count = total + sum(pay), count + len(pay)
        file.write(line("final", count=count, cents=total, employers=employers))


def _ssn(number: int) -> str:
    return f"{1 + number // 891_000 % 600:03}{1 + number // 9_000 % 99:02}{1 + number % 9_000:04}"
