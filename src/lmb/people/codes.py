"""The only functions that make and take one-time codes, by which a person makes themselves known to
whom they choose: a provider who enrols them, somebody who is to act for them.

Nobody can search people here. Who is shown a code learns one key, once; a code that is wrong, used,
too old or meant for something else gets one answer, which tells nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from lmb.people import models
from lmb.people.acting import Acting, ActingClient
from lmb.people.assurance import Action, requires
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.values.errors import RefusedError
from lmb.values.identifiers import Randomness, drawn_uuid7

LASTS = timedelta(hours=24)
OPEN_MAX = 5
"""A person has at most so many codes that could still be used."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters that nobody mistakes for one another when they are read out (Crockford)."""

CHARACTERS = 12
UNUSABLE = "this code cannot be used; ask the person for a new one"
"""One answer for a code that is wrong, used, too old, or for something else."""


class CodeKind(StrEnum):
    """What a code is shown for."""

    ENROLMENT = "enrolment"
    DELEGATION = "delegation"


TAKERS = {
    CodeKind.ENROLMENT: frozenset({Role.PROVIDER}),
    CodeKind.DELEGATION: frozenset({Role.CITIZEN}),
}
"""In which roles a code of a kind can be taken."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A code, which is shown this once and kept nowhere, as `K7QM-2XPD-3RTA`."""

    code: str
    expires_at: datetime


@house()
def show(randomness: Randomness, by: Acting, kind: CodeKind, at: datetime) -> Shown:
    """Make a code of the person `by` is, which lasts for LASTS.

    Raises RefusedError for whoever acts for others, and for more than OPEN_MAX open codes.
    """
    requires(Action.BROWSE, by.assurance, at)
    if by.membership is not None or by.delegation is not None:
        raise RefusedError("a code says who you are; change to acting for yourself first")
    rows = models.Code.objects.filter(cell=by.cell, person=by.person)
    if rows.filter(ended_at=None, expires_at__gt=at).count() >= OPEN_MAX:
        raise RefusedError(f"{OPEN_MAX} codes of yours can still be used; use or withdraw one")
    code = "".join(ALPHABET[byte % 32] for byte in randomness(CHARACTERS))
    row = models.Code.objects.create(
        cell=by.cell,
        id=drawn_uuid7(at, randomness),
        person=by.person,
        kind=kind,
        code_sha256=_digest(code),
        expires_at=at + LASTS,
        recorded_at=at,
    )
    return Shown(_in_groups(code), row.expires_at)


@house()
def take(by: Acting, kind: CodeKind, code: str, at: datetime) -> UUID:
    """The key of the person who showed a code, once.

    Raises RefusedError with the one answer UNUSABLE for every code that opens nothing, and for
    whoever takes their own.
    """
    action = Action.BROWSE if by.membership is None else Action.READ_PERSONS
    requires(action, by.assurance, at)
    return _take(by.cell, by.person, by.organisation, by.role, kind, code, at)


@house()
def take_for_program(by: ActingClient, kind: CodeKind, code: str, at: datetime) -> UUID:
    """The same for a program of an organisation, which shows what it was registered with."""
    return _take(by.cell, by.client, by.organisation, by.role, kind, code, at)


def _take(
    cell: int,
    taker: UUID,
    organisation: UUID | None,
    role: Role,
    kind: CodeKind,
    code: str,
    at: datetime,
) -> UUID:
    if role not in TAKERS[kind]:
        raise RefusedError(f"a code for {kind.value} cannot be taken in the role {role.value}")
    row = (
        models.Code.objects.select_for_update()
        .filter(cell=cell, kind=kind, code_sha256=_digest(_as_made(code)))
        .filter(ended_at=None, expires_at__gt=at)
        .first()
    )
    if row is None or row.person == taker:
        raise RefusedError(UNUSABLE)
    models.Code.objects.filter(cell=cell, id=row.id).update(
        ended_at=at, ended_by=taker, ended_because="taken", taken_for=organisation
    )
    return row.person


@house()
def withdraw_all(by: Acting, at: datetime) -> int:
    """Make one's open codes useless; returns how many."""
    requires(Action.BROWSE, by.assurance, at)
    return models.Code.objects.filter(
        cell=by.cell, person=by.person, ended_at=None, expires_at__gt=at
    ).update(ended_at=at, ended_by=by.person, ended_because="withdrawn")


def taken_from(cell: int, person: UUID, *, limit: int) -> list[tuple[CodeKind, datetime]]:
    """Which codes of a person were taken, and when, newest first; read as that person."""
    rows = models.Code.objects.filter(cell=cell, person=person, ended_because="taken")
    return [
        (CodeKind(row.kind), row.ended_at) for row in rows.order_by("-id")[:limit] if row.ended_at
    ]


def _in_groups(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _as_made(given: str) -> str:
    """A code as somebody typed it: small letters, gaps and hyphens aside, O for 0, I and L for 1.
    What is no code at all becomes one that nobody has."""
    text = given[:64].upper().translate(str.maketrans("OIL", "011", " -"))
    return text if len(text) == CHARACTERS and set(text) <= set(ALPHABET) else ""


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
