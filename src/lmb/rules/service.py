"""The only functions that put determinations on file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from lmb.rules import models
from lmb.rules.determination import Determination
from lmb.rules.sessions import house
from lmb.values.canonical import sha256_hex
from lmb.values.errors import ConflictError
from lmb.values.identifiers import derived_uuid7

ROWS_AT_ONCE = 1000


def record(cell: int, determination: Determination, *, actor: str, recorded_at: datetime) -> UUID:
    """Put one determination on file, as `record_all` does."""
    return record_all(cell, [determination], actor=actor, recorded_at=recorded_at)[0]


@house()
def record_all(
    cell: int, determinations: Sequence[Determination], *, actor: str, recorded_at: datetime
) -> list[UUID]:
    """Put determinations on file and return their identifiers, in order.

    Identifiers are derived from the subjects, so recording the same determination again returns
    it unchanged. Raises ConflictError when a subject was determined otherwise before: correct
    that by a determination that supersedes the first.
    """
    subjects = [determination.subject for determination in determinations]
    on_file = {
        (row.subject, row.supersedes): row
        for row in models.Determination.objects.filter(cell=cell, subject__in=subjects)
    }
    identifiers: list[UUID] = []
    rows: list[models.Determination] = []
    inputs: list[models.DeterminationInput] = []
    for determination in determinations:
        found = on_file.get((determination.subject, determination.supersedes))
        if found is None:
            found = _row(cell, determination, actor, recorded_at)
            rows.append(found)
            on_file[found.subject, found.supersedes] = found
            inputs += _input_rows(cell, found.id, determination)
        elif found.sha256 != determination.sha256:
            raise ConflictError(
                f"{determination.subject} was determined before with another result "
                f"(determination {found.id}); record one that supersedes it"
            )
        identifiers.append(found.id)
    models.Determination.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    models.DeterminationInput.objects.bulk_create(inputs, batch_size=ROWS_AT_ONCE)
    return identifiers


def _row(
    cell: int, determination: Determination, actor: str, recorded_at: datetime
) -> models.Determination:
    key = [str(cell), "determination", determination.subject]
    if determination.supersedes is not None:
        key.append(str(determination.supersedes))
    content = determination.content
    return models.Determination(
        cell=cell,
        id=derived_uuid7(recorded_at, *key),
        rule=determination.parameters.rule,
        rule_version=determination.parameters.version,
        subject=determination.subject,
        content=content.decode(),
        sha256=sha256_hex(content),
        supersedes=determination.supersedes,
        actor=actor,
        recorded_at=recorded_at,
    )


def _input_rows(
    cell: int, identifier: UUID, determination: Determination
) -> list[models.DeterminationInput]:
    return [
        models.DeterminationInput(
            cell=cell,
            determination=identifier,
            position=position,
            kind=reference.kind,
            input=reference.id,
            sha256=reference.sha256,
        )
        for position, reference in enumerate(determination.inputs)
    ]
