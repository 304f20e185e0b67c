"""The keys of the vault, behind two small interfaces: a key service can take their place.

    master key      wraps the data key of each person       (MasterKeys: wrap, unwrap)
    index key       makes blind indexes                     (IndexKeys: digests)
    receipt key     signs consent receipts                  (lmb.people.receipts: ReceiptSigner)

The classes here keep keys in memory, for one machine; `lmb.config.vault_keys` reads them from a
file. A KMS or HSM implements the same two methods and never gives a key out.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lmb.people.identifiers import IndexKind
from lmb.people.sealing import KEY_BYTES, NONCE_BYTES
from lmb.values.errors import NotFoundError, RefusedError
from lmb.values.identifiers import Randomness


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A data key that only the master key of this name opens."""

    master: str
    content: bytes


class MasterKeys(Protocol):
    """Wraps data keys. `context` binds a wrapped key to its person."""

    @property
    def current(self) -> str: ...

    def wrap(self, data_key: bytes, context: bytes) -> WrappedKey: ...

    def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes: ...


class IndexKeys(Protocol):
    """Makes blind indexes: equal values have equal digests, and a digest says nothing else.

    `digests` answers by the number of each key in use: one, or two while the index is renewed.
    """

    @property
    def current(self) -> int: ...

    def digests(self, kind: IndexKind, value: str) -> Mapping[int, bytes]: ...


@dataclass(frozen=True, slots=True)
class LocalMasterKeys:
    """Master keys in memory: new keys are wrapped by the current one, old ones still open."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)
    randomness: Randomness = field(repr=False)

    def wrap(self, data_key: bytes, context: bytes) -> WrappedKey:
        nonce = self.randomness(NONCE_BYTES)
        sealed = AESGCM(self._key(self.current)).encrypt(nonce, data_key, _bound(context))
        return WrappedKey(self.current, nonce + sealed)

    def unwrap(self, wrapped: WrappedKey, context: bytes) -> bytes:
        """Raises RefusedError for a key that was not wrapped for this context."""
        nonce, sealed = wrapped.content[:NONCE_BYTES], wrapped.content[NONCE_BYTES:]
        try:
            return AESGCM(self._key(wrapped.master)).decrypt(nonce, sealed, _bound(context))
        except (InvalidTag, ValueError) as error:
            raise RefusedError(
                f"a person's key does not open under master key {wrapped.master!r}: it was "
                "changed or belongs to another person; restore it from a backup"
            ) from error

    def _key(self, name: str) -> bytes:
        if name not in self.keys:
            raise NotFoundError(
                f"master key {name!r} is not among the keys of this machine; add it to the key "
                "file, or read the vault where it is"
            )
        return self.keys[name]


@dataclass(frozen=True, slots=True)
class LocalIndexKeys:
    """Keys of blind indexes in memory, by number."""

    current: int
    keys: Mapping[int, bytes] = field(repr=False)

    def digests(self, kind: IndexKind, value: str) -> Mapping[int, bytes]:
        """HMAC-SHA-256 of a normalised value under its kind, by each key."""
        message = f"lmb-blind-index/1|{kind}|{value}".encode()
        return {number: hmac.digest(key, message, "sha256") for number, key in self.keys.items()}


@dataclass(frozen=True, slots=True)
class VaultKeys:
    """What the vault works with: keys, and the randomness it draws new ones from."""

    master: MasterKeys
    index: IndexKeys
    randomness: Randomness = field(repr=False)


def key_context(cell: int, person: UUID) -> bytes:
    """What a person's wrapped key is bound to."""
    return f"{cell}|{person}".encode()


def new_data_key(randomness: Randomness) -> bytes:
    """A data key for one person."""
    return randomness(KEY_BYTES)


def _bound(context: bytes) -> bytes:
    return b"lmb-vault-key/1|" + context
