"""Bids at an auction, the checks they pass on entry, and the file they come in.

A competitive bid names its yield and is filled if the yield is low enough; a noncompetitive bid
takes whatever yield the auction sets (31 CFR 356.12).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import NamedTuple

from lmb.bonds.dated_rules import AuctionRules
from lmb.bonds.terms import Offering, TermSheet
from lmb.values.columns import Column, blank_or, choice, dollars, percent, text
from lmb.values.money import format_cents
from lmb.values.rates import decimal_text
from lmb.values.rounding import PRECISION_DIGITS, round_down
from lmb.values.tables import Limits, Row, read_table

FILE_LIMITS = Limits(bytes_max=16 * 2**20, rows_max=100_000)


class BidKind(StrEnum):
    COMPETITIVE = "competitive"
    NONCOMPETITIVE = "noncompetitive"


@dataclass(frozen=True, slots=True)
class Bid:
    """One bid. `net_long_cents` is what the bidder already holds or is promised of the security;
    every bid of one bidder repeats it."""

    bidder: str
    kind: BidKind
    par_cents: int
    yield_percent: Decimal | None = None
    net_long_cents: int = 0


class BidFault(NamedTuple):
    """What is wrong with one field of a bid; `position` counts from 0, `field` names it."""

    position: int
    field: str
    found: str
    expected: str


def share_of_cents(amount_cents: int, percent: Decimal) -> int:
    """The whole cents of a percentage of an amount, rounded down: for limits."""
    with localcontext(prec=PRECISION_DIGITS):
        return int(round_down(Decimal(amount_cents) * percent / 100, 0))


def bid_faults(
    bids: Sequence[Bid], offering: Offering, rules: AuctionRules
) -> tuple[BidFault, ...]:
    """Everything that bars the bids from the auction (31 CFR 356.12), in order of the bids."""
    limit_cents = share_of_cents(offering.offering_cents, rules.single_bid_limit_percent)
    faults = [
        fault
        for index, bid in enumerate(bids)
        for fault in (
            *_par_faults(index, bid, offering, rules, limit_cents),
            *_yield_faults(index, bid, rules),
            *_net_long_faults(index, bid),
        )
    ]
    faults += _bidder_faults(bids)
    return tuple(sorted(faults, key=lambda fault: fault.position))


_COLUMN_NAMES = {
    "bidder": "bidder",
    "kind": "kind",
    "par_cents": "par_dollars",
    "yield_percent": "yield_percent",
    "net_long_cents": "net_long_dollars",
}


def load_bids(
    file_name: str, content: bytes, term_sheet: TermSheet, rules: AuctionRules
) -> tuple[Bid, ...]:
    """The bids in a CSV file with the columns bidder, kind, par_dollars, yield_percent and, if
    anyone reports a position, net_long_dollars. Raises InputError with every problem."""
    bidder = Column("bidder", text(100))
    kind = Column("kind", choice(*BidKind))
    par = Column("par_dollars", dollars(cents_min=1))
    yield_ = Column(
        "yield_percent",
        blank_or(
            percent(
                rules.yield_places,
                percent_min=rules.yield_minimum_percent,
                percent_max=rules.yield_maximum_percent,
            )
        ),
    )
    net_long = Column("net_long_dollars", blank_or(dollars()))
    columns = (bidder, kind, par, yield_, net_long)
    reports_positions = net_long.name.encode() in content.partition(b"\n")[0]

    def bid(row: Row) -> Bid:
        position_cents = row[net_long] if reports_positions else None
        return Bid(row[bidder], row[kind], row[par], row[yield_], position_cents or 0)

    present = columns if reports_positions else columns[:-1]
    table = read_table(file_name, content, present, FILE_LIMITS)
    whole = [row for row in table.rows if row.has(*present)]
    for fault in bid_faults([bid(row) for row in whole], term_sheet.offering, rules):
        column = _COLUMN_NAMES[fault.field]
        table.report(whole[fault.position].number, column, fault.found, fault.expected)
    if not table.rows and not table.problems:
        table.report(None, None, "no bids", "at least one competitive bid")
    return table.accept(bid)


def _par_faults(
    index: int, bid: Bid, offering: Offering, rules: AuctionRules, competitive_limit_cents: int
) -> Iterator[BidFault]:
    limit_cents, limit_is = competitive_limit_cents, "the limit of a bid at one yield"
    if bid.kind is BidKind.NONCOMPETITIVE:
        limit_cents, limit_is = rules.noncompetitive_limit_cents, "that of a noncompetitive bid"
    expected = []
    if bid.par_cents < offering.minimum_cents:
        expected.append(f"at least {format_cents(offering.minimum_cents)}")
    if bid.par_cents % offering.multiple_cents:
        expected.append(f"a multiple of {format_cents(offering.multiple_cents)}")
    if bid.par_cents > limit_cents:
        expected.append(f"at most {format_cents(limit_cents)}, {limit_is}")
    if expected:
        yield BidFault(index, "par_cents", format_cents(bid.par_cents), " and ".join(expected))


def _yield_faults(index: int, bid: Bid, rules: AuctionRules) -> Iterator[BidFault]:
    lowest, highest = rules.yield_minimum_percent, rules.yield_maximum_percent
    if bid.kind is BidKind.NONCOMPETITIVE:
        if bid.yield_percent is not None:
            found, expected = str(bid.yield_percent), "nothing: a noncompetitive bid has no yield"
            yield BidFault(index, "yield_percent", found, expected)
    elif bid.yield_percent is None:
        yield BidFault(index, "yield_percent", "nothing", "the yield of a competitive bid")
    elif not lowest <= bid.yield_percent <= highest or bid.yield_percent % Decimal(1).scaleb(
        -rules.yield_places
    ):
        expected = (
            f"per cent from {decimal_text(lowest)} to {decimal_text(highest)} "
            f"with at most {rules.yield_places} decimals"
        )
        yield BidFault(index, "yield_percent", str(bid.yield_percent), expected)


def _net_long_faults(index: int, bid: Bid) -> Iterator[BidFault]:
    if not bid.net_long_cents:
        return
    found = format_cents(bid.net_long_cents)
    if bid.net_long_cents < 0:
        yield BidFault(index, "net_long_cents", found, "no less than $0.00")
    if bid.kind is BidKind.NONCOMPETITIVE:
        expected = "nothing: only competitive bidders report a position"
        yield BidFault(index, "net_long_cents", found, expected)


def _bidder_faults(bids: Sequence[Bid]) -> Iterator[BidFault]:
    """What one bidder's bids may not do together; each is told at the later bid."""
    firsts: dict[str, Bid] = {}
    yields: dict[str, set[Decimal | None]] = defaultdict(set)
    for index, bid in enumerate(bids):
        first = firsts.setdefault(bid.bidder, bid)
        if bid.kind is not first.kind:
            expected = f"{first.kind}, as in the bidder's earlier bid: one kind for one bidder"
            yield BidFault(index, "kind", str(bid.kind), expected)
        elif bid.yield_percent in yields[bid.bidder]:
            noncompetitive = bid.kind is BidKind.NONCOMPETITIVE
            each = "noncompetitive bid a bidder" if noncompetitive else "bid a bidder at one yield"
            yield BidFault(index, "bidder", f"{bid.bidder} a second time", f"one {each}")
        elif bid.net_long_cents != first.net_long_cents:
            expected = f"{format_cents(first.net_long_cents)}, as in the bidder's earlier bid"
            yield BidFault(index, "net_long_cents", format_cents(bid.net_long_cents), expected)
        yields[bid.bidder].add(bid.yield_percent)
