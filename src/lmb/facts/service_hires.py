"""The only functions that put hires on file. Telling the same hire again changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from lmb.facts import models
from lmb.people.sessions import house
from lmb.values.errors import ConflictError, NotFoundError
from lmb.values.identifiers import derived_uuid7


@dataclass(frozen=True, slots=True)
class NewHire:
    """A hire as an employer tells it."""

    person: UUID
    employer: str
    hired_on: date
    occupation: str | None
    hourly_cents: int | None


@house()
def record_hire(cell: int, told: NewHire, *, source: str, recorded_at: datetime) -> UUID:
    """Put a hire on file, learned at `recorded_at`, and return its identifier.

    Raises ConflictError when it was told before as another work or for another wage.
    """
    key = (str(told.person), told.employer, told.hired_on.isoformat())
    models.Hire.objects.bulk_create(
        [
            models.Hire(
                cell=cell,
                id=derived_uuid7(recorded_at, str(cell), "hire", *key),
                person=told.person,
                employer=told.employer,
                hired_on=told.hired_on,
                occupation=told.occupation,
                hourly_cents=told.hourly_cents,
                source=source,
                supersedes=None,
                recorded_at=recorded_at,
            )
        ],
        ignore_conflicts=True,
    )
    found = models.Hire.objects.get(
        cell=cell,
        person=told.person,
        employer=told.employer,
        hired_on=told.hired_on,
        supersedes=None,
    )
    if (found.occupation, found.hourly_cents) != (told.occupation, told.hourly_cents):
        raise ConflictError(
            f"this hire on {told.hired_on} was told before with another occupation or wage; "
            f"correct hire {found.id}"
        )
    return found.id


@house()
def correct_hire(
    cell: int,
    supersedes: UUID,
    *,
    employer: str,
    occupation: str | None,
    hourly_cents: int | None,
    source: str,
    recorded_at: datetime,
) -> UUID:
    """Put a corrected hire on file and return its identifier; the one it supersedes stays as it was
    told. The same correction again returns the same one.

    Raises NotFoundError for a hire this employer did not tell, ConflictError when that hire has
    been corrected otherwise before.
    """
    earlier = models.Hire.objects.filter(cell=cell, id=supersedes, employer=employer).first()
    if earlier is None:
        raise NotFoundError(f"there is no hire {supersedes} of yours to correct")
    models.Hire.objects.bulk_create(
        [
            models.Hire(
                cell=cell,
                id=derived_uuid7(recorded_at, str(cell), "hire-correction", str(supersedes)),
                person=earlier.person,
                employer=employer,
                hired_on=earlier.hired_on,
                occupation=occupation,
                hourly_cents=hourly_cents,
                source=source,
                supersedes=supersedes,
                recorded_at=recorded_at,
            )
        ],
        ignore_conflicts=True,
    )
    found = models.Hire.objects.get(cell=cell, supersedes=supersedes)
    if (found.occupation, found.hourly_cents) != (occupation, hourly_cents):
        raise ConflictError(
            f"hire {supersedes} has been corrected before; correct its successor {found.id}"
        )
    return found.id
