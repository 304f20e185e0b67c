"""The only functions that make organisations known and let people act for them."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from lmb.people import models
from lmb.people.acting import Acting
from lmb.people.approvals import spend
from lmb.people.assurance import Action, requires
from lmb.people.roles import ROLES_OF, SECOND_PERSON_ROLES, OrganisationKind, Role
from lmb.people.sessions import house
from lmb.values.canonical import Document
from lmb.values.errors import ConflictError, NotFoundError, RefusedError
from lmb.values.identifiers import Randomness, derived_uuid7, drawn_uuid7

TOKEN_BYTES = 32
INVITATION_LASTS = timedelta(days=7)
UNUSABLE = "this invitation cannot be used; ask the organisation that sent it for a new one"
"""One answer for a token that is wrong, used, withdrawn or expired: it tells nobody which."""

# Any number will do, if nothing else in the database locks by it together with a hash.
_LOCK = 5_082_029


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and its token, which is shown this once and kept nowhere."""

    invitation: UUID
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """A body as its register names it."""

    kind: OrganisationKind
    code: str
    name: str
    state: str | None = None


@dataclass(frozen=True, slots=True)
class OrganisationListed:
    """A body that takes part, as everybody may know it."""

    id: UUID
    kind: OrganisationKind
    name: str
    state: str | None

    @property
    def receives_data(self) -> bool:
        """Whether a person can agree to share with it: not with a government agency, which reads
        by law or not at all, nor with who only buys bonds."""
        return self.kind not in {
            OrganisationKind.AGENCY,
            OrganisationKind.INVESTOR,
            OrganisationKind.CUSTODIAN,
        }


def organisations_in(cell: int) -> list[OrganisationListed]:
    """Who takes part in a cell, by name. Who takes part is public."""
    rows = models.Organisation.objects.filter(cell=cell).order_by("name", "id")
    return [
        OrganisationListed(row.id, OrganisationKind(row.kind), row.name, row.state) for row in rows
    ]


@house()
def found(cell: int, new: NewOrganisation, by: UUID, at: datetime) -> UUID:
    """Make an organisation known; the same again returns it.

    Raises RefusedError for a state board without a state, ConflictError for a code that is known
    with another name or state.
    """
    if new.kind is OrganisationKind.STATE_BOARD and new.state is None:
        raise RefusedError(f"{new.name} is a state board; say of which state")
    known = models.Organisation.objects.filter(cell=cell, kind=new.kind, code=new.code).first()
    if known is not None:
        if (known.name, known.state) == (new.name, new.state):
            return known.id
        raise ConflictError(
            f"{new.kind.value} {new.code} is known as {known.name!r}; correct its register first"
        )
    identifier = derived_uuid7(at, str(cell), "organisation", new.kind, new.code)
    models.Organisation.objects.create(
        cell=cell,
        id=identifier,
        kind=new.kind,
        code=new.code,
        name=new.name,
        state=new.state,
        recorded_by=by,
        recorded_at=at,
    )
    return identifier


@house()
def appoint_first(
    randomness: Randomness, cell: int, organisation: UUID, person: UUID, role: Role, at: datetime
) -> UUID:
    """Make a person the first administrator of an organisation that has none, and return their
    membership. Whoever sets up the house does this once; everyone after comes by invitation.

    Raises RefusedError where somebody administers it already.
    """
    _refuse_other_role(_organisation(cell, organisation), role)
    with connection.cursor() as cursor:
        # Of two at once, one waits here and then meets the other.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, str(organisation)])
    if models.Membership.objects.filter(
        cell=cell, organisation=organisation, administers=True, ended_at=None
    ).exists():
        raise RefusedError("this organisation has an administrator; ask them for an invitation")
    return _admit(randomness, cell, organisation, person, role, True, person, None, at)


def inviting(organisation: UUID, role: Role, administers: bool) -> dict[str, Document]:
    """What two persons approve to give somebody a role of government."""
    return {"organisation": str(organisation), "role": role.value, "administers": administers}


@house()
def invite(
    randomness: Randomness,
    by: Acting,
    role: Role,
    *,
    administers: bool = False,
    proposal: UUID | None = None,
    at: datetime,
) -> Invited:
    """Invite somebody to act for the organisation `by` administers, for INVITATION_LASTS.

    Raises RefusedError for whoever does not administer it, a role it cannot give, or a role of
    government without a proposal that two persons approved (`inviting`).
    """
    organisation = _organisation(by.cell, _administered(by))
    _refuse_other_role(organisation, role)
    approved_by = None
    if role in SECOND_PERSON_ROLES:
        if proposal is None:
            raise RefusedError(f"the role {role.value} is given by two persons; propose it first")
        content = inviting(organisation.id, role, administers)
        approved_by = spend(by, proposal, Action.CHANGE_ROLES, content, at, on="an invitation")
    else:
        requires(Action.CHANGE_ROLES, by.assurance, at, second_person=True)
    token = randomness(TOKEN_BYTES)
    row = models.Invitation.objects.create(
        cell=by.cell,
        id=drawn_uuid7(at, randomness),
        organisation=organisation.id,
        role=role,
        administers=administers,
        token_sha256=hashlib.sha256(token).hexdigest(),
        expires_at=at + INVITATION_LASTS,
        invited_by=by.person,
        approved_by=approved_by,
        recorded_at=at,
    )
    shown = base64.urlsafe_b64encode(token).rstrip(b"=").decode()
    return Invited(row.id, shown, row.expires_at)


