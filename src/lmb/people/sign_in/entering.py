"""The only functions that let somebody in by an account at our own issuer.

Whatever is wrong, the answer is the same and takes as long; what is tried is counted before it is
looked at (`attempts`). A passkey's tries are counted by network alone: it cannot be guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from fido2.utils import websafe_decode

from lmb.people import enrolment, models, passkeys, queries
from lmb.people.assertions import RelyingParty
from lmb.people.keys import VaultKeys, WrappedKey
from lmb.people.payouts import SecurityEventKind
from lmb.people.returned import Returned
from lmb.people.security import note_event
from lmb.people.sessions import house
from lmb.people.sign_in import attempts, passwords
from lmb.people.sign_in.accounts import (
    ISSUER,
    SCRYPT,
    Acr,
    From,
    SignedIn,
    generator_context,
    returned_by,
)
from lmb.people.sign_in.attempts import Tried
from lmb.people.sign_in.code_generator import step_of
from lmb.people.sign_in.codes import code_sha256, read_number
from lmb.values.errors import RefusedError

NOBODY = "a password that nobody has"
SECOND_CODES = 2
"""Recovery codes that let in without a password."""


class NotSignedInError(RefusedError):
    """Nobody was let in. Says the same whatever was wrong."""

    def __init__(self) -> None:
        super().__init__(
            "you are not signed in: check what you typed, or sign in another way; after several "
            "tries, wait a quarter of an hour"
        )


def with_passkey(
    keys: VaultKeys,
    party: RelyingParty,
    challenge: bytes,
    response: Mapping[str, Any],
    where: From,
    at: datetime,
) -> SignedIn:
    """Let somebody in who signed our challenge with a passkey of theirs. Raises NotSignedInError
    and TooManyTriesError."""
    attempts.count(keys, Tried.NETWORK, attempts.network(where.address), at)
    number = _handle(response)
    with house():
        account = _found(number)
        if account is None:
            raise NotSignedInError
        try:
            passkeys.use(party, account.cell, account.person, challenge, response, at)
        except RefusedError:
            raise NotSignedInError from None
        signed_in = _let_in(keys, account, returned_by(account.number, Acr.PASSKEY, where, at), at)
    attempts.succeeded(keys, Tried.ACCOUNT, account.number)
    return signed_in


def with_password(
    keys: VaultKeys, number: str, password: str, code: str, where: From, at: datetime
) -> SignedIn:
    """Let somebody in by number and password and, where they have an app for it, its code. Raises
    NotSignedInError and TooManyTriesError."""
    _count(keys, number, where, at)
    with house():
        account = _known_by_password(number, password)
        acr = Acr.PASSWORD
        if account is None:
            raise NotSignedInError
        if _has_generator(account):
            if not _use_generator(keys, account, code, at):
                raise NotSignedInError
            acr = Acr.PASSWORD_AND_CODE
        signed_in = _let_in(keys, account, returned_by(account.number, acr, where, at), at)
    attempts.succeeded(keys, Tried.ACCOUNT, account.number)
    return signed_in


def with_recovery_codes(
    keys: VaultKeys, number: str, password: str, codes: tuple[str, ...], where: From, at: datetime
) -> SignedIn:
    """Let somebody in who lost a factor: by two recovery codes, or one beside their password. The
    codes are used up, payouts wait, and the person sees it on their page of notices. Raises
    NotSignedInError and TooManyTriesError."""
    _count(keys, number, where, at)
    given = {code_sha256(code) for code in codes if code.strip()}
    with house():
        account = _known_by_password(number, password) if password else _found_typed(number)
        needed = 1 if password else SECOND_CODES
        if account is None or len(given) != needed or not _use_codes(account, given, at):
            raise NotSignedInError
        note_event(keys.randomness, account.cell, account.person, SecurityEventKind.RECOVERY, at)
        returned = returned_by(account.number, Acr.RECOVERY, where, at)
        signed_in = _let_in(keys, account, returned, at)
    attempts.succeeded(keys, Tried.ACCOUNT, account.number)
    return signed_in


def _count(keys: VaultKeys, number: str, where: From, at: datetime) -> None:
    attempts.count(keys, Tried.NETWORK, attempts.network(where.address), at)
    attempts.count(keys, Tried.ACCOUNT, read_number(number) or "none", at)


def _let_in(keys: VaultKeys, account: models.Account, returned: Returned, at: datetime) -> SignedIn:
    """Put the sign-in on file. The identity level is the best on file of the person the account
    leads to: whichever issuer proofed them, this passkey or password was bound by them."""
    enrolment.note_sign_in(keys, account.cell, account.person, returned, at)
    cell, person = queries.surviving(account.cell, account.person)
    assurance = returned.assurance()
    return SignedIn(
        cell,
        person,
        replace(assurance, ial=max(assurance.ial, queries.identity_level(cell, person))),
    )


def _found(number: str | None) -> models.Account | None:
    """The account of a number whose link has not ended."""
    link = models.Identity.objects.filter(issuer=ISSUER, subject=number, ended_at=None).first()
    if number is None or link is None:
        return None
    return models.Account.objects.filter(cell=link.cell, number=number).first()


def _found_typed(number: str) -> models.Account | None:
    return _found(read_number(number))


def _known_by_password(number: str, password: str) -> models.Account | None:
    """The account, if number and password are right; as slow if they are not."""
    account = _found_typed(number)
    if account is None or account.password is None or len(password) > passwords.CHARACTERS_MAX:
        make_password(NOBODY, hasher=SCRYPT)
        return None
    right = check_password(passwords.normalised(password), account.password, preferred=SCRYPT)
    return account if right else None


def _has_generator(account: models.Account) -> bool:
    return models.CodeGenerator.objects.filter(
        cell=account.cell, person=account.person, ended_at=None
    ).exists()


def _use_generator(keys: VaultKeys, account: models.Account, code: str, at: datetime) -> bool:
    row = models.CodeGenerator.objects.select_for_update().get(
        cell=account.cell, person=account.person, ended_at=None
    )
    wrapped = WrappedKey(row.master, bytes(row.wrapped))
    secret = keys.master.unwrap(wrapped, generator_context(row.cell, row.person))
    step = step_of(secret, code, at, row.step_last)
    if step is None:
        return False
    row.step_last = step
    row.save(update_fields=["step_last"])
    return True


def _use_codes(account: models.Account, given: set[str], at: datetime) -> bool:
    """Use up recovery codes, all of them or none."""
    mine = models.RecoveryCode.objects.select_for_update().filter(
        cell=account.cell, person=account.person, ended_at=None, code_sha256__in=given
    )
    if len(mine) != len(given):
        return False
    mine.update(ended_at=at, ended_because="used")
    return True


def _handle(response: Mapping[str, Any]) -> str | None:
    """The number a passkey was made for, as it tells it itself."""
    inner = response.get("response")
    handle = inner.get("userHandle") if isinstance(inner, Mapping) else None
    if not isinstance(handle, str) or len(handle) > 100:
        return None
    try:
        return read_number(websafe_decode(handle).decode())
    except (ValueError, UnicodeDecodeError):
        return None
