"""The books as text for programs that are not ours: beancount, hledger, CSV.

Whoever gets such a file recomputes every balance with a program we did not write. Pure functions
from movements to lines; nothing is held in memory but one journal and the accounts.

A posting is written as our balances are: positive where money comes in. Accounts that have a fund
stand under `Assets`, the world outside under `Equity`. A day is a day in Washington, and what is
only held is not posted: it stands in the CSV alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from lmb.ledger.export_names import account_name, commodity
from lmb.ledger.queries import POSTED, Movement
from lmb.ledger.statements import Paper
from lmb.values.clock import fiscal_date

CSV_COLUMNS = (
    "seq",
    "id",
    "kind",
    "code",
    "debit",
    "credit",
    "amount_cents",
    "unit",
    "hold",
    "journal",
    "journal_kind",
    "actor",
    "determination",
    "instruction",
    "effective_at",
    "recorded_at",
)


def beancount(paper: Paper, movements: Iterable[Movement]) -> Iterator[str]:
    """The lines of a beancount file: openings, one transaction a journal, balances at the end."""
    names = _names(paper)
    yield f'option "title" {_quoted("Books of " + paper.books)}'
    for unit in sorted(paper.scales):
        yield f"\n{paper.first_on} commodity {commodity(unit)}"
        yield f"  name: {_quoted(unit)}"
    for terms in paper.accounts:
        code, unit = terms.balance.code, terms.balance.unit
        yield f"\n{paper.first_on} open {names[code]} {commodity(unit)}"
        yield f"  code: {_quoted(code)}"
    for journal in _journals(movements):
        head = journal[0]
        day = fiscal_date(head.effective_at)
        yield f"\n{day} * {_quoted(head.actor)} {_quoted(head.journal_kind)}"
        yield f'  journal: "{head.journal}"'
        cause, identifier = _cause(head)
        yield f'  {cause}: "{identifier}"'
        for name, amount, unit in _postings(paper, names, journal):
            yield f"  {name}  {amount} {commodity(unit)}"
    yield ""
    for terms in paper.accounts:
        shown = _amount(paper, terms.balance.unit, terms.balance.posted_cents)
        name = names[terms.balance.code]
        # A balance is asserted for the beginning of a day, and beancount would let a cent pass.
        day = paper.last_on + timedelta(days=1)
        yield f"{day} balance {name}  {shown} ~ 0 {commodity(terms.balance.unit)}"


def hledger(paper: Paper, movements: Iterable[Movement]) -> Iterator[str]:
    """The lines of an hledger journal, with an assertion of every balance at the end."""
    names = _names(paper)
    yield f"; Books of {_plain(paper.books)}"
    for unit, scale in sorted(paper.scales.items()):
        yield f'commodity 1.{"0" * scale} "{commodity(unit)}"  ; {_plain(unit)}'
    for terms in paper.accounts:
        yield f"account {names[terms.balance.code]}  ; code:{_plain(terms.balance.code)}"
    for journal in _journals(movements):
        head = journal[0]
        cause, identifier = _cause(head)
        title = f"{_plain(head.actor)} | {_plain(head.journal_kind)}"
        yield f"\n{fiscal_date(head.effective_at)} * {title}"
        yield f"    ; journal:{head.journal}, {cause}:{identifier}"
        for name, amount, unit in _postings(paper, names, journal):
            yield f'    {name}  {amount} "{commodity(unit)}"'
    yield f"\n{paper.last_on} * balances"
    for terms in paper.accounts:
        unit = terms.balance.unit
        nothing, shown = _amount(paper, unit, 0), _amount(paper, unit, terms.balance.posted_cents)
        symbol = f'"{commodity(unit)}"'
        yield f"    {names[terms.balance.code]}  {nothing} {symbol} = {shown} {symbol}"


def comma_separated(movements: Iterable[Movement]) -> Iterator[str]:
    """The lines of a CSV file: every transfer, also of what is only held, one a row."""
    yield _row(CSV_COLUMNS)
    for each in movements:
        values = (getattr(each, name) for name in CSV_COLUMNS[:-2])
        moments = (each.effective_at.isoformat(), each.recorded_at.isoformat())
        yield _row(["" if value is None else str(value) for value in (*values, *moments)])


def _journals(movements: Iterable[Movement]) -> Iterator[list[Movement]]:
    """What each journal posted, in order; journals that only set aside or release are left out."""
    for _, group in groupby(movements, key=lambda each: each.journal):
        posted = [each for each in group if each.kind in POSTED]
        if posted:
            yield posted


def _postings(
    paper: Paper, names: Mapping[str, str], journal: Iterable[Movement]
) -> Iterator[tuple[str, str, str]]:
    for each in journal:
        for code, cents in ((each.debit, -each.amount_cents), (each.credit, each.amount_cents)):
            yield names[code], _amount(paper, each.unit, cents), each.unit


def _names(paper: Paper) -> dict[str, str]:
    return {
        terms.balance.code: account_name(
            "Equity" if terms.fund is None else "Assets", terms.balance.code
        )
        for terms in paper.accounts
    }


def _amount(paper: Paper, unit: str, cents: int) -> str:
    return f"{Decimal((cents < 0, tuple(map(int, str(abs(cents)))), -paper.scales[unit])):f}"


def _cause(movement: Movement) -> tuple[str, UUID | None]:
    if movement.determination is not None:
        return "determination", movement.determination
    return "instruction", movement.instruction


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _plain(text: str) -> str:
    """Text that ends neither its line nor the field it stands in."""
    return " ".join("".join(" " if sign in ";|," else sign for sign in text).split())


def _row(fields: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(fields)
    return line.getvalue()
