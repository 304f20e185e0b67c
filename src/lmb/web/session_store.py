"""Where sessions are kept: Django's interface over the functions of `migrations/sql/sessions.sql`.

The browser's secret is stored as its hash, so that a copy of the database signs nobody in. How long
a session lives is a matter of the role it acts in (`session-limits`), decided in the database at
each look, not by the age of a cookie.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Any
from uuid import UUID

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import connection
from django.utils import timezone

from lmb.people.roles import Role, SessionLimits, session_limits_on
from lmb.values.clock import fiscal_date
from lmb.values.identifiers import drawn_uuid7

VISIT = "visit"
"""Under this name a session says who visits (`lmb.web.visits`); the rest is what pages remember."""

DEVICE_CHARACTERS_MAX = 200


class SessionStore(SessionBase):
    """One session. `role` and `organisation` are those of its capacity as the rows say it now."""

    id: UUID | None = None
    role: Role | None = None
    organisation: UUID | None = None

    def load(self) -> dict[str, Any]:
        """What the session holds; an unknown or ended one is forgotten and holds nothing."""
        rows = _call(
            "SELECT * FROM web_session_load(%s, %s)", [_digest(self.session_key), timezone.now()]
        )
        if not rows:
            self._session_key = None
            return {}
        ((self.id, content, role, self.organisation),) = rows
        self.role = None if role is None else Role(role)
        return self.decode(content)

    def exists(self, session_key: str) -> bool:
        ((found,),) = _call("SELECT web_session_exists(%s)", [_digest(session_key)])
        return bool(found)

    def create(self) -> None:
        """Begin under a new secret; what the session held goes with it."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Keep what the session holds. Raises UpdateError for one that was ended meanwhile."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        now = timezone.now()
        visit = data.get(VISIT, {})
        limits = limits_of(Role(visit.get("role", Role.CITIZEN)), now)
        if must_create:
            self.id = drawn_uuid7(now, token_bytes)
        ((saved,),) = _call(
            "SELECT web_session_save(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                *(must_create, self.id, _digest(self.session_key), self.encode(data)),
                *(visit.get(name) for name in ("cell", "person", "membership", "delegation")),
                visit.get("device", "")[:DEVICE_CHARACTERS_MAX],
                *(now, _seconds(limits.idle), _seconds(limits.total)),
            ],
        )
        if not saved:
            raise CreateError if must_create else UpdateError

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            _call("SELECT web_session_end(%s)", [_digest(key)])

    @classmethod
    def clear_expired(cls) -> None:
        """Forget what has ended (`manage clearsessions`)."""
        _call("SELECT web_session_forget(%s)", [timezone.now()])


def limits_of(role: Role, at: datetime) -> SessionLimits:
    """How long a session in a role may last."""
    return session_limits_on(fiscal_date(at))[role]


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())


def _digest(key: str | None) -> str:
    return hashlib.sha256((key or "").encode()).hexdigest()


def _call(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
