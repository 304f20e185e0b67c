"""The only functions that open one person's record for one case: with a reason, two persons, an
hour. The person sees it among who looked at them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from lmb.people import models
from lmb.people.acting import Acting
from lmb.people.approvals import spend
from lmb.people.assurance import Action
from lmb.people.identifiers import DataClass
from lmb.people.sessions import house
from lmb.values.canonical import Document
from lmb.values.errors import NotFoundError, RefusedError
from lmb.values.identifiers import Randomness, drawn_uuid7

LASTS = timedelta(hours=1)
REASON_CHARACTERS_MIN = 20


def opening(
    membership: UUID, person: UUID, data_classes: Collection[DataClass], reason: str
) -> dict[str, Document]:
    """What two persons approve (and sign) to open a record."""
    return {
        "membership": str(membership),
        "person": str(person),
        "data_classes": sorted(data_classes),
        "reason": reason,
    }


@house()
def open_record(
    randomness: Randomness,
    by: Acting,
    proposal: UUID,
    person: UUID,
    data_classes: Collection[DataClass],
    reason: str,
    at: datetime,
) -> UUID:
    """Open classes of one person's data to the membership `by` acts in, for LASTS.

    Raises RefusedError without a signed approval of exactly this (`opening`) by two persons,
    without a reason in words, or for one's own record.
    """
    if len(reason.strip()) < REASON_CHARACTERS_MIN or by.membership is None:
        raise RefusedError("say in a sentence which case this is for; the person will read it")
    content = opening(by.membership, person, data_classes, reason)
    second = spend(by, proposal, Action.BREAK_GLASS, content, at, on=f"person {person}")
    if person in (by.person, second):
        raise RefusedError("nobody opens their own record as a case; read it as yourself")
    if not models.Person.objects.filter(cell=by.cell, id=person).exists():
        raise NotFoundError(f"there is no person {person} in cell {by.cell}")
    identifier = drawn_uuid7(at, randomness)
    models.RecordGrant.objects.create(
        cell=by.cell,
        id=identifier,
        membership=by.membership,
        person=person,
        data_classes=sorted(data_classes),
        reason=reason,
        starts_at=at,
        expires_at=at + LASTS,
        granted_by=by.person,
        approved_by=second,
        recorded_at=at,
    )
    return identifier
