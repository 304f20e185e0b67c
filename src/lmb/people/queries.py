"""The only functions that read persons for others."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from lmb.people import models


@dataclass(frozen=True, slots=True)
class Person:
    """A person's key with the state and board that serve them."""

    id: UUID
    reference: str
    state: str
    board: str


def persons(cell: int) -> list[Person]:
    """All persons of a cell, by reference."""
    rows = models.Person.objects.filter(cell=cell).order_by("reference")
    return [Person(row.id, row.reference, row.state, row.board) for row in rows]
