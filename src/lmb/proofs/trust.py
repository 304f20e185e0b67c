"""Whom these books trust: the policy in force, and when its quorum last answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lmb.proofs import models
from lmb.proofs.policy import Policy, parse_policy


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """A policy on file. Payouts stop once its quorum has not answered for `patience`; None: they
    are not held back."""

    cell: int
    number: int
    content: str
    policy: Policy
    patience: timedelta | None
    actor: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class WitnessedCheckpoint:
    """The newest checkpoint a quorum cosigned, and when it was complete."""

    size: int
    at: datetime


def policy_in_force(cell: int) -> PolicyInForce | None:
    """Whom the books of a cell trust, None where nobody has said yet."""
    row = models.TrustPolicy.objects.filter(cell=cell).order_by("-number").first()
    if row is None:
        return None
    return PolicyInForce(
        cell=cell,
        number=row.number,
        content=row.content,
        policy=parse_policy(row.content.encode()),
        patience=None if row.patience_seconds is None else timedelta(seconds=row.patience_seconds),
        actor=row.actor,
        recorded_at=row.recorded_at,
    )


def last_witnessed(trusted: PolicyInForce) -> WitnessedCheckpoint | None:
    """When the quorum of a policy was last complete, None before the first time."""
    rows = models.Witnessed.objects.filter(cell=trusted.cell, policy=trusted.number)
    row = rows.order_by("-witnessed_at").first()
    return None if row is None else WitnessedCheckpoint(row.size, row.witnessed_at)


def quorum_complete_at(cell: int, size: int, policy: Policy) -> datetime | None:
    """The moment since which a quorum has cosigned the checkpoint of this size: the oldest of the
    newest cosignatures that are enough. None while they are not.

    A witness whose clock is ahead gains nothing: its time counts no later than ours.
    """
    known = {(key.name, key.key_id.hex()): key for key in policy.witness_keys}
    newest = {}
    rows = models.Cosignature.objects.filter(cell=cell, size=size).order_by("timestamp")
    for row in rows.values_list("witness", "key", "timestamp", "recorded_at"):
        key = known.get((row[0], row[1]))
        if key is not None:
            newest[key] = min(datetime.fromtimestamp(row[2], UTC), row[3])
    return policy.met_at(newest)
