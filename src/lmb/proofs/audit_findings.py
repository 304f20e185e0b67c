"""What an audit finds: which row, what is wrong with it, what the log says, what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

FINDINGS_MAX = 1000
"""Of one kind at most so many are kept; the rest are counted."""


class Kind(StrEnum):
    """The kinds of finding; `docs/reference/audit.md` tells each."""

    TRANSFER_CHANGED = "transfer-changed"
    TRANSFER_DELETED = "transfer-deleted"
    TRANSFER_INSERTED = "transfer-inserted"
    TRANSFER_REORDERED = "transfer-reordered"
    JOURNAL_CHANGED = "journal-changed"
    CAUSE_CHANGED = "cause-changed"
    MOVEMENT_CHANGED = "movement-changed"
    ACCOUNT_CHANGED = "account-changed"
    HOLD_CHANGED = "hold-changed"
    BOOKS_BROKEN = "books-broken"
    LEAF_CHANGED = "leaf-changed"
    LEAF_DELETED = "leaf-deleted"
    TILE_CHANGED = "tile-changed"
    CHECKPOINT_CHANGED = "checkpoint-changed"
    COSIGNATURE_CHANGED = "cosignature-changed"
    LOG_SHORTER = "log-shorter"
    FORK = "fork"
    TWO_CHECKPOINTS = "two-checkpoints"
    TOO_FEW_WITNESSES = "too-few-witnesses"
    CONSEQUENCE = "consequence"


_RESTORE_ROW = "Stop payments that follow from it; restore the row from a backup, then audit again."
_KEEP_EVIDENCE = (
    "Stop payments; keep this database and these checkpoints as they are: they prove that the log "
    "broke with itself. Tell the witnesses and the auditor."
)

NEXT_STEPS: Mapping[Kind, str] = {
    Kind.TRANSFER_CHANGED: _RESTORE_ROW,
    Kind.TRANSFER_DELETED: _RESTORE_ROW,
    Kind.TRANSFER_INSERTED: (
        "Do not log or pay on it; find who had the owner's rights, then restore from a backup."
    ),
    Kind.TRANSFER_REORDERED: _RESTORE_ROW,
    Kind.JOURNAL_CHANGED: _RESTORE_ROW,
    Kind.CAUSE_CHANGED: _RESTORE_ROW,
    Kind.MOVEMENT_CHANGED: "Compare transfer, journal and cause with a backup; restore them.",
    Kind.ACCOUNT_CHANGED: "Set no limit by it; restore the sums: the transfers tell them.",
    Kind.HOLD_CHANGED: "Capture nothing from it; restore it: its transfers tell its sums.",
    Kind.BOOKS_BROKEN: "Find what broke the promise; `lmb ledger check` tells it alone.",
    Kind.LEAF_CHANGED: "Restore the leaf from an export of the log; the books lead to it.",
    Kind.LEAF_DELETED: "Restore the leaves from an export of the log.",
    Kind.TILE_CHANGED: "Restore the tile from an export; the leaves lead to it.",
    Kind.CHECKPOINT_CHANGED: "Restore the checkpoint from a copy that somebody kept.",
    Kind.COSIGNATURE_CHANGED: "Ask the witness for its newest checkpoint and compare.",
    Kind.LOG_SHORTER: (
        "Stop payments; an old backup was restored or the log's end deleted: restore a newer one."
    ),
    Kind.FORK: _KEEP_EVIDENCE,
    Kind.TWO_CHECKPOINTS: _KEEP_EVIDENCE,
    Kind.TOO_FEW_WITNESSES: "Run `lmb proofs checkpoint --policy FILE`; see which do not answer.",
    Kind.CONSEQUENCE: "Repair what is named above first, then audit again.",
}


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One thing that is not as it was logged: `row` names it, `told` is what the log says."""

    kind: Kind
    row: str
    found: str
    told: str

    @property
    def next_step(self) -> str:
        return NEXT_STEPS[self.kind]


class FindingsSoFar:
    """Findings as they come: each row once in a kind, and no more than anyone would read."""

    def __init__(self) -> None:
        self.counts: Counter[Kind] = Counter()
        self._kept: dict[tuple[Kind, str], AuditFinding] = {}

    def add(self, kind: Kind, row: str, found: str, told: str) -> None:
        if (kind, row) not in self._kept:
            self.counts[kind] += 1
            if self.counts[kind] <= FINDINGS_MAX:
                self._kept[kind, row] = AuditFinding(kind, row, found, told)

    def names(self, kind: Kind, row: str) -> bool:
        return (kind, row) in self._kept

    def has(self, *kinds: Kind) -> bool:
        return any(self.counts[kind] for kind in kinds)

    def in_order(self) -> tuple[AuditFinding, ...]:
        """By kind, as the kinds stand above: causes before what follows from them."""
        order = {kind: place for place, kind in enumerate(Kind)}
        return tuple(sorted(self._kept.values(), key=lambda finding: order[finding.kind]))
