"""The only functions that change how somebody signs in at our own issuer. Each asks for the
strongest factor there is, lets payouts wait, and tells its person by a notice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet

from lmb.people import models, passkeys
from lmb.people.acting import Acting
from lmb.people.assertions import RelyingParty
from lmb.people.keys import VaultKeys
from lmb.people.payouts import SecurityEventKind
from lmb.people.security import note_event
from lmb.people.sessions import house
from lmb.people.sign_in import passwords
from lmb.people.sign_in.accounts import SCRYPT, account_of, generator_context
from lmb.people.sign_in.code_generator import step_of
from lmb.people.sign_in.codes import (
    RECOVERY_CODES,
    RECOVERY_SIGNS,
    code_sha256,
    draw_code,
    shown_number,
)
from lmb.people.sign_in.strongest import requires_strongest
from lmb.values.errors import NotFoundError, RefusedError
from lmb.values.identifiers import drawn_uuid7

NEVER = 0
"""Before the first half minute of which digits were used."""


@house()
def add_passkey(
    keys: VaultKeys,
    party: RelyingParty,
    by: Acting,
    challenge: bytes,
    response: Mapping[str, Any],
    label: str,
    at: datetime,
) -> UUID:
    """Another passkey. Raises as `passkeys.register`."""
    _only_oneself(by)
    known = passkeys.register(party, keys.randomness, by, challenge, response, at, label)
    _tell(keys, by, at)
    return known


@house()
def remove_passkey(keys: VaultKeys, by: Acting, passkey: UUID, at: datetime) -> None:
    """Let a passkey sign in no more. Raises NotFoundError when it is not theirs."""
    _only_oneself(by)
    passkeys.remove(by, passkey, "removed", at)
    _tell(keys, by, at)


@house()
def set_password(keys: VaultKeys, by: Acting, password: str, at: datetime) -> str:
    """Set the password; return the number it goes with. With an app for codes it may be shorter.

    Raises WeakPasswordError, and StepUpNeededError.
    """
    _only_oneself(by)
    requires_strongest(by, at)
    number = account_of(keys.randomness, by, at)
    alone = not _generators(by).exists()
    found = passwords.check(password, alone=alone, own=(number, shown_number(number)))
    hashed = make_password(found, hasher=SCRYPT)
    row = models.Account.objects.get(cell=by.cell, number=number)
    row.password, row.password_set_at = hashed, at
    row.save(update_fields=["password", "password_set_at"])
    _tell(keys, by, at)
    return number


@house()
def add_code_generator(
    keys: VaultKeys, by: Acting, secret: bytes, typed: str, at: datetime
) -> None:
    """Take an app into use that shows the right digits for a secret we drew; it takes the place of
    an earlier one. Raises RefusedError for other digits."""
    _only_oneself(by)
    requires_strongest(by, at)
    step = step_of(secret, typed, at, NEVER)
    if step is None:
        raise RefusedError("these digits are not those of now; type the six your app shows")
    account_of(keys.randomness, by, at)
    _generators(by).update(ended_at=at, ended_because="replaced")
    wrapped = keys.master.wrap(secret, generator_context(by.cell, by.person))
    models.CodeGenerator.objects.create(
        cell=by.cell,
        id=drawn_uuid7(at, keys.randomness),
        person=by.person,
        master=wrapped.master,
        wrapped=wrapped.content,
        step_last=step,
        recorded_at=at,
    )
    _tell(keys, by, at)


@house()
def remove_code_generator(keys: VaultKeys, by: Acting, at: datetime) -> None:
    """Let the app sign in no more. Raises NotFoundError when there is none, RefusedError where a
    password too short to stand alone would be left."""
    _only_oneself(by)
    requires_strongest(by, at)
    if models.Account.objects.filter(
        cell=by.cell, person=by.person, password__isnull=False
    ).exists():
        raise RefusedError(
            "your password needs the app beside it; make a new app instead, or sign in with a "
            "passkey and remove the password first"
        )
    if not _generators(by).update(ended_at=at, ended_because="removed"):
        raise NotFoundError("you have no app for codes")
    _tell(keys, by, at)


@house()
def remove_password(keys: VaultKeys, by: Acting, at: datetime) -> None:
    """Let the password sign in no more. Raises RefusedError for somebody without a passkey."""
    _only_oneself(by)
    requires_strongest(by, at)
    mine = {"cell": by.cell, "person": by.person}
    if not models.Authenticator.objects.filter(**mine, ended_at=None).exists():
        raise RefusedError("without a passkey the password is your way in; add a passkey first")
    changed = models.Account.objects.filter(**mine, password__isnull=False)
    if not changed.update(password=None, password_set_at=None):
        raise NotFoundError("you have no password")
    _tell(keys, by, at)


@house()
def new_recovery_codes(keys: VaultKeys, by: Acting, at: datetime) -> list[str]:
    """Ten new recovery codes, told this once; earlier ones are of no use any more."""
    _only_oneself(by)
    requires_strongest(by, at)
    account_of(keys.randomness, by, at)
    models.RecoveryCode.objects.filter(cell=by.cell, person=by.person, ended_at=None).update(
        ended_at=at, ended_because="replaced"
    )
    codes = [draw_code(RECOVERY_SIGNS, keys.randomness) for _ in range(RECOVERY_CODES)]
    models.RecoveryCode.objects.bulk_create(
        models.RecoveryCode(
            cell=by.cell,
            id=drawn_uuid7(at, keys.randomness),
            person=by.person,
            code_sha256=code_sha256(code),
            recorded_at=at,
        )
        for code in codes
    )
    _tell(keys, by, at)
    return codes


def _generators(by: Acting) -> QuerySet[models.CodeGenerator]:
    return models.CodeGenerator.objects.filter(cell=by.cell, person=by.person, ended_at=None)


def _only_oneself(by: Acting) -> None:
    """Nobody changes for another how they sign in."""
    if by.delegation is not None:
        raise RefusedError("only the person themselves can change how they sign in")


def _tell(keys: VaultKeys, by: Acting, at: datetime) -> None:
    note_event(keys.randomness, by.cell, by.person, SecurityEventKind.SIGN_IN_CHANGE, at)
