"""How a real person becomes known: enrolled once by what an identity provider returned, met again
under duplicates, linked anew under supervision when their account there was lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Max

from lmb.people import models, queries, vault
from lmb.people.acting import Acting
from lmb.people.approvals import spend
from lmb.people.assurance import Action
from lmb.people.homes import Home
from lmb.people.identifiers import IndexKind, index_terms, normalised
from lmb.people.keys import VaultKeys
from lmb.people.payouts import SecurityEventKind
from lmb.people.returned import Returned
from lmb.people.security import note_event
from lmb.people.service import move
from lmb.people.sessions import house
from lmb.people.sign_in.strongest import requires_strongest
from lmb.values.canonical import Document
from lmb.values.clock import fiscal_date
from lmb.values.errors import ConflictError, NotFoundError, RefusedError
from lmb.values.identifiers import drawn_uuid7


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A person, and whether they were new. `waits` says that two persons must first decide whether
    they are known under another key; it says nothing of whom."""

    cell: int
    person: UUID
    is_new: bool
    waits: bool


def enrol(keys: VaultKeys, cell: int, returned: Returned, home: Home, at: datetime) -> Enrolment:
    """Make the person behind an identity known, or find them again. Their key is drawn. What was
    returned is put on file; identifiers proofed anew take the place of earlier ones.

    Where the blind index knows the same Social Security number or the same name and birth date, a
    review case is opened; nobody is merged. Raises InputError for identifiers that cannot be read
    and RefusedError for an account whose link was ended.
    """
    identifiers = normalised(returned.identifiers)
    for _ in range(2):
        known = queries.person_of_identity(returned.issuer, returned.subject)
        if known is not None:
            return _met_again(keys, *known, returned, identifiers, at)
        try:
            with house():
                return _enrol(keys, cell, returned, identifiers, home, at)
        except IntegrityError:
            # The same account enrolled at the same moment elsewhere, or its link was ended.
            continue
    raise RefusedError(
        "this account does not open anything here any more; sign in with the one you use now, or "
        "visit a counter with an identity document"
    )


def _enrol(
    keys: VaultKeys,
    cell: int,
    returned: Returned,
    identifiers: Mapping[str, str],
    home: Home,
    at: datetime,
) -> Enrolment:
    person = drawn_uuid7(at, keys.randomness)
    models.Person.objects.create(cell=cell, id=person, reference=None, recorded_at=at)
    _link(keys, cell, person, returned, linked_by=person, approved_by=None, at=at)
    note_sign_in(keys, cell, person, returned, at)
    move(cell, person, home, fiscal_date(at), at)
    vault.open_for(keys, cell, person, at)
    if identifiers:
        vault.store(keys, cell, person, identifiers, person, at)
    meet(keys, cell, person, identifiers, at)
    return Enrolment(cell, person, True, queries.waits_for_review(cell, person))


@house()
def _met_again(
    keys: VaultKeys,
    cell: int,
    person: UUID,
    returned: Returned,
    identifiers: Mapping[str, str],
    at: datetime,
) -> Enrolment:
    """A known person signs in. Only a proofing later than every one before changes identifiers."""
    earlier = models.SignIn.objects.filter(cell=cell, person=person)
    newest = earlier.aggregate(newest=Max("verified_at"))["newest"]
    proofed_at = returned.verified_at
    if identifiers and proofed_at is not None and (newest is None or newest < proofed_at):
        vault.store(keys, cell, person, identifiers, person, at)
        meet(keys, cell, person, identifiers, at)
    note_sign_in(keys, cell, person, returned, at)
    return Enrolment(cell, person, False, queries.waits_for_review(cell, person))


def meet(
    keys: VaultKeys, cell: int, person: UUID, identifiers: Mapping[str, str], at: datetime
) -> None:
    """Enter a person's identifiers into the index and open a case for each person met there, once
    for each two; the Social Security number says more than the name."""
    met = vault.enter_index(keys, cell, person, index_terms(identifiers))
    _open_cases(keys, cell, person, met, at)


def _open_cases(
    keys: VaultKeys,
    cell: int,
    person: UUID,
    met: Mapping[IndexKind, Sequence[vault.Standing]],
    at: datetime,
) -> None:
    asked = _asked_about(cell, person) | {vault.Standing(cell, person)}
    for kind in (IndexKind.SSN, IndexKind.NAME_AND_BIRTH_DATE):
        for other in met.get(kind, []):
            if other in asked:
                continue
            asked.add(other)
            models.ReviewCase.objects.create(
                cell=cell,
                id=drawn_uuid7(at, keys.randomness),
                kind=f"same-{kind}",
                person=person,
                other_cell=other.cell,
                other_person=other.person,
                recorded_at=at,
            )


def _asked_about(cell: int, person: UUID) -> set[vault.Standing]:
    """With whom a person was compared before, whichever of the two was the later."""
    cases = models.ReviewCase.objects
    later = cases.filter(cell=cell, person=person).values_list("other_cell", "other_person")
    earlier = cases.filter(other_cell=cell, other_person=person).values_list("cell", "person")
    return {vault.Standing(*pair) for pair in (*later, *earlier)}


