"""The only functions that put the wages of a file on file, and who goes on as whose successor.

    file ──reader──▶ WageFile ──blind index──▶ whose pay it is ──▶ on file, or set aside
                                                          └──▶ of nobody here: counted, not kept

All in one transaction: a load is on file whole, with a receipt that adds up, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from lmb.facts import models
from lmb.facts.importers.wage_files.collecting import WageFile
from lmb.facts.importers.wage_files.matching import MatchingRules
from lmb.facts.queries_wages import successions_on_file
from lmb.people.sessions import house
from lmb.values.clock import fiscal_date
from lmb.values.errors import RefusedError
from lmb.values.identifiers import derived_uuid7

ROWS_AT_ONCE = 20_000
# Any number will do, if nothing else in the database locks by it together with a cell.
_LOCK = 5_082_029

Roster = Mapping[bytes, set[UUID]]
"""Who stands under each keyed hash of a file (`lmb.people.vault.find_many`)."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Who has wages put on file, and why."""

    actor: str
    because: str


@dataclass(frozen=True, slots=True)
class Received:
    """A file as it came: its name, the SHA-256 of its bytes, its format, whose record it is."""

    name: str
    sha256: str
    format: str
    source: str


class Told(NamedTuple):
    """One person's pay by one employer in one quarter, as `lines` of a file tell it from `row` on;
    nobody's yet where `person` is None."""

    row: int
    lines: int
    person: UUID | None
    employer: str
    quarter: int
    cents: int


class Aside(NamedTuple):
    """What waits for somebody to decide, with the reason."""

    told: Told
    reason: models.SetAsideReason


class Head(NamedTuple):
    """The pay that stands on file for what is told."""

    id: UUID
    cents: int
    load: UUID


@dataclass(frozen=True, slots=True)
class WageReceipt:
    """What became of a file: its records are matched, of nobody here, or in quarantine. Of the pay
    told, how much is new and how much amends what was on file; the rest was on file as told."""

    load: UUID
    records: int
    total_cents: int
    matched: int
    unmatched: int
    quarantined: int
    told_anew: int
    amended: int


def load_wages(
    cell: int, wages: WageFile, roster: Roster, received: Received, cause: Cause, at: datetime
) -> WageReceipt:
    """Put the wages of a file on file that belong to people of a roster. Telling the same again
    changes nothing; another amount than the one on file is set aside.

    Raises RefusedError for an unknown source.
    """
    return _load(cell, wages, roster, received, cause, at, amends=False)


def amend_wages(
    cell: int, wages: WageFile, roster: Roster, received: Received, cause: Cause, at: datetime
) -> WageReceipt:
    """As `load_wages`, for a file that amends: another amount supersedes the one on file."""
    return _load(cell, wages, roster, received, cause, at, amends=True)


@house()
def tell_successions(
    cell: int, successors: Mapping[str, str], *, source: str, recorded_at: datetime
) -> int:
    """Put on file which employers go on under another number; return how many are new or changed.
    Another successor than the one on file supersedes it."""
    lock(cell)
    heads = successions_on_file(cell, recorded_at)
    changed = [
        models.Succession(
            cell=cell,
            id=derived_uuid7(recorded_at, str(cell), "succession", first, successor),
            predecessor=first,
            successor=successor,
            source=source,
            supersedes=heads[first].id if first in heads else None,
            recorded_at=recorded_at,
        )
        for first, successor in successors.items()
        if first not in heads or heads[first].successor != successor
    ]
    models.Succession.objects.bulk_create(changed, batch_size=ROWS_AT_ONCE)
    return len(changed)


@house()
def _load(
    cell: int,
    wages: WageFile,
    roster: Roster,
    received: Received,
    cause: Cause,
    at: datetime,
    *,
    amends: bool,
) -> WageReceipt:
    lock(cell)
    load = derived_uuid7(at, str(cell), "wages", received.sha256, received.source, str(amends))
    told, aside, unmatched = _matched(wages, roster)
    changes = []
    for one, head in zip(told, heads_of(cell, received.source, told), strict=True):
        if head is None or (head.cents != one.cents and amends):
            changes.append((one, head))
        elif head.cents != one.cents:
            aside.append(Aside(one, models.SetAsideReason.TOLD_OTHERWISE))
    records = len(wages) + len(wages.set_aside)
    quarantined = sum(each.told.lines for each in aside)
    amended = sum(head is not None for _, head in changes)
    receipt = WageReceipt(
        load=load,
        records=records,
        total_cents=wages.total_cents,
        matched=records - unmatched - quarantined,
        unmatched=unmatched,
        quarantined=quarantined,
        told_anew=len(changes) - amended,
        amended=amended,
    )
    counts = asdict(receipt)
    models.WageLoad.objects.create(
        cell=cell,
        id=counts.pop("load"),
        file=received.name,
        sha256=received.sha256,
        format=received.format,
        source=received.source,
        amends=amends,
        key=wages.key_name,
        actor=cause.actor,
        because=cause.because,
        recorded_at=at,
        **counts,
    )
    store(cell, load, received.source, changes, at)
    _set_aside(cell, load, aside, at)
    return receipt


