"""Operators' work on the keys of the vault, as the owner of its tables: wrap every person's key
anew under the current master key, make every index entry anew under the current index key.

Both go batch by batch, each in a transaction of its own. What is done stands in the rows, so an
interrupted run goes on where it stopped, and people enrol meanwhile: the keys in use are those of
before and of now until the last batch is through.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from lmb.people.identifiers import index_terms
from lmb.people.keys import VaultKeys, WrappedKey, key_context
from lmb.people.sealing import Place, unseal
from lmb.people.sign_in.accounts import generator_context

OWNER = "owner"
PERSONS_IN_A_BATCH = 500


def rewrap(keys: VaultKeys) -> int:
    """Wrap every data key under the current master key; return how many were still under another.

    What is sealed stays as it is. The old master key may be destroyed once this returns 0 and no
    backup needs it.
    """
    total = 0
    while done := _rewrap_batch(keys) + _rewrap_generators(keys):
        total += done
    return total


@transaction.atomic(using=OWNER)
def _rewrap_batch(keys: VaultKeys) -> int:
    rows = _owner(
        """SELECT cell, person, master, wrapped FROM vault.person_key
           WHERE master <> %s ORDER BY cell, person LIMIT %s FOR UPDATE""",
        [keys.master.current, PERSONS_IN_A_BATCH],
    )
    for cell, person, master, wrapped in rows:
        context = key_context(cell, person)
        data_key = keys.master.unwrap(WrappedKey(master, bytes(wrapped)), context)
        anew = keys.master.wrap(data_key, context)
        _owner(
            """UPDATE vault.person_key SET master = %s, wrapped = %s
               WHERE cell = %s AND person = %s RETURNING person""",
            [anew.master, anew.content, cell, person],
        )
    return len(rows)


@transaction.atomic(using=OWNER)
def _rewrap_generators(keys: VaultKeys) -> int:
    """The same for the secrets of apps that show codes; those out of use are let go."""
    rows = _owner(
        """SELECT cell, id, person, master, wrapped FROM people_code_generator
           WHERE master <> %s AND ended_at IS NULL ORDER BY cell, id LIMIT %s FOR UPDATE""",
        [keys.master.current, PERSONS_IN_A_BATCH],
    )
    for cell, identifier, person, master, wrapped in rows:
        context = generator_context(cell, person)
        secret = keys.master.unwrap(WrappedKey(master, bytes(wrapped)), context)
        anew = keys.master.wrap(secret, context)
        _owner(
            """UPDATE people_code_generator SET master = %s, wrapped = %s
               WHERE cell = %s AND id = %s RETURNING id""",
            [anew.master, anew.content, cell, identifier],
        )
    return len(rows)


def renew_index(keys: VaultKeys) -> int:
    """Enter everyone under the current index key and remove their entries under others; return how
    many persons were still under another. The old key may go once this returns 0."""
    total = 0
    while done := _renew_batch(keys):
        total += done
    return total


@transaction.atomic(using=OWNER)
def _renew_batch(keys: VaultKeys) -> int:
    persons = _owner(
        """SELECT DISTINCT cell, person FROM vault.blind_index
           WHERE key <> %s ORDER BY cell, person LIMIT %s""",
        [keys.index.current, PERSONS_IN_A_BATCH],
    )
    for cell, person in persons:
        # Locked, so that an erasure comes before or after as a whole.
        locked = _owner(
            """SELECT master, wrapped FROM vault.person_key
               WHERE cell = %s AND person = %s FOR UPDATE""",
            [cell, person],
        )
        for master, wrapped in locked:
            data_key = keys.master.unwrap(
                WrappedKey(master, bytes(wrapped)), key_context(cell, person)
            )
            _enter(keys, cell, person, _opened(cell, person, data_key))
        _owner(
            """DELETE FROM vault.blind_index
               WHERE cell = %s AND person = %s AND key <> %s RETURNING person""",
            [cell, person, keys.index.current],
        )
    return len(persons)


def _opened(cell: int, person: UUID, data_key: bytes) -> dict[str, str]:
    rows = _owner(
        """SELECT DISTINCT ON (field) field, version, content FROM vault.sealed
           WHERE cell = %s AND person = %s
             AND field IN ('given_name', 'family_name', 'birth_date', 'ssn')
           ORDER BY field, version DESC""",
        [cell, person],
    )
    return {
        field: unseal(data_key, Place(cell, person, field, version), bytes(content))
        for field, version, content in rows
    }


def _enter(keys: VaultKeys, cell: int, person: UUID, values: dict[str, str]) -> None:
    current = keys.index.current
    for kind, value in index_terms(values).items():
        _owner(
            """INSERT INTO vault.blind_index (kind, key, digest, cell, person)
               VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING person""",
            [kind, current, keys.index.digests(kind, value)[current], cell, person],
        )


def _owner(statement: str, parameters: Iterable[Any]) -> list[tuple[Any, ...]]:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(statement, list(parameters))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
