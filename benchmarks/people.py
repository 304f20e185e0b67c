"""Looks at sealed identifiers, through the right to look and the log, and enrolments.

The scale is the same server asked for one row by primary key, in the same run. A look must not
cost more in a large state than in a small one.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import django
from django.db import connections

from lmb.config.postgres import embedded
from lmb.config.runtime import URL_VARIABLE, database, migrate

if TYPE_CHECKING:
    from lmb.people.acting import Acting
    from lmb.people.keys import VaultKeys

LOOKS = 200
ENROLMENTS = 100
CLIENTS = 8
STATES = (1_000, 50_000)
NOW = datetime(2027, 3, 1, 15, tzinfo=UTC)
FIELDS = ["given_name", "family_name", "email"]


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
            _measure()


def _measure() -> None:
    from lmb.people import enrolment, sessions, vault
    from lmb.people.homes import Home
    from lmb.people.keys import LocalIndexKeys, LocalMasterKeys, VaultKeys
    from lmb.people.models import Person
    from lmb.people.returned import Returned

    draw = secrets.token_bytes
    master = LocalMasterKeys("m", {"m": draw(32)}, draw)
    keys = VaultKeys(master, LocalIndexKeys(1, {1: draw(32)}), draw)

    def enrol(number: int) -> UUID:
        who = {
            "given_name": "Ana",
            "family_name": f"Number {number}",
            "birth_date": "1990-02-28",
            "ssn": f"219{1 + number // 9000:02}{1000 + number % 9000}",
        }
        account = Returned("https://idp.example", str(number), "acr", 2, 2, NOW, identifiers=who)
        return enrolment.enrol(keys, 1, account, Home("MD", "B"), NOW).person

    ana = enrol(0)
    with sessions.house():
        row = Person.objects.filter(cell=1, id=ana)
        bare = _each("row by primary key", LOOKS, row.get)
    board = _board(enrol(1))
    _each("enrolment, four identifiers sealed", ENROLMENTS, _numbered(enrol), bare)
    for size in STATES:
        _fill(size)

        def look() -> object:
            return vault.read(keys, board, [ana], FIELDS, purpose="case work", at=NOW)

        _each(f"look at three fields, state of {size:,}", LOOKS, look, bare)
    _look_at_once(keys, [board] * CLIENTS, ana, "one account, chained in one lane")
    others = [_board(enrol(number), f"MD-{number}") for number in range(600, 600 + CLIENTS)]
    _look_at_once(keys, others, ana, "an account each, a lane each")


def _look_at_once(keys: VaultKeys, by: list[Acting], person: UUID, what: str) -> None:
    from lmb.people import vault

    def looks(acting: Acting) -> None:
        try:
            for _ in range(LOOKS):
                vault.read(keys, acting, [person], FIELDS, purpose="case work", at=NOW)
        finally:
            connections.close_all()

    started = time.perf_counter()
    with ThreadPoolExecutor(len(by)) as pool:
        list(pool.map(looks, by))
    rate = len(by) * LOOKS / (time.perf_counter() - started)
    print(f"  looks of {len(by)} at once, {what}: {rate:,.0f} a second", flush=True)


def _board(ben: UUID, code: str = "MD") -> Acting:
    """Ben, for a board of Ana's state."""
    from lmb.people import organisations, queries
    from lmb.people.assurance import Assurance
    from lmb.people.organisations import NewOrganisation
    from lmb.people.roles import OrganisationKind, Role

    new = NewOrganisation(OrganisationKind.STATE_BOARD, code, "Board", "MD")
    board = organisations.found(1, new, ben, NOW)
    seat = organisations.appoint_first(secrets.token_bytes, 1, board, ben, Role.STATE_BOARD, NOW)
    sure = Assurance(2, 2, frozenset(), NOW, True, "desk")
    return queries.acting_as_member(1, ben, seat, sure)


def _fill(size: int) -> None:
    """Let so many live in the state, by raw rows."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """WITH new AS (INSERT INTO people_person (cell, id, recorded_at)
                            SELECT 1, gen_random_uuid(), now() FROM generate_series(1, %s)
                            RETURNING cell, id, recorded_at)
               INSERT INTO people_residence (cell, id, person, state, board, effective_on,
                                             recorded_at)
               SELECT cell, gen_random_uuid(), id, 'MD', 'B', '2020-01-01', recorded_at FROM new""",
            [size],
        )
        cursor.execute("ANALYZE people_person, people_residence")


def _numbered(enrol: Callable[[int], UUID]) -> Callable[[], UUID]:
    numbers = iter(range(2, 2 + 10 * ENROLMENTS))
    return lambda: enrol(next(numbers))


def _each(what: str, count: int, do: Callable[[], object], bare: float | None = None) -> float:
    """Seconds of one, in the best of five rounds: the others tell of the machine's other users."""
    rounds = []
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(count // 5):
            do()
        rounds.append((time.perf_counter() - started) / (count // 5))
    best = min(rounds)
    ratio = "" if bare is None else f", {best / bare:.1f} times a row by primary key"
    print(f"  {what}: {best * 1000:.2f} ms{ratio}", flush=True)
    return best
