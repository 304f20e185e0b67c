"""The only functions that put facts on file. Telling the same fact again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from lmb.facts import models
from lmb.values.errors import ConflictError
from lmb.values.identifiers import derived_uuid7

ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class NewWorkRecord:
    """A work record as a source tells it."""

    person: UUID
    employer: str | None
    period_from: date
    period_to: date
    hours: Decimal | None
    earnings_cents: int


@dataclass(frozen=True, slots=True)
class NewAttestation:
    """An attestation as a source tells it."""

    person: UUID
    kind: str
    happened_on: date
    value: str = ""


@transaction.atomic
def record_work(
    cell: int, records: Iterable[NewWorkRecord], *, source: str, recorded_at: datetime
) -> None:
    """Put work records on file, learned at `recorded_at`."""
    models.WorkRecord.objects.bulk_create(
        (
            models.WorkRecord(
                cell=cell,
                id=_work_record_id(cell, record, recorded_at),
                person=record.person,
                employer=record.employer,
                period_from=record.period_from,
                period_to=record.period_to,
                hours=record.hours,
                earnings_cents=record.earnings_cents,
                source=source,
                supersedes=None,
                recorded_at=recorded_at,
            )
            for record in records
        ),
        ignore_conflicts=True,
        batch_size=ROWS_AT_ONCE,
    )


@transaction.atomic
def correct_work(
    cell: int,
    supersedes: UUID,
    *,
    earnings_cents: int,
    hours: Decimal | None,
    source: str,
    recorded_at: datetime,
) -> UUID:
    """Put a corrected work record on file; the one it supersedes stays as it was told.

    Raises ConflictError when that record has been superseded before.
    """
    earlier = models.WorkRecord.objects.get(cell=cell, id=supersedes)
    if models.WorkRecord.objects.filter(cell=cell, supersedes=supersedes).exists():
        raise ConflictError(
            f"work record {supersedes} has been corrected before; correct its successor"
        )
    identifier = derived_uuid7(recorded_at, str(cell), "work-correction", str(supersedes))
    models.WorkRecord.objects.create(
        cell=cell,
        id=identifier,
        person=earlier.person,
        employer=earlier.employer,
        period_from=earlier.period_from,
        period_to=earlier.period_to,
        hours=hours,
        earnings_cents=earnings_cents,
        source=source,
        supersedes=supersedes,
        recorded_at=recorded_at,
    )
    return identifier


@transaction.atomic
def attest(
    cell: int, attestations: Iterable[NewAttestation], *, source: str, recorded_at: datetime
) -> None:
    """Put attestations on file, learned at `recorded_at`."""
    models.Attestation.objects.bulk_create(
        (
            models.Attestation(
                cell=cell,
                id=derived_uuid7(
                    recorded_at, str(cell), "attestation", attestation.kind, str(attestation.person)
                ),
                person=attestation.person,
                kind=attestation.kind,
                value=attestation.value,
                happened_on=attestation.happened_on,
                source=source,
                supersedes=None,
                recorded_at=recorded_at,
            )
            for attestation in attestations
        ),
        ignore_conflicts=True,
        batch_size=ROWS_AT_ONCE,
    )


def _work_record_id(cell: int, record: NewWorkRecord, recorded_at: datetime) -> UUID:
    return derived_uuid7(
        recorded_at,
        str(cell),
        "work",
        str(record.person),
        record.employer or "",
        record.period_from.isoformat(),
        record.period_to.isoformat(),
    )
