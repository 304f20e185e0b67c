"""Who looked at whom: writing it down for records outside the vault, and reading it.

The log is insert-only for everyone and written by database functions alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from lmb.people import models
from lmb.people.acting import Acting, ActingClient
from lmb.values.identifiers import Randomness, drawn_uuid7

LOOKS_SHOWN_MAX = 500
NOT_A_DISCLOSURE = frozenset({"self", "refused"})
"""A person's own look is no disclosure (34 CFR 99.32(d)(1)); a refused one disclosed nothing."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a person's record, with the name of the organisation somebody looked for."""

    id: UUID
    at: datetime
    person: UUID
    principal: UUID
    role: str
    organisation: str | None
    purpose: str
    basis: str
    record: str
    fields: tuple[str, ...]
    reason: str | None
    """What a case was opened for, where one was."""


def note(
    randomness: Randomness,
    by: Acting,
    person: UUID,
    *,
    record: str,
    fields: Sequence[str],
    purpose: str,
    at: datetime,
) -> None:
    """Put a look at a record outside the vault on file: a wallet, a work record. Whoever shows it
    has checked the right to it; call this in the transaction that reads."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT people_note_access(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                *(by.cell, drawn_uuid7(at, randomness), person, by.person, by.membership),
                *(by.delegation, by.role, by.organisation, purpose, record),
                *(sorted(set(fields)), at),
            ],
        )


def note_program(
    randomness: Randomness,
    by: ActingClient,
    persons: Sequence[UUID],
    *,
    record: str,
    fields: Sequence[str],
    purpose: str,
    at: datetime,
) -> None:
    """Put on file that a program looked at a record of each of some persons; the principal is the
    program. As `note`, for whoever shows many at once."""
    shown = sorted(set(fields))
    with connection.cursor() as cursor:
        cursor.executemany(
            "SELECT people_note_access(%s, %s, %s, %s, NULL, NULL, %s, %s, %s, %s, %s, %s)",
            [
                [
                    *(by.cell, drawn_uuid7(at, randomness), person, by.client, by.role),
                    *(by.organisation, purpose, record, shown, at),
                ]
                for person in sorted(set(persons))
            ],
        )


def looks_at(
    cell: int, person: UUID, *, before: UUID | None = None, limit: int = 100
) -> list[Look]:
    """Who looked at a person, newest first; `before` is the last look of the page before.

    Raises ValueError for a page longer than LOOKS_SHOWN_MAX.
    """
    if not 0 < limit <= LOOKS_SHOWN_MAX:
        raise ValueError(f"a page has 1 to {LOOKS_SHOWN_MAX} looks")
    rows = models.Access.objects.filter(cell=cell, person=person)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return _looks(cell, list(rows.order_by("-id")[:limit]))


def newest_looks(cell: int, *, limit: int = 100) -> list[Look]:
    """Who looked at whom last, newest first: all looks that whoever asks may see.

    Raises ValueError for a page longer than LOOKS_SHOWN_MAX.
    """
    if not 0 < limit <= LOOKS_SHOWN_MAX:
        raise ValueError(f"a page has 1 to {LOOKS_SHOWN_MAX} looks")
    return _looks(cell, list(models.Access.objects.filter(cell=cell).order_by("-id")[:limit]))


def disclosures(
    cell: int, person: UUID, *, before: UUID | None = None, limit: int = 100
) -> list[Look]:
    """The record of disclosures that 34 CFR 99.32(a) asks for: every organisation that was shown
    something of a person's record, its purpose (legitimate interest) and when. The person's own
    looks, and a parent's for them, are no disclosures (99.32(d))."""
    if not 0 < limit <= LOOKS_SHOWN_MAX:
        raise ValueError(f"a page has 1 to {LOOKS_SHOWN_MAX} looks")
    rows = models.Access.objects.filter(
        cell=cell, person=person, organisation__isnull=False
    ).exclude(basis__in=NOT_A_DISCLOSURE)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return _looks(cell, list(rows.order_by("-id")[:limit]))


def _looks(cell: int, rows: Sequence[models.Access]) -> list[Look]:
    organisations = dict(
        models.Organisation.objects.filter(
            cell=cell, id__in={row.organisation for row in rows if row.organisation}
        ).values_list("id", "name")
    )
    grants = list(
        models.RecordGrant.objects.filter(
            cell=cell,
            person__in={row.person for row in rows},
            membership__in={row.membership for row in rows if row.membership},
        )
    )

    def reason(row: models.Access) -> str | None:
        for grant in grants:
            same = (grant.membership, grant.person) == (row.membership, row.person)
            if same and "grant" in row.basis and grant.starts_at <= row.at < grant.expires_at:
                return grant.reason
        return None

    return [
        Look(
            id=row.id,
            at=row.at,
            person=row.person,
            principal=row.principal,
            role=row.role,
            organisation=organisations.get(row.organisation) if row.organisation else None,
            purpose=row.purpose,
            basis=row.basis,
            record=row.record,
            fields=tuple(row.fields),
            reason=reason(row),
        )
        for row in rows
    ]