def _matched(wages: WageFile, roster: Roster) -> tuple[list[Told], list[Aside], int]:
    """Pay of people of the roster, lines of one person, employer and quarter added up; what waits;
    and how many lines are of nobody here."""
    sums: dict[tuple[UUID, str, int], Told] = {}
    aside = [
        Aside(
            Told(row, 1, None, employer, quarter, cents),
            models.SetAsideReason.NO_NUMBER,
        )
        for row, employer, quarter, cents in wages.set_aside
    ]
    unmatched = 0
    for row, (hashed, employer, quarter, cents) in zip(wages.rows, wages, strict=True):
        persons = roster.get(hashed)
        if persons is None:
            unmatched += 1
        elif len(persons) > 1:
            told = Told(row, 1, None, employer, quarter, cents)
            aside.append(Aside(told, models.SetAsideReason.TWO_PERSONS))
        else:
            (person,) = persons
            place = person, employer, quarter
            before = sums.get(place)
            sums[place] = (
                Told(row, 1, *place, cents)
                if before is None
                else before._replace(lines=before.lines + 1, cents=before.cents + cents)
            )
    return list(sums.values()), aside, unmatched


def heads_of(cell: int, source: str, told: Sequence[Told]) -> Iterator[Head | None]:
    """What stands on file for each of what is told, in order."""
    for start in range(0, len(told), ROWS_AT_ONCE):
        chunk = told[start : start + ROWS_AT_ONCE]
        with connection.cursor() as cursor:
            # Joined here: of rows put in a moment ago PostgreSQL has no statistics yet, and it
            # would compare each with each.
            cursor.execute(
                """SELECT w.person, w.employer, w.quarter, w.id, w.cents, w.load
                   FROM facts_wage w
                   LEFT JOIN facts_wage n ON n.cell = w.cell AND n.supersedes = w.id
                   WHERE w.cell = %s AND w.source = %s AND n.id IS NULL
                     AND w.person = ANY (%s) AND w.quarter = ANY (%s)""",
                [
                    *(cell, source),
                    list({one.person for one in chunk}),
                    list({one.quarter for one in chunk}),
                ],
            )
            heads = {row[:3]: Head(*row[3:]) for row in cursor.fetchall()}
        yield from (heads.get((one.person, one.employer, one.quarter)) for one in chunk)


def store(
    cell: int,
    load: UUID,
    source: str,
    changes: Sequence[tuple[Told, Head | None]],
    at: datetime,
) -> None:
    """Put pay on file: for the first time, or in the place of what stands there."""
    types = MatchingRules.in_force_on(fiscal_date(at)).match_types
    if source not in types:
        raise RefusedError(f"{source!r} is no source of wages: {', '.join(types)}")
    for start in range(0, len(changes), ROWS_AT_ONCE):
        chunk = changes[start : start + ROWS_AT_ONCE]
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO facts_wage (cell, id, person, employer, quarter, cents, source,
                       match_type, load, supersedes, recorded_at)
                   SELECT %s, t.id, t.person, t.employer, t.quarter, t.cents, %s, %s, %s,
                       t.supersedes, %s
                   FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::integer[], %s::bigint[],
                       %s::uuid[]) AS t(id, person, employer, quarter, cents, supersedes)""",
                [
                    *(cell, source, types[source], load, at),
                    [_wage_id(cell, source, told, head, at) for told, head in chunk],
                    [told.person for told, _ in chunk],
                    [told.employer for told, _ in chunk],
                    [told.quarter for told, _ in chunk],
                    [told.cents for told, _ in chunk],
                    [None if head is None else head.id for _, head in chunk],
                ],
            )


def _wage_id(cell: int, source: str, told: Told, head: Head | None, at: datetime) -> UUID:
    place = (str(told.person), told.employer, str(told.quarter), source)
    follows = "" if head is None else str(head.id)
    return derived_uuid7(at, str(cell), "wage", *place, follows)


def _set_aside(cell: int, load: UUID, aside: Sequence[Aside], at: datetime) -> None:
    models.WageSetAside.objects.bulk_create(
        (
            models.WageSetAside(
                cell=cell,
                load=load,
                row=told.row,
                reason=reason,
                person=told.person,
                employer=told.employer,
                quarter=told.quarter,
                cents=told.cents,
                recorded_at=at,
            )
            for told, reason in aside
        ),
        batch_size=ROWS_AT_ONCE,
    )


def lock(cell: int) -> None:
    """One load of a cell at a time: two would not see each other's amounts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, cell])
