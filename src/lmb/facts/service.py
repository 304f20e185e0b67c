"""The only functions that put facts on file. Telling the same fact again changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from lmb.facts import models
from lmb.rules.sessions import house
from lmb.values.errors import ConflictError, NotFoundError
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


@house()
def record_work(
    cell: int, records: Iterable[NewWorkRecord], *, source: str, recorded_at: datetime
) -> None:
    """Put work records on file, learned at `recorded_at`.

    Raises ConflictError when one was told before with other earnings or hours: correct that one.
    """
    rows = [
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
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        chunk = rows[start : start + ROWS_AT_ONCE]
        models.WorkRecord.objects.bulk_create(chunk, ignore_conflicts=True)
        _refuse_other_work(cell, chunk)


def _refuse_other_work(cell: int, told: Sequence[models.WorkRecord]) -> None:
    first_told = models.WorkRecord.objects.filter(
        cell=cell,
        supersedes=None,
        person__in={row.person for row in told},
        period_from__gte=min(row.period_from for row in told),
        period_to__lte=max(row.period_to for row in told),
    )
    on_file = {
        (row.person, row.employer, row.period_from, row.period_to): row for row in first_told
    }
    for row in told:
        found = on_file[row.person, row.employer, row.period_from, row.period_to]
        if (found.earnings_cents, found.hours) != (row.earnings_cents, row.hours):
            raise ConflictError(
                f"the work of person {row.person} from {row.period_from} to {row.period_to} was "
                f"told before with other earnings or hours; correct work record {found.id}"
            )


@house()
def correct_work(
    cell: int,
    supersedes: UUID,
    *,
    earnings_cents: int,
    hours: Decimal | None,
    source: str,
    recorded_at: datetime,
) -> UUID:
    """Put a corrected work record on file and return its identifier; the one it supersedes stays
    as it was told. The same correction again returns the same one.

    Raises NotFoundError for an unknown record and ConflictError when that record has been
    corrected otherwise before.
    """
    earlier = models.WorkRecord.objects.filter(cell=cell, id=supersedes).first()
    if earlier is None:
        raise NotFoundError(f"there is no work record {supersedes} to correct")
    found = models.WorkRecord.objects.filter(cell=cell, supersedes=supersedes).first()
    if found is not None:
        if (found.earnings_cents, found.hours) == (earnings_cents, hours):
            return found.id
        raise ConflictError(
            f"work record {supersedes} has been corrected before; correct its successor {found.id}"
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


@house()
def attest(
    cell: int, attestations: Iterable[NewAttestation], *, source: str, recorded_at: datetime
) -> None:
    """Put attestations on file, learned at `recorded_at`.

    Raises ConflictError when one was given before with another day or value.
    """
    rows = [
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
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        chunk = rows[start : start + ROWS_AT_ONCE]
        models.Attestation.objects.bulk_create(chunk, ignore_conflicts=True)
        _refuse_other_attestations(cell, chunk)


def _refuse_other_attestations(cell: int, told: Sequence[models.Attestation]) -> None:
    first_told = models.Attestation.objects.filter(
        cell=cell, supersedes=None, person__in={row.person for row in told}
    )
    on_file = {(row.person, row.kind): row for row in first_told}
    for row in told:
        found = on_file[row.person, row.kind]
        if (found.value, found.happened_on) != (row.value, row.happened_on):
            raise ConflictError(
                f"person {row.person} was attested before as {row.kind} with another day or "
                f"value (attestation {found.id})"
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
