"""The only functions by which two persons decide one thing.

    propose  the first says what exactly is to be done; its canonical bytes are put on file
    confirm  someone approves it by a sure session           (authority: roles, reviews)
    sign     someone approves it with a passkey over its hash    (money, and single records)
    spend    whoever carries it out shows the same content; once, with two approvals

The proposal's identifier and its end are part of what is approved, so no approval fits another
proposal, however alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lmb.people import models
from lmb.people.acting import Acting
from lmb.people.assertions import Assertion, RelyingParty
from lmb.people.assurance import Action, requirement, requires
from lmb.people.passkeys import use
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.values.canonical import Document, canonical_bytes
from lmb.values.errors import ConflictError, NotFoundError, RefusedError
from lmb.values.identifiers import Randomness, drawn_uuid7

FORMAT = "lmb-proposal/1"
OPEN_FOR = timedelta(hours=24)
CONTENT_BYTES_MAX = 10_000_000
LISTED_MAX = 100

APPROVERS: Mapping[Action, frozenset[Role]] = {
    Action.PAY_OUT: frozenset({Role.TREASURY}),
    Action.ISSUE_BOND: frozenset({Role.TREASURY}),
    Action.CHANGE_RATE: frozenset({Role.TREASURY}),
    Action.REVOKE_MANY: frozenset({Role.AGENCY, Role.STATE_BOARD, Role.PROVIDER}),
    Action.CHANGE_ACCREDITATION: frozenset({Role.AGENCY, Role.STATE_BOARD}),
    Action.CHANGE_ROLES: frozenset(
        {Role.AGENCY, Role.STATE_BOARD, Role.TREASURY, Role.AUDITOR, Role.SECURITY_OFFICER}
    ),
    Action.DECIDE_REVIEW: frozenset({Role.AGENCY, Role.STATE_BOARD}),
    Action.BREAK_GLASS: frozenset({Role.AGENCY, Role.STATE_BOARD, Role.AUDITOR}),
    Action.ERASE_PERSON: frozenset({Role.AGENCY, Role.STATE_BOARD}),
    Action.SIGN_DETERMINATION: frozenset({Role.AGENCY, Role.TREASURY}),
}
"""In which roles somebody may stand behind an action that takes two."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What two persons are asked to approve. `challenge` is what a passkey signs."""

    cell: int
    id: UUID
    content: str
    signed: bool
    expires_at: datetime

    @property
    def challenge(self) -> bytes:
        return hashlib.sha256(self.content.encode()).digest()


@house()
def propose(
    randomness: Randomness,
    by: Acting,
    action: Action,
    content: Mapping[str, Document],
    at: datetime,
) -> Proposed:
    """Put on file what is to be approved; open for OPEN_FOR. Where sessions are enough, whoever
    proposes has approved it too.

    Raises RefusedError for a role that may not, StepUpNeededError for a session not sure enough
    and ValueError for content too large.
    """
    _check(by, action, at)
    identifier, expires_at = drawn_uuid7(at, randomness), at + OPEN_FOR
    whole = _content(by.cell, identifier, action, content, expires_at)
    signed = requirement(action, at.date()).phishing_resistant
    models.Proposal.objects.create(
        cell=by.cell,
        id=identifier,
        action=action,
        content=whole,
        sha256=hashlib.sha256(whole.encode()).hexdigest(),
        signed=signed,
        proposed_by=by.person,
        recorded_at=at,
        expires_at=expires_at,
    )
    if not signed:
        _approve(by, identifier, None, None, at)
    return Proposed(by.cell, identifier, whole, signed, expires_at)


def find(cell: int, proposal: UUID) -> Proposed:
    """A proposal as it is on file, to be shown before it is approved."""
    return _proposed(_row(cell, proposal))


@dataclass(frozen=True, slots=True)
class Listed:
    """A proposal and what became of it. `by_me`: whoever asks has approved it."""

    proposed: Proposed
    action: Action
    approved_by: int
    by_me: bool
    spent_at: datetime | None


def open_for(by: Acting, at: datetime) -> list[Listed]:
    """What waits for somebody in the role they act in, soonest to expire first; read inside
    `sessions.acting`."""
    actions = [action for action, roles in APPROVERS.items() if by.role in roles]
    rows = models.Proposal.objects.filter(
        cell=by.cell, action__in=actions, spent_at=None, expires_at__gt=at
    )
    return [_listed(by, row) for row in rows.order_by("expires_at", "id")[:LISTED_MAX]]


def listed(by: Acting, proposal: UUID) -> Listed:
    """One proposal as whoever asks may see it; read inside `sessions.acting`. Raises NotFoundError
    for one they may not."""
    return _listed(by, _row(by.cell, proposal))


