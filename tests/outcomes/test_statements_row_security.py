"""Who sees what of determinations on file: every table, every role, by raw SQL."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from lmb.outcomes import service_statements as service
from lmb.people import delegations, queries
from lmb.people.acting import Acting
from lmb.people.identifiers import DataClass
from lmb.people.roles import Role
from lmb.people.sessions import acting, house
from tests.outcomes.statements import World, world
from tests.people.support import NOW, member, sure
from tests.people.test_rights import handed_over

# How many rows each role sees: of Ana, who filed a challenge and has two records; of the provider,
# which filed another; `all` where it is everything.
OFFICES: dict[str, str | int] = dict.fromkeys(
    ("agency", "state-board", "treasury", "auditor"), "all"
)
MATRIX: dict[str, dict[str, str | int]] = {
    "outcomes_terms": OFFICES,
    "outcomes_frozen": OFFICES,
    "outcomes_statement": OFFICES,
    "outcomes_engine_run": OFFICES,
    "outcomes_signature": OFFICES,
    "outcomes_frozen_secret": {},
    "outcomes_frozen_tile": {"auditor": "all"},
    "outcomes_frozen_row": {"citizen": 2, "auditor": "all"},
    "outcomes_challenge": {
        "citizen": 1,
        "provider": 1,
        **dict.fromkeys(("agency", "treasury", "auditor"), "all"),
    },
    "outcomes_answer": {
        "citizen": 1,
        "provider": 1,
        **dict.fromkeys(("agency", "treasury", "auditor"), "all"),
    },
}


@pytest.fixture
def here(db: None) -> World:
    with house():
        built = world()
        statement = built.file(built.records())
        built.sign(statement)
        for filed in (
            built.challenge(statement, built.ana, str(built.ana.person)),
            built.challenge(statement, built.provider, "p00001"),
        ):
            service.uphold(built.second, filed, "it was counted", built.clock.now())
    return built


def actors(here: World) -> dict[str, Acting]:
    """Somebody in every role. Ana is the citizen, the provider is the one that filed."""
    found = {"citizen": here.ana, "provider": here.provider, "agency": here.first}
    with house():
        for role in set(Role) - {Role.CITIZEN, Role.PROVIDER, Role.AGENCY, Role.REPRESENTATIVE}:
            kind = role if role in ("state-board", "employer", "investor") else "agency"
            found[role] = member(here.keys, here.cleo.person, kind, role, state="MD")
        given = delegations.delegate(
            here.keys.randomness,
            replace(here.ana, assurance=sure()),
            handed_over(here.cleo.person, data_classes=frozenset(DataClass)),
            NOW,
        )
        found["representative"] = queries.acting_as_delegate(
            here.ana.cell, here.cleo.person, given, sure(), NOW
        )
    assert set(found) == set(Role)
    return found


def rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        (count,) = cursor.fetchone()
    return int(count)


def test_each_role_sees_what_the_matrix_says(here: World) -> None:
    with house():
        everything = {table: rows(table) for table in MATRIX}
    assert all(everything.values())
    found: dict[str, dict[str, str | int]] = {table: {} for table in MATRIX}
    for role, by in actors(here).items():
        with acting(by, NOW):
            for table in MATRIX:
                seen = rows(table)
                if seen:
                    found[table][role] = "all" if seen == everything[table] else seen
    assert found == MATRIX


def test_where_nothing_is_said_nothing_is_seen_or_written(here: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lmb.house', '', true)")
    assert {table: rows(table) for table in MATRIX} == dict.fromkeys(MATRIX, 0)


def test_every_table_of_the_room_is_in_the_matrix_and_under_row_security(
    owner_connection: psycopg.Connection,
) -> None:
    found = owner_connection.execute(
        sql.SQL(
            "SELECT relname, relrowsecurity FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace AND relname LIKE 'outcomes\\_%'"
        )
    ).fetchall()
    assert dict(found) == dict.fromkeys(MATRIX, True)
