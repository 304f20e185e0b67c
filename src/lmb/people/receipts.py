"""Consent receipts: what somebody agreed to, in the words they read, signed. Pure.

A receipt is a canonical document (RFC 8785); the signature is Ed25519 over a fixed prefix and its
bytes, so that it can be mistaken for nothing else this key might sign. Withdrawing is a receipt of
its own that names the one it ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lmb.people.identifiers import DataClass
from lmb.values.canonical import Document, canonical_bytes, sha256_hex
from lmb.values.errors import RefusedError

CONSENT_FORMAT = "lmb-consent/1"
WITHDRAWAL_FORMAT = "lmb-consent-withdrawal/1"


@dataclass(frozen=True, slots=True)
class ConsentText:
    """The words somebody read: their name in our texts, version, language, and the hash of them."""

    name: str
    version: str
    language: str
    sha256: str

    @classmethod
    def of(cls, name: str, version: str, language: str, words: str) -> ConsentText:
        return cls(name, version, language, sha256_hex(words.encode()))


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    """To what somebody agrees: that a recipient may have classes of data for a purpose, from one
    moment to another."""

    recipient: UUID
    purpose: str
    data_classes: frozenset[DataClass]
    starts_at: datetime
    expires_at: datetime
    text: ConsentText

    def __post_init__(self) -> None:
        if not self.purpose.strip() or not self.data_classes:
            raise ValueError("a consent names its purpose and at least one class of data")
        if not self.starts_at < self.expires_at:
            raise ValueError("a consent ends after it starts; nobody agrees for ever")


@dataclass(frozen=True, slots=True)
class Receipt:
    """A signed document."""

    content: bytes
    key: str
    signature: bytes


class ReceiptSigner(Protocol):
    """Signs receipts; a KMS, an HSM or a process of its own can take the place of a local key."""

    @property
    def key(self) -> str: ...

    def sign(self, message: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True)
class LocalSigner:
    """A signing key in memory. Its name is the hash of its public key."""

    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"LocalSigner({self.key!r})"

    @classmethod
    def from_seed(cls, seed: bytes) -> LocalSigner:
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def key(self) -> str:
        return key_name(self.public)

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def key_name(public: bytes) -> str:
    """The name of a public key: the first 16 digits of its SHA-256."""
    return sha256_hex(public)[:16]


def consent_receipt(
    signer: ReceiptSigner,
    identifier: UUID,
    cell: int,
    person: UUID,
    terms: ConsentTerms,
    *,
    given_by: UUID,
    delegation: UUID | None,
) -> Receipt:
    """The receipt of a consent. `given_by` is the person, or who acts for them by a delegation."""
    document: dict[str, Document] = {
        "format": CONSENT_FORMAT,
        "id": str(identifier),
        "cell": cell,
        "person": str(person),
        "recipient": str(terms.recipient),
        "purpose": terms.purpose,
        "legal_basis": "consent",
        "data_classes": sorted(terms.data_classes),
        "starts_at": terms.starts_at.isoformat(),
        "expires_at": terms.expires_at.isoformat(),
        "text": {
            "name": terms.text.name,
            "version": terms.text.version,
            "language": terms.text.language,
            "sha256": terms.text.sha256,
        },
        "given_by": str(given_by),
        "delegation": None if delegation is None else str(delegation),
    }
    return _signed(signer, document)


def withdrawal_receipt(
    signer: ReceiptSigner,
    cell: int,
    consent: UUID,
    consent_sha256: str,
    withdrawn_at: datetime,
    withdrawn_by: UUID,
) -> Receipt:
    """The receipt of a withdrawal; it names the consent and the hash of its receipt."""
    return _signed(
        signer,
        {
            "format": WITHDRAWAL_FORMAT,
            "cell": cell,
            "withdraws": str(consent),
            "consent_sha256": consent_sha256,
            "withdrawn_at": withdrawn_at.isoformat(),
            "withdrawn_by": str(withdrawn_by),
        },
    )


def verify(receipt: Receipt, public_keys: Sequence[bytes]) -> None:
    """Raises RefusedError unless one of these public keys signed exactly this document."""
    known: Mapping[str, bytes] = {key_name(public): public for public in public_keys}
    try:
        public = Ed25519PublicKey.from_public_bytes(known[receipt.key])
        public.verify(receipt.signature, _message(receipt.content))
    except KeyError as error:
        raise RefusedError(f"no key named {receipt.key} is known; ask who issued this") from error
    except (InvalidSignature, ValueError) as error:
        raise RefusedError("this receipt was changed or is not signed by its key") from error


def _signed(signer: ReceiptSigner, document: Mapping[str, Document]) -> Receipt:
    content = canonical_bytes(document)
    return Receipt(content, signer.key, signer.sign(_message(content)))


def _message(content: bytes) -> bytes:
    return b"lmb-receipt/1\x00" + content
