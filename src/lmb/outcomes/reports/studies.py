"""ETA-9171, the report on eligible training providers: one record for each program of study on the
list, also where nobody studied, of all students and of those under the Act.

Students are periods with the columns `study_id` and `wioa`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lmb.outcomes.reports.cohort import Cohort, Origin
from lmb.outcomes.reports.filling import (
    INDICATOR_COLUMNS,
    SERVED_COLUMNS,
    Filled,
    Origins,
    SheetFilling,
    Told,
    counted,
    told_indicators,
)
from lmb.outcomes.reports.form import COUNT, DOLLARS, TEXT, Column, Form, dollars
from lmb.values.columns import Column as FileColumn
from lmb.values.columns import Reader, blank_or, choice, integer, text
from lmb.values.errors import InputError, Problem
from lmb.values.quarters import ProgramYear
from lmb.values.tables import Row, read_table

KEY = "study_id"
DESCRIPTION_CHARACTERS_MAX = 2_000
CENTS_MAX = 10**10

UNSEEN = (
    "Elements after 104 were not seen in a source: their figures stand without a number, after the "
    "published extract of training provider results.",
    "Students not under the Act are counted by the rules of the program their period names.",
    "A record for a few students tells about each of them: before it is posted publicly its counts "
    "go through `lmb publish suppress`.",
)


@dataclass(frozen=True, slots=True)
class Study:
    """A program of study on the list; elements 100 to 104 and what it costs, in cents."""

    id: str
    reciprocity: str
    provider: str
    name: str
    description: str
    address: tuple[str, str, str, str]
    entity_types: tuple[str, ...]
    tuition_cents: int | None
    ita_cents: int | None


_ADDRESS = ("street", "city", "state", "zip")

_RECORD = (
    Column("reciprocity", "Listed by agreement with another state", TEXT, "100"),
    Column("provider", "Training provider", TEXT, "101"),
    Column("name", "Program of study", TEXT),
    Column("description", "Description", TEXT, "102"),
    Column("street", "Street", TEXT, "103A"),
    Column("city", "City", TEXT, "103B"),
    Column("state", "State", TEXT, "103C"),
    Column("zip", "ZIP code", TEXT, "103D"),
    Column("entity_types", "Types of entity", TEXT, "104"),
    Column("tuition", "Tuition", DOLLARS),
    Column("ita", "Paid by individual training account", DOLLARS),
)
_COMPLETED = Column("completed", "Completed", COUNT)
_COUNTED = (
    *SERVED_COLUMNS,
    _COMPLETED,
    *(column for column in INDICATOR_COLUMNS if not column.name.startswith("skill_gain")),
)
_STUDENTS = (("all", "all students", "TRUE"), ("wioa", "students under the Act", "wioa = '1'"))


def load_studies(file: str, content: bytes) -> tuple[Study, ...]:
    """The list of programs of study, in the order of their ids. Raises InputError."""
    key, provider = FileColumn(KEY, text(64)), FileColumn("provider", text())
    name = FileColumn("name", text())
    description = FileColumn("description", blank_or(text(DESCRIPTION_CHARACTERS_MAX)))
    address = [FileColumn(part, text()) for part in _ADDRESS]
    types = FileColumn("entity_types", Reader(_codes, "codes with ; between, like 1;3"))
    reciprocity = FileColumn("reciprocity", choice("0", "1"))
    tuition = FileColumn("tuition_cents", blank_or(integer(0, CENTS_MAX)))
    ita = FileColumn("ita_cents", blank_or(integer(0, CENTS_MAX)))
    columns: list[FileColumn[Any]] = [key, provider, name, description, *address]
    columns += [types, reciprocity, tuition, ita]
    table = read_table(file, content, columns)
    table.report_duplicates(key)

    def build(row: Row) -> Study:
        street, city, state, zip_code = (row[part] for part in address)
        return Study(
            row[key],
            row[reciprocity],
            row[provider],
            row[name],
            row[description] or "",
            (street, city, state, zip_code),
            row[types],
            row[tuition],
            row[ita],
        )

    return tuple(sorted(table.accept(build), key=lambda study: study.id))


def provider_report(cohort: Cohort, year: ProgramYear, studies: Sequence[Study]) -> Filled:
    """ETA-9171 for a program year. Raises InputError for students of a program that is not on the
    list."""
    _refuse_unlisted(cohort, {study.id for study in studies})
    missing = sorted({"wioa", "completed"} - cohort.columns_with_content())
    if missing and cohort.groups():
        raise InputError(
            [Problem("PERIODS", None, name, "nothing in any row", "0 or 1") for name in missing]
        )
    origins: Origins = {}
    columns = (
        *_RECORD,
        *(
            replace(column, name=f"{who}_{column.name}", label=f"{column.label}, {label}")
            for who, label, _ in _STUDENTS
            for column in _COUNTED
        ),
    )
    filling = SheetFilling("programs", "Programs of study", columns, origins)
    for study in studies:
        told = [*_record(study)]
        for _, _, condition in _STUDENTS:
            told += _students(cohort, study.id, condition)
        filling.add(study.id, study.provider, study.name, told)
    form = Form(
        "ETA-9171",
        "Eligible training provider performance report",
        f"program year {year.year}, {year.first_day} to {year.last_day}",
        (filling.sheet(),),
        UNSEEN,
    )
    return Filled(form, cohort, origins)


def _students(cohort: Cohort, study: str, condition: str) -> list[Told]:
    keys = {KEY: study}
    figures = cohort.figures(condition, keys)
    completed = f"({condition}) AND coalesce(completed = '1', FALSE)"
    finished = cohort.figures(completed, keys).exited
    indicators = told_indicators(figures, keys, condition)
    return [
        counted(figures, "served", keys, condition),
        counted(figures, "exited", keys, condition),
        Told(finished, Origin("exited", keys, completed)),
        *(
            each
            for column, each in zip(INDICATOR_COLUMNS, indicators, strict=True)
            if not column.name.startswith("skill_gain")
        ),
    ]


def _record(study: Study) -> list[Told]:
    values = (study.reciprocity, study.provider, study.name, study.description, *study.address)
    return [
        *(Told(value) for value in values),
        Told("; ".join(study.entity_types)),
        Told(dollars(study.tuition_cents)),
        Told(dollars(study.ita_cents)),
    ]


def _refuse_unlisted(cohort: Cohort, listed: set[str]) -> None:
    problems = [
        Problem("PERIODS", None, KEY, repr(study), "a program of study on the list")
        for (study,) in cohort.groups()
        if study not in listed
    ]
    if problems:
        raise InputError(problems[:1_000])


def _codes(field: str) -> tuple[str, ...]:
    codes = tuple(field.split(";"))
    if not all(code.isdecimal() and len(code) <= 2 for code in codes):
        raise ValueError("no codes")
    return codes
