"""`lmb bonds tax`: comparable yield, projected schedule, and a holder's years, from files alone."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import click

from lmb.bonds.linked.coupons import determine_coupons
from lmb.bonds.linked.document import load_linked_sheet
from lmb.bonds.linked.kpis_file import load_observations
from lmb.bonds.linked.rounding import percent
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.tax import (
    Accrual,
    Determined,
    Holding,
    ProjectedSchedule,
    TaxRules,
    accrue,
    expected_payments,
    fixed_bonuses,
    open_periods,
    projected_schedule,
    tax_figures,
    tax_rules_on,
)
from lmb.cli.bonds_coupon import (
    FILE,
    Percent,
    base_of,
    base_option,
    file_content,
    last_day,
    terms_option,
)
from lmb.values.canonical import Document
from lmb.values.errors import RefusedError
from lmb.values.rates import decimal_text
from lmb.values.rounding import half_even

DAY = click.DateTime(["%Y-%m-%d"])
FORMAT = "lmb-tax/1"
PLACES = 12
"""Decimals of amounts per $100 as printed; they are computed without rounding."""


@click.command(
    epilog="Example: lmb bonds tax --terms terms.json --base-coupon 4.125 --issue-price 99.5 "
    "--comparable-yield 4.5 --expected-bonus 0.6"
)
@terms_option
@base_option
@click.option("--issue-price", type=Percent(), required=True, help="Per 100, accrued included.")
@click.option("--comparable-yield", type=Percent(), required=True, help="Per cent a year.")
@click.option(
    "--expected-bonus",
    type=Percent(),
    required=True,
    help="Expected at issue, per cent a year in every period the outcome can change.",
)
@click.option("--kpis", type=FILE, help="Verified values, CSV: what they determine is fixed.")
@click.option(
    "--as-of",
    type=DAY,
    metavar="DATE",
    help="Beside --kpis: only what was determined by this day; that of the last verified value if "
    "left out.",
)
@click.option(
    "--face-dollars", type=click.IntRange(1, 10**13), help="Add the years of a holder of so much."
)
@click.option("--from", "first", type=DAY, metavar="DATE", help="Held from; the issue if left out.")
@click.option("--until", type=DAY, metavar="DATE", help="Held until; maturity if left out.")
def tax(
    terms: Path,
    base_coupon: Decimal | None,
    issue_price: Decimal,
    comparable_yield: Decimal,
    expected_bonus: Decimal,
    kpis: Path | None,
    as_of: datetime | None,
    face_dollars: int | None,
    first: datetime | None,
    until: datetime | None,
) -> None:
    """The projected payment schedule an issuer publishes for a bond that may pay a bonus, and what
    a holder includes year by year (26 CFR 1.1275-4(b)). Prints one JSON document."""
    sheet = load_linked_sheet(terms.name, file_content(terms))
    base = base_of(sheet, base_coupon)
    schedule = _schedule(sheet, base, issue_price, comparable_yield, expected_bonus)
    document: dict[str, Document] = {
        "format": FORMAT,
        "cusip": sheet.cusip,
        "terms_sha256": sheet.sha256,
        "issued_on": schedule.issued_on.isoformat(),
        "issue_price_per_100": decimal_text(schedule.issue_price),
        "comparable_yield_percent": decimal_text(schedule.yield_percent),
        "schedule_per_100": [
            {
                "due_on": payment.due_on.isoformat(),
                "promised": _text(payment.noncontingent),
                "projected": None if payment.contingent is None else _text(payment.contingent),
            }
            for payment in schedule.payments
        ],
    }
    if face_dollars is not None:
        rules = tax_rules_on(sheet.issue_on)
        known = [] if kpis is None else _determined(sheet, base, kpis, as_of)
        fixings = fixed_bonuses(sheet, known)
        accrual = accrue(schedule, fixings, rules.fixed_early_months)
        held = (
            sheet.issue_on if first is None else first.date(),
            sheet.matures_on if until is None else until.date(),
        )
        document["years"] = _years(accrual, rules, held, face_dollars * 100)
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def _schedule(
    sheet: LinkedSheet, base: Decimal, price: Decimal, comparable: Decimal, bonus: Decimal
) -> ProjectedSchedule:
    open_to = open_periods(sheet)
    expected = [bonus if p.number in open_to else None for p in sheet.schedule.periods()]
    payments = expected_payments(sheet.schedule, base, expected)
    try:
        return projected_schedule(sheet.issue_on, price, comparable, payments)
    except ValueError as error:
        raise RefusedError(str(error)) from error


def _determined(
    sheet: LinkedSheet, base: Decimal, kpis: Path, as_of: datetime | None
) -> list[Determined]:
    observations = load_observations(kpis.name, file_content(kpis), sheet)
    day = last_day(observations) if as_of is None else as_of.date()
    found = determine_coupons(sheet, observations, base, sheet.offering_cents, day)
    return [
        Determined(
            one.earned.plan.period.number,
            one.earned.plan.determined_on,
            percent(one.adjustment_percent),
        )
        for one in found.coupons
    ]


def _years(
    accrual: Accrual, rules: TaxRules, held: tuple[date, date], par_cents: int
) -> list[Document]:
    issued_on, matures_on = accrual.schedule.issued_on, accrual.schedule.matures_on
    first, until = held
    if not issued_on <= first < until <= matures_on:
        raise RefusedError(
            f"held from {first} until {until} is not within {issued_on} to {matures_on}; correct "
            "--from and --until"
        )
    holding = Holding(accrual, first, accrual.adjusted_issue_price(first), until)
    years: list[Document] = []
    for year in holding.years():
        figures = tax_figures(year.year, par_cents, rules, contingent_per_100=year)
        years.append(
            {
                "year": year.year,
                "accrued_per_100": _text(year.accrued),
                "adjusted_per_100": _text(year.adjusted),
                "form_1099_oid_box_8_cents": figures.form_1099_oid_box_8_cents,
                "ordinary_loss_cents": figures.ordinary_loss_cents,
                "to_report": figures.to_report,
            }
        )
    return years


def _text(amount: Decimal) -> str:
    return decimal_text(half_even(amount, PLACES))
