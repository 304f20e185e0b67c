"""`lmb ledger`: look at the books, check them, write them out, post to them, and try them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from lmb.cli import ledger_tables as tables
from lmb.cli.progress import say
from lmb.config.clock import SystemClock
from lmb.config.runtime import database, migrate
from lmb.ledger import export as exports
from lmb.ledger import service, statements
from lmb.ledger.checks import CHECKS
from lmb.ledger.operations import read_operation
from lmb.ledger.order_files import post_all, post_readable
from lmb.ledger.script import run
from lmb.values.errors import EnvironmentProblem
from lmb.values.json_lines import FILE_BYTES_MAX, json_lines, read_moment

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
ROWS = click.IntRange(1, 10_000)


class Moment(click.ParamType[datetime]):
    """A date or moment, UTC where it names no zone."""

    name = "moment"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        found = value if isinstance(value, datetime) else read_moment(str(value))
        if found is None:
            self.fail(f"{value!r} is no date or moment like 2027-01-31T12:00:00Z", param, ctx)
        return found


books_option = click.option(
    "--books", metavar="NAME", help="Name of the books; needed only where there are several."
)
json_option = click.option(
    "as_json", "--json", is_flag=True, help="Print one JSON document and nothing else."
)


@click.group()
def ledger() -> None:
    """The books: every account, transfer and promise, and a place to try them."""


@ledger.command(epilog="Example: lmb ledger accounts --after wallet/ --limit 20")
@books_option
@click.option("--after", default="", metavar="CODE", help="Only accounts that follow this code.")
@click.option("--limit", type=ROWS, default=100, show_default=True, help="At most so many.")
@json_option
def accounts(books: str | None, after: str, limit: int, as_json: bool) -> None:
    """List accounts by code, with their terms and balances."""
    with _cell(books) as cell:
        found = statements.accounts(cell, after=after, limit=limit + 1)
    page, more = found[:limit], found[limit:]
    if as_json:
        following = page[-1].balance.code if more else None
        _print_json(accounts=list(map(tables.account_document, page)), next_after=following)
        return
    tables.print_accounts(page)
    if more:
        click.echo(f"there are more: --after {page[-1].balance.code!r}", err=True)


@ledger.command(epilog="Example: lmb ledger balance treasury --at 2027-01-31")
@click.argument("account")
@books_option
@click.option("--at", type=Moment(), help="As the books showed it then, by recorded moments.")
@json_option
def balance(account: str, books: str | None, at: datetime | None, as_json: bool) -> None:
    """Show what an account has: posted, available, and held on its way in and out."""
    with _cell(books) as cell:
        if at is None:
            found = statements.current_balance(cell, account)
        else:
            found = statements.balance_at(cell, account, at)
    if as_json:
        _print_json(**tables.balance_document(found))
    else:
        tables.print_balance(found)


@ledger.command(epilog="Example: lmb ledger history treasury --limit 20")
@click.argument("account")
@books_option
@click.option("--before", type=int, metavar="SEQ", help="Only transfers before this one.")
@click.option("--limit", type=ROWS, default=50, show_default=True, help="At most so many.")
@json_option
def history(account: str, books: str | None, before: int | None, limit: int, as_json: bool) -> None:
    """List an account's transfers, newest first, with the balance each left behind."""
    with _cell(books) as cell:
        unit = statements.current_balance(cell, account).unit
        found = statements.history(cell, account, limit=limit + 1, before=before)
    page, more = found[:limit], found[limit:]
    if as_json:
        entries = list(map(tables.entry_document, page))
        following = page[-1].seq if more else None
        _print_json(account=account, unit=unit, entries=entries, next_before=following)
        return
    tables.print_history(unit, page)
    if more:
        click.echo(f"there are more: --before {page[-1].seq}", err=True)


