"""Who can be tried: a participant of the trial, and somebody in each role around the bond."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes
from uuid import UUID

from lmb.facts.service_employers import EMPLOYMENT
from lmb.people import queries
from lmb.people.acting import Acting
from lmb.people.assurance import Assurance
from lmb.people.consents import give, to_recipient
from lmb.people.delegations import (
    DelegableAction,
    DelegationKind,
    DelegationTerms,
    delegate,
)
from lmb.people.identifiers import DataClass
from lmb.people.models import Delegation, Membership, Person
from lmb.people.organisations import NewOrganisation, appoint_first, found
from lmb.people.receipts import ConsentTerms, ConsentText
from lmb.people.roles import OrganisationKind, Role
from lmb.people.service import NewPerson, register
from lmb.people.sessions import house
from lmb.settlement.programme import Programme
from lmb.web import adapters

CITIZEN = "nsw-001"
"""Somebody of the trial who was offered training, took it up and worked afterwards."""

YEAR = timedelta(days=365)

EMPLOYMENT_TEXT = "This employer may confirm when I worked for it, how long, and for what wages."
"""What the participant agreed to, in the words they would have read."""


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody to be, by the role they act in."""

    cell: int
    person: UUID
    role: Role
    membership: UUID | None = None
    delegation: UUID | None = None


def seed(cell: int, programme: Programme, at: datetime) -> None:
    """Make the personas known beside the people of the demonstration; known ones stay."""
    (home,) = {row.home for row in _as_registered(programme) if row.reference == CITIZEN}
    others = [role for role in Role if role is not Role.CITIZEN]
    register(cell, [NewPerson(_reference(role), home.state, home.board) for role in others], at)
    keys = queries.person_keys(cell, [_reference(role) for role in others])
    for role in others:
        with house():
            if not Membership.objects.filter(cell=cell, person=keys[_reference(role)]).exists():
                body = found(cell, _body(role, programme, home.state), keys[_reference(role)], at)
                appoint_first(token_bytes, cell, body, keys[_reference(role)], role, at)
    _let_represent(cell, keys[_reference(Role.REPRESENTATIVE)], at)
    _let_confirm(cell, keys[_reference(Role.EMPLOYER)], at)


def _as_registered(programme: Programme) -> list[NewPerson]:
    return [NewPerson(row.person, row.state, row.board) for row in programme.people]


def _reference(role: Role) -> str:
    return CITIZEN if role is Role.CITIZEN else f"persona-{role.value}"


def _body(role: Role, programme: Programme, state: str) -> NewOrganisation:
    """The organisation a persona acts for; those the demonstration knows, under their codes."""
    training = programme.training
    kinds = OrganisationKind
    bodies = {
        Role.PROVIDER: (kinds.PROVIDER, training.provider_id, training.provider_name),
        Role.EMPLOYER: (kinds.EMPLOYER, "riverside-metal-works", "Riverside Metal Works"),
        Role.STATE_BOARD: (kinds.STATE_BOARD, f"{state}-01", "State workforce board"),
        Role.AGENCY: (kinds.AGENCY, "department-of-labor", "Department of Labor"),
        Role.TREASURY: (kinds.AGENCY, "treasury", "Treasury"),
        Role.INVESTOR: (kinds.INVESTOR, "teachers-pension-fund", "Teachers' Pension Fund"),
        Role.AUDITOR: (kinds.AGENCY, "audit-office", "Audit Office"),
        Role.SECURITY_OFFICER: (kinds.AGENCY, "security-office", "Security Office"),
        Role.REPRESENTATIVE: (kinds.INTERMEDIARY, "career-center", "Neighborhood Career Center"),
    }
    kind, code, name = bodies[role]
    return NewOrganisation(kind, code, name, state if role is Role.STATE_BOARD else None)


def _let_represent(cell: int, caseworker: UUID, at: datetime) -> None:
    """Let the caseworker act for the participant, unless they do already."""
    citizen = queries.person_keys(cell, [CITIZEN])[CITIZEN]
    with house():
        if Delegation.objects.filter(
            cell=cell, person=citizen, delegate=caseworker, expires_at__gt=at, ended_at=None
        ).exists():
            return
        organisation = Membership.objects.get(cell=cell, person=caseworker).organisation
    terms = DelegationTerms(
        delegate=caseworker,
        kind=DelegationKind.CASEWORKER,
        organisation=organisation,
        actions=frozenset({DelegableAction.READ, DelegableAction.ENROL_IN_TRAINING}),
        data_classes=frozenset({DataClass.CONTACT}),
        starts_at=at,
        expires_at=at + YEAR,
    )
    delegate(token_bytes, Acting(cell, citizen, Role.CITIZEN, sure(at)), terms, at)


def _let_confirm(cell: int, clerk: UUID, at: datetime) -> None:
    """Let the employer confirm the participant's work, unless they do already."""
    citizen = queries.person_keys(cell, [CITIZEN])[CITIZEN]
    with house():
        employer = Membership.objects.get(cell=cell, person=clerk).organisation
        if to_recipient(cell, employer, EMPLOYMENT, at):
            return
    terms = ConsentTerms(
        recipient=employer,
        purpose=EMPLOYMENT,
        data_classes=frozenset({DataClass.NAME}),
        starts_at=at,
        expires_at=at + YEAR,
        text=ConsentText.of("employment", "1", "en", EMPLOYMENT_TEXT),
    )
    by = Acting(cell, citizen, Role.CITIZEN, sure(at))
    give(adapters.keys().receipts, token_bytes, by, terms, at)


def sure(at: datetime) -> Assurance:
    """The session of a persona: sure enough for everything one person may do alone."""
    return Assurance(2, 2, frozenset({"persona"}), at, True, "persona")


@house()
def persona(role: Role) -> Persona | None:
    """Who can be tried in a role; None before the demonstration has run."""
    row = Person.objects.filter(reference=_reference(role)).order_by("cell").last()
    if row is None:
        return None
    found = Persona(row.cell, row.id, role)
    if role is Role.CITIZEN:
        return found
    if role is Role.REPRESENTATIVE:
        given = Delegation.objects.filter(cell=row.cell, delegate=row.id, ended_at=None).last()
        return None if given is None else Persona(row.cell, row.id, role, delegation=given.id)
    seat = Membership.objects.filter(cell=row.cell, person=row.id, ended_at=None).first()
    return None if seat is None else Persona(row.cell, row.id, role, membership=seat.id)
