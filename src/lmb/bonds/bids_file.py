"""Files of bids: read as a whole, or refused as a whole with every row that cannot be read."""

from __future__ import annotations

from lmb.bonds.bids import Bid, BidKind, bid_faults
from lmb.bonds.dated_rules import AuctionRules
from lmb.bonds.offering import Offering
from lmb.values.columns import Column, blank_or, choice, dollars, percent, text
from lmb.values.tables import Limits, Row, read_table

FILE_LIMITS = Limits(bytes_max=16 * 2**20, rows_max=100_000)

_COLUMN_NAMES = {
    "bidder": "bidder",
    "kind": "kind",
    "par_cents": "amount_dollars",
    "yield_percent": "yield_percent",
    "net_long_cents": "net_long_dollars",
}


def load_bids(
    file_name: str, content: bytes, offering: Offering, rules: AuctionRules
) -> tuple[Bid, ...]:
    """The bids in a CSV file with the columns bidder, kind, amount_dollars, yield_percent and, if
    anyone reports a position, net_long_dollars. Raises InputError with every problem."""
    bidder = Column("bidder", text(100))
    kind = Column("kind", choice(*BidKind))
    par = Column("amount_dollars", dollars(cents_min=1))
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
    for fault in bid_faults([bid(row) for row in whole], offering, rules):
        column = _COLUMN_NAMES[fault.field]
        table.report(whole[fault.position].number, column, fault.found, fault.expected)
    if not table.rows and not table.problems:
        table.report(None, None, "no bids", "at least one competitive bid")
    return table.accept(bid)
