"""WebAuthn: registering a passkey, and checking that one signed exactly what was proposed.

fido2 does the cryptography; this module says what must hold: our origin, our challenge, a person
who touched the key and proved to it who they are (user verification).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    RegistrationResponse,
)

from lmb.values.errors import RefusedError

REQUIRED = "required"
TEXT_CHARACTERS_MAX = 20_000
# What fido2 raises for answers that are not WebAuthn's, beside ValueError for those that are false.
MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError, struct.error)


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who asks for passkeys: a domain, its name, and the one origin whose pages may use them."""

    domain: str
    name: str
    origin: str

    def server(self) -> Fido2Server:
        entity = PublicKeyCredentialRpEntity(id=self.domain, name=self.name)
        return Fido2Server(entity, verify_origin=lambda origin: origin == self.origin)


@dataclass(frozen=True, slots=True)
class Passkey:
    """A registered credential. `data` is WebAuthn's attested credential data: the authenticator's
    model, the credential's identifier and its public key (COSE)."""

    credential: bytes
    data: bytes
    backup_eligible: bool


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a passkey signed, whole enough to be verified again by anyone with its public key."""

    credential: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes
    signature_count: int


def registered(party: RelyingParty, challenge: bytes, response: Mapping[str, Any]) -> Passkey:
    """The passkey a browser registered for our challenge. Raises RefusedError otherwise."""
    try:
        answer = RegistrationResponse.from_dict(
            _shaped(response, ("clientDataJSON", "attestationObject"))
        )
        data = party.server().register_complete(_state(challenge), answer)
    except MALFORMED as error:
        raise RefusedError("this passkey was not registered; start again on this page") from error
    credential = data.credential_data
    if credential is None:
        raise RefusedError("this passkey was not registered; start again on this page")
    return Passkey(credential.credential_id, bytes(credential), data.is_backup_eligible())


def asserted(
    party: RelyingParty, challenge: bytes, passkey: Passkey, response: Mapping[str, Any]
) -> Assertion:
    """The assertion of a passkey over our challenge.

    Raises RefusedError for another challenge, origin, domain or key, a false signature, or a key
    that did not verify its user. The message is the same for all of them.
    """
    credential = AttestedCredentialData(passkey.data)
    try:
        answer = AuthenticationResponse.from_dict(
            _shaped(response, ("clientDataJSON", "authenticatorData", "signature"))
        )
        party.server().authenticate_complete(_state(challenge), [credential], answer)
    except MALFORMED as error:
        raise RefusedError(
            "this signature does not approve what was proposed; look at it again and sign anew"
        ) from error
    return Assertion(
        answer.raw_id,
        bytes(answer.response.authenticator_data),
        bytes(answer.response.client_data),
        answer.response.signature,
        answer.response.authenticator_data.counter,
    )


def _state(challenge: bytes) -> dict[str, str]:
    return {"challenge": websafe_encode(challenge), "user_verification": REQUIRED}


def _shaped(response: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The parts of an answer that matter, each a text of bounded length. Without this a number in
    the place of a text makes fido2 allocate as many bytes. Raises ValueError."""
    inner = response.get("response")
    if not isinstance(inner, Mapping):
        raise ValueError("an answer has a response")
    kept = {name: inner.get(name) for name in names}
    outer = {name: response.get(name) for name in ("id", "rawId")}
    for value in (*kept.values(), *outer.values()):
        if not isinstance(value, str) or len(value) > TEXT_CHARACTERS_MAX:
            raise ValueError("the parts of an answer are texts of bounded length")
    return {**outer, "type": "public-key", "response": kept, "clientExtensionResults": {}}
