"""How often a secret may be tried: counted in the database, for every worker and door together.

A try counts before it is looked at, in a transaction of its own, so that neither many at once nor a
failure that rolls back escapes the count. What was tried is named by a keyed hash alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import cast

from django.db import connection, transaction

from lmb.people import models
from lmb.people.identifiers import IndexKind
from lmb.people.keys import VaultKeys
from lmb.people.sessions import house
from lmb.rules.parameters import in_force
from lmb.values.clock import fiscal_date
from lmb.values.errors import RefusedError

RULE = "sign-in-limits"
FORGOTTEN_AFTER = timedelta(days=30)
FORGOTTEN_AT_ONCE = 10
_FORGET = """DELETE FROM sign_in_attempt WHERE bucket IN (
    SELECT bucket FROM sign_in_attempt WHERE window_starts_at < %s AND in_a_row <= %s LIMIT %s)"""
"""Each try lets a few old ones go, so that nobody fills the table with made-up accounts."""


class Tried(StrEnum):
    """What is counted: tries on one account, from one network, by one member of staff."""

    ACCOUNT = "account"
    NETWORK = "network"
    COUNTER = "counter"


class TooManyTriesError(RefusedError):
    """It was tried too often. `minutes` until a window is over; None where waiting does not help,
    because too many tries failed in a row. Says nothing of what was tried."""

    def __init__(self, minutes: int | None) -> None:
        self.minutes = minutes
        wait = "" if minutes is None else f"wait {minutes} minutes, or "
        super().__init__(f"this was tried too often; {wait}sign in another way")


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tries a window holds, and how many may fail in a row; 0 for any number."""

    window: timedelta
    in_window: int
    in_a_row: int


def limit(kind: Tried, at: datetime) -> Limit:
    """The limit in force. Raises RefusedError where there is none."""
    found = cast(Mapping[str, int], in_force(RULE, fiscal_date(at)).values[kind.value])
    window = timedelta(minutes=found["window_minutes"])
    return Limit(window, found["in_window"], found["in_a_row"])


def network(address: str) -> str:
    """The network an address stands for: itself, or the 64 bits a household has of IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(IPv6Network((found, 64), strict=False))
    return str(found)


def count(keys: VaultKeys, kind: Tried, what: str, at: datetime) -> None:
    """Count one try. Raises TooManyTriesError when it is one too many; then nothing is looked at.

    Call it outside any transaction: what is counted stays counted.
    """
    allowed = limit(kind, at)
    with transaction.atomic(durable=True), house(), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO sign_in_attempt AS known
                   (bucket, window_starts_at, in_window, in_a_row) VALUES (%s, %s, 1, 1)
               ON CONFLICT (bucket) DO UPDATE SET
                   window_starts_at = CASE WHEN known.window_starts_at > %s
                       THEN known.window_starts_at ELSE excluded.window_starts_at END,
                   in_window = CASE WHEN known.window_starts_at > %s
                       THEN known.in_window + 1 ELSE 1 END,
                   in_a_row = known.in_a_row + 1
               RETURNING window_starts_at, in_window, in_a_row""",
            [_bucket(keys, kind, what), at, at - allowed.window, at - allowed.window],
        )
        starts_at, in_window, in_a_row = cursor.fetchone()
        in_a_row_max = limit(Tried.ACCOUNT, at).in_a_row
        cursor.execute(_FORGET, [at - FORGOTTEN_AFTER, in_a_row_max, FORGOTTEN_AT_ONCE])
    if 0 < allowed.in_a_row < in_a_row:
        raise TooManyTriesError(None)
    if in_window > allowed.in_window:
        left = starts_at + allowed.window - at
        raise TooManyTriesError(max(1, -(-int(left.total_seconds()) // 60)))


@house()
def succeeded(keys: VaultKeys, kind: Tried, what: str) -> None:
    """Forget the tries on an account whose owner got in."""
    models.Attempt.objects.filter(bucket=_bucket(keys, kind, what)).delete()


def _bucket(keys: VaultKeys, kind: Tried, what: str) -> str:
    return keys.index.digests(IndexKind.ATTEMPT, f"{kind}|{what}")[keys.index.current].hex()
