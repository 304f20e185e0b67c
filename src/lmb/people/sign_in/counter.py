"""Proving who one is to a person at a counter: where no online way works, or somebody wants none.

A code from the signed-in person, shown once; a member of a state board enters it with the types of
evidence they saw. Of the evidence itself only its type is kept; names and numbers that were proved
go to the vault.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from lmb.people import enrolment, models, queries, vault
from lmb.people.acting import Acting
from lmb.people.assurance import Action, requires
from lmb.people.identifiers import normalised
from lmb.people.keys import VaultKeys
from lmb.people.payouts import SecurityEventKind
from lmb.people.roles import Role
from lmb.people.security import note_event
from lmb.people.sessions import house
from lmb.people.sign_in import attempts
from lmb.people.sign_in.attempts import Tried
from lmb.people.sign_in.codes import COUNTER_SIGNS, code_sha256, draw_code
from lmb.rules.parameters import in_force
from lmb.values.clock import fiscal_date
from lmb.values.errors import RefusedError
from lmb.values.identifiers import drawn_uuid7

RULE = "identity-evidence"
CODE_LASTS = timedelta(days=30)
LEVEL = 2
IN_PERSON = "in-person"
PROVED = ("given_name", "family_name", "birth_date", "ssn")


class Strength(StrEnum):
    """How much a piece of evidence proves (NIST SP 800-63A-4)."""

    FAIR = "fair"
    STRONG = "strong"
    SUPERIOR = "superior"


def evidence_types(day: date) -> dict[str, Strength]:
    """What a counter accepts on a day, by type."""
    return {name: Strength(str(value)) for name, value in in_force(RULE, day).values.items()}


def enough(evidence: Collection[str], day: date) -> bool:
    """Whether pieces of these types together prove an identity at IAL2. Raises RefusedError for a
    type that is not accepted."""
    known = evidence_types(day)
    if unknown := sorted(set(evidence) - set(known)):
        raise RefusedError(f"{unknown[0]!r} is no evidence a counter accepts; choose from the list")
    strengths = [known[name] for name in set(evidence)]
    return Strength.SUPERIOR in strengths or (Strength.STRONG in strengths and len(strengths) > 1)


@house()
def new_code(keys: VaultKeys, by: Acting, at: datetime) -> tuple[str, datetime]:
    """A code to take to a counter, told this once, and until when it is good. It takes the place of
    an earlier one. Raises RefusedError for anybody but the person themselves."""
    requires(Action.BROWSE, by.assurance, at)
    if by.membership is not None or by.delegation is not None:
        raise RefusedError("the code is for yourself; go on in your own name to get one")
    live = models.CounterCode.objects.filter(cell=by.cell, person=by.person, ended_at=None)
    live.update(ended_at=at, ended_because="replaced")
    code, expires_at = draw_code(COUNTER_SIGNS, keys.randomness), at + CODE_LASTS
    models.CounterCode.objects.create(
        cell=by.cell,
        id=drawn_uuid7(at, keys.randomness),
        person=by.person,
        code_sha256=code_sha256(code),
        expires_at=expires_at,
        recorded_at=at,
    )
    return code, expires_at


def prove(
    keys: VaultKeys,
    by: Acting,
    code: str,
    evidence: Collection[str],
    identifiers: Mapping[str, str],
    at: datetime,
) -> UUID:
    """Put on file that the bearer of a code proved who they are, to a member of the board of their
    state; return the proofing.

    Raises InputError for identifiers that cannot be read, RefusedError for evidence that is not
    enough, for a role that may not, and, in one and the same words, for a code that is wrong, used,
    expired, one's own, or of somebody in another state.
    """
    requires(Action.READ_PERSONS, by.assurance, at)
    board = by.organisation
    if by.role is not Role.STATE_BOARD or board is None:
        raise RefusedError("identities are proved to members of a state board, acting for it")
    proved = normalised(identifiers)
    if missing := [name for name in PROVED if name not in proved]:
        raise RefusedError(f"{missing[0]} is missing; type it as it stands on the evidence")
    day = fiscal_date(at)
    if not enough(evidence, day):
        raise RefusedError("this is not enough; take one superior piece, or a strong one and more")
    attempts.count(keys, Tried.COUNTER, str(by.person), at)
    with house():
        row = models.CounterCode.objects.select_for_update().filter(
            cell=by.cell, code_sha256=code_sha256(code), ended_at=None, expires_at__gt=at
        )
        found = row.first()
        if (
            found is None
            or found.person == by.person
            or not _served(by.cell, board, found.person, day)
        ):
            raise RefusedError("no such code is open here; ask the person for a new one")
        found.ended_at, found.ended_because = at, "used"
        found.save(update_fields=["ended_at", "ended_because"])
        proofing = models.Proofing.objects.create(
            cell=by.cell,
            id=drawn_uuid7(at, keys.randomness),
            person=found.person,
            organisation=board,
            level=LEVEL,
            path=IN_PERSON,
            evidence=sorted(set(evidence)),
            proofed_on=day,
            counter_code=found.id,
            recorded_by=by.person,
            recorded_at=at,
        )
        vault.store(keys, by.cell, found.person, proved, by.person, at)
        enrolment.meet(keys, by.cell, found.person, proved, at)
        note_event(keys.randomness, by.cell, found.person, SecurityEventKind.SIGN_IN_CHANGE, at)
    return proofing.id


def _served(cell: int, board: UUID, person: UUID, day: date) -> bool:
    home = queries.home_on(cell, person, day)
    state = models.Organisation.objects.get(cell=cell, id=board).state
    return home is not None and home.state == state
