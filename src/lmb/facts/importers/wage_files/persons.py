"""Keyed hashes in place of Social Security numbers, with keys that rotate. Pure.

A plain hash of a nine-digit number can be undone by trying all of them; one keyed with a secret
cannot without the key. Each hash is told together with the name of its key, so that a new key can
come into use while what was hashed with the old one is hashed again from the vault.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from lmb.values.errors import RefusedError

KEY_BYTES_MIN = 32


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
