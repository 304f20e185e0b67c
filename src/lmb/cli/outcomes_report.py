"""`lmb outcomes report`: the federal forms, and the rows behind each of their cells."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import click

from lmb.cli.outcomes_check import QuarterOption
from lmb.cli.row_filter import read_input
from lmb.outcomes.indicators.columns import label_column, period_columns, wage_columns
from lmb.outcomes.indicators.duckdb_engine import engine
from lmb.outcomes.indicators.rules import IndicatorRules
from lmb.outcomes.indicators.tables import PERIOD_BREACHES, load
from lmb.outcomes.reports.cohort import Cohort
from lmb.outcomes.reports.filling import Filled
from lmb.outcomes.reports.rules import ReportRules
from lmb.outcomes.reports.statewide import PURPOSES, Given, annual_report, quarterly_report
from lmb.outcomes.reports.studies import KEY, load_studies, provider_report
from lmb.outcomes.reports.writers import form_csv, form_page, form_workbook
from lmb.values.columns import Column, choice, decimal_number, integer, text
from lmb.values.quarters import ProgramYear, Quarter
from lmb.values.tables import read_table

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
CENTS_MAX = 10**13
Command = TypeVar("Command", bound=Callable[..., None])


def files_options(command: Command) -> Command:
    """The options that every form has."""
    for option in (
        click.option("--lineage", metavar="CELL", help="Print the periods behind a cell instead."),
        click.option(
            "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder to write into."
        ),
        click.option("--wages", type=FILE, required=True, help="Pay by person and quarter."),
        click.option("--periods", type=FILE, required=True, help="Periods of participation."),
    ):
        command = option(command)
    return command


year_option = click.option(
    "--year",
    type=click.IntRange(2016, 2199),
    required=True,
    help="2023 is PY2023, to 30 June 2024.",
)


@click.group()
def report() -> None:
    """The federal report forms as CSV, workbook and page, and the rows behind each cell."""


@report.command(
    "eta-9169",
    epilog="Example: lmb outcomes report eta-9169 --year 2023 --periods periods.csv "
    "--wages wages.csv --out report",
)
@files_options
@year_option
@click.option("--funds", type=FILE, help="FUNDS.csv: program,purpose,cents.")
@click.option("--levels", type=FILE, help="NEGOTIATED.csv: program,indicator,level.")
def eta_9169(
    periods: Path,
    wages: Path,
    out: Path | None,
    lineage: str | None,
    year: int,
    funds: Path | None,
    levels: Path | None,
) -> None:
    """The statewide annual report of a program year (ETA-9169)."""
    program_year = ProgramYear(year)
    given = Given(_funds(funds), _levels(levels))
    with _cohort(periods, wages, Quarter.of(program_year.last_day), "program") as cohort:
        _tell(annual_report(cohort, program_year, given), out, lineage)


@report.command(
    "eta-9173",
    epilog="Example: lmb outcomes report eta-9173 --quarter 2024Q2 --periods periods.csv "
    "--wages wages.csv --out report",
)
@files_options
@click.option("--quarter", type=QuarterOption(), required=True, help="The last of four quarters.")
def eta_9173(
    periods: Path, wages: Path, out: Path | None, lineage: str | None, quarter: Quarter
) -> None:
    """The quarterly report, over four quarters (ETA-9173)."""
    with _cohort(periods, wages, quarter, "program") as cohort:
        _tell(quarterly_report(cohort, quarter), out, lineage)


@report.command(
    "eta-9171",
    epilog="Example: lmb outcomes report eta-9171 --year 2023 --periods students.csv "
    "--wages wages.csv --studies studies.csv --out report",
)
@files_options
@year_option
@click.option("--studies", type=FILE, required=True, help="The list of programs of study.")
def eta_9171(
    periods: Path, wages: Path, out: Path | None, lineage: str | None, year: int, studies: Path
) -> None:
    """The report on eligible training providers (ETA-9171): all their students."""
    program_year = ProgramYear(year)
    listed = load_studies(*read_input(studies))
    with _cohort(periods, wages, Quarter.of(program_year.last_day), KEY) as cohort:
        _tell(provider_report(cohort, program_year, listed), out, lineage)


@contextmanager
def _cohort(periods: Path, wages: Path, end: Quarter, key: str) -> Iterator[Cohort]:
    """Both files read and checked; a problem anywhere means that nothing is told."""
    rules = ReportRules.in_force_on(end.last_day)
    indicators = IndicatorRules.in_force_on(end.last_day)
    with engine() as connection, tempfile.TemporaryDirectory(prefix="lmb-report-") as name:
        # The program of study may stand in every file of periods; one form asks for it.
        columns = (
            *period_columns(indicators),
            *(replace(label_column(KEY), required=key == KEY), *rules.columns()),
        )
        files = (("periods", periods, columns), ("wages", wages, wage_columns(indicators)))
        for relation, path, expected in files:
            own = relation == "periods"
            breaches = PERIOD_BREACHES if own else ()
            unique = "period_id" if own else None
            load(connection, relation, path, expected, Path(name), breaches, unique)
        yield Cohort(connection, rules, end, (key,))


def _tell(filled: Filled, out: Path | None, lineage: str | None) -> None:
    form = filled.form
    if (out is None) == (lineage is None):
        raise click.UsageError("give --out, a folder for the form, or --lineage, one of its cells")
    if lineage is not None:
        found = filled.lineage(lineage)
        figure = form.figure(lineage)
        document = {
            "form": form.number,
            "cell": lineage,
            "label": f"{figure.line.label}: {figure.column.label}",
            "value": figure.text,
            "periods": list(found.numerator),
        }
        if found.denominator is not None:
            document["of_periods"] = list(found.denominator)
        click.echo(json.dumps(document, indent=2))
        return
    assert out is not None
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for ending, content in (
        ("csv", form_csv(form)),
        ("xlsx", form_workbook(form)),
        ("html", form_page(form)),
    ):
        path = out / f"{form.number.lower()}.{ending}"
        path.write_bytes(content)
        written.append(str(path))
    receipt = {
        "form": form.number,
        "period": form.period,
        "rule": {
            "id": "wioa-reports",
            "version": filled.cohort.rules.version,
            "sha256": filled.cohort.rules.sha256,
        },
        "cells": sum(1 for _, figure in form.figures() if figure.value is not None),
        "not_reported": list(form.not_reported),
        "written": written,
    }
    click.echo(json.dumps(receipt, indent=2))


def _funds(path: Path | None) -> dict[tuple[str, str], int]:
    program, purpose = Column("program", text(64)), Column("purpose", choice(*PURPOSES))
    cents = Column("cents", integer(0, CENTS_MAX))
    if path is None:
        return {}
    table = read_table(*read_input(path), (program, purpose, cents))
    table.report_duplicates(program, purpose)
    return dict(table.accept(lambda row: ((row[program], row[purpose]), row[cents])))


LEVELS = ("employment_q2", "employment_q4", "median_q2", "credential", "skill_gain")


def _levels(path: Path | None) -> dict[tuple[str, str], Decimal]:
    program, indicator = Column("program", text(64)), Column("indicator", choice(*LEVELS))
    level = Column("level", decimal_number(2, lowest=Decimal(0), highest=Decimal(10**7)))
    if path is None:
        return {}
    table = read_table(*read_input(path), (program, indicator, level))
    table.report_duplicates(program, indicator)
    return dict(table.accept(lambda row: ((row[program], row[indicator]), row[level])))
