"""The only functions that let one person act for another, and put on record what they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from lmb.people import models
from lmb.people.acting import Acting
from lmb.people.assurance import Action, requires
from lmb.people.identifiers import DataClass
from lmb.people.sessions import house
from lmb.values.errors import NotFoundError, RefusedError
from lmb.values.identifiers import Randomness, drawn_uuid7

LASTS_MAX = timedelta(days=731)


class DelegableAction(StrEnum):
    """What a delegate can be let do. What changes where money goes or who may sign in is none."""

    READ = "read"
    CONSENT = "consent"
    ENROL_IN_TRAINING = "enrol-in-training"
    CHANGE_CONTACT = "change-contact"


class DelegationKind(StrEnum):
    """Why somebody acts for another."""

    PARENT = "parent"
    CASEWORKER = "caseworker"
    INTERMEDIARY = "intermediary"


@dataclass(frozen=True, slots=True)
class DelegationTerms:
    """What a delegate may do and see, until when. Caseworkers and intermediaries act for an
    organisation; a parent does not."""

    delegate: UUID
    kind: DelegationKind
    organisation: UUID | None
    actions: frozenset[DelegableAction]
    data_classes: frozenset[DataClass]
    starts_at: datetime
    expires_at: datetime

    def __post_init__(self) -> None:
        if not self.actions:
            raise ValueError("a delegation names at least one action")
        if not self.starts_at < self.expires_at <= self.starts_at + LASTS_MAX:
            raise ValueError(
                f"a delegation ends after it starts and within {LASTS_MAX.days} days; renew it then"
            )
        if (self.organisation is None) != (self.kind is DelegationKind.PARENT):
            raise ValueError(
                "a caseworker or intermediary acts for an organisation; a parent for none"
            )


@house()
def delegate(randomness: Randomness, by: Acting, terms: DelegationTerms, at: datetime) -> UUID:
    """Let somebody act for the person `by` is, and return the delegation.

    Raises RefusedError for whoever does not act as themselves (a delegation is not passed on), and
    for a delegate who does not belong to the organisation named.
    """
    requires(Action.COMMIT_CREDITS, by.assurance, at)
    if by.membership is not None or by.delegation is not None:
        raise RefusedError("only the person themselves can let somebody act for them")
    if terms.delegate == by.person:
        raise RefusedError("you act for yourself already")
    if terms.expires_at <= at:
        raise RefusedError("this delegation would be over already; give it a later end")
    if (
        terms.organisation is not None
        and not models.Membership.objects.filter(
            cell=by.cell, person=terms.delegate, organisation=terms.organisation, ended_at=None
        ).exists()
    ):
        raise RefusedError("this person does not act for that organisation; ask it who does")
    identifier = drawn_uuid7(at, randomness)
    models.Delegation.objects.create(
        cell=by.cell,
        id=identifier,
        person=by.person,
        delegate=terms.delegate,
        organisation=terms.organisation,
        kind=terms.kind,
        actions=sorted(terms.actions),
        data_classes=sorted(terms.data_classes),
        starts_at=terms.starts_at,
        expires_at=terms.expires_at,
        granted_by=by.person,
        recorded_at=at,
    )
    return identifier


@house()
def revoke(by: Acting, delegation: UUID, because: str, at: datetime) -> None:
    """End a delegation from now on: by the person, or by the delegate giving it back.

    Raises NotFoundError when there is none in force between them.
    """
    requires(Action.BROWSE, by.assurance, at)
    rows = models.Delegation.objects.filter(cell=by.cell, id=delegation, ended_at=None)
    row = rows.first()
    if row is None or by.person not in (row.person, row.delegate):
        raise NotFoundError(f"there is no delegation {delegation} of yours in force")
    rows.update(ended_at=max(at, row.starts_at), ended_by=by.person, ended_because=because)


def person_acted_for(
    randomness: Randomness, by: Acting, action: DelegableAction, subject: str, at: datetime
) -> UUID:
    """The first line of a service a delegate may call: whom the act is for.

    A delegated act is put on record under both names, in the transaction of the act itself.
    Raises RefusedError when the delegation does not reach so far, or not any more, or when
    somebody acts for an organisation: that is no capacity to act for a person in.
    """
    if by.delegation is None:
        if by.membership is not None:
            raise RefusedError("for an organisation you cannot do this in a person's name")
        return by.person
    row = models.Delegation.objects.filter(
        cell=by.cell,
        id=by.delegation,
        delegate=by.person,
        actions__contains=[action],
        starts_at__lte=at,
        expires_at__gt=at,
        ended_at=None,
    ).first()
    if row is None or not _belongs_still(row):
        raise RefusedError("you may not do this for this person; ask them to delegate it")
    models.DelegatedAct.objects.create(
        cell=by.cell,
        id=drawn_uuid7(at, randomness),
        delegation=row.id,
        person=row.person,
        delegate=by.person,
        action=action,
        subject=subject,
        recorded_at=at,
    )
    return row.person


@dataclass(frozen=True, slots=True)
class DelegationListed:
    """A delegation as the person who gave it sees it."""

    id: UUID
    kind: DelegationKind
    organisation: UUID | None
    actions: frozenset[DelegableAction]
    starts_at: datetime
    expires_at: datetime
    ended_at: datetime | None

    def in_force(self, at: datetime) -> bool:
        return self.ended_at is None and self.starts_at <= at < self.expires_at


def delegations_of(cell: int, person: UUID, limit: int = 500) -> list[DelegationListed]:
    """Whom a person let act for them, newest first; read as that person."""
    rows = models.Delegation.objects.filter(cell=cell, person=person).order_by("-id")[:limit]
    return [
        DelegationListed(
            row.id,
            DelegationKind(row.kind),
            row.organisation,
            frozenset(map(DelegableAction, row.actions)),
            row.starts_at,
            row.expires_at,
            row.ended_at,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Act:
    """Something a delegate did for a person."""

    at: datetime
    person: UUID
    delegate: UUID
    action: str
    subject: str


def acts_for(cell: int, person: UUID, limit: int = 500) -> list[Act]:
    """What others did for a person, newest first."""
    rows = models.DelegatedAct.objects.filter(cell=cell, person=person).order_by("-id")[:limit]
    return [Act(row.recorded_at, row.person, row.delegate, row.action, row.subject) for row in rows]


@house()
def has_parent(cell: int, person: UUID, at: datetime) -> bool:
    """Whether a parent or guardian acts for a person now."""
    return models.Delegation.objects.filter(
        cell=cell,
        person=person,
        kind=DelegationKind.PARENT,
        starts_at__lte=at,
        expires_at__gt=at,
        ended_at=None,
    ).exists()


def _belongs_still(row: models.Delegation) -> bool:
    return (
        row.organisation is None
        or models.Membership.objects.filter(
            cell=row.cell, organisation=row.organisation, person=row.delegate, ended_at=None
        ).exists()
    )
