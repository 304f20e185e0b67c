"""After a breach: every person and field that a compromised account could have read in a window of
time, and what it did read. For operators, as the owner of the tables.

Could comes from the rows that decide every look (`people_reach`), asked for the window; did comes
from the access log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connections, transaction

from lmb.values.errors import NotFoundError, RefusedError

OWNER = "owner"
ROWS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Exposed:
    """One person before one account: fields it could read and by what rights, fields it did read
    and when. Fields outside the vault are written `record/field`."""

    cell: int
    person: UUID
    state: str | None
    could: tuple[str, ...]
    rights: tuple[str, ...]
    did: tuple[str, ...]
    looks: int
    first_at: datetime | None
    last_at: datetime | None


STATEMENT = """
    WITH could AS (
        SELECT r.person, array_agg(DISTINCT f.name ORDER BY f.name) AS fields,
            array_agg(DISTINCT r.basis ORDER BY r.basis) AS rights
        FROM people_reach(%(cell)s, %(principal)s, %(from)s, %(to)s) AS r
        JOIN vault.field f ON f.data_class = r.data_class
        GROUP BY r.person
    ), did AS (
        SELECT a.person, count(DISTINCT a.id) AS looks, min(a.at) AS first_at, max(a.at) AS last_at,
            array_agg(DISTINCT CASE WHEN a.record = 'vault' THEN f ELSE a.record || '/' || f END)
                AS fields
        FROM people_access a, unnest(a.fields) AS f
        WHERE a.cell = %(cell)s AND a.principal = %(principal)s
          AND a.basis <> 'refused' AND a.at BETWEEN %(from)s AND %(to)s
        GROUP BY a.person
    )
    SELECT coalesce(c.person, d.person), h.state, coalesce(c.fields, '{}'),
        coalesce(c.rights, '{}'), coalesce(d.fields, '{}'), coalesce(d.looks, 0),
        d.first_at, d.last_at
    FROM could c FULL JOIN did d ON d.person = c.person
    LEFT JOIN LATERAL (
        SELECT state FROM people_residence r
        WHERE r.cell = %(cell)s AND r.person = coalesce(c.person, d.person)
        ORDER BY effective_on DESC, recorded_at DESC LIMIT 1) AS h ON true
    ORDER BY 1
"""


def exposed(principal: UUID, begin: datetime, end: datetime) -> Iterator[Exposed]:
    """Every person exposed to an account from one moment to another, both included, by key.

    An account is a person's or a program's; a program reads no vault, so what it did read is all.
    The state is where each lives now: notice laws differ. Raises NotFoundError for an account
    nobody has, RefusedError for a window that ends before it begins.
    """
    if end < begin:
        raise RefusedError(f"the window ends ({end.isoformat()}) before it begins; turn them round")
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT cell FROM people_person WHERE id = %s"
            " UNION SELECT cell FROM people_api_client WHERE id = %s ORDER BY cell",
            [principal, principal],
        )
        cells = [cell for (cell,) in cursor.fetchall()]
    if not cells:
        raise NotFoundError(
            f"there is no person or program {principal}; name the account by its person's key"
        )
    for cell in cells:
        yield from _exposed_in(cell, principal, begin, end)


def _exposed_in(cell: int, principal: UUID, begin: datetime, end: datetime) -> Iterator[Exposed]:
    parameters: dict[str, int | UUID | datetime] = {
        "cell": cell,
        "principal": principal,
        "from": begin,
        "to": end,
    }
    with transaction.atomic(using=OWNER), connections[OWNER].chunked_cursor() as cursor:
        cursor.execute(STATEMENT, parameters)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for person, state, could, rights, did, looks, first_at, last_at in rows:
                yield Exposed(
                    cell=cell,
                    person=person,
                    state=state,
                    could=tuple(could),
                    rights=tuple(rights),
                    did=tuple(sorted(did)),
                    looks=looks,
                    first_at=first_at,
                    last_at=last_at,
                )
