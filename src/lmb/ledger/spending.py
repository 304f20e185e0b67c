"""How a wallet pays: from its accounts in the order in which their money would be lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

NEVER = datetime.max.replace(tzinfo=UTC)


AMOUNT_CENTS_MAX = 2**63 - 1
"""The largest amount of one transfer."""


@dataclass(frozen=True, slots=True)
class Pocket:
    """An account of a wallet that may pay. One without a limit has no bottom."""

    account: str
    available_cents: int
    limited: bool
    expires_at: datetime | None


def shares(pockets: Sequence[Pocket], cents: int) -> list[tuple[str, int]]:
    """What each account is asked for, oldest expiry first, those that never expire last.

    The amounts sum to `cents`. What is not covered is asked of the last account, and an amount
    that no transfer may have of the first, so that it is the books that refuse. Raises ValueError
    without a pocket.
    """
    if not pockets:
        raise ValueError("somebody has to pay; name at least one account")
    ordered = sorted(pockets, key=lambda pocket: (pocket.expires_at or NEVER, pocket.account))
    if not 1 <= cents <= AMOUNT_CENTS_MAX:
        return [(ordered[0].account, cents)]
    parts: list[tuple[str, int]] = []
    left = cents
    for pocket in ordered[:-1]:
        part = min(left, max(pocket.available_cents, 0)) if pocket.limited else left
        if part > 0:
            parts.append((pocket.account, part))
            left -= part
    if left > 0:
        parts.append((ordered[-1].account, left))
    return parts
