"""`lmb bonds holdings` and `lmb bonds trade`: who holds a bond in the books, and trades in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice

import click

from lmb.bonds import queries, queries_desk, service_registry
from lmb.bonds import queries_registry as registry
from lmb.bonds.queries_desk import Position
from lmb.bonds.registry.trade import Trade
from lmb.cli.bonds_coupon import Percent
from lmb.cli.progress import say
from lmb.config.clock import SystemClock
from lmb.config.runtime import database, migrate
from lmb.ledger.service import Books
from lmb.ledger.statements import books as open_books
from lmb.ledger.statements import cell_of_books
from lmb.values.canonical import Document
from lmb.values.clock import fiscal_date
from lmb.values.money import format_cents
from lmb.values.rates import decimal_text

LISTED_MAX = 1_000
books_option = click.option(
    "--books", help="Name of the books; needed only where there are several."
)
reference_argument = click.argument("reference")


@click.command(epilog="Example: lmb bonds holdings LMB760AA3 --account ana")
@click.argument("cusip")
@click.option("--account", help="Only this securities account, with its next coupon.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@books_option
def holdings(cusip: str, account: str | None, as_json: bool, books: str | None) -> None:
    """List who holds a bond, by account; or what one account holds and will be paid."""
    with _books(books) as opened:
        bond = queries.bond(opened.cell, cusip)
        if account is not None:
            told = queries_desk.position(bond, account, fiscal_date(opened.now()))
            click.echo(json.dumps(_document(told)) if as_json else _sentence(told))
            return
        held = list(islice(queries.holdings(bond), LISTED_MAX))
        outstanding_cents = queries.outstanding_cents(bond)
    if as_json:
        rows = [{"account": one.investor, "par_cents": one.par_cents} for one in held]
        document = {"cusip": cusip, "outstanding_cents": outstanding_cents, "holdings": rows}
        click.echo(json.dumps(document))
        return
    for one in held:
        click.echo(f"{format_cents(one.par_cents):>20}  {one.investor}")
    click.echo(f"{format_cents(outstanding_cents):>20}  outstanding, held by all")


@click.group()
def trade() -> None:
    """Trades between holders: agreed, settled on the next business day, or given up."""


@trade.command(
    epilog="Example: lmb bonds trade agree LMB760AA3 T-1 --seller ana --buyer ben "
    "--face-dollars 500 --price 99.5"
)
@click.argument("cusip")
@reference_argument
@click.option("--seller", required=True, help="The seller's securities account.")
@click.option("--buyer", required=True, help="The buyer's securities account.")
@click.option("--face-dollars", type=click.IntRange(1, 10**13), required=True, help="Face amount.")
@click.option("--price", type=Percent(), required=True, help="Clean price per 100 of face amount.")
@books_option
def agree(
    cusip: str,
    reference: str,
    seller: str,
    buyer: str,
    face_dollars: int,
    price: Decimal,
    books: str | None,
) -> None:
    """Put a trade of today on file and set the seller's bonds aside for it."""
    with _books(books) as opened:
        bond, today = queries.bond(opened.cell, cusip), fiscal_date(opened.now())
        agreed = Trade(reference, seller, buyer, face_dollars * 100, price, today)
        terms = service_registry.agree_trade(opened, bond, agreed)
    click.echo(json.dumps(terms.document(), ensure_ascii=False))


@trade.command(epilog="Example: lmb bonds trade settle LMB760AA3 T-1")
@click.argument("cusip")
@reference_argument
@books_option
def settle(cusip: str, reference: str, books: str | None) -> None:
    """Exchange bonds for money, both or neither."""
    with _books(books) as opened:
        service_registry.settle_trade(opened, queries.bond(opened.cell, cusip), reference)
    click.echo(f"trade {reference} is settled")


@trade.command(epilog="Example: lmb bonds trade fail LMB760AA3 T-1")
@click.argument("cusip")
@reference_argument
@books_option
def fail(cusip: str, reference: str, books: str | None) -> None:
    """Give up a trade whose money did not come: the seller has the bonds free again."""
    with _books(books) as opened:
        service_registry.fail_trade(opened, queries.bond(opened.cell, cusip), reference)
    click.echo(f"trade {reference} is given up")


@trade.command(name="list", epilog="Example: lmb bonds trade list LMB760AA3")
@click.argument("cusip")
@books_option
def list_(cusip: str, books: str | None) -> None:
    """List the trades that wait for their settlement."""
    with _books(books) as opened:
        waiting = registry.pending_trades(queries.bond(opened.cell, cusip))
    for one in islice(waiting, LISTED_MAX):
        click.echo(
            f"{one.settles_on}  {one.reference}: {format_cents(one.face_cents)} from {one.seller} "
            f"to {one.buyer} at {decimal_text(one.price_per_100)}"
        )
    click.echo(f"{len(waiting)} trades wait for their settlement")


def _sentence(told: Position) -> str:
    """What an investor asks first: par, accrued interest, the next coupon."""
    parts = [f"{format_cents(told.par_cents)} par"]
    if told.accrued_cents is not None:
        parts.append(f"accrued {format_cents(told.accrued_cents)}")
    coming = told.next_coupon
    if coming is not None:
        low, high = map(decimal_text, (coming.least_bonus_percent, coming.most_bonus_percent))
        bonus = low if low == high else f"{low} to {high}"
        base = decimal_text(coming.base_percent)
        parts.append(f"next coupon {coming.pays_on}: {base} % + {bonus} %")
    return ", ".join(parts)


def _document(told: Position) -> dict[str, Document]:
    coming = told.next_coupon
    return {
        "cusip": told.bond.cusip,
        "account": told.account,
        "on": told.on.isoformat(),
        "par_cents": told.par_cents,
        "available_cents": told.available_cents,
        "accrued_cents": told.accrued_cents,
        "next_coupon": None
        if coming is None
        else {
            "period": coming.period,
            "pays_on": coming.pays_on.isoformat(),
            "record_on": coming.record_on.isoformat(),
            "base_percent": decimal_text(coming.base_percent),
            "least_bonus_percent": decimal_text(coming.least_bonus_percent),
            "most_bonus_percent": decimal_text(coming.most_bonus_percent),
            "determined": coming.determined,
        },
    }


@contextmanager
def _books(name: str | None) -> Iterator[Books]:
    with database(progress=say):
        migrate(progress=say)
        yield open_books(cell_of_books(name), SystemClock())
