"""Identifiers the application makes itself: UUIDs of version 7 derived from what they name.

A UUIDv7 (RFC 9562 section 5.7) starts with milliseconds of time, so rows keep the order in which
they came. Its other 74 bits are usually drawn by chance; ours are the hash of a natural key. The
same request therefore always makes the same identifier: an interrupted run finds its own rows
again, and two machines given the same files print the same bytes.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

SEPARATOR = "\x1f"
"""Stands between the parts of a key, and in none of them."""


def derived_uuid7(at: datetime, *key: str) -> UUID:
    """The identifier of the thing that `key` names, made at `at` (aware, not before 1970).

    Raises ValueError for a naive or earlier time, an empty key, or a part with the separator.
    """
    if at.tzinfo is None or not key or any(SEPARATOR in part for part in key):
        raise ValueError("an identifier needs an aware time and a key without control characters")
    milliseconds = int(at.timestamp() * 1000)
    if not 0 <= milliseconds < 2**48:
        raise ValueError(f"{at.isoformat()} is outside the years an identifier can hold")
    digest = hashlib.sha256(SEPARATOR.join(key).encode()).digest()
    random_a = int.from_bytes(digest[:2], "big") & 0x0FFF
    random_b = int.from_bytes(digest[2:10], "big") & (2**62 - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | random_a << 64 | 0b10 << 62 | random_b)
