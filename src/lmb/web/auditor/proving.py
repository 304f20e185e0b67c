"""What the last audit found, and what was signed, as tables."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from lmb.proofs.audit_runs import AuditOnFile
from lmb.proofs.standing import SignedSize
from lmb.web.tables import Column, Kind, Table


def exceptions_table(audited: AuditOnFile | None) -> Table:
    """One row per thing that is not as it was logged."""
    found = () if audited is None else audited.findings
    empty = (
        _("No audit has been kept yet. Run `lmb proofs audit`; what it finds will appear here.")
        if audited is None
        else _("The last audit found nothing. What the next one finds will appear here.")
    )
    return Table(
        "exceptions",
        _("Exceptions of the last audit: what is not as it was logged"),
        (
            Column("kind", _("Kind")),
            Column("row", _("Row")),
            Column("found", _("Found")),
            Column("logged", _("Logged")),
        ),
        [(each.kind.value, each.row, each.found, each.told) for each in found],
        empty,
    )


def checkpoints_table(signed: Iterable[SignedSize]) -> Table:
    """One row per checkpoint, the newest first."""
    return Table(
        "checkpoints",
        _("Signed checkpoints of the log, the newest first"),
        (
            Column("movements", _("Movements covered"), Kind.COUNT),
            Column("issued_at", _("Signed"), Kind.MOMENT),
            Column("witnesses", _("Witnesses")),
            Column("root_sha256", _("Root")),
        ),
        [
            (
                each.checkpoint.size,
                each.issued_at,
                ", ".join(cosigner.name for cosigner in each.cosigners) or None,
                each.checkpoint.root.hex(),
            )
            for each in signed
        ],
        _("Checkpoints will appear here once the log is signed."),
        rows_a_page=10,
    )
