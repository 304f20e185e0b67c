"""The sessions somebody has open, and ending them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from lmb.people.sessions import acting
from lmb.web.models import Session
from lmb.web.visits import Visit

SHOWN_MAX = 50


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One browser that is signed in. `present`: the one that asks."""

    id: UUID
    device: str
    started_at: datetime
    seen_at: datetime
    present: bool


def open_sessions(visit: Visit) -> list[OpenSession]:
    """Somebody's live sessions, the latest seen first."""
    with acting(visit.by, visit.at):
        rows = Session.objects.filter(
            cell=visit.by.cell, person=visit.by.person, ends_at__gt=visit.at
        ).only("id", "device", "started_at", "seen_at", "idle_seconds")
        return [
            OpenSession(row.id, row.device, row.started_at, row.seen_at, row.id == visit.session)
            for row in rows.order_by("-seen_at")[:SHOWN_MAX]
            if (visit.at - row.seen_at).total_seconds() < row.idle_seconds
        ]


def end_one(visit: Visit, session: UUID) -> bool:
    """End one of somebody's own sessions; false where it is none of theirs."""
    return _end(visit, session, None) > 0


def end_others(visit: Visit) -> int:
    """End every session of somebody but the one that asks; how many those were."""
    return _end(visit, None, visit.session)


def _end(visit: Visit, session: UUID | None, but: UUID | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT web_session_end_of(%s, %s, %s, %s)",
            [visit.by.cell, visit.by.person, session, but],
        )
        (ended,) = cursor.fetchone()
    return int(ended)
