"""The only functions that make persons known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from lmb.people import models
from lmb.values.identifiers import derived_uuid7


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as a state's file names them: a pseudonym, a state, a workforce board."""

    reference: str
    state: str
    board: str


@transaction.atomic
def register(cell: int, persons: Iterable[NewPerson], recorded_at: datetime) -> None:
    """Make persons known; those known already stay as they are."""
    models.Person.objects.bulk_create(
        (
            models.Person(
                cell=cell,
                id=derived_uuid7(recorded_at, str(cell), "person", person.reference),
                reference=person.reference,
                state=person.state,
                board=person.board,
                recorded_at=recorded_at,
            )
            for person in persons
        ),
        ignore_conflicts=True,
        batch_size=1000,
    )
