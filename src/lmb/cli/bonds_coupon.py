"""`lmb bonds coupon` and `lmb bonds terms`: what a sheet says, and what verified values earn."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import click

from lmb.bonds.linked.coupons import base_coupon, determine_coupons
from lmb.bonds.linked.document import load_linked_sheet
from lmb.bonds.linked.kpis_file import Observation, load_observations
from lmb.bonds.linked.phrases import Language
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.linked.words import sheet_in_words
from lmb.values.errors import EnvironmentProblem, RefusedError
from lmb.values.rates import percent_from_text

BYTES_MAX = 64 * 2**20
"""No file here is larger; a larger one is refused before it is read."""

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Percent(click.ParamType[Decimal]):
    """Per cent as a plain decimal number."""

    name = "percent"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Decimal:
        if isinstance(value, Decimal):
            return value
        try:
            return percent_from_text(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


terms_option = click.option("--terms", type=FILE, required=True, help="The term sheet, JSON.")
base_option = click.option(
    "--base-coupon",
    type=Percent(),
    help="The coupon the auction set, in per cent; needed where the terms do not fix it.",
)
par_option = click.option(
    "--par-dollars",
    type=click.IntRange(1, 10**13),
    help="Par outstanding; the offering if left out.",
)


@click.command(
    epilog="Example: lmb bonds coupon --terms terms.json --kpis kpis.csv --base-coupon 4.125"
)
@terms_option
@click.option("--kpis", type=FILE, required=True, help="Verified values of the indicators, CSV.")
@base_option
@par_option
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Only coupons determined by this day; the day of the last verified value if left out.",
)
@click.option("--period", type=click.IntRange(1, 80), help="Only this interest period.")
def coupon(
    terms: Path,
    kpis: Path,
    base_coupon: Decimal | None,
    par_dollars: int | None,
    as_of: datetime | None,
    period: int | None,
) -> None:
    """Determine every coupon from verified values, with the trace of every number.

    Prints one JSON document; the same files give the same bytes anywhere.
    """
    sheet = load_linked_sheet(terms.name, file_content(terms))
    observations = load_observations(kpis.name, file_content(kpis), sheet)
    found = determine_coupons(
        sheet,
        observations,
        base_of(sheet, base_coupon),
        sheet.offering_cents if par_dollars is None else par_dollars * 100,
        last_day(observations) if as_of is None else as_of.date(),
    )
    document = found.document()
    if period is not None:
        chosen = [one for one in found.coupons if one.earned.plan.period.number == period]
        if not chosen:
            raise RefusedError(
                f"interest period {period} is not determined by {found.as_of}; say --as-of with a "
                "later day, or leave --period out"
            )
        document["coupons"] = [one.document() for one in chosen]
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


@click.command(epilog="Example: lmb bonds terms --terms terms.json --language es")
@terms_option
@click.option(
    "--language",
    type=click.Choice([str(each) for each in Language]),
    default="en",
    show_default=True,
    help="In which.",
)
def terms(terms: Path, language: str) -> None:
    """Check a term sheet, prove that it keeps its promises, and tell it in plain language."""
    sheet = load_linked_sheet(terms.name, file_content(terms))
    for section in sheet_in_words(sheet, Language(language)):
        click.echo(section.title)
        for sentence in section.sentences:
            click.echo(f"  {sentence}")
    click.echo(f"sha256 {sheet.sha256}")


def base_of(sheet: LinkedSheet, given: Decimal | None) -> Decimal:
    """The base coupon of the terms or of the option. Raises RefusedError where neither says."""
    return base_coupon(sheet, given)


def file_content(file: Path) -> bytes:
    """The bytes of a file. Raises EnvironmentProblem for one beyond the limit."""
    size = file.stat().st_size
    if size > BYTES_MAX:
        raise EnvironmentProblem(
            f"{file} has {size:,} bytes, more than the {BYTES_MAX:,} a file may have; split it"
        )
    return file.read_bytes()


def last_day(observations: tuple[Observation, ...]) -> date:
    """The day of the last verified value. Raises RefusedError where there is none."""
    if not observations:
        raise RefusedError(
            "the file of indicators has no row; say --as-of to determine from nothing"
        )
    return observations[-1].verified_on
