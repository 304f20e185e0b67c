"""The only functions that read enrolments for others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lmb.bonds.queries import BondOnFile
from lmb.rules.determination import in_order
from lmb.training import models
from lmb.values.canonical import Document


@dataclass(frozen=True, slots=True)
class Enrolment:
    """An accepted offer and the hold its tuition stands in."""

    id: UUID
    person: UUID
    program: str
    hold: UUID
    tuition_cents: int
    accepted_on: date

    def document(self) -> Document:
        return {
            "person": str(self.person),
            "program": self.program,
            "hold": str(self.hold),
            "tuition_cents": self.tuition_cents,
            "accepted_on": self.accepted_on.isoformat(),
        }


def enrolments(bond: BondOnFile, persons: Collection[UUID] | None = None) -> list[Enrolment]:
    """Everyone who accepted an offer paid by a bond; those among some persons if asked."""
    rows = models.Enrolment.objects.filter(cell=bond.cell, bond=bond.id)
    if persons is not None:
        rows = rows.filter(person__in=persons)
    return [_enrolment(row) for row in rows.order_by("id")]


def enrolments_in(cell: int, programs: Collection[str]) -> list[Enrolment]:
    """Everyone who accepted an offer of some programs, in the order of acceptance."""
    rows = models.Enrolment.objects.filter(cell=cell, program__in=programs)
    return [_enrolment(row) for row in rows.order_by("accepted_on", "id")]


def enrolment_documents(ids: Sequence[UUID]) -> list[Document]:
    """The documents of enrolments in the order asked. Raises NotFoundError for a missing one."""
    rows = models.Enrolment.objects.filter(id__in=ids)
    return in_order({row.id: _enrolment(row).document() for row in rows}, ids, "enrolment")


def _enrolment(row: models.Enrolment) -> Enrolment:
    return Enrolment(
        id=row.id,
        person=row.person,
        program=row.program,
        hold=row.hold,
        tuition_cents=row.tuition_cents,
        accepted_on=row.accepted_on,
    )
