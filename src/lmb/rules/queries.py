"""The only functions that read determinations for others."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import BinaryField, Func, TextField, Value
from django.db.models.functions import Cast, Concat

from lmb.rules import models
from lmb.rules.determination import Determination, Input, InputReference, Resolver, Rule, determine
from lmb.rules.parameters import exact_version
from lmb.values.errors import NotFoundError, RefusedError


@dataclass(frozen=True, slots=True)
class DeterminationOnFile:
    """A determination as the books keep it; `content` is its canonical document."""

    cell: int
    id: UUID
    rule: str
    rule_version: str
    subject: str
    content: str
    sha256: str
    supersedes: UUID | None
    actor: str
    recorded_at: datetime

    @property
    def document(self) -> dict[str, Any]:
        return dict(json.loads(self.content))

    @property
    def result(self) -> dict[str, Any]:
        return dict(self.document["result"])

    @property
    def explanation(self) -> list[str]:
        return list(self.document["explanation"])


def find(identifier: UUID) -> DeterminationOnFile | None:
    """A determination by identifier, in whichever cell it is."""
    row = models.Determination.objects.filter(id=identifier).first()
    return None if row is None else _on_file(row)


def on_subject(cell: int, subject: str) -> DeterminationOnFile | None:
    """The determination of a subject that nothing supersedes yet."""
    return on_subjects(cell, [subject]).get(subject)


def on_subjects(cell: int, subjects: Collection[str]) -> dict[str, DeterminationOnFile]:
    """The determinations of some subjects that nothing supersedes yet, by subject."""
    rows = list(models.Determination.objects.filter(cell=cell, subject__in=subjects))
    superseded = {row.supersedes for row in rows}
    return {row.subject: _on_file(row) for row in rows if row.id not in superseded}


def count(cell: int) -> int:
    """How many determinations the books of a cell have."""
    return models.Determination.objects.filter(cell=cell).count()


def sample(cell: int, seed: str, size: int) -> list[DeterminationOnFile]:
    """So many determinations drawn by a seed: those with the smallest SHA-256 of `seed:identifier`.
    The same seed draws the same from the same books, for whoever draws, and nobody who does not
    choose the seed can choose what is drawn."""
    drawn = Func(
        Concat(Value(f"{seed}:"), Cast("id", TextField())),
        template="sha256(convert_to(%(expressions)s, 'UTF8'))",
        output_field=BinaryField(),
    )
    rows = models.Determination.objects.filter(cell=cell).annotate(drawn=drawn)
    return [_on_file(row) for row in rows.order_by("drawn")[:size]]


def inputs_of(cell: int, identifier: UUID) -> tuple[InputReference, ...]:
    """What a determination was made from, in its own order."""
    rows = models.DeterminationInput.objects.filter(cell=cell, determination=identifier)
    return tuple(
        InputReference(row.kind, row.input, row.sha256) for row in rows.order_by("position")
    )


def readers_of(cell: int, input_id: UUID) -> list[UUID]:
    """The determinations that used an input: those a correction of it re-opens."""
    rows = models.DeterminationInput.objects.filter(cell=cell, input=input_id)
    return list(rows.order_by("determination").values_list("determination", flat=True))


def replay(
    on_file: DeterminationOnFile, rules: Mapping[str, Rule], resolve: Resolver
) -> Determination:
    """Compute a determination again from its stored inputs and rule version.

    Raises RefusedError when an input no longer has the content it had: its hash differs.
    The caller compares `content`; equal bytes are the proof.
    """
    rule = rules.get(on_file.rule)
    if rule is None:
        raise NotFoundError(f"there is no rule {on_file.rule!r} to replay {on_file.id} with")
    references = inputs_of(on_file.cell, on_file.id)
    inputs: list[Input] = []
    for kind, group in groupby(references, key=lambda reference: reference.kind):
        kept = list(group)
        documents = resolve(kind, [reference.id for reference in kept])
        for reference, document in zip(kept, documents, strict=True):
            found = Input(kind, reference.id, document)
            if found.sha256 != reference.sha256:
                raise RefusedError(
                    f"{kind} {reference.id} is not what determination {on_file.id} read: "
                    f"hash {found.sha256}, on file {reference.sha256}"
                )
            inputs.append(found)
    parameters = exact_version(on_file.rule, on_file.rule_version)
    return determine(rule, parameters, on_file.subject, inputs, on_file.supersedes)


def _on_file(row: models.Determination) -> DeterminationOnFile:
    return DeterminationOnFile(
        cell=row.cell,
        id=row.id,
        rule=row.rule,
        rule_version=row.rule_version,
        subject=row.subject,
        content=row.content,
        sha256=row.sha256,
        supersedes=row.supersedes,
        actor=row.actor,
        recorded_at=row.recorded_at,
    )
