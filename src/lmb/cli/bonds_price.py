"""`lmb bonds price` and `lmb bonds yield`: filters over files of bonds and bills."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from lmb.cli.row_filter import file_argument, output_option, read_input, write_output

bills_option = click.option(
    "--bills", is_flag=True, help="The rows are bills, which pay no interest."
)


@click.command(epilog="Example: lmb bonds price auctions.csv --output priced.csv")
@file_argument
@bills_option
@output_option
def price(file: Path, bills: bool, output: Path | None) -> None:
    """Add `price` and `accrued_per_1000` to rows of bonds with a yield.

    FILE is CSV or Parquet, - or nothing is standard input; the result has the same format, rows and
    columns. Columns: issue_date, dated_date, maturity_date, coupon_percent, yield_percent and, if
    the first interest period is not what the dates suggest, first_payment_date. Bills: issue_date,
    maturity_date, discount_rate_percent; added are price and investment_rate_percent.

    A file with a bad row is not priced: every one is told, and the exit code is 2.
    """
    # NumPy and PyArrow take a third of a second to load: other commands do without.
    from lmb.bonds.pricing import files

    _filter(file, output, files.price_bills if bills else files.price_bonds)


@click.command("yield", epilog="Example: lmb bonds yield priced.parquet > yields.parquet")
@file_argument
@bills_option
@output_option
def yield_(file: Path, bills: bool, output: Path | None) -> None:
    """Add `yield_percent` to rows of bonds with a clean price.

    FILE and columns are those of `lmb bonds price` with price in place of yield_percent. Bills:
    issue_date, maturity_date, price; added are discount_rate_percent and investment_rate_percent.
    """
    from lmb.bonds.pricing import files

    _filter(file, output, files.yield_bills if bills else files.yield_bonds)


def _filter(file: Path, output: Path | None, add: Callable[[str, bytes], bytes]) -> None:
    content = add(*read_input(file))
    write_output(content, output)
