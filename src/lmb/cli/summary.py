"""What a programme came to: for a person to read, and as one JSON document."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from lmb.settlement.report import MoneyFigures, Report
from lmb.values.money import format_cents
from lmb.values.rates import decimal_text

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def print_json(report: Report) -> None:
    """Print the document `report_document` describes."""
    click.echo(json.dumps(report_document(report), indent=2))


def report_document(report: Report) -> dict[str, Any]:
    """A programme's figures under stable keys; parts still to come are null.

    Amounts are integer cents; rates and dollars are JSON numbers with the digits of the exact
    decimals on file, for showing and comparing, never to be paid on.
    """
    return {
        "bond": _bond(report),
        "wallets": {
            "opened": report.wallets.opened,
            "granted_cents": report.wallets.granted_cents,
            "held_cents": report.wallets.held_cents,
            "captured_cents": report.wallets.captured_cents,
            "returned_cents": report.wallets.returned_cents,
        },
        "outcome": _outcome(report),
        "determination": _determination(report),
        "payments": _payments(report.money),
        "coupons": [
            {
                "id": str(payment.determination),
                "period": payment.period,
                "pays_on": payment.pays_on,
                "coupon_percent": number(payment.coupon_percent),
                "interest_cents": payment.interest_cents,
                "bonus_cents": payment.bonus_cents,
            }
            for payment in report.payments
        ],
        "ledger": {
            "transfers": report.books.transfers,
            "accounts": report.books.accounts,
            "debits_cents": report.books.debits_cents,
            "credits_cents": report.books.credits_cents,
            "unbalanced_accounts": report.books.unbalanced_accounts,
        },
    }


def number(value: Decimal) -> int | float:
    """The JSON number that shows an exact decimal's digits."""
    shown: int | float = json.loads(decimal_text(value))
    return shown


def _bond(report: Report) -> dict[str, Any]:
    terms, sold = report.bond.terms, report.auction
    document: dict[str, Any] = {
        "id": str(report.bond.id),
        "cusip": terms.cusip,
        "title": terms.title,
        "terms_sha256": report.bond.terms_sha256,
        "issue_on": terms.issue_on.isoformat(),
        "matures_on": terms.matures_on.isoformat(),
        "coupon_percent": None,
        "price": None,
        "high_yield_percent": None,
        "awarded_cents": None,
    }
    if sold is not None:
        document |= {
            "auction": str(sold.determination),
            "coupon_percent": number(sold.coupon_percent),
            "price": number(sold.price),
            "high_yield_percent": number(sold.high_yield_percent),
            "awarded_cents": sold.awarded_cents,
            "tendered_cents": sold.tendered_cents,
            "bid_to_cover": number(sold.bid_to_cover),
            "outstanding_cents": sold.outstanding_cents,
        }
    return document


def _outcome(report: Report) -> dict[str, Any] | None:
    outcome = report.outcome
    if outcome is None:
        return None
    return {
        "id": str(outcome.determination),
        "n_treated": outcome.n_treated,
        "n_control": outcome.n_control,
        "coverage_percent": number(outcome.coverage_percent),
        "estimate_dollars": number(outcome.estimate_dollars),
        "standard_error_dollars": number(outcome.standard_error_dollars),
        "pooled_standard_error_dollars": number(outcome.pooled_standard_error_dollars),
        "ci95_dollars": [number(bound) for bound in outcome.ci95_dollars],
        "placement_rate_treated": number(outcome.placement_rate_treated),
        "placement_rate_control": number(outcome.placement_rate_control),
        "wage_change_treated_dollars": number(outcome.wage_change_treated_dollars),
        "wage_change_control_dollars": number(outcome.wage_change_control_dollars),
    }


def _determination(report: Report) -> dict[str, Any] | None:
    bonus = report.bonus
    if bonus is None:
        return None
    return {
        "id": str(bonus.id),
        "score": number(bonus.score),
        "bonus_bps": number(bonus.bonus_bps),
        "coupon_percent": number(bonus.coupon_percent),
        "from_period": bonus.from_period,
        "explanation": list(bonus.explanation),
    }


