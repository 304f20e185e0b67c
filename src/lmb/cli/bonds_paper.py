"""`lmb bonds paper KIND`: the papers of a bond as PDF, accessible HTML, or figures alone.

What everybody may see is made from files or from the books; what is about a holder, from the books.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from lmb.bonds import queries, queries_holdings, queries_papers
from lmb.bonds.auction.announcement import FIRST_AUCTION, first_announcement
from lmb.bonds.dated_rules import auction_rules_on
from lmb.bonds.linked.phrases import Language
from lmb.bonds.papers.auction import auction_notice, auction_results
from lmb.bonds.papers.confirmation import award_confirmation, trade_confirmation
from lmb.bonds.papers.coupon import coupon_statement
from lmb.bonds.papers.holdings import holdings_statement
from lmb.bonds.papers.html import html_document
from lmb.bonds.papers.impact import impact_report
from lmb.bonds.papers.indigo import indigo_bytes
from lmb.bonds.papers.offering import offering_circular
from lmb.bonds.papers.paper import Paper
from lmb.bonds.papers.redemption import redemption_notice
from lmb.bonds.papers.tax import tax_statement
from lmb.bonds.queries import BondOnFile
from lmb.cli.bonds_coupon import FILE, Percent
from lmb.cli.bonds_paper_files import (
    announced_sheet,
    coupon_of_files,
    determined_coupon,
    held_auction,
    redemption_of_files,
    sheet_of,
)
from lmb.cli.progress import say
from lmb.cli.row_filter import write_output
from lmb.config.runtime import database, migrate
from lmb.ledger.statements import cell_of_books
from lmb.settlement.impact import published_impact
from lmb.settlement.report import report
from lmb.values.canonical import canonical_bytes
from lmb.values.errors import EnvironmentProblem

INDIGO = "indigo"
DAY = click.DateTime(["%Y-%m-%d"])
LEAST_DOLLARS, MOST_DOLLARS = 1, 10**13

cusip_argument = click.argument("cusip", required=False)
books_option = click.option(
    "--books", help="Name of the books; needed only where there are several."
)
account_option = click.option("--account", required=True, help="The holder's securities account.")
terms_option = click.option("--terms", type=FILE, help="A term sheet, JSON, instead of a CUSIP.")
auction_option = click.option(
    "--auction",
    "number",
    type=click.IntRange(1),
    default=FIRST_AUCTION,
    show_default=True,
    help="Which auction of the bond.",
)


@click.group()
def paper() -> None:
    """Make a paper of a bond: the same files or books give the same bytes.

    CUSIP names a bond in the books; papers that are not about a holder are made from files as well.
    """


def _command(
    name: str, example: str, *formats: str
) -> Callable[[Callable[..., Any]], click.Command]:
    """A kind of paper as a command, with the options all have."""

    def made(function: Callable[..., Any]) -> click.Command:
        function = click.option(
            "--output",
            "-o",
            type=click.Path(path_type=Path, dir_okay=False, writable=True),
            metavar="FILE",
            help="Write here instead of to standard output.",
        )(function)
        function = click.option(
            "--language",
            type=click.Choice([str(each) for each in Language]),
            default="en",
            show_default=True,
            help="In which.",
        )(function)
        function = click.option(
            "--format",
            "form",
            type=click.Choice(["pdf", "html", "json", *formats]),
            default="pdf",
            show_default=True,
            help="As what; json has the figures alone.",
        )(function)
        return paper.command(name=name, epilog=f"Example: lmb bonds paper {example}")(function)

    return made


@_command("offering", "offering --terms terms.json -o circular.pdf")
@click.option("--terms", type=FILE, required=True, help="The term sheet, JSON.")
def offering(terms: Path, form: str, language: str, output: Path | None) -> None:
    """The offering circular of a term sheet."""
    _write(offering_circular(sheet_of(terms), Language(language)), form, output)


@_command("announcement", "announcement LMB760AA3 --format html -o notice.html")
@cusip_argument
@terms_option
@auction_option
@books_option
def announcement(
    cusip: str | None,
    terms: Path | None,
    number: int,
    books: str | None,
    form: str,
    language: str,
    output: Path | None,
) -> None:
    """The notice of an auction, from a term sheet or from the books."""
    if _from_files(cusip, terms, "--terms"):
        sheet = announced_sheet(terms)
        announced = first_announcement(sheet, auction_rules_on(sheet.auction_on))
        sha256 = sheet.sha256
    else:
        with _bond(cusip, books) as bond:
            announced, sha256 = queries.announcement(bond, number), bond.terms_sha256
    _write(auction_notice(announced, Language(language), sha256), form, output)


@_command("results", "results --book BOOK.json --terms terms.json -o results.pdf")
@cusip_argument
@click.option("--book", type=FILE, help="The opened book of an auction, instead of a CUSIP.")
@click.option("--terms", type=FILE, help="Beside --book: the term sheet, for title and days.")
@auction_option
@books_option
def results(
    cusip: str | None,
    book: Path | None,
    terms: Path | None,
    number: int,
    books: str | None,
    form: str,
    language: str,
    output: Path | None,
) -> None:
    """The results notice of an auction that was held; it names no bidder."""
    if _from_files(cusip, book, "--book"):
        held, sha256 = held_auction(book, terms)
    else:
        with _bond(cusip, books) as bond:
            held, sha256 = queries_papers.held_auction(bond, number), bond.terms_sha256
    _write(auction_results(held, Language(language), sha256), form, output)


@_command("confirmation", "confirmation LMB760AA3 --trade T-1 --account ana -o trade.pdf")
@click.argument("cusip")
@account_option
@click.option("--trade", "reference", help="The trade's reference; an award without it.")
@auction_option
@books_option
def confirmation(
    cusip: str,
    account: str,
    reference: str | None,
    number: int,
    books: str | None,
    form: str,
    language: str,
    output: Path | None,
) -> None:
    """The confirmation of a trade to one of its parties, or of an award to a bidder."""
    with _bond(cusip, books) as bond:
        if reference is None:
            awarded = queries_papers.award_of(bond, account, number)
            made = award_confirmation(awarded, Language(language))
        else:
            traded = queries_papers.trade_of(bond, reference, account)
            made = trade_confirmation(traded, Language(language))
    _write(made, form, output)


@_command("holdings", "holdings --account ana --from 1976-01-01 --to 1976-12-31 -o 1976.pdf")
@account_option
@click.option("--from", "first", type=DAY, required=True, metavar="DATE", help="The first day.")
@click.option("--to", "last", type=DAY, required=True, metavar="DATE", help="The last day.")
@books_option
def holdings(
    account: str,
    first: datetime,
    last: datetime,
    books: str | None,
    form: str,
    language: str,
    output: Path | None,
) -> None:
    """What an account held, what moved and what it was paid, in every bond of the books."""
    with database(progress=say):
        migrate(progress=say)
        told = queries_holdings.holdings_of(
            cell_of_books(books), account, first.date(), last.date()
        )
    _write(holdings_statement(told, Language(language)), form, output)


@_command("coupon", "coupon LMB760AA3 --account ana --period 8 -o coupon.pdf")
@cusip_argument
@account_option
@click.option("--period", type=click.IntRange(1, 80), required=True, help="The interest period.")
@terms_option
@click.option("--kpis", type=FILE, help="Beside --terms: verified values of the indicators, CSV.")
@click.option("--base-coupon", type=Percent(), help="Beside --terms: the coupon of the auction.")
@click.option(
    "--face-dollars",
    type=click.IntRange(LEAST_DOLLARS, MOST_DOLLARS),
    help="Beside --terms: what the holder has.",
)
@books_option
def coupon(
    cusip: str | None,
    account: str,
    period: int,
    terms: Path | None,
    kpis: Path | None,
    base_coupon: Decimal | None,
    face_dollars: int | None,
    books: str | None,
    form: str,
    language: str,
    output: Path | None,
) -> None:
    """One coupon of one holder, with the trace of its rate."""
    if _from_files(cusip, terms, "--terms"):
        if kpis is None or face_dollars is None:
            raise click.UsageError("--terms needs --kpis and --face-dollars beside it.")
        sheet = sheet_of(terms)
        determined = determined_coupon(sheet, kpis, base_coupon, period)
        told = coupon_of_files(sheet, determined, account, face_dollars * 100)
    else:
        with _bond(cusip, books) as bond:
            told = queries_papers.coupon_of(bond, account, period)
    _write(coupon_statement(told, Language(language)), form, output)


@_command("redemption", "redemption LMB760AA3 -o notice.pdf")
@cusip_argument
@click.option("--account", help="Told to this holder, once the redemption is ordered.")
@terms_option
@click.option("--kpis", type=FILE, help="Beside --terms: verified values of the indicators, CSV.")
@click.option("--base-coupon", type=Percent(), help="Beside --terms: the coupon of the auction.")
@books_option
def redemption(
    cusip: str | None,
    account: str | None,
    terms: Path | None,
    kpis: Path | None,
    base_coupon: Decimal | None,
    books: str | None,
    form: str,
    language: str,
    output: Path | None,
) -> None:
    """The redemption of a bond: at maturity, or before by a clause of its terms."""
    if _from_files(cusip, terms, "--terms"):
        if kpis is None:
            raise click.UsageError("--terms needs --kpis beside it.")
        sheet = sheet_of(terms)
        told = redemption_of_files(sheet, determined_coupon(sheet, kpis, base_coupon, None))
    else:
        with _bond(cusip, books) as bond:
            told = queries_papers.redemption_of(bond, account)
    _write(redemption_notice(told, Language(language)), form, output)


@_command("impact", "impact LMB760AA3 --format indigo -o project.json", INDIGO)
@click.argument("cusip")
@books_option
def impact(cusip: str, books: str | None, form: str, language: str, output: Path | None) -> None:
    """What a bond set out to change and what changed, by ICMA's five components; `--format indigo`
    is the export in the shape of the INDIGO data standard."""
    with _bond(cusip, books) as bond:
        told = published_impact(report(bond))
    if form == INDIGO:
        write_output(indigo_bytes(told), output)
    else:
        _write(impact_report(told, Language(language)), form, output)


@_command(
    "tax",
    "tax LMB760AA3 --account ana --year 1979 --comparable-yield 7.5 --expected-bonus 0.5",
)
@click.argument("cusip")
@account_option
@click.option("--year", type=click.IntRange(1900, 9998), required=True, help="The calendar year.")
@click.option(
    "--comparable-yield", type=Percent(), required=True, help="The issuer's, per cent a year."
)
@click.option(
    "--expected-bonus",
    type=Percent(),
    required=True,
    help="What the issuer expected at issue, per cent a year in every period that can pay one.",
)
@books_option
def tax(
    cusip: str,
    account: str,
    year: int,
    comparable_yield: Decimal,
    expected_bonus: Decimal,
    books: str | None,
    form: str,
    language: str,
    output: Path | None,
) -> None:
    """What the information returns of a year show for one holder, and how it was found."""
    with _bond(cusip, books) as bond:
        told = queries_papers.tax_of(bond, account, year, comparable_yield, expected_bonus)
    _write(tax_statement(told, Language(language)), form, output)


def _from_files(cusip: str | None, file: Path | None, option: str) -> bool:
    """Whether files were given rather than a CUSIP: one of the two, not both."""
    if (cusip is None) == (file is None):
        raise click.UsageError(f"Give either a CUSIP or {option}.")
    return file is not None


# ── in and out ────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _bond(cusip: str | None, books: str | None) -> Iterator[BondOnFile]:
    assert cusip is not None, "it is asked for where no file was given"
    with database(progress=say):
        migrate(progress=say)
        yield queries.bond(cell_of_books(books), cusip)


def _write(made: Paper, form: str, output: Path | None) -> None:
    if form == "json":
        document = json.loads(canonical_bytes(made.figures()))
        content = f"{json.dumps(document, indent=2, ensure_ascii=False)}\n".encode()
    elif form == "html":
        content = html_document(made)
    else:
        # The compiler takes a while to load: the other forms do without.
        from lmb.bonds.papers.pdf import pdf_document

        if output is None and sys.stdout.isatty():
            raise EnvironmentProblem("a PDF is no text for a terminal; name a file by --output")
        content = pdf_document(made)
    write_output(content, output)
