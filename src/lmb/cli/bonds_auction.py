"""`lmb bonds auction`, `auction-book` and `auction-check`: hold an auction from files, publish the
opened book of one held in the books, and compute a published one again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import click

from lmb.bonds import queries
from lmb.bonds.auction.allocation import AuctionResult, run_auction
from lmb.bonds.auction.announcement import FIRST_AUCTION
from lmb.bonds.auction.book import AuctionBook, book_faults, booked, read_book
from lmb.bonds.auction.files import load_auction_bids, load_offering
from lmb.bonds.bids import RefusedBid, screen_bids
from lmb.bonds.dated_rules import AuctionRules
from lmb.cli.progress import say
from lmb.config.runtime import database, migrate
from lmb.ledger.statements import cell_of_books
from lmb.values.canonical import Document
from lmb.values.errors import RefusedError

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FAULTS_SHOWN_MAX = 20
COUPON_PLACES = 3
"""Decimals a coupon is shown with: an eighth of a per cent has three."""


@click.command(epilog="Example: lmb bonds auction --terms TERMS.json --bids BIDS.csv")
@click.option("--terms", type=FILE, required=True, help="What is offered, as JSON.")
@click.option("--bids", "bids_file", type=FILE, required=True, help="The bids, as CSV.")
@click.option("--book", type=click.Path(path_type=Path), help="Also write the opened book here.")
def auction(terms: Path, bids_file: Path, book: Path | None) -> None:
    """Hold a single-price auction and print its result as one JSON document on one line.

    A bid that a rule bars is refused alone, with its reason; a file with a row that cannot be
    read is refused as a whole.
    """
    offering, parameters = load_offering(terms.name, terms.read_bytes())
    bids = load_auction_bids(bids_file.name, bids_file.read_bytes())
    rules = AuctionRules.from_parameters(parameters.values)
    screened = screen_bids(bids, offering, rules)
    result = run_auction(screened.accepted, offering, rules)
    if book is not None:
        opened = AuctionBook(offering, parameters, booked(screened.accepted))
        content = json.dumps(opened.document(result), ensure_ascii=False)
        book.write_text(f"{content}\n", encoding="utf-8")
    click.echo(json.dumps(result_document(result, screened.refused), ensure_ascii=False))


@click.command(name="auction-book", epilog="Example: lmb bonds auction-book LMB760AA3 > BOOK.json")
@click.argument("cusip")
@click.option(
    "--auction",
    "number",
    type=click.IntRange(1),
    default=FIRST_AUCTION,
    help="Which auction of the bond: 1 is the first issue, reopenings follow.",
)
@click.option("--books", help="Name of the books; needed only where there are several.")
def auction_book(cusip: str, number: int, books: str | None) -> None:
    """Print the opened book of an auction that was held: offering, rules, commitments, bids and
    result, for everybody to compute again."""
    with database(progress=say):
        migrate(progress=say)
        bond = queries.bond(cell_of_books(books), cusip)
        book = queries.auction_book(bond, number)
    click.echo(json.dumps(book.document(book.result()), ensure_ascii=False))


@click.command(name="auction-check", epilog="Example: lmb bonds auction-check BOOK.json")
@click.argument("book", type=FILE)
def auction_check(book: Path) -> None:
    """Compute a published auction again from its opened book, and say whether it holds.

    Exit code 0: every figure and award follows from the bids, and every sealed bid is what was
    committed to. Exit code 1: something does not. Exit code 2: no readable book.
    """
    opened, document = read_book(book.name, book.read_bytes())
    faults = book_faults(opened, document)
    if faults:
        shown = "".join(f"\n  {fault}" for fault in faults[:FAULTS_SHOWN_MAX])
        noun = "claim" if len(faults) == 1 else "claims"
        raise RefusedError(f"{len(faults)} {noun} of {book.name} not proven:{shown}")
    count = len(opened.bids)
    click.echo(f"{book.name} holds: the result follows from its {count:,} bids")


def result_document(
    result: AuctionResult, refused: tuple[RefusedBid, ...]
) -> Mapping[str, Document]:
    """The result as printed: amounts in whole dollars, everything else as text with all of its
    decimals. A bidder is awarded once, however many bids; one who got nothing is not there."""
    awards_cents: dict[str, int] = {}
    for award in result.awards:
        if award.award_cents:
            bidder = award.bid.bidder
            awards_cents[bidder] = awards_cents.get(bidder, 0) + award.award_cents
    return {
        "stop_yield_percent": str(result.high_yield_percent),
        "proration_percent": str(result.proration_percent),
        "coupon_percent": f"{result.coupon_percent:.{COUPON_PLACES}f}",
        "price": str(result.price_per_100),
        "total_awarded_dollars": whole_dollars(result.awarded_cents),
        "bid_to_cover": str(result.bid_to_cover),
        "awards": [
            {"bidder": bidder, "amount_dollars": whole_dollars(cents)}
            for bidder, cents in awards_cents.items()
        ],
        "refused": [{"bidder": one.bid.bidder, "reason": one.reason} for one in refused],
    }


def whole_dollars(cents: int) -> int | str:
    """Dollars as a whole number; where a multiple leaves cents, exactly and as text."""
    return cents // 100 if cents % 100 == 0 else str(Decimal(cents).scaleb(-2))
