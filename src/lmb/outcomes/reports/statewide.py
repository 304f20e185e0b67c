"""ETA-9169, the statewide annual report, and ETA-9173, the quarterly one: the same groups and
indicators over windows of four quarters, with other counts before them.

Items are numbered as far as a source tells them (`rules/data/wioa-reports.toml`); `UNSEEN` says
what none does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from lmb.outcomes.indicators.results import Rate
from lmb.outcomes.reports.cohort import Cohort, Origin
from lmb.outcomes.reports.filling import (
    INDICATOR_COLUMNS,
    SERVED_COLUMNS,
    Filled,
    Origins,
    SheetFilling,
    Told,
    blank,
    counted,
    told_indicators,
    told_rate,
)
from lmb.outcomes.reports.form import (
    COUNT,
    DOLLARS,
    PERCENT,
    Column,
    Form,
    Sheet,
    dollars,
    rate_columns,
    rate_figures,
)
from lmb.outcomes.reports.rules import EVERYBODY, PeopleGroup
from lmb.values.quarters import ProgramYear, Quarter

CAREER, TRAINING, ADMINISTRATION = "career", "training", "administration"
PURPOSES = (CAREER, TRAINING, ADMINISTRATION)


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of service: the columns of PERIODS any of which says that it was received."""

    label: str
    columns: tuple[str, ...]

    @property
    def condition(self) -> str:
        return " OR ".join(f"coalesce({column} = '1', FALSE)" for column in self.columns)

    def reported(self, present: frozenset[str]) -> bool:
        return not present.isdisjoint(self.columns)


_SERVICES = {
    "basic": Service("basic career services", ("basic_career",)),
    "individualized": Service("individualized career services", ("individualized_career",)),
    CAREER: Service("career services", ("basic_career", "individualized_career")),
    TRAINING: Service("training services", ("training",)),
}
_RELATED = f"({_SERVICES[TRAINING].condition}) AND coalesce(training_related = '1', FALSE)"
_ENROLLED_TWICE = (
    "person_id IN (SELECT person_id FROM served GROUP BY person_id "
    "HAVING count(DISTINCT program) > 1)"
)

UNSEEN = (
    "Items 9 and 10, and the numbers of the items after 13, were not seen in a source: blank.",
    "Skill gains are told in all: periods do not say of which of the five types a gain is.",
)


@dataclass(frozen=True, slots=True)
class Given:
    """What a report needs beside periods and wages: money spent by program and purpose (cents), and
    negotiated levels by program and indicator (per cent or dollars)."""

    funds: Mapping[tuple[str, str], int] = field(default_factory=dict)
    levels: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)


def annual_report(cohort: Cohort, year: ProgramYear, given: Given) -> Filled:
    """ETA-9169 for a program year; the cohort's end is its last quarter."""
    origins: Origins = {}
    programs = _programs(cohort)
    present = cohort.columns_with_content()
    sheets = [_summary(cohort, programs, given, present, origins)]
    sheets += [
        _program(cohort, program, given, present, SERVED_COLUMNS, origins) for program in programs
    ]
    sheets += [_skill_gains(cohort, programs, origins), _serving_employers(cohort, origins)]
    form = Form(
        "ETA-9169",
        "WIOA statewide performance report",
        f"program year {year.year}, {year.first_day} to {year.last_day}",
        tuple(sheets),
        (*_windows(cohort), *UNSEEN),
        _unreported(cohort, present),
    )
    return Filled(form, cohort, origins)


def quarterly_report(cohort: Cohort, quarter: Quarter) -> Filled:
    """ETA-9173 for the four quarters that end with one."""
    origins: Origins = {}
    present = cohort.columns_with_content()
    columns = (
        Column("basic", "Received basic career services", COUNT),
        Column("individualized", "Received individualized career services", COUNT),
        Column("training", "Received training", COUNT),
        *SERVED_COLUMNS,
    )
    sheets = [
        _program(cohort, program, Given(), present, columns, origins)
        for program in _programs(cohort)
    ]
    form = Form(
        "ETA-9173",
        "WIOA quarterly performance report",
        f"four quarters to {quarter.last_day}",
        tuple(sheets),
        (*_windows(cohort), "Item numbers of this form were not seen in a source and are blank."),
        _unreported(cohort, present),
    )
    return Filled(form, cohort, origins)


def _programs(cohort: Cohort) -> list[str]:
    return [program for (program,) in cohort.groups()]


def _windows(cohort: Cohort) -> list[str]:
    """Which days each figure looks at, in words."""
    by_window: dict[str, list[str]] = {}
    for figure in cohort.rules.quarters_before_end:
        window = str(cohort.rules.window(figure, cohort.end))
        by_window.setdefault(window, []).append(figure)
    return [f"{window}: {', '.join(figures)}." for window, figures in sorted(by_window.items())]


def _unreported(cohort: Cohort, present: frozenset[str]) -> tuple[str, ...]:
    """The groups and services the file of periods has nothing of."""
    services = [each.label for each in _SERVICES.values() if not each.reported(present)]
    related = [] if "training_related" in present else ["training-related employment"]
    groups = [g.label for g in cohort.rules.groups if g.column and g.column not in present]
    return (*services, *related, *groups)


def _program(
    cohort: Cohort,
    program: str,
    given: Given,
    present: frozenset[str],
    before: Sequence[Column],
    origins: Origins,
) -> Sheet:
    """The sheet of one program: everybody, the level agreed on, then group by group."""
    columns = (*before, *INDICATOR_COLUMNS)
    filling = SheetFilling(program, f"Program {program}", columns, origins)
    keys = {"program": program}
    for group in (EVERYBODY, *cohort.rules.groups):
        told = blank(columns)
        if group.column is None or group.column in present:
            figures = cohort.figures(group.condition, keys)
            served = [_told_count(cohort, each.name, keys, group, present) for each in before]
            told = [*served, *told_indicators(figures, keys, group.condition)]
        filling.add(group.name, group.section, group.label, told)
        if group is EVERYBODY and given.levels:
            levels = [Told(_level(given, program, column)) for column in columns]
            filling.add("negotiated", "", "Negotiated level", levels)
    return filling.sheet()


