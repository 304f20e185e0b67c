"""The only functions that decide about wages in quarantine: each is corrected and told again, or
dropped, once, by somebody and for a reason.

DECISIONS.csv: row,decision,number,person

`taken` names whose pay it is: by a Social Security number, by a person's key, or by neither where
it is known and only the amount was told otherwise. `dropped` names nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from lmb.facts import models
from lmb.facts.importers.wage_files.persons import is_ssn
from lmb.facts.service_wages import (
    Cause,
    Roster,
    Told,
    WageReceipt,
    heads_of,
    lock,
    store,
)
from lmb.people.sessions import house
from lmb.values.columns import Column, Reader, blank_or, choice, integer, text
from lmb.values.errors import ConflictError, NotFoundError, RefusedError
from lmb.values.tables import Row, read_table

TAKEN, DROPPED = "taken", "dropped"


ROW = Column("row", integer(1, 20_000_000))
DECISION = Column("decision", choice(TAKEN, DROPPED))
# Checked afterwards: a reader's problem would tell what it found.
NUMBER = Column("number", blank_or(Reader(str.encode, "a Social Security number")))
PERSON = Column("person", blank_or(text(64)))


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided about one row; `number` and `person` say whose pay it is, at most one."""

    row: int
    decision: str
    number: bytes | None = field(default=None, repr=False)
    person: str | None = None


def read_decisions(file: str, content: bytes) -> tuple[Decision, ...]:
    """Decisions from CSV. Raises InputError with every problem."""
    table = read_table(file, content, (ROW, DECISION, NUMBER, PERSON))
    table.report_duplicates(ROW)
    for row in table.rows:
        number = row[NUMBER] if row.has(NUMBER) else None
        if number is not None and not is_ssn(number):
            table.report(row.number, NUMBER.name, "no valid number", "nine digits SSA could issue")
        if row.has(DECISION, NUMBER, PERSON):
            named = (row[NUMBER] is not None) + (row[PERSON] is not None)
            if named > (row[DECISION] == TAKEN):
                expected = "a number or a person where taken, nothing where dropped"
                table.report(row.number, PERSON.name, f"{named} of them", expected)
    return table.accept(_decision)


def _decision(row: Row) -> Decision:
    return Decision(row[ROW], row[DECISION], row[NUMBER], row[PERSON])


@house()
def decide(
    cell: int,
    load: UUID,
    decisions: Sequence[Decision],
    by_number: Roster,
    by_key: Mapping[str, UUID],
    cause: Cause,
    at: datetime,
) -> WageReceipt:
    """Decide about wages of a load that were set aside, all of them or none. `by_number` has who
    stands under the numbers of the decisions, `by_key` under their keys; a number of nobody here
    leaves nothing but the decision, as it would have in the file.

    Raises NotFoundError for a row that was not set aside or a key of nobody, ConflictError for a
    row decided before, RefusedError where it is still open whose pay it is.
    """
    lock(cell)
    on_file = models.WageLoad.objects.filter(cell=cell, id=load).first()
    if on_file is None:
        raise NotFoundError(f"there is no load {load} of wages")
    rows = {row.row: row for row in models.WageSetAside.objects.filter(cell=cell, load=load)}
    before = models.WageDecision.objects.filter(cell=cell, load=load)
    decided = set(before.values_list("row", flat=True))
    whose: dict[int, UUID | None] = {}
    for decision in decisions:
        if decision.row not in rows:
            raise NotFoundError(f"row {decision.row} of load {load} was not set aside")
        if decision.row in decided:
            raise ConflictError(f"row {decision.row} of load {load} was decided before")
        whose[decision.row] = _person(rows[decision.row], decision, by_number, by_key)
    _note(cell, load, whose, cause, at)
    taken = [
        Told(row, 1, person, rows[row].employer, rows[row].quarter, rows[row].cents)
        for row, person in whose.items()
        if person is not None
    ]
    changes = []
    for told, head in zip(taken, heads_of(cell, on_file.source, taken), strict=True):
        # Two lines of one file add up, as they would have done with the right number.
        is_beside = head is not None and head.load == load and rows[told.row].person is None
        cents = told.cents + head.cents if head is not None and is_beside else told.cents
        if head is None or head.cents != cents:
            changes.append((told._replace(cents=cents), head))
    store(cell, load, on_file.source, changes, at)
    amended = sum(head is not None for _, head in changes)
    return WageReceipt(
        load=load,
        records=len(decisions),
        total_cents=sum(rows[row].cents for row in whose),
        matched=len(taken),
        unmatched=len(decisions) - len(taken),
        quarantined=0,
        told_anew=len(changes) - amended,
        amended=amended,
    )


def _person(
    row: models.WageSetAside, decision: Decision, by_number: Roster, by_key: Mapping[str, UUID]
) -> UUID | None:
    if decision.decision == DROPPED:
        return None
    if decision.number is not None:
        persons = by_number.get(decision.number, set())
        if len(persons) > 1:
            raise RefusedError(
                f"two persons stand under the number of row {row.row}; two people must decide "
                "first whether they are one"
            )
        return next(iter(persons), None)
    if decision.person is not None:
        if decision.person not in by_key:
            raise NotFoundError(f"row {row.row}: {decision.person!r} is the key of nobody here")
        return by_key[decision.person]
    if row.person is None:
        raise RefusedError(f"row {row.row} waits for whose pay it is: give a number or a person")
    return row.person


def _note(
    cell: int, load: UUID, whose: Mapping[int, UUID | None], cause: Cause, at: datetime
) -> None:
    models.WageDecision.objects.bulk_create(
        models.WageDecision(
            cell=cell,
            load=load,
            row=row,
            outcome=DROPPED if person is None else TAKEN,
            person=person,
            actor=cause.actor,
            because=cause.because,
            recorded_at=at,
        )
        for row, person in whose.items()
    )
