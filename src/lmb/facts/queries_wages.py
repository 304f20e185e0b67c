"""The only functions that read wages for others: as they were known at a moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from lmb.facts import models
from lmb.people.sessions import house

ROWS_AT_ONCE = 50_000
LOADS_SHOWN_MAX = 200
SET_ASIDE_SHOWN_MAX = 10_000

KnownWage = tuple[str, str, int, int, str]
"""A row of wages as the indicators read them: person, employer, quarter (4 * year + number - 1),
cents, source. A person of a simulated run goes by their reference, everyone else by their key."""


@dataclass(frozen=True, slots=True)
class SuccessionOnFile:
    """An employer's successor, as known at a moment."""

    id: UUID
    successor: str


def wages_known_at(cell: int, known_at: datetime) -> Iterator[Sequence[KnownWage]]:
    """All pay as known at a moment, in batches; what was amended since stands as it stood."""
    yield from _batches(
        """SELECT coalesce(p.reference, p.id::text), w.employer, w.quarter, w.cents, w.source
           FROM facts_wage w JOIN people_person p ON p.cell = w.cell AND p.id = w.person
           WHERE w.cell = %s AND w.recorded_at <= %s AND NOT EXISTS (
               SELECT FROM facts_wage n
               WHERE n.cell = w.cell AND n.supersedes = w.id AND n.recorded_at <= %s)""",
        [cell, known_at, known_at],
    )


def wages_amended_between(
    cell: int, after: datetime, through: datetime
) -> Iterator[Sequence[KnownWage]]:
    """Pay that was told or amended after one moment and through another, as known at the later:
    what a standing measurement takes over (`lmb.outcomes.indicators.standing`)."""
    yield from _batches(
        """SELECT coalesce(p.reference, p.id::text), w.employer, w.quarter, w.cents, w.source
           FROM facts_wage w JOIN people_person p ON p.cell = w.cell AND p.id = w.person
           WHERE w.cell = %s AND w.recorded_at > %s AND w.recorded_at <= %s AND NOT EXISTS (
               SELECT FROM facts_wage n
               WHERE n.cell = w.cell AND n.supersedes = w.id AND n.recorded_at <= %s)""",
        [cell, after, through, through],
    )


def successions_on_file(cell: int, known_at: datetime) -> dict[str, SuccessionOnFile]:
    """The successor of each employer that has one, as known at a moment."""
    rows = models.Succession.objects.filter(cell=cell, recorded_at__lte=known_at)
    later = models.Succession.objects.filter(
        cell=cell, supersedes=OuterRef("id"), recorded_at__lte=known_at
    )
    return {
        row.predecessor: SuccessionOnFile(row.id, row.successor)
        for row in rows.filter(~Exists(later))
    }


def loads(cell: int, limit: int = LOADS_SHOWN_MAX) -> list[models.WageLoad]:
    """The newest receipts of files of wages."""
    rows = models.WageLoad.objects.filter(cell=cell).order_by("-recorded_at", "-id")
    return list(rows[: min(limit, LOADS_SHOWN_MAX)])


def open_set_aside(cell: int, load: UUID) -> list[models.WageSetAside]:
    """The wages of a load that still wait for somebody to decide, in order of their rows."""
    decided = models.WageDecision.objects.filter(cell=cell, load=load, row=OuterRef("row"))
    rows = models.WageSetAside.objects.filter(~Exists(decided), cell=cell, load=load)
    return list(rows.order_by("row")[:SET_ASIDE_SHOWN_MAX])


def _batches(statement: str, parameters: Sequence[int | datetime]) -> Iterator[Sequence[KnownWage]]:
    """Rows through a cursor on the server, so that memory here stays small."""
    with house(), transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(statement, parameters)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            yield rows
