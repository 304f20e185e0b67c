"""Sealing one identifier: AES-256-GCM under the key of its person. Pure but for the randomness
handed in.

    sealed    nonce (12 bytes) | ciphertext of (length, value, zeros) | tag (16 bytes)

What is sealed is bound to where it stands: person, field and version are associated data, so a
row moved to another person or an older version put in a newer one's place does not open. Values
are padded to a multiple of 64 bytes: the length of a name says something about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from lmb.values.errors import RefusedError
from lmb.values.identifiers import Randomness

KEY_BYTES = 32
NONCE_BYTES = 12
BLOCK_BYTES = 64
LENGTH_BYTES = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands."""

    cell: int
    person: UUID
    field: str
    version: int

    @property
    def associated_data(self) -> bytes:
        return f"lmb-vault/1|{self.cell}|{self.person}|{self.field}|{self.version}".encode()


def seal(key: bytes, place: Place, value: str, randomness: Randomness) -> bytes:
    """Seal a value for its place."""
    content = value.encode()
    padded = len(content).to_bytes(LENGTH_BYTES, "big") + content
    padded += bytes(-len(padded) % BLOCK_BYTES)
    nonce = randomness(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, padded, place.associated_data)


def unseal(key: bytes, place: Place, sealed: bytes) -> str:
    """Open what was sealed for exactly this place. Raises RefusedError for anything else."""
    try:
        padded = AESGCM(key).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.associated_data
        )
    except (InvalidTag, ValueError) as error:
        raise RefusedError(
            f"{place.field} of person {place.person}, version {place.version}, does not open: it "
            "was changed, moved or sealed under another key; restore it from a backup"
        ) from error
    length = int.from_bytes(padded[:LENGTH_BYTES], "big")
    return padded[LENGTH_BYTES : LENGTH_BYTES + length].decode()
