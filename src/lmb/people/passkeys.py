"""The only functions that put passkeys on file, see them used and take them away. One passkey signs
its person in and signs what they approve."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from fido2.utils import websafe_encode

from lmb.people import models
from lmb.people.acting import Acting
from lmb.people.assertions import Assertion, Passkey, RelyingParty, asserted, registered
from lmb.people.sessions import house
from lmb.people.sign_in.strongest import requires_strongest
from lmb.values.errors import ConflictError, NotFoundError, RefusedError
from lmb.values.identifiers import Randomness, drawn_uuid7

LABEL_CHARACTERS_MAX = 100
PASSKEYS_MAX = 20


@house()
def register(
    party: RelyingParty,
    randomness: Randomness,
    by: Acting,
    challenge: bytes,
    response: Mapping[str, Any],
    at: datetime,
    label: str = "",
) -> UUID:
    """Put a passkey of the person on file, as their browser registered it for our challenge.

    Raises RefusedError when it did not, StepUpNeededError for a session not sure enough to change
    how somebody signs in, ConflictError for a passkey that is on file.
    """
    requires_strongest(by, at)
    return keep(randomness, by.cell, by.person, registered(party, challenge, response), at, label)


@house()
def keep(
    randomness: Randomness, cell: int, person: UUID, passkey: Passkey, at: datetime, label: str = ""
) -> UUID:
    """Put a registered passkey on file. Raises ConflictError for one that is on file, RefusedError
    for more than PASSKEYS_MAX of one person."""
    known = models.Authenticator.objects.filter(cell=cell)
    if known.filter(credential=passkey.credential).exists():
        raise ConflictError("this passkey is registered already")
    if known.filter(person=person, ended_at=None).count() >= PASSKEYS_MAX:
        raise RefusedError(f"{PASSKEYS_MAX} passkeys are the most; remove one you no longer use")
    row = models.Authenticator.objects.create(
        cell=cell,
        id=drawn_uuid7(at, randomness),
        person=person,
        credential=passkey.credential,
        data=passkey.data,
        backup_eligible=passkey.backup_eligible,
        label=label[:LABEL_CHARACTERS_MAX],
        recorded_at=at,
    )
    return row.id


@house()
def use(
    party: RelyingParty,
    cell: int,
    person: UUID,
    challenge: bytes,
    response: Mapping[str, Any],
    at: datetime,
) -> tuple[UUID, Assertion]:
    """Which of a person's passkeys signed our challenge, and what it signed.

    Raises RefusedError when none did, or when the key's counter went back: two devices use it.
    """
    known = models.Authenticator.objects.select_for_update().filter(
        cell=cell, person=person, ended_at=None
    )
    authenticators = {websafe_encode(bytes(one.credential)): one for one in known}
    found = authenticators.get(str(response.get("id")))
    if found is None:
        raise RefusedError("this passkey is not one of yours; use one that is, or register it")
    passkey = Passkey(bytes(found.credential), bytes(found.data), found.backup_eligible)
    assertion = asserted(party, challenge, passkey, response)
    if found.signature_count and assertion.signature_count <= found.signature_count:
        # Synced passkeys have no counter and always say 0.
        raise RefusedError("this passkey's counter went back: it may be copied; register a new one")
    found.signature_count, found.used_at = assertion.signature_count, at
    found.save(update_fields=["signature_count", "used_at"])
    return found.id, assertion


@house()
def remove(by: Acting, authenticator: UUID, because: str, at: datetime) -> None:
    """Let a passkey of one's own sign nothing any more. Raises NotFoundError when there is none."""
    requires_strongest(by, at)
    changed = models.Authenticator.objects.filter(
        cell=by.cell, id=authenticator, person=by.person, ended_at=None
    ).update(ended_at=at, ended_by=by.person, ended_because=because)
    if not changed:
        raise NotFoundError(f"you have no passkey {authenticator}")