@ledger.command(epilog="Example: lmb ledger check --json")
@books_option
@json_option
@click.pass_context
def check(context: click.Context, books: str | None, as_json: bool) -> None:
    """Recompute every promise of the books from their rows and name what breaks.

    Exit code 0 when all of them hold, 1 when one does not.
    """
    with _cell(books) as cell:
        found = {check: list(check(cell)) for check in CHECKS}
    if as_json:
        _print_json(checks=tables.checks_document(found))
    else:
        tables.print_checks(found)
    context.exit(1 if any(found.values()) else 0)


@ledger.command(epilog="Example: lmb ledger forget")
@books_option
@json_option
def forget(books: str | None, as_json: bool) -> None:
    """Forget refused keys that were kept for 13 months. What moved is never forgotten."""
    with _database():
        forgotten = service.forget_refusals(statements.cell_of_books(books))
    if as_json:
        _print_json(forgotten=forgotten)
    else:
        click.echo(f"{forgotten:,} refused keys were kept long enough and are new again")


@ledger.command(epilog="Example: lmb ledger export --format beancount > books.beancount")
@books_option
@click.option(
    "form",
    "--format",
    type=click.Choice(["beancount", "hledger", "csv"]),
    required=True,
    help="For which program.",
)
def export(books: str | None, form: str) -> None:
    """Write the books as text that other programs read, to recompute every balance.

    beancount and hledger get a transaction for each journal and an assertion of every balance; CSV
    has every transfer, also of what is only held.
    """
    with _cell(books) as cell:
        movements = statements.movements_in_order(cell)
        match form:
            case "beancount":
                lines = exports.beancount(statements.paper(cell), movements)
            case "hledger":
                lines = exports.hledger(statements.paper(cell), movements)
            case _:
                lines = exports.comma_separated(movements)
        for line in lines:
            click.echo(line)


@ledger.command(epilog="Example: lmb ledger post orders.jsonl")
@click.argument("file", type=FILE)
@books_option
@click.option("--partial", is_flag=True, help="Post the good lines although others are bad.")
@json_option
@click.pass_context
def post(
    context: click.Context, file: Path, books: str | None, partial: bool, as_json: bool
) -> None:
    """Post the journals and transfers of a file, one a line; all of them or none.

    A bad line is one that cannot be read or that the books refuse; every one is reported. Posting
    a file again changes nothing. Exit code 2 when a line is bad.
    """
    content = _content(file)
    with _database():
        kept = statements.books(statements.cell_of_books(books), SystemClock())
        if partial:
            carried, problems = post_readable(kept, file.name, content)
        else:
            carried, problems = post_all(kept, file.name, content), []
    if as_json:
        _print_json(
            lines=list(map(tables.carried_document, carried)), problems=list(map(str, problems))
        )
    else:
        tables.print_carried(carried)
    for problem in problems:
        click.echo(f"not posted: {problem}", err=True)
    context.exit(2 if problems else 0)


@ledger.command(epilog="Example: lmb ledger script operations.jsonl")
@click.argument("file", type=FILE)
def script(file: Path) -> None:
    """Run operations on empty scratch books and print one JSON result a line.

    Nothing of it stays. FILE has one JSON operation a line: account, transfer, hold, capture,
    void, batch, spend, expire, clock or balance.
    """
    lines = json_lines(file.name, _content(file))
    with _database():
        for answer in run(map(read_operation, lines)):
            click.echo(json.dumps(answer))


@contextmanager
def _cell(books: str | None) -> Iterator[int]:
    """The cell of some books, all of it read as of one moment."""
    with _database(), statements.snapshot():
        yield statements.cell_of_books(books)


@contextmanager
def _database() -> Iterator[None]:
    with database(progress=say):
        migrate(progress=say)
        yield


def _content(file: Path) -> bytes:
    size = file.stat().st_size
    if size > FILE_BYTES_MAX:
        raise EnvironmentProblem(
            f"{file} has {size:,} bytes, more than the {FILE_BYTES_MAX:,} a file may have; split it"
        )
    return file.read_bytes()


def _print_json(**document: Any) -> None:
    click.echo(json.dumps(document, indent=2))
