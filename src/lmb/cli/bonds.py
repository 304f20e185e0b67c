"""`lmb bonds`: what the bond desk computes from files, a bond's papers, money that waits.

Each command is a module of its own, `bonds_NAME.py`, and stands in the list below.
"""

from __future__ import annotations

import click

from lmb.cli.bonds_auction import auction, auction_book, auction_check
from lmb.cli.bonds_claims import claims
from lmb.cli.bonds_coupon import coupon, terms
from lmb.cli.bonds_holdings import holdings, trade
from lmb.cli.bonds_paper import paper
from lmb.cli.bonds_price import price, yield_
from lmb.cli.bonds_quote import quote
from lmb.cli.bonds_tax import tax
from lmb.cli.bonds_unclaimed import unclaimed

COMMANDS: tuple[click.Command, ...] = (
    price,
    yield_,
    auction,
    auction_book,
    auction_check,
    terms,
    coupon,
    claims,
    quote,
    paper,
    tax,
    unclaimed,
    holdings,
    trade,
)


@click.group()
def bonds() -> None:
    """The bond desk: files in, figures out. Papers, holdings and trades also of the books."""


for command in COMMANDS:
    bonds.add_command(command)
