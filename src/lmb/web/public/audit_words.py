"""What the auditor's page says of what an audit found: the kind, the row, the next step.

The page is open to all. A row is named where its name is a number or an identifier; accounts and
keys are named after people and investors, so of them only the kind is told. What was found in a
row, and what the log says of it, is for `lmb audit`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext_lazy

from lmb.proofs.audit_findings import AuditFinding, Kind

ROWS_SHOWN = 20
"""Of one kind at most so many rows are shown."""

_NAMED_BY_NUMBER = re.compile(
    r"(transfer|journal|instruction|determination|hold|leaf|leaves|tile|checkpoint|checkpoints"
    r"|cosignature|cell|the log)\b"
)
_TRANSFER = re.compile(r"(transfer [0-9]+) \(([0-9a-f-]{36})\)")

_RESTORE = gettext_lazy("Stop payments that follow from it; restore it from a backup.")
_RESTORE_LOG = gettext_lazy("Restore it from an export of the log.")
_EVIDENCE = gettext_lazy(
    "Stop payments and change nothing: this is evidence. Tell the witnesses and the auditor."
)
_BACKUP = gettext_lazy("Stop payments; restore a newer backup.")
_LOOK = gettext_lazy("Find who had the rights of the owner, then restore from a backup.")
_ASK = gettext_lazy("Ask the witness for its newest checkpoint and compare.")
_WITNESSES = gettext_lazy("See which witnesses do not answer: lmb proofs trust.")
_FIRST = gettext_lazy("Repair what is named above first, then audit again.")

_SAID = {
    Kind.TRANSFER_CHANGED: (gettext_lazy("A movement was changed"), _RESTORE),
    Kind.TRANSFER_DELETED: (gettext_lazy("A movement was deleted"), _RESTORE),
    Kind.TRANSFER_INSERTED: (gettext_lazy("A movement was put in behind the books"), _LOOK),
    Kind.TRANSFER_REORDERED: (gettext_lazy("A movement is not in its place"), _RESTORE),
    Kind.JOURNAL_CHANGED: (gettext_lazy("A journal was changed"), _RESTORE),
    Kind.CAUSE_CHANGED: (gettext_lazy("The reason of a payment was changed"), _RESTORE),
    Kind.MOVEMENT_CHANGED: (
        gettext_lazy("A movement, its journal or its reason was changed"),
        _RESTORE,
    ),
    Kind.ACCOUNT_CHANGED: (
        gettext_lazy("An account does not show what its movements did"),
        _RESTORE,
    ),
    Kind.HOLD_CHANGED: (gettext_lazy("A hold does not show what was taken from it"), _RESTORE),
    Kind.BOOKS_BROKEN: (gettext_lazy("A promise of the books is broken"), _LOOK),
    Kind.LEAF_CHANGED: (gettext_lazy("A leaf of the log was changed"), _RESTORE_LOG),
    Kind.LEAF_DELETED: (gettext_lazy("Leaves of the log are missing"), _RESTORE_LOG),
    Kind.TILE_CHANGED: (gettext_lazy("A tile of the log was changed"), _RESTORE_LOG),
    Kind.CHECKPOINT_CHANGED: (gettext_lazy("A checkpoint is not what was signed"), _RESTORE_LOG),
    Kind.COSIGNATURE_CHANGED: (gettext_lazy("A cosignature is not what was given"), _ASK),
    Kind.LOG_SHORTER: (gettext_lazy("The log is shorter than what was signed"), _BACKUP),
    Kind.FORK: (gettext_lazy("The log signed another history"), _EVIDENCE),
    Kind.TWO_CHECKPOINTS: (gettext_lazy("The log showed two histories"), _EVIDENCE),
    Kind.TOO_FEW_WITNESSES: (
        gettext_lazy("Fewer witnesses cosigned than must"),
        _WITNESSES,
    ),
    Kind.CONSEQUENCE: (gettext_lazy("Follows from what is named above"), _FIRST),
}


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row as anyone may see it; `transfer` is its identifier where it is a movement's."""

    name: str
    transfer: str = ""


@dataclass(frozen=True, slots=True)
class FoundKind:
    """What was found of one kind, `count` times; `more` of them are not listed."""

    kind: str
    title: str
    step: str
    count: int
    rows: tuple[FoundRow, ...]

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


def found_kinds(findings: Sequence[AuditFinding]) -> list[FoundKind]:
    """Findings by kind, in the order they were found."""
    listed = []
    for kind, group in groupby(findings, key=lambda finding: finding.kind):
        names = [finding.row for finding in group]
        rows = [_row(name) for name in dict.fromkeys(names) if _NAMED_BY_NUMBER.match(name)]
        title, step = _SAID[kind]
        shown = tuple(rows[:ROWS_SHOWN])
        listed.append(FoundKind(kind.value, str(title), str(step), len(names), shown))
    return listed


def _row(name: str) -> FoundRow:
    transfer = _TRANSFER.fullmatch(name)
    return FoundRow(name) if transfer is None else FoundRow(transfer[1], transfer[2])
