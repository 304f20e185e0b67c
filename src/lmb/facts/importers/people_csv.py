"""PEOPLE.csv: everyone in the lottery, the arm drawn, and how far they went in training.

person,arm,state,board,accepted_on,enrolled_on,completed_on
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

from lmb.facts.importers.rows import Arm, PersonRow
from lmb.values.columns import Column, Reader, blank_or, choice, iso_date, text
from lmb.values.tables import Row, Table, read_table, table_bytes

ARM_PEOPLE_MIN = 2
"""Fewer leave an arm without a sample variance, and the estimate without a standard error."""

_STATE = re.compile("[A-Z]{2}")


def _state(field: str) -> str:
    if not _STATE.fullmatch(field):
        raise ValueError("not a state code")
    return field


PERSON = Column("person", text(64))
ARM = Column("arm", choice(Arm.TREATED, Arm.CONTROL))
STATE = Column("state", Reader(_state, "two capital letters like OH"))
BOARD = Column("board", text(64))
ACCEPTED_ON = Column("accepted_on", blank_or(iso_date()))
ENROLLED_ON = Column("enrolled_on", blank_or(iso_date()))
COMPLETED_ON = Column("completed_on", blank_or(iso_date()))

STEPS = (ACCEPTED_ON, ENROLLED_ON, COMPLETED_ON)
COLUMNS = (PERSON, ARM, STATE, BOARD, *STEPS)


def load_people(file: str, content: bytes) -> tuple[PersonRow, ...]:
    """The people of a lottery, in order of `person` whatever the order of the file.

    `file` is the name problems carry. Raises InputError with every problem of the file.
    """
    table = read_table(file, content, COLUMNS)
    table.report_duplicates(PERSON)
    for row in table.rows:
        _check_control_has_no_steps(table, row)
        _check_order_of_steps(table, row)
    _check_both_arms(table)
    return tuple(sorted(table.accept(_person), key=lambda person: person.sort_key))


def people_csv(people: Iterable[PersonRow]) -> bytes:
    """The file `load_people` reads back, in order of `person`."""
    return table_bytes(
        [column.name for column in COLUMNS],
        [
            [
                person.person,
                person.arm.value,
                person.state,
                person.board,
                *map(_day_text, (person.accepted_on, person.enrolled_on, person.completed_on)),
            ]
            for person in sorted(people, key=lambda person: person.sort_key)
        ],
    )


def _person(row: Row) -> PersonRow:
    return PersonRow(
        person=row[PERSON],
        arm=row[ARM],
        state=row[STATE],
        board=row[BOARD],
        accepted_on=row[ACCEPTED_ON],
        enrolled_on=row[ENROLLED_ON],
        completed_on=row[COMPLETED_ON],
    )


def _check_control_has_no_steps(table: Table, row: Row) -> None:
    if not row.has(ARM) or row[ARM] is not Arm.CONTROL:
        return
    for step in STEPS:
        if row.has(step) and row[step] is not None:
            expected = "nothing for the control arm, which was not offered training"
            table.report(row.number, step.name, f"{row[step]}", expected)


def _check_order_of_steps(table: Table, row: Row) -> None:
    for before, after in ((ACCEPTED_ON, ENROLLED_ON), (ENROLLED_ON, COMPLETED_ON)):
        if not row.has(before, after):
            continue
        start, end = row[before], row[after]
        if end is None:
            continue
        if start is None:
            found = f"{end} with nothing in {before.name}"
            table.report(row.number, after.name, found, f"{before.name} filled in as well")
        elif end < start:
            found = f"{end} before {before.name} {start}"
            table.report(row.number, after.name, found, f"a date on or after {before.name}")


def _check_both_arms(table: Table) -> None:
    # Where an arm could not be read a count would mislead; the field is reported already.
    if not all(row.has(ARM) for row in table.rows) or (table.problems and not table.rows):
        return
    people = Counter(row[ARM] for row in table.rows)
    for arm in Arm:
        if people[arm] < ARM_PEOPLE_MIN:
            found = f"{people[arm]} {arm} in the rows that could be read"
            table.report(None, ARM.name, found, f"at least {ARM_PEOPLE_MIN} people in each arm")


def _day_text(day: date | None) -> str:
    return "" if day is None else day.isoformat()
