"""The only functions that put passkeys on file and take them away. (Signing in with them is the
door's business; here they are what approvals are signed with.)"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from lmb.people import models
from lmb.people.acting import Acting
from lmb.people.assertions import RelyingParty, registered
from lmb.people.assurance import Action, requires
from lmb.people.sessions import house
from lmb.values.errors import ConflictError, NotFoundError
from lmb.values.identifiers import Randomness, drawn_uuid7


@house()
def register(
    party: RelyingParty,
    randomness: Randomness,
    by: Acting,
    challenge: bytes,
    response: Mapping[str, Any],
    at: datetime,
) -> UUID:
    """Put a passkey of the person on file, as their browser registered it for our challenge.

    Raises RefusedError when it did not, StepUpNeededError for a session not sure enough to change
    how somebody signs in, ConflictError for a passkey that is on file.
    """
    requires(Action.CHANGE_SIGN_IN, by.assurance, at)
    passkey = registered(party, challenge, response)
    if models.Authenticator.objects.filter(cell=by.cell, credential=passkey.credential).exists():
        raise ConflictError("this passkey is registered already")
    row = models.Authenticator.objects.create(
        cell=by.cell,
        id=drawn_uuid7(at, randomness),
        person=by.person,
        credential=passkey.credential,
        data=passkey.data,
        backup_eligible=passkey.backup_eligible,
        recorded_at=at,
    )
    return row.id


@house()
def remove(by: Acting, authenticator: UUID, because: str, at: datetime) -> None:
    """Let a passkey of one's own sign nothing any more. Raises NotFoundError when there is none."""
    requires(Action.CHANGE_SIGN_IN, by.assurance, at)
    changed = models.Authenticator.objects.filter(
        cell=by.cell, id=authenticator, person=by.person, ended_at=None
    ).update(ended_at=at, ended_by=by.person, ended_because=because)
    if not changed:
        raise NotFoundError(f"you have no passkey {authenticator}")
