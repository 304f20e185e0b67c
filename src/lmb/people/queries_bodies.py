"""The only functions that read organisations, those who act for them, how people signed in, and
what waits for a decision about people. Row-level security says which rows whoever asks may see."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from lmb.people import models
from lmb.people.roles import OrganisationKind, Role
from lmb.values.errors import NotFoundError

ROWS_MAX = 500


@dataclass(frozen=True, slots=True)
class OrganisationOnFile:
    """A body that takes part; `state` is None where its work does not end at a state's border."""

    id: UUID
    kind: OrganisationKind
    code: str
    name: str
    state: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who acts for an organisation, or did until `ended_at`."""

    membership: UUID
    person: UUID
    organisation: str
    role: Role
    administers: bool
    starts_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignInOnFile:
    """What an identity provider said when somebody signed in."""

    at: datetime
    person: UUID
    issuer: str
    ial: int
    aal: int
    methods: tuple[str, ...]
    device: str


@dataclass(frozen=True, slots=True)
class CaseOnFile:
    """A question two people decide: are these two persons one? Open while `outcome` is None."""

    id: UUID
    kind: str
    person: UUID
    recorded_at: datetime
    outcome: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class WardOnFile:
    """Whom a delegation lets somebody act for, what they may do, and until when."""

    delegation: UUID
    person: UUID
    kind: str
    actions: tuple[str, ...]
    expires_at: datetime


def organisation(cell: int, identifier: UUID) -> OrganisationOnFile:
    """One organisation. Raises NotFoundError for one that is not known."""
    row = models.Organisation.objects.filter(cell=cell, id=identifier).first()
    if row is None:
        raise NotFoundError(f"there is no organisation {identifier} in cell {cell}")
    return OrganisationOnFile(row.id, OrganisationKind(row.kind), row.code, row.name, row.state)


def members(cell: int) -> list[Member]:
    """Who acts for which organisation, those who do now first, at most ROWS_MAX."""
    rows = models.Membership.objects.filter(cell=cell).order_by("-ended_at", "-id")[:ROWS_MAX]
    names = dict(models.Organisation.objects.filter(cell=cell).values_list("id", "name"))
    return [
        Member(
            membership=row.id,
            person=row.person,
            organisation=names[row.organisation],
            role=Role(row.role),
            administers=row.administers,
            starts_at=row.starts_at,
            ended_at=row.ended_at,
        )
        for row in rows
    ]


def member(cell: int, membership: UUID) -> Member:
    """One of them. Raises NotFoundError for a membership that is not there to see."""
    found = {each.membership: each for each in members(cell)}.get(membership)
    if found is None:
        raise NotFoundError(f"there is no membership {membership} in cell {cell}")
    return found


def sign_ins(cell: int) -> list[SignInOnFile]:
    """How people signed in, newest first, at most ROWS_MAX."""
    rows = models.SignIn.objects.filter(cell=cell).order_by("-id")[:ROWS_MAX]
    return [
        SignInOnFile(
            at=row.recorded_at,
            person=row.person,
            issuer=row.issuer,
            ial=row.ial,
            aal=row.aal,
            methods=tuple(row.amr),
            device=row.device,
        )
        for row in rows
    ]


def review_cases(cell: int) -> list[CaseOnFile]:
    """The questions whether two persons are one, the longest open first, at most ROWS_MAX."""
    rows = models.ReviewCase.objects.filter(cell=cell).order_by("-decided_at", "recorded_at")
    return [
        CaseOnFile(row.id, row.kind, row.person, row.recorded_at, row.outcome, row.decided_at)
        for row in rows[:ROWS_MAX]
    ]


def residents(cell: int, state: str, day: date) -> Counter[str]:
    """How many people of a state each workforce board serves on a day, by the board's code."""
    rows = models.Residence.objects.filter(cell=cell, effective_on__lte=day)
    newest = rows.order_by("person", "-effective_on", "-recorded_at").distinct("person")
    return Counter(row.board for row in newest if row.state == state)


def ward(cell: int, delegation: UUID) -> WardOnFile:
    """Whom a delegation is about. Raises NotFoundError for one that is not there to see."""
    row = models.Delegation.objects.filter(cell=cell, id=delegation).first()
    if row is None:
        raise NotFoundError(f"there is no delegation {delegation} in cell {cell}")
    return WardOnFile(row.id, row.person, row.kind, tuple(row.actions), row.expires_at)
