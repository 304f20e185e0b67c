"""The only functions that read, for a provider, who is enrolled with it and what it is paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lmb.ledger.models import Hold
from lmb.programs.models import Program
from lmb.training import models


@dataclass(frozen=True, slots=True)
class TuitionDue:
    """One enrolment with its tuition in the books: what was paid, what may still become due, and
    what went back to the wallet."""

    id: UUID
    bond: UUID
    person: UUID
    program: str
    accepted_on: date
    tuition_cents: int
    paid_cents: int
    held_cents: int
    returned_cents: int


def tuition_due(
    cell: int, provider: str, *, before: UUID | None = None, limit: int
) -> list[TuitionDue]:
    """Enrolments in the programs of a provider, newest first: those before one, at most so many."""
    programs = Program.objects.filter(cell=cell, provider=provider).values_list("code", flat=True)
    rows = models.Enrolment.objects.filter(cell=cell, program__in=list(programs))
    chosen = rows if before is None else rows.filter(id__lt=before)
    page = list(chosen.order_by("-id")[:limit])
    found = Hold.objects.filter(cell=cell, id__in=[row.hold for row in page])
    holds = {hold.id: hold for hold in found}
    return [_due(row, holds[row.hold]) for row in page]


def _due(row: models.Enrolment, hold: Hold) -> TuitionDue:
    return TuitionDue(
        id=row.id,
        bond=row.bond,
        person=row.person,
        program=row.program,
        accepted_on=row.accepted_on,
        tuition_cents=row.tuition_cents,
        paid_cents=hold.captured_cents,
        held_cents=hold.amount_cents - hold.captured_cents - hold.released_cents,
        returned_cents=hold.released_cents,
    )
