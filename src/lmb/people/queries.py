"""The only functions that read persons, and in which capacity somebody acts, for others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from lmb.people import models
from lmb.people.acting import Acting
from lmb.people.assurance import Assurance
from lmb.people.homes import Home
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.values.errors import NotFoundError, RefusedError

KEYS_AT_ONCE = 10_000

MERGES_MAX = 10
"""Decisions that two persons are one, followed from an identity to the person it leads to."""


@house()
def person_keys(cell: int, references: Collection[str]) -> dict[str, UUID]:
    """The keys of persons by the references a simulated run's file uses for them.

    Raises NotFoundError for a reference nobody is registered under.
    """
    rows = models.Person.objects.filter(cell=cell, reference__in=references)
    keys = {str(row.reference): row.id for row in rows}
    for reference in references:
        if reference not in keys:
            raise NotFoundError(f"no person is registered as {reference!r} in these books")
    return keys


@house()
def persons_known_as(cell: int, keys: Collection[str]) -> dict[str, UUID]:
    """Those of some keys that stand for a person of a cell: a person's own key as text, or the
    reference a simulated run uses. Keys of nobody are left out."""
    known: dict[str, UUID] = {}
    remaining = sorted(keys)
    for start in range(0, len(remaining), KEYS_AT_ONCE):
        asked = remaining[start : start + KEYS_AT_ONCE]
        persons = models.Person.objects.filter(cell=cell)
        rows = persons.filter(Q(reference__in=asked) | Q(id__in=filter(None, map(_uuid, asked))))
        for identifier, reference in rows.values_list("id", "reference"):
            known[str(identifier)] = identifier
            if reference is not None:
                known[reference] = identifier
    return {key: known[key] for key in remaining if key in known}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@house()
def cell_of_person(person: UUID) -> int:
    """The cell a person's key is in. Raises NotFoundError for nobody's key."""
    row = models.Person.objects.filter(id=person).first()
    if row is None:
        raise NotFoundError(f"there is no person {person}")
    return row.cell


@house()
def cell_of_organisation(organisation: UUID) -> int:
    """The cell an organisation is in. Raises NotFoundError for an unknown one."""
    row = models.Organisation.objects.filter(id=organisation).first()
    if row is None:
        raise NotFoundError(f"there is no organisation {organisation}")
    return row.cell


def home_on(cell: int, person: UUID, day: date) -> Home | None:
    """Who serves a person on a day, as known now; None before their first residence."""
    rows = models.Residence.objects.filter(cell=cell, person=person, effective_on__lte=day)
    row = rows.order_by("-effective_on", "-recorded_at").first()
    return None if row is None else Home(row.state, row.board)


@house()
def person_of_identity(issuer: str, subject: str) -> tuple[int, UUID] | None:
    """Cell and key of the person an account at an identity provider leads to; None for an account
    nobody linked, or whose link has ended."""
    row = models.Identity.objects.filter(issuer=issuer, subject=subject, ended_at=None).first()
    return None if row is None else surviving(row.cell, row.person)


@house()
def surviving(cell: int, person: UUID) -> tuple[int, UUID]:
    """The person that stands for this one after decisions that two persons are one: the earlier
    registered of them."""
    for _ in range(MERGES_MAX):
        case = models.ReviewCase.objects.filter(
            cell=cell, person=person, outcome="same-person"
        ).first()
        if case is None:
            return cell, person
        cell, person = case.other_cell, case.other_person
    raise RefusedError(f"person {person} was found to be another too often; decide the cases anew")


@house()
def identity_level(cell: int, person: UUID) -> int:
    """The best identity level (IAL) among a person's accounts, as each returned it last, and their
    proofings at a counter; 0 for somebody without either."""
    live = models.Identity.objects.filter(cell=cell, person=person, ended_at=None)
    accounts = set(live.values_list("issuer", "subject"))
    newest = (
        models.SignIn.objects.filter(cell=cell, person=person)
        .order_by("issuer", "subject", "-id")
        .distinct("issuer", "subject")
    )
    levels = [row.ial for row in newest if (row.issuer, row.subject) in accounts]
    return max([*levels, proofed_here(cell, person)])


@house()
def proofed_here(cell: int, person: UUID) -> int:
    """The level a counter of ours proofed a person at; 0 for none."""
    proofings = models.Proofing.objects.filter(cell=cell, person=person)
    return max(proofings.values_list("level", flat=True), default=0)


@house()
def waits_for_review(cell: int, person: UUID) -> bool:
    """Whether two persons must still decide if this one is known under another key."""
    return models.ReviewCase.objects.filter(cell=cell, person=person, outcome=None).exists()


def acting_as_self(cell: int, person: UUID, assurance: Assurance) -> Acting:
    """A person in their own name."""
    return Acting(cell, person, Role.CITIZEN, assurance)


@house()
def acting_as_member(cell: int, person: UUID, membership: UUID, assurance: Assurance) -> Acting:
    """A person for an organisation. Raises RefusedError when the membership is not theirs or has
    ended: both get the same answer."""
    row = models.Membership.objects.filter(
        cell=cell, id=membership, person=person, ended_at=None
    ).first()
    if row is None:
        raise RefusedError("you do not act for this organisation; ask it for an invitation")
    return Acting(cell, person, Role(row.role), assurance, row.id, row.organisation)


@house()
def acting_as_delegate(
    cell: int, person: UUID, delegation: UUID, assurance: Assurance, at: datetime
) -> Acting:
    """A person for another. Raises RefusedError when the delegation is not theirs, is not yet or no
    longer in force, or they left the organisation they held it for."""
    row = (
        models.Delegation.objects.filter(cell=cell, id=delegation, delegate=person)
        .filter(starts_at__lte=at, expires_at__gt=at, ended_at=None)
        .first()
    )
    if row is None or not _still_serves(row):
        raise RefusedError("you do not act for this person any more; ask them to delegate again")
    organisation = row.organisation
    return Acting(
        cell, person, Role.REPRESENTATIVE, assurance, None, organisation, delegation=row.id
    )


@dataclass(frozen=True, slots=True)
class Capacity:
    """One way somebody may act beside in their own name: for an organisation, called by its name,
    or, with a delegation, for a person, who is called by nothing here."""

    role: Role
    name: str
    membership: UUID | None = None
    delegation: UUID | None = None


def capacities_of(by: Acting, at: datetime) -> list[Capacity]:
    """In which capacities somebody may act now; read inside `sessions.acting`, from their own
    rows."""
    memberships = models.Membership.objects.filter(cell=by.cell, person=by.person, ended_at=None)
    delegations = models.Delegation.objects.filter(
        cell=by.cell, delegate=by.person, starts_at__lte=at, expires_at__gt=at, ended_at=None
    )
    served = [row for row in delegations.order_by("id") if _still_serves(row)]
    seats = list(memberships.order_by("id"))
    bodies = {row.organisation for row in seats}
    bodies |= {row.organisation for row in served if row.organisation is not None}
    rows = models.Organisation.objects.filter(cell=by.cell, id__in=bodies)
    names = {row.id: row.name for row in rows}
    return [
        *(Capacity(Role(row.role), names[row.organisation], row.id) for row in seats),
        *(
            Capacity(
                Role.REPRESENTATIVE,
                names[row.organisation] if row.organisation else "",
                delegation=row.id,
            )
            for row in served
        ),
    ]


def _still_serves(delegation: models.Delegation) -> bool:
    """A caseworker acts for people only while they belong to their organisation."""
    return (
        delegation.organisation is None
        or models.Membership.objects.filter(
            Q(cell=delegation.cell, organisation=delegation.organisation),
            person=delegation.delegate,
            ended_at=None,
        ).exists()
    )
