"""Tells the database that the house does its own work: row-level security lets it.

It stands in the lowest room with tables because all of them obey it. A process of the house (the
command line) says so on its connections (`lmb.config.connections`); a service that a door may call
says it for its transaction. For whom a door reads: `lmb.people.sessions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def house() -> Iterator[None]:
    """Run the block in a transaction as the house itself. Also a decorator: `@house()`."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        before = _say("yes")
        yield
        # When the block fails, the rollback takes back what was said; when it was the whole
        # transaction, its end does.
        if before != "yes" and not outermost:
            _say(before)


def _say(value: str) -> str:
    """Set the variable for this transaction and return what it was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('lmb.house', true), ''),"
            " set_config('lmb.house', %s, true)",
            [value],
        )
        (before, _) = cursor.fetchone()
    return str(before)
