"""A database given by address replaces the embedded one; migrations run once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from lmb.config import runtime
from lmb.config.cluster import SUPERUSER
from lmb.config.errors import DatabaseUrlError, OldTablesError
from lmb.config.postgres import Server, embedded
from tests.conftest import Database, drop


@pytest.fixture
def empty_database(database_server: Server, worker_id: str) -> Iterator[Database]:
    """A database nobody has migrated."""
    name = f"empty_{worker_id}"
    database = Database(
        name, database_server.dsn("lmb_app", name), database_server.dsn("lmb_owner", name)
    )
    with psycopg.connect(database_server.owner_dsn, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield database
    drop(database_server, database)


@pytest.fixture
def outside_server(homes: Path) -> Iterator[Server]:
    """A server as an operator gives it: no role of ours, one login that may make roles."""
    with embedded(homes / "outside", throwaway=True) as server:
        with psycopg.connect(server.dsn(SUPERUSER, "postgres"), autocommit=True) as operator:
            operator.execute("DROP ROLE lmb_app")
            operator.execute("CREATE ROLE operator LOGIN CREATEROLE")
            operator.execute("CREATE DATABASE theirs OWNER operator")
        yield server


def test_url_alone_serves_both_roles(
    outside_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(runtime.URL_VARIABLE, outside_server.dsn("operator", "theirs"))
    program = (
        "from lmb.config.runtime import database, migrate\n"
        "with database():\n"
        "    first, second = migrate(), migrate()\n"
        "    from django.db import connection\n"
        "    with connection.cursor() as cursor:\n"
        "        cursor.execute('SELECT session_user, current_user')\n"
        "        print(first, second, *cursor.fetchone())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["True", "False", "operator", "lmb_app"], done.stderr


def test_login_that_may_not_act_as_the_application_is_refused(database_server: Server) -> None:
    with pytest.raises(DatabaseUrlError, match="GRANT lmb_app TO lmb_owner"):
        runtime.external_dsns(database_server.owner_dsn, None)


def test_owner_url_gives_migrations_their_own_login(fresh_database: Database) -> None:
    with runtime.database():
        with connection.cursor() as cursor:
            cursor.execute("SELECT session_user, current_database()")
            assert cursor.fetchone() == ("lmb_app", fresh_database.name)
        assert runtime.migrate() is False


def test_two_processes_that_migrate_at_once_take_turns(
    empty_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(runtime.URL_VARIABLE, empty_database.app_dsn)
    monkeypatch.setenv(runtime.OWNER_URL_VARIABLE, empty_database.owner_dsn)
    program = "from lmb.config.runtime import *\nwith database(): print(migrate())"
    both = [
        subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert sorted(process.communicate(timeout=60)[0].strip() for process in both) == [
        "False",
        "True",
    ]


def test_server_that_is_too_old_is_refused(
    database_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "MINIMUM_VERSION", 99)
    with pytest.raises(DatabaseUrlError, match=r"names PostgreSQL 18; 99 or newer"):
        runtime.external_dsns(database_server.owner_dsn, None)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql:/x", "is not a PostgreSQL address"),
        ("postgresql://someone@localhost:1/lmb", "cannot be used"),
    ],
)
def test_url_that_leads_nowhere_says_what_to_write(url: str, says: str) -> None:
    with pytest.raises(DatabaseUrlError, match=says) as caught:
        runtime.external_dsns(url, None)
    assert "DATABASE_URL" in str(caught.value)


def test_password_of_an_address_is_not_shown() -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        runtime.external_dsns("postgresql://someone:secret-word@localhost:1/lmb", None)
    assert "secret-word" not in str(caught.value)


def test_tests_start_without_a_database_of_the_caller() -> None:
    assert runtime.URL_VARIABLE not in os.environ


def test_tables_of_another_version_are_refused_with_the_next_step(fresh_database: Database) -> None:
    assert not runtime.migrate()
    with psycopg.connect(fresh_database.owner_dsn, autocommit=True) as owner:
        owner.execute("COMMENT ON SCHEMA public IS NULL")
    with pytest.raises(OldTablesError, match="make clean"):
        runtime.migrate()
