"""Identifiers the application makes itself: UUIDs, mostly derived from what they name.

A UUIDv7 (RFC 9562 section 5.7) starts with milliseconds of time, so rows keep the order in which
they came. Its other 74 bits are usually drawn by chance; ours are the hash of a natural key. The
same request therefore always makes the same identifier: an interrupted run finds its own rows
again, and two machines given the same files print the same bytes. Real people are the exception:
their keys are drawn, because whoever knows a person must not be able to work out their key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

Randomness = Callable[[int], bytes]
"""Gives so many random bytes; passed in, so that tests can repeat what was drawn."""

SEPARATOR = "\x1f"
"""Stands between the parts of a key, and in none of them."""


def derived_uuid7(at: datetime, *key: str) -> UUID:
    """The identifier of the thing that `key` names, made at `at` (aware, not before 1970).

    Raises ValueError for a naive or earlier time, an empty key, or a part with the separator.
    """
    if at.tzinfo is None or not key or any(SEPARATOR in part for part in key):
        raise ValueError("an identifier needs an aware time and a key without control characters")
    digest = hashlib.sha256(SEPARATOR.join(key).encode()).digest()
    return _uuid7(at, digest[:10])


def drawn_uuid7(at: datetime, randomness: Randomness) -> UUID:
    """An identifier that nothing but its row leads to, made at `at` (aware, not before 1970)."""
    if at.tzinfo is None:
        raise ValueError("an identifier needs an aware time")
    return _uuid7(at, randomness(10))


def _uuid7(at: datetime, rest: bytes) -> UUID:
    milliseconds = int(at.timestamp() * 1000)
    if not 0 <= milliseconds < 2**48:
        raise ValueError(f"{at.isoformat()} is outside the years an identifier can hold")
    random_a = int.from_bytes(rest[:2], "big") & 0x0FFF
    random_b = int.from_bytes(rest[2:10], "big") & (2**62 - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | random_a << 64 | 0b10 << 62 | random_b)


def derived_uuid8(*key: str) -> UUID:
    """The identifier of what is named by `key` alone, whenever it is made: a UUID of version 8
    (RFC 9562 section 5.8), the first 128 bits of the key's SHA-256 but for version and variant."""
    name = bytearray(hashlib.sha256(SEPARATOR.join(key).encode()).digest()[:16])
    name[6] = name[6] & 0x0F | 0x80
    name[8] = name[8] & 0x3F | 0x80
    return UUID(bytes=bytes(name))
