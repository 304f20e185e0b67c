"""Audits that were kept, so that whoever asks how the books stand costs little."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lmb.proofs import models
from lmb.proofs.audit import Audit, audit
from lmb.proofs.audit_checkpoints import Stated
from lmb.proofs.audit_findings import AuditFinding, Kind
from lmb.proofs.policy import Policy
from lmb.proofs.receipts import Cosigner

FINDINGS_KEPT = 200
"""Of one audit at most so many findings are kept; the rest are counted."""


@dataclass(frozen=True, slots=True)
class AuditOnFile:
    """What an audit came to. `size` and `root` are of the checkpoint it measured by, None where
    none held; `findings` are the first of `findings_total`."""

    cell: int
    started_at: datetime
    finished_at: datetime
    actor: str
    movements: int
    leaves: int
    closed: int
    size: int | None
    root: bytes | None
    witnesses: tuple[Cosigner, ...]
    findings_total: int
    findings: tuple[AuditFinding, ...]

    @property
    def is_clean(self) -> bool:
        return self.findings_total == 0


def keep_audit(
    cell: int,
    policy: Policy,
    kept: Sequence[Stated] = (),
    *,
    actor: str,
    now: Callable[[], datetime],
    progress: Callable[[int], None] = lambda _: None,
) -> Audit:
    """Audit the books of a cell, keep what it came to, and return it. See `audit.audit`."""
    started_at = now()
    found = audit(cell, policy, kept, progress)
    stated = None if found.checkpoint is None else found.checkpoint.checkpoint
    models.AuditRun.objects.create(
        cell=cell,
        started_at=started_at,
        finished_at=now(),
        actor=actor,
        movements=found.movements,
        leaves=found.leaves,
        closed=found.closed,
        size=None if stated is None else stated.size,
        root=None if stated is None else stated.root,
        witnesses=[[cosigner.name, cosigner.timestamp] for cosigner in found.cosigners],
        findings_total=found.total,
        findings=[
            [finding.kind.value, finding.row, finding.found, finding.told]
            for finding in found.findings[:FINDINGS_KEPT]
        ],
    )
    return found


def last_audit(cell: int) -> AuditOnFile | None:
    """The newest audit of a cell that was kept, None before the first."""
    row = models.AuditRun.objects.filter(cell=cell).order_by("-finished_at").first()
    if row is None:
        return None
    return AuditOnFile(
        cell=cell,
        started_at=row.started_at,
        finished_at=row.finished_at,
        actor=row.actor,
        movements=row.movements,
        leaves=row.leaves,
        closed=row.closed,
        size=row.size,
        root=None if row.root is None else bytes(row.root),
        witnesses=tuple(Cosigner(name, timestamp) for name, timestamp in row.witnesses),
        findings_total=row.findings_total,
        findings=tuple(
            AuditFinding(Kind(kind), name, found, told) for kind, name, found, told in row.findings
        ),
    )