def _told_count(
    cohort: Cohort,
    name: str,
    keys: Mapping[str, str],
    group: PeopleGroup,
    present: frozenset[str],
) -> Told:
    """How many were served, exited, or got a kind of service."""
    service = _SERVICES.get(name)
    if service is None:
        figures = cohort.figures(group.condition, keys)
        return counted(figures, name, keys, group.condition)
    if not service.reported(present):
        return Told(None)
    condition = f"({group.condition}) AND ({service.condition})"
    return counted(cohort.figures(condition, keys), "served", keys, condition)


def _level(given: Given, program: str, column: Column) -> Decimal | None:
    name, _, part = column.name.partition(".")
    return given.levels.get((program, name)) if part in ("", "rate") else None


def _summary(
    cohort: Cohort,
    programs: Sequence[str],
    given: Given,
    present: frozenset[str],
    origins: Origins,
) -> Sheet:
    columns = (
        *_service_columns(CAREER, "career services", 1),
        *_service_columns(TRAINING, "training services", 5),
        *rate_columns("training_related", "Employed in training-related employment", "11"),
        *rate_columns("co_enrolled", "Enrolled in more than one core program", "12"),
        Column("administration", "Spent on administration", PERCENT, "13"),
    )
    filling = SheetFilling("summary", "Summary information", columns, origins)
    for program in programs:
        keys = {"program": program}
        told = [
            each
            for service in (CAREER, TRAINING)
            for each in _service(
                cohort, keys, _SERVICES[service], given.funds.get((program, service)), present
            )
        ]
        told += _training_related(cohort, keys, present)
        told += _quotient(
            cohort.figures(_ENROLLED_TWICE, keys).served,
            cohort.figures("TRUE", keys).served,
            Origin("served", keys, _ENROLLED_TWICE),
            Origin("served", keys, "TRUE"),
        )
        told.append(Told(_administration(given, program)))
        filling.add(program, "", f"Program {program}", told)
    return filling.sheet()


def _service_columns(name: str, label: str, item: int) -> tuple[Column, ...]:
    return (
        Column(f"{name}_served", f"Served, {label}", COUNT, str(item)),
        Column(f"{name}_exited", f"Exited, {label}", COUNT, str(item + 1)),
        Column(f"{name}_funds", f"Funds expended, {label}", DOLLARS, str(item + 2)),
        Column(f"{name}_cost", f"Cost per participant, {label}", DOLLARS, str(item + 3)),
    )


def _service(
    cohort: Cohort,
    keys: Mapping[str, str],
    service: Service,
    cents: int | None,
    present: frozenset[str],
) -> list[Told]:
    """A period counts once, however many services it had; costs are without administration."""
    if not service.reported(present):
        return [Told(None), Told(None), Told(dollars(cents)), Told(None)]
    figures = cohort.figures(service.condition, keys)
    each = None if cents is None or not figures.served else Fraction(cents, figures.served)
    return [
        counted(figures, "served", keys, service.condition),
        counted(figures, "exited", keys, service.condition),
        Told(dollars(cents)),
        Told(dollars(each)),
    ]


def _training_related(
    cohort: Cohort, keys: Mapping[str, str], present: frozenset[str]
) -> list[Told]:
    """Of those trained and employed in the second quarter, those in training-related work."""
    if not {"training", "training_related"} <= present:
        return [Told(None)] * 3
    trained = _SERVICES[TRAINING].condition
    return _quotient(
        cohort.figures(_RELATED, keys).rates["employment_q2"].numerator,
        cohort.figures(trained, keys).rates["employment_q2"].numerator,
        Origin("employment_q2_numerator", keys, _RELATED),
        Origin("employment_q2_numerator", keys, trained),
    )


def _quotient(numerator: int, denominator: int, above: Origin, below: Origin) -> list[Told]:
    percent, *counts = rate_figures(Rate(numerator, denominator))
    return [Told(percent, above, below), Told(counts[0], above), Told(counts[1], below)]


def _administration(given: Given, program: str) -> Decimal | None:
    spent = [given.funds.get((program, purpose)) for purpose in PURPOSES]
    if None in spent:
        return None
    cents = [each for each in spent if each is not None]
    return Rate(cents[-1], sum(cents)).percent


def _skill_gains(cohort: Cohort, programs: Sequence[str], origins: Origins) -> Sheet:
    columns = rate_columns("skill_gain", "Measurable skill gains")
    filling = SheetFilling("skill_gains", "Measurable skill gains", columns, origins)
    for program in programs:
        keys = {"program": program}
        rate = cohort.figures("TRUE", keys).rates["skill_gain"]
        filling.add(program, "", f"Program {program}", told_rate("skill_gain", rate, keys, "TRUE"))
    return filling.sheet()


def _serving_employers(cohort: Cohort, origins: Origins) -> Sheet:
    """One value over all core programs of the state."""
    columns = rate_columns("same_employer", "Retention with the same employer")
    filling = SheetFilling(
        "serving_employers", "Effectiveness in serving employers", columns, origins
    )
    rate = cohort.figures("TRUE", {}).rates["same_employer"]
    told = told_rate("same_employer", rate, {}, "TRUE")
    filling.add("statewide", "", "All core programs", told)
    return filling.sheet()
