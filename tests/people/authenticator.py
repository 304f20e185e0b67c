"""A passkey in software: what a browser and its authenticator do, to the letter, for tests."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

from lmb.people import approvals, passkeys
from lmb.people.acting import Acting
from lmb.people.assertions import RelyingParty
from lmb.people.assurance import Action
from lmb.people.keys import VaultKeys
from lmb.values.canonical import Document
from tests.people.support import NOW

PARTY = RelyingParty("lmb.example", "Labor Market Bonds", "https://lmb.example")

PRESENT, VERIFIED, BACKUP_ELIGIBLE, ATTESTED = 0x01, 0x04, 0x08, 0x40


@dataclass
class SoftwareKey:
    """One credential. `count` stays 0 for a synced passkey, as real ones do."""

    credential: bytes
    counts: bool = True
    count: int = 0
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def register(self, challenge: bytes, origin: str = PARTY.origin) -> dict[str, Any]:
        """What `navigator.credentials.create()` answers, as JSON."""
        public_key = self.private.public_key()
        cose = ES256.from_cryptography_key(public_key)  # type: ignore[no-untyped-call]
        public = cbor.encode(cose)
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + public
        data = self._data(PRESENT | VERIFIED | ATTESTED | BACKUP_ELIGIBLE, PARTY.domain) + attested
        statement = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return {
            **self._named(),
            "response": {
                "clientDataJSON": websafe_encode(_client("webauthn.create", challenge, origin)),
                "attestationObject": websafe_encode(statement),
            },
        }

    def sign(
        self,
        challenge: bytes,
        *,
        origin: str = PARTY.origin,
        domain: str = PARTY.domain,
        flags: int = PRESENT | VERIFIED,
        kind: str = "webauthn.get",
    ) -> dict[str, Any]:
        """What `navigator.credentials.get()` answers, as JSON."""
        self.count += self.counts
        data, client = self._data(flags, domain), _client(kind, challenge, origin)
        signature = self.private.sign(
            data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256())
        )
        return {
            **self._named(),
            "response": {
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
            },
        }

    def _data(self, flags: int, domain: str) -> bytes:
        domain_hash = hashlib.sha256(domain.encode()).digest()
        return domain_hash + bytes([flags]) + self.count.to_bytes(4, "big")

    def _named(self) -> dict[str, Any]:
        identifier = websafe_encode(self.credential)
        return {
            "id": identifier,
            "rawId": identifier,
            "type": "public-key",
            "clientExtensionResults": {},
        }


def _client(kind: str, challenge: bytes, origin: str) -> bytes:
    document = {"type": kind, "challenge": websafe_encode(challenge), "origin": origin}
    return json.dumps(document).encode()


def approved(
    keys: VaultKeys, first: Acting, second: Acting, action: Action, content: dict[str, Document]
) -> UUID:
    """A proposal both have approved, signed with new passkeys where it is to be."""
    proposed = approvals.propose(keys.randomness, first, action, content, NOW)
    for acting in (first, second):
        if not proposed.signed:
            approvals.confirm(acting, proposed.id, NOW)
            continue
        key, challenge = SoftwareKey(keys.randomness(16)), keys.randomness(32)
        passkeys.register(PARTY, keys.randomness, acting, challenge, key.register(challenge), NOW)
        approvals.sign(PARTY, acting, proposed.id, key.sign(proposed.challenge), NOW)
    return proposed.id
