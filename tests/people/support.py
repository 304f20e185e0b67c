"""Three named people and what they stand on: keys that repeat, sessions, organisations.

Ana is the person, Ben acts for organisations, Cleo is the outsider.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from lmb.people import enrolment, models, queries
from lmb.people.acting import Acting
from lmb.people.assurance import Assurance
from lmb.people.enrolment import Enrolment
from lmb.people.homes import Home
from lmb.people.keys import LocalIndexKeys, LocalMasterKeys, VaultKeys
from lmb.people.returned import Returned
from lmb.people.roles import Role

NOW = datetime(2027, 3, 1, 15, tzinfo=UTC)
CELL = 1
MARYLAND = Home("MD", "Baltimore")
VIRGINIA = Home("VA", "Richmond")
ISSUER = "https://idp.example"
ANA = {
    "given_name": "Ana",
    "family_name": "Núñez",
    "birth_date": "1990-02-28",
    "ssn": "219-09-9999",
}
BEN = {
    "given_name": "Ben",
    "family_name": "Okafor",
    "birth_date": "1985-07-04",
    "ssn": "457-55-5462",
}
CLEO = {
    "given_name": "Cleo",
    "family_name": "Marsh",
    "birth_date": "1979-11-30",
    "ssn": "078-05-1121",
}
DORA = {
    "given_name": "Dora",
    "family_name": "Lindqvist",
    "birth_date": "1968-05-17",
    "ssn": "123-45-6789",
}


def repeating(name: str) -> Callable[[int], bytes]:
    """Bytes that look random and are the same in every run."""
    numbers = itertools.count()

    def draw(count: int) -> bytes:
        seed = f"{name} {next(numbers)}".encode()
        return hashlib.shake_256(seed).digest(count)

    return draw


def vault_keys(name: str = "test") -> VaultKeys:
    draw = repeating(name)
    master = LocalMasterKeys("m1", {"m1": draw(32)}, draw)
    return VaultKeys(master, LocalIndexKeys(1, {1: draw(32)}), draw)


def returned(subject: str, identifiers: dict[str, str] | None = None) -> Returned:
    """An account proofed at IAL2."""
    acr = "urn:acr.login.gov:verified"
    return Returned(ISSUER, subject, acr, 2, 2, NOW, identifiers=dict(identifiers or {}))


def enrolled(
    keys: VaultKeys,
    subject: str,
    identifiers: dict[str, str],
    home: Home = MARYLAND,
    cell: int = CELL,
    at: datetime = NOW - timedelta(days=30),
) -> Enrolment:
    return enrolment.enrol(keys, cell, returned(subject, identifiers), home, at)


def sure(at: datetime = NOW) -> Assurance:
    """A session that is sure enough for anything a person alone may do."""
    return Assurance(2, 2, frozenset({"hwk", "user"}), at, True, "laptop")


def as_self(person: UUID, at: datetime = NOW) -> Acting:
    return queries.acting_as_self(CELL, person, sure(at))


def unsure(acting: Acting, **changes: object) -> Acting:
    """The same person with another session."""
    return replace(acting, assurance=replace(acting.assurance, **changes))  # type: ignore[arg-type]


_numbers = itertools.count(1)


def member(
    keys: VaultKeys,
    person: UUID,
    kind: str,
    role: Role,
    *,
    state: str | None = None,
    organisation: UUID | None = None,
    since: datetime = NOW - timedelta(days=20),
    administers: bool = True,
) -> Acting:
    """A member of an organisation, new unless told, as its administrator: set up by raw rows, so
    that tests of reading do not lean on the services of inviting."""
    if organisation is None:
        organisation = UUID(bytes=keys.randomness(16))
        models.Organisation.objects.create(
            cell=CELL,
            id=organisation,
            kind=kind,
            code=f"org {next(_numbers)}",
            name=f"The {kind}",
            state=state,
            recorded_by=person,
            recorded_at=since,
        )
    membership = UUID(bytes=keys.randomness(16))
    models.Membership.objects.create(
        cell=CELL,
        id=membership,
        person=person,
        organisation=organisation,
        role=role,
        administers=administers,
        starts_at=since,
        granted_by=person,
        recorded_at=since,
    )
    return queries.acting_as_member(CELL, person, membership, sure())
