"""Keys that sign and verify notes, and the text they are handed around in.

    verifier key   <name>+<key ID in hex>+<base64 of algorithm byte | public key>
    signing key    PRIVATE+KEY+<name>+<key ID in hex>+<base64 of algorithm byte | 32-byte seed>

The first is C2SP signed-note's; the second is the form Go's sumdb/note keeps signers in.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from lmb.proofs.checkpoints import parse_checkpoint_text
from lmb.proofs.cosignatures import (
    ED25519_SIGNATURE_BYTES,
    ML_DSA_44_SIGNATURE_BYTES,
    TimestampedSignature,
    ed25519_message,
    ml_dsa_44_message,
    parse_timestamped,
)
from lmb.proofs.encoding import base64_from_bytes, bytes_from_base64
from lmb.proofs.errors import MalformedError
from lmb.proofs.notes import Signature, is_key_name, key_id

SEED_BYTES = 32

_PRIVATE = "PRIVATE+KEY+"


class Algorithm(IntEnum):
    """The signature types of C2SP signed-note that are used here, with their bytes."""

    ED25519 = 0x01
    ED25519_COSIGNATURE = 0x04
    ML_DSA_44_COSIGNATURE = 0x06

    @property
    def public_key_bytes(self) -> int:
        return 1312 if self is Algorithm.ML_DSA_44_COSIGNATURE else 32

    @property
    def is_cosignature(self) -> bool:
        return self is not Algorithm.ED25519


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name and algorithm."""

    name: str
    algorithm: Algorithm
    public: bytes

    @property
    def key_id(self) -> bytes:
        return key_id(self.name, self.algorithm, self.public)

    @property
    def text(self) -> str:
        material = base64_from_bytes(bytes([self.algorithm]) + self.public)
        return f"{self.name}+{self.key_id.hex()}+{material}"

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether the signature is this key's over the text of a note (for a cosignature, of a
        checkpoint)."""
        try:
            message, raw = _signed(self.name, self.algorithm, text, signature)
            if self.algorithm is Algorithm.ML_DSA_44_COSIGNATURE:
                MLDSA44PublicKey.from_public_bytes(self.public).verify(raw, message)
            else:
                Ed25519PublicKey.from_public_bytes(self.public).verify(raw, message)
        except (InvalidSignature, MalformedError, ValueError):
            return False
        return True

    def timestamp(self, signature: bytes) -> int:
        """The second a verified cosignature of this key was made at. Raises MalformedError."""
        return parse_timestamped(signature, _signature_bytes(self.algorithm)).timestamp


def parse_verifier_key(text: str) -> VerifierKey:
    """Read a verifier key. Raises MalformedError, also when the key ID is not the key's own."""
    name, algorithm, public, identifier = _parsed(text, "a verifier key")
    if len(public) != algorithm.public_key_bytes:
        raise MalformedError(
            f"the key of {name} has {len(public)} bytes; {algorithm.name} keys have "
            f"{algorithm.public_key_bytes}"
        )
    key = VerifierKey(name, algorithm, public)
    return _with_own_id(key, identifier)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its name and algorithm; `seed` must never be shown."""

    name: str
    algorithm: Algorithm
    seed: bytes

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r}, {self.algorithm.name})"

    @property
    def text(self) -> str:
        material = base64_from_bytes(bytes([self.algorithm]) + self.seed)
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{material}"

    @property
    def verifier(self) -> VerifierKey:
        return VerifierKey(
            self.name, self.algorithm, self._private().public_key().public_bytes_raw()
        )

    def sign(self, text: str, timestamp: int) -> Signature:
        """Sign the text of a note; a cosignature states `timestamp`, seconds since 1970."""
        if self.algorithm is Algorithm.ED25519:
            return self._signature(self._private().sign(text.encode()))
        message = _cosigned(self.name, self.algorithm, text, timestamp)
        signature = TimestampedSignature(timestamp, self._private().sign(message))
        return self._signature(signature.content)

    def _signature(self, content: bytes) -> Signature:
        return Signature(self.name, self.verifier.key_id, content)

    def _private(self) -> Ed25519PrivateKey | MLDSA44PrivateKey:
        if self.algorithm is Algorithm.ML_DSA_44_COSIGNATURE:
            return MLDSA44PrivateKey.from_seed_bytes(self.seed)
        return Ed25519PrivateKey.from_private_bytes(self.seed)


def generate_signing_key(name: str, algorithm: Algorithm) -> SigningKey:
    """A new key from the system's randomness. Raises MalformedError for a name no key may have."""
    if not is_key_name(name):
        raise MalformedError(f"{name!r} is no key name: write one without spaces or plus signs")
    return SigningKey(name, algorithm, secrets.token_bytes(SEED_BYTES))


def parse_signing_key(text: str) -> SigningKey:
    """Read a signing key. Raises MalformedError without showing any of it."""
    if not text.startswith(_PRIVATE):
        raise MalformedError(f"a signing key starts with {_PRIVATE}")
    name, algorithm, seed, identifier = _parsed(text.removeprefix(_PRIVATE), "a signing key")
    if len(seed) != SEED_BYTES:
        raise MalformedError(f"the signing key of {name} must have {SEED_BYTES} bytes")
    key = SigningKey(name, algorithm, seed)
    _with_own_id(key.verifier, identifier)
    return key


def _parsed(text: str, what: str) -> tuple[str, Algorithm, bytes, str]:
    parts = text.split("+", 2)
    if len(parts) != 3 or not is_key_name(parts[0]):
        raise MalformedError(f"{what} is written <name>+<key ID>+<base64>, with a name without +")
    name, identifier, encoded = parts
    try:
        material = bytes_from_base64(encoded, "the key material")
        algorithm = Algorithm(material[0])
    except (MalformedError, IndexError, ValueError):
        known = ", ".join(f"0x{known:02x} {known.name}" for known in Algorithm)
        # From None: the text of a signing key must not reach a log.
        raise MalformedError(
            f"the key of {name} must be base64 of an algorithm byte and a key; known are {known}"
        ) from None
    return name, algorithm, material[1:], identifier


def _with_own_id(key: VerifierKey, identifier: str) -> VerifierKey:
    if identifier != key.key_id.hex():
        raise MalformedError(
            f"the key ID of {key.name} is written {identifier[:20]!r} but is {key.key_id.hex()}"
        )
    return key


def _signature_bytes(algorithm: Algorithm) -> int:
    if algorithm is Algorithm.ML_DSA_44_COSIGNATURE:
        return ML_DSA_44_SIGNATURE_BYTES
    return ED25519_SIGNATURE_BYTES


def _signed(name: str, algorithm: Algorithm, text: str, signature: bytes) -> tuple[bytes, bytes]:
    """The message a signature must be over, and the bare signature."""
    if algorithm is Algorithm.ED25519:
        return text.encode(), signature
    stamped = parse_timestamped(signature, _signature_bytes(algorithm))
    return _cosigned(name, algorithm, text, stamped.timestamp), stamped.signature


def _cosigned(name: str, algorithm: Algorithm, text: str, timestamp: int) -> bytes:
    checkpoint = parse_checkpoint_text(text)
    if algorithm is Algorithm.ML_DSA_44_COSIGNATURE:
        return ml_dsa_44_message(name, timestamp, checkpoint)
    return ed25519_message(text, timestamp)
