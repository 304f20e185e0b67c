"""Tells the database who acts, for one transaction: row-level security decides by it.

Doors read for somebody inside `acting`. Services of this room work inside `house`, because they
look where the person may not: at the token of an invitation, at others who share a number. What is
said ends with the transaction; where nothing was said, the database shows nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from lmb.people.acting import Acting, ActingClient
from lmb.rules.sessions import house

__all__ = ["acting", "house"]

_WHO = (
    "lmb.cell",
    "lmb.person",
    "lmb.membership",
    "lmb.delegation",
    "lmb.client",
    "lmb.at",
    "lmb.house",
)


@contextmanager
def acting(by: Acting | ActingClient, at: datetime) -> Iterator[None]:
    """Run the block in a transaction that sees what somebody may see in the capacity they act in.

    `vault.read` commits what it looked at and therefore stands outside such a block.
    """
    # What is said in an outermost transaction ends with it, so nothing has to be said again.
    within = connection.in_atomic_block
    with transaction.atomic():
        before = _said() if within else ()
        _say((by.cell, *_capacity(by), at.isoformat(), ""))
        yield
        # When the block fails, the rollback takes back what was said.
        if within:
            _say(before)


def _capacity(by: Acting | ActingClient) -> tuple[object, object, object, object]:
    """Person, membership, delegation and client."""
    if isinstance(by, ActingClient):
        return "", "", "", by.client
    return by.person, by.membership or "", by.delegation or "", ""


def _said() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in _WHO)
        )
        return tuple(cursor.fetchone())


def _say(values: tuple[object, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in _WHO),
            list(map(str, values)),
        )