@house()
def link(keys: VaultKeys, by: Acting, returned: Returned, at: datetime) -> None:
    """Let another account lead to somebody who is signed in, as they asked; identifiers it proofed
    are theirs from now on, and payouts wait a while.

    Raises StepUpNeededError without the strongest factor they have, ConflictError for an account
    that leads, or led, to somebody else.
    """
    requires_strongest(by, at)
    row = models.Identity.objects.filter(issuer=returned.issuer, subject=returned.subject).first()
    if row is not None and (row.person != by.person or row.ended_at is not None):
        raise ConflictError(
            "this account leads, or led, to somebody else here; sign in with it to see, or visit "
            "a counter with an identity document"
        )
    if row is None:
        _link(keys, by.cell, by.person, returned, linked_by=by.person, approved_by=None, at=at)
        note_event(keys.randomness, by.cell, by.person, SecurityEventKind.SIGN_IN_CHANGE, at)
    identifiers = normalised(returned.identifiers)
    # However long ago it was proofed: an account of somebody known must not lead to another.
    terms = index_terms(identifiers)
    found = {kind: vault.find(keys, kind, value) for kind, value in terms.items()}
    _open_cases(keys, by.cell, by.person, found, at)
    _met_again(keys, by.cell, by.person, returned, identifiers, at)


def decision(case: UUID, outcome: str, because: str) -> dict[str, Document]:
    """What two persons approve to decide a review case."""
    return {"case": str(case), "outcome": outcome, "because": because}


@house()
def decide(
    by: Acting, proposal: UUID, case: UUID, outcome: str, *, because: str, at: datetime
) -> None:
    """Decide a review case two persons approved (`decision`): `same-person` lets the later person's
    accounts lead to the earlier one; `different-persons` lets the later one go on. Nothing is
    deleted.

    Raises RefusedError without that approval or for one of the persons themselves, ConflictError
    for a case decided before.
    """
    content = decision(case, outcome, because)
    second = spend(by, proposal, Action.DECIDE_REVIEW, content, at, on=f"review case {case}")
    row = models.ReviewCase.objects.select_for_update().filter(cell=by.cell, id=case).first()
    if row is None:
        raise NotFoundError(f"there is no review case {case} in cell {by.cell}")
    _refuse_own_case({by.person, second}, {row.person, row.other_person})
    if row.outcome is not None:
        raise ConflictError(f"case {case} was decided before: {row.outcome}, {row.decided_because}")
    row.outcome = outcome
    row.decided_by, row.approved_by = by.person, second
    row.decided_because, row.decided_at = because, at
    row.save(
        update_fields=["outcome", "decided_by", "approved_by", "decided_because", "decided_at"]
    )


def relinking(person: UUID, returned: Returned, because: str) -> dict[str, Document]:
    """What two persons approve to let a new account lead to a known person."""
    return {
        "person": str(person),
        "issuer": returned.issuer,
        "subject": returned.subject,
        "because": because,
    }


@house()
def relink(
    keys: VaultKeys,
    by: Acting,
    proposal: UUID,
    person: UUID,
    returned: Returned,
    *,
    because: str,
    at: datetime,
) -> None:
    """Let a new account at an identity provider lead to a known person, whose accounts at the same
    provider end, as two members of staff approved (`relinking`); payouts are on hold for a while.

    Raises RefusedError without that approval or for the person themselves, NotFoundError for an
    unknown person and ConflictError for an account that leads, or led, to somebody.
    """
    content = relinking(person, returned, because)
    second = spend(by, proposal, Action.DECIDE_REVIEW, content, at, on=f"person {person}")
    _refuse_own_case({by.person, second}, {person})
    if not models.Person.objects.filter(cell=by.cell, id=person).exists():
        raise NotFoundError(f"there is no person {person} in cell {by.cell}")
    if models.Identity.objects.filter(issuer=returned.issuer, subject=returned.subject).exists():
        raise ConflictError(
            "this account leads, or led, to somebody before; open a review case instead"
        )
    models.Identity.objects.filter(
        cell=by.cell, person=person, issuer=returned.issuer, ended_at=None
    ).update(ended_at=at, ended_by=by.person, ended_because=because)
    _link(keys, by.cell, person, returned, linked_by=by.person, approved_by=second, at=at)
    note_sign_in(keys, by.cell, person, returned, at)
    note_event(keys.randomness, by.cell, person, SecurityEventKind.RELINK, at)


def _refuse_own_case(deciding: set[UUID], concerned: set[UUID]) -> None:
    if deciding & concerned:
        raise RefusedError("nobody decides about themselves; let two others do it")


def _link(
    keys: VaultKeys,
    cell: int,
    person: UUID,
    returned: Returned,
    *,
    linked_by: UUID,
    approved_by: UUID | None,
    at: datetime,
) -> None:
    models.Identity.objects.create(
        issuer=returned.issuer,
        subject=returned.subject,
        cell=cell,
        id=drawn_uuid7(at, keys.randomness),
        person=person,
        linked_by=linked_by,
        approved_by=approved_by,
        recorded_at=at,
    )


def note_sign_in(
    keys: VaultKeys, cell: int, person: UUID, returned: Returned, at: datetime
) -> None:
    """Put on file what was returned, as it was."""
    models.SignIn.objects.create(
        cell=cell,
        id=drawn_uuid7(at, keys.randomness),
        person=person,
        issuer=returned.issuer,
        subject=returned.subject,
        acr=returned.acr,
        ial=returned.ial,
        aal=returned.aal,
        amr=sorted(returned.amr),
        phishing_resistant=returned.phishing_resistant,
        authenticated_at=returned.authenticated_at,
        verified_at=returned.verified_at,
        device=returned.device,
        recorded_at=at,
    )