def _payments(money: MoneyFigures) -> dict[str, int]:
    return {
        "interest_cents": money.interest_cents,
        "bonus_cents": money.bonus_cents,
        "principal_cents": money.principal_cents,
        "providers_cents": money.providers_cents,
        "investors_paid_cents": money.investors_paid_cents,
        "interest_appropriated_cents": money.interest_appropriated_cents,
        "principal_appropriated_cents": money.principal_appropriated_cents,
        "treasury_returned_cents": money.treasury_returned_cents,
        "treasury_net_cents": money.treasury_net_cents,
        "sources_cents": money.sources_cents,
        "uses_cents": money.uses_cents,
    }


def print_summary(report: Report) -> None:
    """Print a page a person enjoys reading."""
    console = Console(highlight=False, width=min(Console().width, 100))
    terms = report.bond.terms
    console.print()
    console.print(f"[bold]{terms.title}[/bold]")
    console.print(f"CUSIP {terms.cusip}, {terms.issue_on} to {terms.matures_on}\n")
    for line in _story(report):
        # A number is not parted from its sign at the end of a line.
        console.print(Padding(line.replace(" %", NO_BREAK_SPACE + "%"), (0, 0, 0, 2)))
    console.print()
    console.print(_sources_and_uses(report.money))
    console.print(
        f"  {report.books.transfers:,} transfers in {report.books.accounts} accounts; "
        f"{report.books.unbalanced_accounts} accounts out of balance.\n"
    )
    if report.payments:
        last = report.payments[-1].determination
        console.print("  Walk any cent back to its facts, for example the last coupon:")
        console.print(f"  [bold]lmb trace {last}[/bold]\n")


def _story(report: Report) -> list[str]:
    lines = []
    if report.auction is not None:
        sold = report.auction
        lines.append(
            f"Investors bid {format_cents(sold.tendered_cents)} and were awarded "
            f"[bold]{format_cents(sold.awarded_cents)}[/bold] at {sold.high_yield_percent} %: a "
            f"coupon of {decimal_text(sold.coupon_percent)} %, price {sold.price}."
        )
    if report.wallets.opened:
        wallets = report.wallets
        lines.append(
            f"{wallets.opened} people drawn by lottery got "
            f"{format_cents(wallets.granted_cents)} for training; "
            f"[bold]{format_cents(wallets.captured_cents)}[/bold] was earned by the provider, "
            f"{format_cents(wallets.returned_cents)} went back to the fund."
        )
    if report.outcome is not None:
        outcome = report.outcome
        low, high = (_dollars(bound) for bound in outcome.ci95_dollars)
        lines.append(
            f"They earned [bold]{_dollars(outcome.estimate_dollars)}[/bold] a year more than the "
            f"{outcome.n_control} people not drawn (95 %: {low} to {high}; "
            f"standard error {_dollars(outcome.standard_error_dollars)})."
        )
    if report.bonus is not None:
        bonus = report.bonus
        lines.append(
            f"That scores {bonus.score} and earns investors a bonus of "
            f"[bold]{decimal_text(bonus.bonus_bps)}[/bold] basis points: "
            f"{decimal_text(bonus.coupon_percent)} % from interest period {bonus.from_period} on."
        )
    return lines


def _sources_and_uses(money: MoneyFigures) -> Table:
    table = Table(box=box.SIMPLE, show_header=False, show_footer=False, pad_edge=True)
    table.add_column(justify="left", min_width=48)
    table.add_column(justify="right")
    for name, cents in (
        ("Investors paid", money.investors_paid_cents),
        ("Appropriated for interest and bonus", money.interest_appropriated_cents),
        ("Appropriated to redeem the bond", money.principal_appropriated_cents),
    ):
        table.add_row(name, format_cents(cents))
    table.add_row("[bold]Came in[/bold]", f"[bold]{format_cents(money.sources_cents)}[/bold]")
    table.add_section()
    for name, cents in (
        ("Training provider, for enrolment, completion and placement", money.providers_cents),
        ("Investors, guaranteed interest", money.interest_cents),
        ("Investors, outcome bonus", money.bonus_cents),
        ("Investors, principal", money.principal_cents),
        ("Back to the Treasury, never spent", money.treasury_returned_cents),
    ):
        table.add_row(name, format_cents(cents))
    table.add_row("[bold]Went out[/bold]", f"[bold]{format_cents(money.uses_cents)}[/bold]")
    return table


def _dollars(value: Decimal) -> str:
    return format_cents(int(value.scaleb(2)))