@house()
def accept(randomness: Randomness, by: Acting, token: str, at: datetime) -> UUID:
    """Take an invitation up and return the membership it became.

    Raises RefusedError with the one answer UNUSABLE for every token that opens nothing, and for
    whoever invited: nobody gives themselves a role.
    """
    requires(Action.ACCEPT_INVITATION, by.assurance, at)
    row = (
        models.Invitation.objects.select_for_update()
        .filter(cell=by.cell, token_sha256=_digest(token), ended_at=None, expires_at__gt=at)
        .first()
    )
    if row is None or by.person in (row.invited_by, row.approved_by):
        raise RefusedError(UNUSABLE)
    if models.Membership.objects.filter(
        cell=by.cell,
        person=by.person,
        organisation=row.organisation,
        role=row.role,
        ended_at=None,
    ).exists():
        raise ConflictError("you act for this organisation in this role already")
    membership = _admit(
        randomness,
        by.cell,
        row.organisation,
        by.person,
        Role(row.role),
        row.administers,
        row.invited_by,
        row.approved_by,
        at,
    )
    row.ended_at, row.ended_by, row.ended_because = at, by.person, "accepted"
    row.membership = membership
    row.save(update_fields=["ended_at", "ended_by", "ended_because", "membership"])
    return membership


@house()
def withdraw_invitation(by: Acting, invitation: UUID, at: datetime) -> None:
    """Make an invitation of one's own organisation useless. Raises NotFoundError when it is not
    open."""
    changed = models.Invitation.objects.filter(
        cell=by.cell, id=invitation, organisation=_administered(by), ended_at=None
    ).update(ended_at=at, ended_by=by.person, ended_because="withdrawn")
    if not changed:
        raise NotFoundError(f"there is no open invitation {invitation} of your organisation")


@house()
def end_membership(by: Acting, membership: UUID, because: str, at: datetime) -> None:
    """End somebody's membership: their own, or one of the organisation `by` administers. A security
    officer may end any. Raises NotFoundError when there is none in force."""
    memberships = models.Membership.objects.filter(cell=by.cell, id=membership, ended_at=None)
    row = memberships.first()
    if row is None:
        raise NotFoundError(f"there is no membership {membership} in force")
    own_business = row.person == by.person or by.role is Role.SECURITY_OFFICER
    if not own_business and row.organisation != _administered(by):
        raise NotFoundError(f"there is no membership {membership} in force")
    requires(Action.ACCEPT_INVITATION, by.assurance, at)
    memberships.update(ended_at=at, ended_by=by.person, ended_because=because)


def _admit(
    randomness: Randomness,
    cell: int,
    organisation: UUID,
    person: UUID,
    role: Role,
    administers: bool,
    granted_by: UUID,
    approved_by: UUID | None,
    at: datetime,
) -> UUID:
    identifier = drawn_uuid7(at, randomness)
    models.Membership.objects.create(
        cell=cell,
        id=identifier,
        person=person,
        organisation=organisation,
        role=role,
        administers=administers,
        starts_at=at,
        granted_by=granted_by,
        approved_by=approved_by,
        recorded_at=at,
    )
    return identifier


def _organisation(cell: int, identifier: UUID) -> models.Organisation:
    row = models.Organisation.objects.filter(cell=cell, id=identifier).first()
    if row is None:
        raise NotFoundError(f"there is no organisation {identifier} in cell {cell}")
    return row


def _refuse_other_role(organisation: models.Organisation, role: Role) -> None:
    possible = ROLES_OF[OrganisationKind(organisation.kind)]
    if role not in possible:
        raise RefusedError(
            f"{organisation.name} is of kind {organisation.kind} and gives the role "
            f"{' or '.join(sorted(possible))}, not {role.value}"
        )


def _administered(by: Acting) -> UUID:
    """The organisation somebody administers in the capacity they act in. Raises RefusedError."""
    if by.membership is not None:
        row = models.Membership.objects.filter(
            cell=by.cell, id=by.membership, person=by.person, administers=True, ended_at=None
        ).first()
        if row is not None:
            return row.organisation
    raise RefusedError("only an administrator of this organisation can do this; ask one")


def _digest(token: str) -> str:
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        return hashlib.sha256(base64.b64decode(padded, altchars=b"-_", validate=True)).hexdigest()
    except ValueError:
        return ""
