"""The only functions that open accounts at our own issuer; what an account and a sign-in are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from lmb.people import enrolment, models, passkeys
from lmb.people.acting import Acting
from lmb.people.assertions import RelyingParty, registered
from lmb.people.assurance import Assurance
from lmb.people.homes import Home
from lmb.people.keys import VaultKeys
from lmb.people.returned import Returned
from lmb.people.sessions import house
from lmb.people.sign_in import passwords
from lmb.people.sign_in.codes import draw_number, shown_number
from lmb.people.sign_in.strongest import RECOVERED
from lmb.values.identifiers import Randomness, drawn_uuid7

ISSUER = "urn:lmb:sign-in"
"""Our own issuer, in `people_identity`; the subject is the account's number."""

SELF_ASSERTED = 1
SCRYPT = "scrypt"


class Acr:
    """The words our own issuer has for how somebody showed themselves."""

    PASSKEY = "urn:lmb:acr:passkey"
    PASSWORD = "urn:lmb:acr:password"
    PASSWORD_AND_CODE = "urn:lmb:acr:password-and-code"
    RECOVERY = "urn:lmb:acr:recovery"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who showed who they are: a session may begin."""

    cell: int
    person: UUID
    assurance: Assurance


@dataclass(frozen=True, slots=True)
class From:
    """Where somebody signs in from: the network, for counting, and a name for the browser."""

    address: str
    device: str


def open_with_passkey(
    keys: VaultKeys,
    party: RelyingParty,
    cell: int,
    home: Home,
    number: str,
    challenge: bytes,
    response: Mapping[str, Any],
    where: From,
    at: datetime,
) -> SignedIn:
    """Open an account for somebody new by a passkey made for the number drawn for it.

    Raises RefusedError for a passkey that is none.
    """
    passkey = registered(party, challenge, response)
    returned = returned_by(number, Acr.PASSKEY, where, at)
    with house():
        signed_in = _open(keys, cell, home, returned, number, None, at)
        passkeys.keep(keys.randomness, cell, signed_in.person, passkey, at, where.device)
    return signed_in


def open_with_password(
    keys: VaultKeys, cell: int, home: Home, password: str, where: From, at: datetime
) -> tuple[str, SignedIn]:
    """Open an account for somebody new by a password alone, and return its number. Raises
    WeakPasswordError."""
    number = draw_number(keys.randomness)
    own = (number, shown_number(number))
    hashed = make_password(passwords.check(password, alone=True, own=own), hasher=SCRYPT)
    returned = returned_by(number, Acr.PASSWORD, where, at)
    with house():
        return number, _open(keys, cell, home, returned, number, hashed, at)


@house()
def account_of(randomness: Randomness, by: Acting, at: datetime) -> str:
    """The number of somebody's account at our own issuer, opened where they have none: for people
    who came by another issuer and want a passkey here."""
    row = models.Account.objects.filter(cell=by.cell, person=by.person).first()
    if row is not None:
        return row.number
    number = draw_number(randomness)
    models.Identity.objects.create(
        issuer=ISSUER,
        subject=number,
        cell=by.cell,
        id=drawn_uuid7(at, randomness),
        person=by.person,
        linked_by=by.person,
        recorded_at=at,
    )
    _account(randomness, by.cell, by.person, number, None, at)
    return number


def _open(
    keys: VaultKeys,
    cell: int,
    home: Home,
    returned: Returned,
    number: str,
    hashed: str | None,
    at: datetime,
) -> SignedIn:
    enrolled = enrolment.enrol(keys, cell, returned, home, at)
    _account(keys.randomness, cell, enrolled.person, number, hashed, at)
    return SignedIn(cell, enrolled.person, returned.assurance())


def _account(
    randomness: Randomness, cell: int, person: UUID, number: str, hashed: str | None, at: datetime
) -> None:
    models.Account.objects.create(
        cell=cell,
        id=drawn_uuid7(at, randomness),
        person=person,
        number=number,
        password=hashed,
        password_set_at=None if hashed is None else at,
        recorded_at=at,
    )


def generator_context(cell: int, person: UUID) -> bytes:
    """What the wrapped secret of a code generator is bound to."""
    return f"code-generator|{cell}|{person}".encode()


METHODS = {
    # A passkey that checked its user is two factors and cannot be phished; a password alone is one.
    Acr.PASSKEY: (2, frozenset({"hwk", "user"}), True),
    Acr.PASSWORD: (1, frozenset({"pwd"}), False),
    Acr.PASSWORD_AND_CODE: (2, frozenset({"pwd", "otp"}), False),
    Acr.RECOVERY: (2, frozenset({"otp", RECOVERED}), False),
}


def returned_by(number: str, acr: str, where: From, at: datetime) -> Returned:
    aal, amr, phishing_resistant = METHODS[acr]
    return Returned(
        issuer=ISSUER,
        subject=number,
        acr=acr,
        ial=SELF_ASSERTED,
        aal=aal,
        authenticated_at=at,
        amr=amr,
        phishing_resistant=phishing_resistant,
        device=where.device,
    )
