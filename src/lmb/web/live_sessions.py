"""Sessions that are alive, for those who watch them, and how one of them is ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from lmb.people.acting import Acting
from lmb.people.assurance import Action, requires
from lmb.people.roles import Role
from lmb.people.sessions import acting
from lmb.values.errors import NotFoundError, RefusedError
from lmb.web.models import Session

SESSIONS_MAX = 500


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A browser that is signed in; `ends_at` is when it ends if nobody uses it again."""

    id: UUID
    person: UUID
    membership: UUID | None
    device: str
    started_at: datetime
    seen_at: datetime
    ends_at: datetime


def live_sessions(cell: int, at: datetime) -> list[LiveSession]:
    """Sessions alive at a moment that whoever asks may see, the last seen first, at most
    SESSIONS_MAX. What the pages keep in them is not read."""
    names = "id", "person", "membership", "device", "started_at", "seen_at"
    rows = Session.objects.filter(cell=cell, ends_at__gt=at, started_at__lte=at)
    found = rows.order_by("-seen_at", "-id").values(*names, "idle_seconds", "ends_at")
    sessions = [
        LiveSession(
            **{name: row[name] for name in names},
            ends_at=min(row["ends_at"], row["seen_at"] + timedelta(seconds=row["idle_seconds"])),
        )
        for row in found[:SESSIONS_MAX]
    ]
    return [session for session in sessions if session.ends_at > at]


def live_session(by: Acting, session: UUID, at: datetime) -> LiveSession:
    """One of them. Raises NotFoundError for one that is not alive, or not for `by` to see."""
    with acting(by, at):
        for found in live_sessions(by.cell, at):
            if found.id == session:
                return found
    raise NotFoundError(f"there is no session {session} alive; it may have ended meanwhile")


def end_session(by: Acting, session: UUID, at: datetime) -> None:
    """Sign somebody's browser out, as a security officer. Raises RefusedError for any other role,
    NotFoundError for a session that is not alive, StepUpNeededError for a session of one's own
    that is not sure enough."""
    requires(Action.ACCEPT_INVITATION, by.assurance, at)
    if by.role is not Role.SECURITY_OFFICER:
        raise RefusedError("only a security officer ends somebody else's session")
    found = live_session(by, session, at)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT web_session_end_of(%s, %s, %s, NULL)", [by.cell, found.person, found.id]
        )
