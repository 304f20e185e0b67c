"""The only functions that make persons known and say where they live.

People of a simulated run come in lists under pseudonyms (`register`); real people enrol one by one
by their identity (`lmb.people.enrolment`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from lmb.people import models, queries
from lmb.people.homes import Home
from lmb.people.sessions import house
from lmb.values.clock import fiscal_date
from lmb.values.errors import ConflictError, NotFoundError
from lmb.values.identifiers import derived_uuid7

ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as a simulated run's file names them: a pseudonym, a state, a workforce board."""

    reference: str
    state: str
    board: str

    @property
    def home(self) -> Home:
        return Home(self.state, self.board)


@house()
def register(cell: int, persons: Iterable[NewPerson], recorded_at: datetime) -> None:
    """Make the persons of a simulated run known; those known already stay as they are.

    Keys are derived from the pseudonyms, so that the same files give the same keys; real books
    refuse pseudonyms. Raises ConflictError when somebody known is told with another home: they
    moved (`move`), or somebody else was meant.
    """
    told = list(persons)
    for start in range(0, len(told), ROWS_AT_ONCE):
        _register(cell, told[start : start + ROWS_AT_ONCE], recorded_at)


def _register(cell: int, told: Sequence[NewPerson], recorded_at: datetime) -> None:
    models.Person.objects.bulk_create(
        (
            models.Person(
                cell=cell,
                id=derived_uuid7(recorded_at, str(cell), "person", person.reference),
                reference=person.reference,
                recorded_at=recorded_at,
            )
            for person in told
        ),
        ignore_conflicts=True,
    )
    keys = queries.person_keys(cell, [person.reference for person in told])
    homes = _first_homes(cell, keys.values())
    new: dict[UUID, Home] = {}
    for person in told:
        key = keys[person.reference]
        known = homes.get(key) or new.setdefault(key, person.home)
        if known != person.home:
            raise ConflictError(
                f"person {person.reference!r} is registered with {known} and told now with "
                f"{person.home}; if they moved, record the move from its day on; if somebody else "
                "is meant, give them a reference of their own"
            )
    since = fiscal_date(recorded_at)
    models.Residence.objects.bulk_create(
        _residence(cell, key, home, since, recorded_at) for key, home in new.items()
    )


def _first_homes(cell: int, persons: Iterable[UUID]) -> dict[UUID, Home]:
    rows = models.Residence.objects.filter(cell=cell, person__in=list(persons))
    homes: dict[UUID, Home] = {}
    for row in rows.order_by("effective_on", "recorded_at"):
        homes.setdefault(row.person, Home(row.state, row.board))
    return homes


@house()
def move(cell: int, person: UUID, home: Home, effective_on: date, recorded_at: datetime) -> None:
    """Record that another state or board serves a person from a day on; where they lived before
    stays on file. Telling the same home again changes nothing. Raises NotFoundError for nobody."""
    if not models.Person.objects.filter(cell=cell, id=person).exists():
        raise NotFoundError(f"there is no person {person} in cell {cell}")
    if queries.home_on(cell, person, effective_on) == home:
        return
    _residence(cell, person, home, effective_on, recorded_at).save(force_insert=True)


def _residence(
    cell: int, person: UUID, home: Home, effective_on: date, recorded_at: datetime
) -> models.Residence:
    key = (str(cell), "residence", str(person), effective_on.isoformat())
    return models.Residence(
        cell=cell,
        id=derived_uuid7(recorded_at, *key),
        person=person,
        state=home.state,
        board=home.board,
        effective_on=effective_on,
        recorded_at=recorded_at,
    )
