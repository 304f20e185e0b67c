"""An audit: are the books what was logged, is the log what was signed, and who else saw it?

    books ──against──▶ leaves ──make──▶ tree ──against──▶ checkpoints on file, and kept elsewhere

Each finding names a row. What only follows from another finding is told as its consequence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from lmb.ledger import checks
from lmb.ledger.findings import Finding
from lmb.proofs import models
from lmb.proofs.audit_checkpoints import Stated, two_checkpoints
from lmb.proofs.audit_findings import AuditFinding, FindingsSoFar, Kind
from lmb.proofs.audit_rows import (
    determinations_keep_their_content,
    inserted,
    posted_count,
    reordered,
)
from lmb.proofs.audit_walk import Walk
from lmb.proofs.policy import Policy
from lmb.proofs.receipts import Cosigner
from lmb.values.errors import ConflictError

_OF_TRANSFERS = (
    Kind.TRANSFER_CHANGED,
    Kind.TRANSFER_DELETED,
    Kind.TRANSFER_INSERTED,
    Kind.TRANSFER_REORDERED,
    Kind.JOURNAL_CHANGED,
    Kind.MOVEMENT_CHANGED,
)
_OF_SIGNATURES = (
    Kind.LEAF_DELETED,
    Kind.CHECKPOINT_CHANGED,
    Kind.COSIGNATURE_CHANGED,
    Kind.LOG_SHORTER,
    Kind.FORK,
    Kind.TWO_CHECKPOINTS,
)
_OF_SUMS = {
    "accounts_show_what_their_transfers_did": Kind.ACCOUNT_CHANGED,
    "holds_show_what_was_taken": Kind.HOLD_CHANGED,
}
_OF_CONTENT = {"instructions_keep_their_content", "determinations_keep_their_content"}


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit came to. `checkpoint` is the largest that holds, with as many witnesses as the
    policy asks for if there is such; `closed` counts leaves whose salt was destroyed."""

    cell: int
    movements: int
    leaves: int
    closed: int
    checkpoint: Stated | None
    cosigners: tuple[Cosigner, ...]
    findings: tuple[AuditFinding, ...]
    total: int


def audit(
    cell: int,
    policy: Policy,
    kept: Sequence[Stated] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> Audit:
    """Audit the books of a cell and their log against what was signed.

    `policy` has the keys of the log and of witnesses; `kept` are checkpoints from elsewhere.
    Reads one state of the database, batch by batch; call it outside of any transaction. Raises
    ConflictError for a kept checkpoint of another log.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return examine(cell, policy, kept, progress)


def examine(
    cell: int, policy: Policy, kept: Sequence[Stated], progress: Callable[[int], None]
) -> Audit:
    """The audit as the transaction that is open sees the database."""
    _check_origins(cell, kept)
    findings = FindingsSoFar()
    contradicted = two_checkpoints(kept, findings)
    alone = [stated for stated in kept if stated.checkpoint.size not in contradicted]
    walk = Walk(cell, policy, alone, findings)
    walk.run(progress)
    _check_order(cell, walk.relabelled, findings)
    _check_books(cell, walk, findings)
    best = walk.newest_enough or walk.newest
    if walk.newest_enough is None and not findings.has(*_OF_SIGNATURES):
        findings.add(
            Kind.TOO_FEW_WITNESSES,
            walk.newest.name if walk.newest else "the log",
            "no checkpoint that holds has the witnesses that the policy asks for",
            f"quorum {policy.quorum}",
        )
    return Audit(
        cell=cell,
        movements=posted_count(cell),
        leaves=walk.size,
        closed=walk.closed,
        checkpoint=best,
        cosigners=best.cosigners(policy) if best else (),
        findings=findings.in_order(),
        total=sum(findings.counts.values()),
    )


def _check_origins(cell: int, kept: Sequence[Stated]) -> None:
    for origin in models.Checkpoint.objects.filter(cell=cell).values_list("origin")[:1]:
        for stated in kept:
            if (stated.checkpoint.origin,) != origin:
                raise ConflictError(
                    f"{stated.name} is of the log {stated.checkpoint.origin!r}, these books' is "
                    f"{origin[0]!r}; name the right books with --books"
                )


def _check_order(cell: int, relabelled: set[UUID], findings: FindingsSoFar) -> None:
    for place in inserted(cell):
        if place.transfer not in relabelled:
            told = f"leaf of number {place.logged_seq} is another's" if place.logged_seq else None
            findings.add(
                Kind.TRANSFER_INSERTED,
                f"transfer {place.seq} ({place.transfer})",
                "stands in the books",
                told or "no leaf, and no key led to it",
            )
    for place in reordered(cell):
        if place.transfer not in relabelled:
            findings.add(
                Kind.TRANSFER_REORDERED,
                f"transfer {place.logged_seq} ({place.transfer})",
                f"is number {place.seq} in the books",
                f"number {place.logged_seq}",
            )


def _check_books(cell: int, walk: Walk, findings: FindingsSoFar) -> None:
    """The promises of the books: what breaks one alone, and what only follows from more."""
    found = [*determinations_keep_their_content(cell), *checks.findings(cell)]
    for one in found:
        if one.check in _OF_CONTENT:
            _add(Kind.CAUSE_CHANGED, one, findings)
    walk.settle_unrestored()
    moved = findings.has(*_OF_TRANSFERS)
    for one in found:
        if one.check in _OF_SUMS:
            _add(Kind.CONSEQUENCE if moved else _OF_SUMS[one.check], one, findings)
    explained = moved or findings.has(*_OF_SUMS.values())
    for one in found:
        if one.check not in _OF_CONTENT and one.check not in _OF_SUMS:
            _add(Kind.CONSEQUENCE if explained else Kind.BOOKS_BROKEN, one, findings)


def _add(kind: Kind, one: Finding, findings: FindingsSoFar) -> None:
    findings.add(kind, one.subject, one.message, one.check.replace("_", " "))
