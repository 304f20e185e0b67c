"""The only functions that read facts for others: as they were known at a moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef

from lmb.facts import models
from lmb.facts.records import Attestation, WorkRecord
from lmb.rules.determination import in_order
from lmb.values.canonical import Document
from lmb.values.errors import NotFoundError

TOLD_MAX = 500


def work_records(
    cell: int, period_from: date, period_to: date, *, known_at: datetime
) -> list[WorkRecord]:
    """The work records lying within a period (both days included), as known at a moment."""
    rows = models.WorkRecord.objects.filter(
        cell=cell,
        period_from__gte=period_from,
        period_to__lte=period_to,
        recorded_at__lte=known_at,
    )
    later = models.WorkRecord.objects.filter(
        cell=cell, supersedes=OuterRef("id"), recorded_at__lte=known_at
    )
    return [_work_record(row) for row in rows.filter(~Exists(later)).order_by("id")]


def work_told_by(cell: int, employer: str) -> list[WorkRecord]:
    """What one employer told of people's work, the newest first, at most TOLD_MAX; a corrected
    record as it was corrected."""
    rows = models.WorkRecord.objects.filter(cell=cell, employer=employer)
    later = models.WorkRecord.objects.filter(cell=cell, supersedes=OuterRef("id"))
    newest = rows.filter(~Exists(later)).order_by("-recorded_at", "-id")[:TOLD_MAX]
    return [_work_record(row) for row in newest]


def attested_counts(cell: int) -> Counter[str]:
    """How many attestations of each kind there are, of the people whoever asks may see."""
    rows = models.Attestation.objects.filter(cell=cell)
    later = models.Attestation.objects.filter(cell=cell, supersedes=OuterRef("id"))
    counted = rows.filter(~Exists(later)).values_list("kind").annotate(Count("id"))
    return Counter(dict(counted))


def attestations(
    cell: int, kind: str, *, known_at: datetime, persons: Collection[UUID] | None = None
) -> list[Attestation]:
    """The attestations of a kind, as known at a moment; of some persons if asked."""
    rows = models.Attestation.objects.filter(cell=cell, kind=kind, recorded_at__lte=known_at)
    if persons is not None:
        rows = rows.filter(person__in=persons)
    later = models.Attestation.objects.filter(
        cell=cell, supersedes=OuterRef("id"), recorded_at__lte=known_at
    )
    return [_attestation(row) for row in rows.filter(~Exists(later)).order_by("id")]


def told_by(cell: int, employer: str, record: UUID) -> bool:
    """Whether an employer told a work record."""
    return models.WorkRecord.objects.filter(cell=cell, id=record, employer=employer).exists()


def told_work(cell: int, person: UUID, employer: str, period_from: date, period_to: date) -> UUID:
    """The work record as an employer first told it of a person and a period. Raises NotFoundError
    where it did not."""
    row = models.WorkRecord.objects.filter(
        cell=cell,
        person=person,
        employer=employer,
        period_from=period_from,
        period_to=period_to,
        supersedes=None,
    ).first()
    if row is None:
        raise NotFoundError(f"there is no work from {period_from} to {period_to} on file")
    return row.id


def work_documents(ids: Sequence[UUID]) -> list[Document]:
    """The documents of work records in the order asked. Raises NotFoundError for a missing one."""
    rows = models.WorkRecord.objects.filter(id__in=ids)
    return in_order({row.id: _work_record(row).document() for row in rows}, ids, "work record")


def attestation_documents(ids: Sequence[UUID]) -> list[Document]:
    """The documents of attestations in the order asked. Raises NotFoundError for a missing one."""
    rows = models.Attestation.objects.filter(id__in=ids)
    return in_order({row.id: _attestation(row).document() for row in rows}, ids, "attestation")


def _work_record(row: models.WorkRecord) -> WorkRecord:
    return WorkRecord(
        id=row.id,
        person=row.person,
        employer=row.employer,
        period_from=row.period_from,
        period_to=row.period_to,
        hours=row.hours,
        earnings_cents=row.earnings_cents,
        source=row.source,
        supersedes=row.supersedes,
        recorded_at=row.recorded_at,
    )


def _attestation(row: models.Attestation) -> Attestation:
    return Attestation(
        id=row.id,
        person=row.person,
        kind=row.kind,
        value=row.value,
        happened_on=row.happened_on,
        source=row.source,
        supersedes=row.supersedes,
        recorded_at=row.recorded_at,
    )
