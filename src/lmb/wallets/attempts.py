"""What the books know of a payment: its attempts, each under keys of its own.

A payment is planned on balances that others change, and a refused key stays refused; so each plan
is posted under the keys of the next attempt. All keys of a refused journal are remembered, hence an
attempt that was refused can never stand, and the first key of an attempt says what became of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lmb.ledger.entries import transfer_id
from lmb.ledger.models import Refusal
from lmb.ledger.queries import Movement, movements, movements_of_journals

ATTEMPTS = 8
"""How often one payment is planned before whoever asks is told that others were faster."""


@dataclass(frozen=True, slots=True)
class Past:
    """The attempts of a payment so far: the last one posted, the one of them that was refused for
    good, or the last one's movements where it stands."""

    posted: int
    refused: int | None
    stands: tuple[Movement, ...]


def key(payment: str, attempt: int, part: int = 0) -> str:
    """The key of a part, from 0, of an attempt, from 1, at a payment."""
    return f"{payment}/attempt-{attempt}/{part}"


def nothing(person: UUID, purpose: str) -> str:
    """The code of an account that nobody can open: whoever is asked to pay from it refuses. It
    names what the payment was to come from, so that the books remember that too."""
    return f" {purpose} of {person}"


def look_back(cell: int, payment: str) -> Past:
    """What became of the attempts at the payment of a key."""
    attempts = {
        transfer_id(cell, key(payment, attempt)): attempt for attempt in range(1, ATTEMPTS + 1)
    }
    stood = movements(cell, id__in=list(attempts))
    if stood:
        (first,) = stood
        parts = movements_of_journals(cell, [first.journal])
        return Past(attempts[first.id], None, tuple(parts))
    refusals = Refusal.objects.filter(cell=cell, id__in=list(attempts))
    asked = {attempts[row.id]: str(row.asked["debit"]) for row in refusals}
    for_good = [attempt for attempt, debit in asked.items() if debit.startswith(" ")]
    return Past(max(asked, default=0), min(for_good, default=None), ())