def _listed(by: Acting, row: models.Proposal) -> Listed:
    approvers = set(
        models.Approval.objects.filter(cell=row.cell, proposal=row.id).values_list(
            "person", flat=True
        )
    )
    mine = by.person in approvers
    return Listed(_proposed(row), Action(row.action), len(approvers), mine, row.spent_at)


@house()
def confirm(by: Acting, proposal: UUID, at: datetime) -> None:
    """Approve by session. Approving twice changes nothing and counts once. Raises RefusedError for
    a proposal that is to be signed."""
    row = _row(by.cell, proposal)
    _check(by, Action(row.action), at)
    if row.signed:
        raise RefusedError("this is approved with a passkey; sign it")
    _approve(by, proposal, None, None, at)


@house()
def sign(
    party: RelyingParty,
    by: Acting,
    proposal: UUID,
    response: Mapping[str, Any],
    at: datetime,
) -> None:
    """Approve with a passkey of one's own over the hash of the whole proposal.

    Raises RefusedError when the answer is for anything else, or when the key's counter went back:
    then the key was copied.
    """
    row = _row(by.cell, proposal)
    _check(by, Action(row.action), at)
    challenge = _proposed(row).challenge
    authenticator, assertion = use(party, by.cell, by.person, challenge, response, at)
    _approve(by, proposal, authenticator, assertion, at)


@house()
def spend(
    by: Acting,
    proposal: UUID,
    action: Action,
    content: Mapping[str, Document],
    at: datetime,
    on: str,
) -> UUID:
    """Take a proposal's approval to carry it out; return the person who approved it beside `by`.

    `content` is what is about to be done, `on` names what is done with it. Raises RefusedError
    unless it is, to the byte, what two persons approved, the proposal is open, and `by` is one of
    them; ConflictError when it was carried out before.
    """
    row = models.Proposal.objects.select_for_update().filter(cell=by.cell, id=proposal).first()
    if row is None:
        raise NotFoundError(f"there is no proposal {proposal} in cell {by.cell}")
    if row.spent_at is not None:
        raise ConflictError(f"proposal {proposal} was carried out before, on {row.spent_on}")
    if row.expires_at <= at:
        raise RefusedError("this proposal has expired; propose it again")
    if row.content != _content(by.cell, proposal, action, content, row.expires_at):
        raise RefusedError("this is not what was approved; propose what is to be done now")
    approvers = models.Approval.objects.filter(cell=by.cell, proposal=proposal)
    others = approvers.exclude(person=by.person).order_by("recorded_at", "person")
    second = others.values_list("person", flat=True).first()
    if second is None:
        raise RefusedError("a second person must approve this first")
    if not approvers.filter(person=by.person).exists():
        raise RefusedError("whoever carries this out must be one of those who approved it")
    row.spent_at, row.spent_on = at, on
    row.save(update_fields=["spent_at", "spent_on"])
    return second


def _check(by: Acting, action: Action, at: datetime) -> None:
    """In a role that may, by a session that is sure enough; the second person comes later."""
    if by.role not in APPROVERS.get(action, frozenset()):
        raise RefusedError(f"the role you act in cannot approve: {action.value}")
    requires(action, by.assurance, at, second_person=True)


def _approve(
    by: Acting, proposal: UUID, authenticator: UUID | None, signed: Assertion | None, at: datetime
) -> None:
    if by.membership is None:
        raise RefusedError("approvals are given for an organisation; act for yours")
    approval = models.Approval(
        cell=by.cell,
        proposal=proposal,
        person=by.person,
        membership=by.membership,
        recorded_at=at,
    )
    if signed is not None:
        approval.authenticator = authenticator
        approval.authenticator_data = signed.authenticator_data
        approval.client_data = signed.client_data
        approval.signature = signed.signature
        approval.signature_count = signed.signature_count
    given = models.Approval.objects.filter(cell=by.cell, proposal=proposal, person=by.person)
    if not given.exists():
        approval.save(force_insert=True)


def _row(cell: int, proposal: UUID) -> models.Proposal:
    row = models.Proposal.objects.filter(cell=cell, id=proposal).first()
    if row is None:
        raise NotFoundError(f"there is no proposal {proposal} in cell {cell}")
    return row


def _proposed(row: models.Proposal) -> Proposed:
    return Proposed(row.cell, row.id, row.content, row.signed, row.expires_at)


def _content(
    cell: int,
    identifier: UUID,
    action: Action,
    content: Mapping[str, Document],
    expires_at: datetime,
) -> str:
    whole = canonical_bytes(
        {
            "format": FORMAT,
            "cell": cell,
            "id": str(identifier),
            "action": action.value,
            "content": dict(content),
            "expires_at": int(expires_at.timestamp()),
        }
    )
    if len(whole) > CONTENT_BYTES_MAX:
        raise ValueError(
            f"a proposal has at most {CONTENT_BYTES_MAX} bytes; propose a batch's hash"
        )
    return whole.decode()
