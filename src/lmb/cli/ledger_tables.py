"""The books for a person to read, and as JSON documents under stable keys. Amounts are integers in
the smallest part of their unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lmb.ledger.findings import Check, Finding
from lmb.ledger.order_files import Carried
from lmb.ledger.queries import Balance
from lmb.ledger.statements import AccountTerms, Entry
from lmb.values.money import format_cents

WIDTH_WHERE_NONE_IS_KNOWN = 160


def print_accounts(accounts: Sequence[AccountTerms]) -> None:
    table = _table("Account", "Fund", "Purpose", "Ends", ">Posted", ">Available", ">Unit")
    for terms in accounts:
        shown = terms.balance
        _row(
            table,
            shown.code,
            terms.fund or "outside",
            terms.purpose or "",
            _moment(terms.expires_at),
            amount(shown.posted_cents, shown.unit),
            amount(shown.available_cents, shown.unit),
            shown.unit,
        )
    _print(table)


def account_document(terms: AccountTerms) -> dict[str, Any]:
    return {
        **balance_document(terms.balance),
        "kind": terms.balance.kind,
        "owner": terms.balance.owner,
        "fund": terms.fund,
        "purpose": terms.purpose,
        "limit": terms.limit,
        "expires_at": _iso(terms.expires_at),
        "state": terms.state,
        "opened_at": _iso(terms.opened_at),
    }


def print_balance(shown: Balance) -> None:
    table = _table("Account", ">Posted", ">Available", ">Pending in", ">Pending out", ">Unit")
    figures = (
        shown.posted_cents,
        shown.available_cents,
        shown.pending_in_cents,
        shown.pending_out_cents,
    )
    _row(table, shown.code, *(amount(cents, shown.unit) for cents in figures), shown.unit)
    _print(table)


def balance_document(shown: Balance) -> dict[str, Any]:
    return {
        "account": shown.code,
        "unit": shown.unit,
        "posted_cents": shown.posted_cents,
        "available_cents": shown.available_cents,
        "pending_in_cents": shown.pending_in_cents,
        "pending_out_cents": shown.pending_out_cents,
    }


def print_history(unit: str, entries: Sequence[Entry]) -> None:
    table = _table(">Seq", "Took effect", "Kind", "Code", "With", ">Amount", ">Posted after")
    for entry in entries:
        _row(
            table,
            str(entry.seq),
            _moment(entry.effective_at),
            entry.kind,
            entry.code,
            entry.other,
            amount(entry.amount_cents, unit),
            amount(entry.balance_after_cents, unit),
        )
    _print(table)


def entry_document(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "transfer": str(entry.transfer),
        "journal": str(entry.journal),
        "kind": entry.kind,
        "code": entry.code,
        "other": entry.other,
        "amount_cents": entry.amount_cents,
        "balance_after_cents": entry.balance_after_cents,
        "effective_at": _iso(entry.effective_at),
        "recorded_at": _iso(entry.recorded_at),
    }


def print_carried(carried: Sequence[Carried]) -> None:
    table = _table(">Line", "Key", "Result", "Transfer")
    for each in carried:
        for answer in each.answers:
            transfer = "" if answer.transfer is None else str(answer.transfer)
            _row(table, str(each.order.row), answer.key, answer.result, transfer)
    _print(table)


def carried_document(each: Carried) -> dict[str, Any]:
    return {
        "line": each.order.row,
        "key": each.order.key,
        "items": [
            {
                "key": answer.key,
                "result": answer.result,
                "transfer": None if answer.transfer is None else str(answer.transfer),
            }
            for answer in each.answers
        ],
    }


def print_checks(found: Mapping[Check, Sequence[Finding]]) -> None:
    table = _table("Check", ">Findings", "What must hold")
    for check, findings in found.items():
        _row(
            table,
            check.__name__.replace("_", " "),
            str(len(findings)) if findings else "none",
            " ".join((check.__doc__ or "").split()),
        )
    _print(table)
    for findings in found.values():
        for finding in findings:
            _console().print(f"{finding.check.replace('_', ' ')}: {finding}", markup=False)


def checks_document(found: Mapping[Check, Sequence[Finding]]) -> list[dict[str, Any]]:
    return [
        {
            "check": check.__name__,
            "findings": [
                {"subject": finding.subject, "message": finding.message} for finding in findings
            ],
        }
        for check, findings in found.items()
    ]


def amount(cents: int, unit: str) -> str:
    """Dollars as money is always shown; other units as plain numbers of their smallest part."""
    return format_cents(cents) if unit == "USD" else f"{cents:,}"


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in headings:
        right = heading.startswith(">")
        table.add_column(heading.removeprefix(">"), justify="right" if right else "left")
    return table


def _row(table: Table, *cells: str) -> None:
    # As Text, so that a code with brackets is not read as markup.
    table.add_row(*map(Text, cells))


def _print(table: Table) -> None:
    _console().print(table)


def _console() -> Console:
    console = Console(highlight=False)
    # Into a file or pipe nobody's window limits the lines; cutting them would lose figures.
    return (
        console
        if console.is_terminal
        else Console(highlight=False, width=WIDTH_WHERE_NONE_IS_KNOWN)
    )


def _moment(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M}"


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
