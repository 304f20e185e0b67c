"""The only functions that put security events on file and hold payouts for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lmb.people import models
from lmb.people.payouts import RULE, SecurityEventKind, payout_hold
from lmb.people.sessions import house
from lmb.rules import service as rules
from lmb.rules.determination import Input, determine, in_order
from lmb.rules.parameters import in_force
from lmb.values.canonical import Document, canonical_bytes
from lmb.values.clock import fiscal_date
from lmb.values.errors import RefusedError
from lmb.values.identifiers import Randomness, derived_uuid7, drawn_uuid7

ACTOR = "people: security"


@house()
def note_event(
    randomness: Randomness, cell: int, person: UUID, kind: SecurityEventKind, at: datetime
) -> datetime:
    """Put a security event on file, determine how long payouts wait for it, and hold them.

    Returns the moment the hold ends.
    """
    event = drawn_uuid7(at, randomness)
    document: dict[str, Document] = {
        "person": str(person),
        "kind": kind.value,
        "happened_at": at.isoformat(),
    }
    models.SecurityEvent.objects.create(
        cell=cell,
        id=event,
        person=person,
        kind=kind,
        content=canonical_bytes(document).decode(),
        happened_at=at,
        recorded_at=at,
    )
    determination = determine(
        payout_hold,
        in_force(RULE, fiscal_date(at)),
        f"payout-hold/{event}",
        [Input("security-event", event, document)],
    )
    identifier = rules.record(cell, determination, actor=ACTOR, recorded_at=at)
    ends_at = datetime.fromisoformat(str(determination.decision.result["ends_at"]))
    models.PayoutHold.objects.create(
        cell=cell,
        id=derived_uuid7(at, str(cell), "payout-hold", str(event)),
        person=person,
        determination=identifier,
        starts_at=at,
        ends_at=ends_at,
        recorded_at=at,
    )
    return ends_at


def held_until(cell: int, person: UUID, at: datetime) -> datetime | None:
    """Until when nothing is paid to a person's bank details; None when nothing is in the way."""
    holds = models.PayoutHold.objects.filter(cell=cell, person=person)
    row = holds.filter(starts_at__lte=at, ends_at__gt=at).order_by("-ends_at").first()
    return None if row is None else row.ends_at


@house()
def refuse_while_held(cell: int, person: UUID, at: datetime) -> None:
    """The first line of whatever pays a person or changes where to. Raises RefusedError."""
    until = held_until(cell, person, at)
    if until is not None:
        raise RefusedError(
            f"payouts and bank details of this person are on hold until {until.isoformat()}, "
            "because their sign-in was changed; if it was not them, lock the account"
        )


def events_of(cell: int, person: UUID, *, limit: int) -> list[tuple[SecurityEventKind, datetime]]:
    """What happened to a person's account, newest first; read as that person."""
    rows = models.SecurityEvent.objects.filter(cell=cell, person=person).order_by("-id")[:limit]
    return [(SecurityEventKind(row.kind), row.happened_at) for row in rows]


def security_event_documents(ids: Sequence[UUID]) -> list[Document]:
    """The documents of security events in the order asked, for replaying determinations."""
    rows = models.SecurityEvent.objects.filter(id__in=ids)
    return in_order({row.id: json.loads(row.content) for row in rows}, ids, "security event")
