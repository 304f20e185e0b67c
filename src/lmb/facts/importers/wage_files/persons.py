"""Keyed hashes in place of Social Security numbers, with keys that rotate. Pure.

A plain hash of a nine-digit number can be undone by trying all of them; one keyed with a secret
cannot without the key. Each hash is told together with the name of its key, so that a new key can
come into use while what was hashed with the old one is hashed again from the vault.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from lmb.values.errors import RefusedError

KEY_BYTES_MIN = 32


class Hashing(Protocol):
    """What stands for a Social Security number while a file is read: a keyed hash, and the name of
    its key. The vault's blind index is one (`lmb.people.vault.SsnHashing`), `PersonKey` another."""

    @property
    def name(self) -> str: ...

    def hashed(self, ssn: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True, repr=False)
class PersonKey:
    """A secret key with a name; never printed."""

    name: str
    secret: bytes

    def __post_init__(self) -> None:
        """Raises RefusedError for a key that could be guessed."""
        if len(self.secret) < KEY_BYTES_MIN:
            raise RefusedError(
                f"key {self.name!r} has {len(self.secret)} bytes; one for persons needs at least "
                f"{KEY_BYTES_MIN}, drawn at random"
            )

    def hashed(self, ssn: bytes) -> bytes:
        """The 32 bytes that stand for a Social Security number of nine digits."""
        return hmac.digest(self.secret, b"ssn:" + ssn, "sha256")


@dataclass(frozen=True, slots=True)
class PlainKeys:
    """Keys of persons that name nobody outside, taken as they are: for sources that know them."""

    name: str = "person-keys"

    def hashed(self, ssn: bytes) -> bytes:
        return ssn


def is_key(text: bytes) -> bool:
    """Whether a text can be a person's key: of 1 to 64 characters, and no number of a person."""
    digits = text.replace(b"-", b"")
    return 0 < len(text) <= 64 and text.isascii() and not (len(text) < 12 and is_ssn(digits))


@dataclass(frozen=True, slots=True)
class Roster:
    """Person keys by keyed hash, all hashed with one key."""

    key_name: str
    persons: Mapping[bytes, str]


def is_ssn(text: bytes) -> bool:
    """Whether nine digits can be a Social Security number (20 CFR 422.103; SSA's rules for area,
    group and serial number)."""
    return (
        len(text) == 9
        and text.isdigit()
        and text[:3] not in (b"000", b"666")
        and text[:1] != b"9"
        and text[3:5] != b"00"
        and text[5:] != b"0000"
    )
