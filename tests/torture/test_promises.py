"""With each constraint and each trigger of the books taken away in turn, something goes through
that must not. One that nothing here would miss is one that no test protects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch

import pytest
from django.db import DatabaseError, connection, transaction

from lmb.config import connections
from tests.conftest import Database
from tests.torture.promised_books import Scene, open_scene
from tests.torture.promises import PROMISES, Deed

CATALOGUE = """
SELECT conrelid::regclass || '.' || conname FROM pg_constraint
WHERE contype IN ('c', 'f', 'p', 'u', 'x') AND conrelid::regclass::text ~ %(tables)s
UNION ALL
SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger
WHERE NOT tgisinternal AND tgrelid::regclass::text ~ %(tables)s
UNION ALL
SELECT indrelid::regclass || '.' || indexrelid::regclass FROM pg_index i
WHERE indisunique AND indrelid::regclass::text ~ %(tables)s
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""
"""Every constraint but NOT NULL, every trigger but those that carry out foreign keys, and every
unique index that is no constraint."""
TABLES = "^(ledger|proofs)_"


@pytest.fixture
def scene(fresh_database: Database) -> Iterator[Scene]:
    """Books seen by their owner, in a transaction that nobody will see the end of."""
    connections.use_database(fresh_database.owner_dsn, fresh_database.owner_dsn)
    with transaction.atomic():
        yield open_scene()
        transaction.set_rollback(True)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens in the block has not happened after it."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def refusal(deed: Deed, scene: Scene) -> str | None:
    """What a deed is refused with; None where it goes through."""
    with undone():
        try:
            if isinstance(deed, str):
                execute(deed)
            else:
                deed(scene)
            execute("SET CONSTRAINTS ALL IMMEDIATE")
        except DatabaseError as error:
            return str(error).partition("\n")[0]
        return None


def take_away(name: str) -> None:
    """Drop a constraint with what hangs on it, a trigger, or an index."""
    table, _, noun = name.rpartition(".")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 'TRIGGER' FROM pg_trigger WHERE tgrelid = %(table)s::regclass"
            " AND tgname = %(noun)s UNION ALL"
            " SELECT 'CONSTRAINT' FROM pg_constraint WHERE conrelid = %(table)s::regclass"
            " AND conname = %(noun)s UNION ALL SELECT 'INDEX'",
            {"table": table, "noun": noun},
        )
        kind = cursor.fetchone()[0]
    match kind:
        case "TRIGGER":
            execute(f"DROP TRIGGER {noun} ON {table}")
        case "CONSTRAINT":
            execute(f"ALTER TABLE {table} DROP CONSTRAINT {noun} CASCADE")
        case _:
            execute(f"DROP INDEX {noun}")


def catalogue(tables: str) -> set[str]:
    """The names of what protects some tables, each after its table's."""
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE, {"tables": tables})
        return {row[0] for row in cursor.fetchall()}


def test_every_constraint_and_trigger_of_the_books_has_something_it_alone_refuses(
    scene: Scene,
) -> None:
    found = catalogue(TABLES)
    assert found - PROMISES.keys() == set(), "nothing would miss these"
    assert PROMISES.keys() - found == set(), "these are promised no more"


def test_what_each_alone_refuses_goes_through_without_it(scene: Scene) -> None:
    wrong = []
    everything = catalogue("")
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    for name, promise in PROMISES.items():
        with undone():
            for other in everything - {name}:
                if any(fnmatch(other, pattern) for pattern in promise.beside):
                    take_away(other)
            if refusal(promise.deed, scene) is None:
                wrong.append(f"{name} lets it through")
            take_away(name)
            still = refusal(promise.deed, scene)
            if still is not None:
                wrong.append(f"without {name}, something else refuses: {still}")
    assert wrong == []
