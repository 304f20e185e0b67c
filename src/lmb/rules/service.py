"""The only functions that put determinations on file."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from lmb.rules import models
from lmb.rules.determination import Determination
from lmb.values.errors import ConflictError
from lmb.values.identifiers import derived_uuid7


@transaction.atomic
def record(cell: int, determination: Determination, *, actor: str, recorded_at: datetime) -> UUID:
    """Put a determination on file and return its identifier.

    The identifier is derived from the subject, so recording the same determination again returns
    it unchanged. Raises ConflictError when the subject was determined otherwise before: correct
    it by a determination that supersedes the first.
    """
    key = [str(cell), "determination", determination.subject]
    if determination.supersedes is not None:
        key.append(str(determination.supersedes))
    found = models.Determination.objects.filter(
        cell=cell, subject=determination.subject, supersedes=determination.supersedes
    ).first()
    if found is not None:
        if found.sha256 != determination.sha256:
            raise ConflictError(
                f"{determination.subject} was determined before with another result "
                f"(determination {found.id}); record one that supersedes it"
            )
        return found.id
    identifier = derived_uuid7(recorded_at, *key)
    models.Determination.objects.create(
        cell=cell,
        id=identifier,
        rule=determination.parameters.rule,
        rule_version=determination.parameters.version,
        subject=determination.subject,
        content=determination.content.decode(),
        sha256=determination.sha256,
        supersedes=determination.supersedes,
        actor=actor,
        recorded_at=recorded_at,
    )
    models.DeterminationInput.objects.bulk_create(
        models.DeterminationInput(
            cell=cell,
            determination=identifier,
            position=position,
            kind=reference.kind,
            input=reference.id,
            sha256=reference.sha256,
        )
        for position, reference in enumerate(determination.inputs)
    )
    return identifier
