"""Functions that run with their owner's rights pick up nobody else's objects."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.ledger.books import Ledger
from tests.ledger.invariants import broken

IMPOSTOR_TABLES = ["ledger_account", "ledger_cell", "ledger_transfer", "ledger_instruction"]
IMPOSTOR_FUNCTIONS = [
    "ledger_transfer_id(integer, text) RETURNS uuid",
    "ledger_posted(text, bigint) RETURNS bigint",
    "ledger_seen(integer, text, uuid) RETURNS void",
    "lmb_refuse_change() RETURNS trigger",
    "sha256(bytea) RETURNS bytea",
    "clock_timestamp() RETURNS timestamptz",
    "coalesce_nothing() RETURNS text",
]


@pytest.fixture
def attic(fresh_database: object, owner_connection: psycopg.Connection) -> None:
    """Give the application role, for once, two places where it may make objects."""
    owner_connection.execute("CREATE SCHEMA attic")
    owner_connection.execute("GRANT ALL ON SCHEMA attic TO lmb_app")
    database = sql.Identifier(owner_connection.info.dbname)
    owner_connection.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO lmb_app").format(database))


def plant(attacker: psycopg.Connection, schema: str) -> None:
    """Make impostors of tables and functions, and look for them before anything else; the attacker
    is past row-level security."""
    attacker.execute("SET lmb.house = 'yes'")
    for table in IMPOSTOR_TABLES:
        attacker.execute(f"CREATE TABLE {schema}.{table} (LIKE public.{table} INCLUDING DEFAULTS)")
    for function in IMPOSTOR_FUNCTIONS:
        attacker.execute(
            f"CREATE FUNCTION {schema}.{function} LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'impostor called'; END $$"
        )


@pytest.mark.parametrize("schema", ["attic", "pg_temp"])
def test_impostors_in_front_of_the_search_path_are_not_picked_up(
    attic: None, app_connection: psycopg.Connection, schema: str
) -> None:
    ledger = Ledger()
    ledger.run("""
        open world
        open wallet limit=debits<=credits
        open school
        grant post world wallet 100 -> ok
    """)
    plant(app_connection, schema)
    app_connection.execute(f"SET search_path = {schema}, pg_catalog, public")
    seen = app_connection.execute("SELECT count(*) FROM ledger_account").fetchone()
    assert seen == (0,), "the attacker sees the impostor"
    for amount, result in ((101, "exceeds_balance"), (60, "ok")):
        document = ledger.document_of(f"a{amount} post wallet school {amount}")
        answer = app_connection.execute(
            "SELECT public.ledger_post(%s, %s, %s)",
            [ledger.cell, ledger.books.at, Jsonb([document])],
        ).fetchone()
        assert answer is not None
        assert [item["result"] for item in answer[0][0]["items"]] == [result]
    ledger.run("balance wallet 40")
    assert broken(ledger.cell) == []
    assert app_connection.execute("SELECT count(*) FROM ledger_transfer").fetchone() == (0,)


@pytest.mark.parametrize("schema", ["attic", "pg_temp"])
def test_impostors_do_not_open_doors(
    attic: None, app_connection: psycopg.Connection, schema: str
) -> None:
    ledger = Ledger()
    plant(app_connection, schema)
    app_connection.execute(f"SET search_path = {schema}, pg_catalog, public")
    app_connection.execute("SELECT public.ledger_define_unit('USD', 2, 'US dollars')")
    app_connection.execute(
        "SELECT public.ledger_instruct(%s, %s, gen_random_uuid(), 'k', 's', '{}', 'me')",
        [ledger.cell, ledger.books.at],
    )
    assert app_connection.execute("SELECT count(*) FROM ledger_instruction").fetchone() == (0,)
    assert app_connection.execute("SELECT count(*) FROM public.ledger_instruction").fetchone() == (
        2,
    )


def test_every_function_with_its_owners_rights_has_a_search_path_of_its_own(
    app_connection: psycopg.Connection, db: None
) -> None:
    found = app_connection.execute(
        "SELECT proname, proconfig FROM pg_proc"
        " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    ).fetchall()
    assert len(found) >= 8
    for name, settings in found:
        assert "search_path=public, pg_temp" in (settings or []), name
