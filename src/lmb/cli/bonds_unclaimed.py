"""`lmb bonds unclaimed`: payments that do not arrive, who they wait for, and how they are paid."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import click

from lmb.bonds import queries, queries_payments, service_unclaimed
from lmb.cli.ledger import books_option
from lmb.cli.progress import say
from lmb.config.clock import SystemClock
from lmb.config.runtime import database, migrate
from lmb.ledger.service import Books
from lmb.ledger.statements import books as open_books
from lmb.ledger.statements import cell_of_books
from lmb.values.errors import NotFoundError
from lmb.values.money import format_cents

KINDS = (queries_payments.INTEREST, queries_payments.ONCE, queries_payments.REDEMPTION)

account_argument = click.argument("account")
reason_option = click.option("--because", "reason", required=True, help="Why; kept with it.")


@click.group()
def unclaimed() -> None:
    """Money that could not be paid to its holder, and waits. What is done is kept with its reason;
    done again, it changes nothing."""


@unclaimed.command("list", epilog="Example: lmb bonds unclaimed list LMB760AA3 --json")
@click.argument("cusip")
@books_option
@click.option("as_json", "--json", is_flag=True, help="Print one JSON document.")
def list_waiting(cusip: str, books: str | None, as_json: bool) -> None:
    """Whose money of a bond waits, how much, and to whom payments are stopped and why."""
    with _books(books) as opened:
        waiting = queries_payments.unclaimed_cents(queries.bond(opened.cell, cusip))
        stopped = queries_payments.stopped(opened.cell, list(waiting))
    if as_json:
        rows = [
            {"account": account, "waits_cents": cents, "stopped": stopped.get(account)}
            for account, cents in sorted(waiting.items())
        ]
        click.echo(json.dumps({"cusip": cusip, "unclaimed": rows}, ensure_ascii=False))
        return
    for account, cents in sorted(waiting.items()):
        why = f"  stopped: {stopped[account]}" if account in stopped else ""
        click.echo(f"{format_cents(cents):>18}  {account}{why}")
    total = format_cents(sum(waiting.values()))
    click.echo(f"{total:>18}  waits for {len(waiting)} accounts of bond {cusip}")


@unclaimed.command(epilog='Example: lmb bonds unclaimed stop ana --because "mail came back"')
@account_argument
@reason_option
@books_option
def stop(account: str, reason: str, books: str | None) -> None:
    """From now on what is due to an account waits."""
    with _books(books) as opened:
        service_unclaimed.stop_payments(opened, account, reason)
    click.echo(f"what is due to {account} waits from now on")


@unclaimed.command(epilog='Example: lmb bonds unclaimed resume ana --because "new address"')
@account_argument
@reason_option
@books_option
def resume(account: str, reason: str, books: str | None) -> None:
    """From now on an account is paid again; what waits is paid when it is claimed."""
    with _books(books) as opened:
        service_unclaimed.resume_payments(opened, account, reason)
    click.echo(f"{account} is paid again; what waits is paid by `lmb bonds unclaimed pay`")


@unclaimed.command(
    "returned",
    epilog='Example: lmb bonds unclaimed returned LMB760AA3 ana --period 1 --because "closed"',
)
@click.argument("cusip")
@account_argument
@click.option("--period", type=click.IntRange(1), required=True, help="The interest period.")
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default=KINDS[0],
    show_default=True,
    help="What was paid with it.",
)
@reason_option
@books_option
def take_back(
    cusip: str, account: str, period: int, kind: str, reason: str, books: str | None
) -> None:
    """The holder's bank sent a payment back: it waits. A payment comes back once."""
    with _books(books) as opened:
        bond = queries.bond(opened.cell, cusip)
        run = queries_payments.run(bond, kind, period)
        if run is None:
            raise NotFoundError(f"no {kind} of bond {cusip} was paid with period {period}")
        order = service_unclaimed.return_payment(opened, bond, run, account, reason)
    click.echo(f"{order} took back the {kind} of period {period} from {account}")


@unclaimed.command(epilog="Example: lmb bonds unclaimed pay LMB760AA3 ana --reference claim-17")
@click.argument("cusip")
@account_argument
@click.option("--reference", required=True, help="The name of the claim; it is paid once.")
@books_option
def pay(cusip: str, account: str, reference: str, books: str | None) -> None:
    """Pay a holder all that waits of a bond."""
    with _books(books) as opened:
        bond = queries.bond(opened.cell, cusip)
        order = service_unclaimed.pay_unclaimed(opened, bond, account, reference)
    click.echo(f"{order} paid {account} what waited of bond {cusip}")


@contextmanager
def _books(name: str | None) -> Iterator[Books]:
    with database(progress=say):
        migrate(progress=say)
        yield open_books(cell_of_books(name), SystemClock())
