"""What this door keeps is seen by whom it belongs to, by raw SQL too."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from lmb.people.roles import Role
from tests.api.conftest import World

TABLES = {"api_access_token", "api_answer", "api_key_use", "api_used_assertion"}
# Names nobody: buckets stand under keyed hashes.
OPEN = {"api_bucket"}


@pytest.fixture
def kept(world: World, carried_out: World) -> Iterator[psycopg.Connection]:
    """The application's connection, in a transaction that holds rows of two clients in every
    table."""
    with psycopg.connect(world.app_dsn) as connection:
        connection.execute("SELECT set_config('lmb.house', 'yes', true)")
        for role in (Role.INVESTOR, Role.PROVIDER):
            client = world.clients[role]
            (key,) = connection.execute(
                "SELECT id FROM people_api_key WHERE client = %s", [client.client]
            ).fetchone() or (None,)
            connection.execute(
                "INSERT INTO api_access_token VALUES (%s, %s, %s, %s, 'hash', '{}', now())",
                [client.cell, client.prefix, client.client, key],
            )
            connection.execute(
                "INSERT INTO api_used_assertion VALUES (%s, %s, 'hash', now())",
                [client.cell, client.client],
            )
            connection.execute("SELECT api_note_use(%s, %s, now())", [client.cell, key])
            say(connection, world, role)
            connection.execute(
                "INSERT INTO api_answer VALUES (%s, %s, 'key', 'print', 201, '{}', now())",
                [client.cell, client.client],
            )
            connection.execute("SELECT set_config('lmb.house', 'yes', true)")
        connection.execute("SELECT set_config('lmb.house', '', true)")
        connection.execute("SELECT set_config('lmb.client', '', true)")
        yield connection
        connection.rollback()


def say(connection: psycopg.Connection, world: World, role: Role | None) -> None:
    client = "" if role is None else str(world.clients[role].client)
    for name, value in (("cell", str(world.cell)), ("client", client), ("house", "")):
        connection.execute("SELECT set_config(%s, %s, true)", [f"lmb.{name}", value])


def seen(connection: psycopg.Connection) -> dict[str, int]:
    return {
        table: len(
            connection.execute(sql.SQL("SELECT FROM {}").format(sql.Identifier(table))).fetchall()
        )
        for table in TABLES
    }


def test_every_table_is_here_and_under_row_security(kept: psycopg.Connection) -> None:
    found: dict[str, bool] = dict(
        kept.execute(
            "SELECT relname, relrowsecurity FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = 'public'::regnamespace AND relname LIKE 'api\\_%'"
        ).fetchall()
    )
    assert found == {**dict.fromkeys(TABLES, True), **dict.fromkeys(OPEN, False)}


def test_a_client_sees_its_own_answers_and_nobody_sees_tokens(
    world: World, kept: psycopg.Connection
) -> None:
    assert set(seen(kept).values()) == {0}
    for role in (Role.INVESTOR, Role.PROVIDER):
        say(kept, world, role)
        assert seen(kept) == {
            "api_access_token": 0,
            "api_answer": 1,
            "api_key_use": 1,
            "api_used_assertion": 0,
        }
    say(kept, world, Role.EMPLOYER)
    assert set(seen(kept).values()) == {0}


def test_an_auditor_sees_which_keys_are_in_use(world: World, kept: psycopg.Connection) -> None:
    say(kept, world, Role.AUDITOR)
    assert seen(kept)["api_key_use"] == 2


def test_a_client_writes_no_answer_for_another(world: World, kept: psycopg.Connection) -> None:
    say(kept, world, Role.INVESTOR)
    other = world.clients[Role.PROVIDER]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        kept.execute(
            "INSERT INTO api_answer VALUES (%s, %s, 'forged', 'print', 201, '{}', now())",
            [other.cell, other.client],
        )


@pytest.mark.parametrize("table", sorted(TABLES | OPEN))
def test_the_application_changes_no_row_but_by_the_functions(
    table: str, kept: psycopg.Connection
) -> None:
    for statement in ("DELETE FROM {}", "TRUNCATE {}"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), kept.transaction():
            kept.execute(sql.SQL(statement).format(sql.Identifier(table)))
