"""The two files of an auction held from the command line: what is offered, and the bids.

A file that cannot be read is refused as a whole, with everything wrong in it. A bid that can be
read but that a rule bars is for the entry checks: it is refused alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from lmb.bonds.bids import Bid, BidKind
from lmb.bonds.dated_rules import AUCTION_RULE, AuctionRules
from lmb.bonds.linked.document import load_linked_sheet
from lmb.bonds.linked.sheet import FORMAT
from lmb.bonds.offering import Offering
from lmb.bonds.schedule import InterestSchedule
from lmb.bonds.terms_reading import parse
from lmb.rules.parameters import ParameterSet, in_force
from lmb.values.columns import (
    Column,
    blank_or,
    choice,
    decimal_number,
    dollars,
    iso_date,
    percent,
    text,
)
from lmb.values.errors import InputError, Problem, RefusedError
from lmb.values.half_years import CouponCycle
from lmb.values.tables import Limits, Row, read_table

T = TypeVar("T")

BIDS_LIMITS = Limits(bytes_max=256 * 2**20, rows_max=1_000_000)
TERMS_BYTES_MAX = 2**20

_BIDDER = Column("bidder", text(100))
_KIND = Column("kind", choice(BidKind.COMPETITIVE, BidKind.NONCOMPETITIVE))
_AMOUNT = Column("amount_dollars", dollars())
_YIELD = Column(
    "yield_percent", blank_or(decimal_number(9, lowest=Decimal(-1000), highest=Decimal(1000)))
)
_NET_LONG = Column("net_long_dollars", blank_or(dollars()))
_COLUMNS = (_BIDDER, _KIND, _AMOUNT, _YIELD, _NET_LONG)

_REQUIRED = ("offering_dollars", "issue_date", "dated_date", "maturity_date")
_OPTIONAL = (
    "auction_date",
    "first_payment_date",
    "coupon_percent",
    "minimum_dollars",
    "multiple_dollars",
)


def load_auction_bids(file: str, content: bytes) -> tuple[Bid, ...]:
    """The bids in a CSV file with the columns bidder, kind, amount_dollars, yield_percent and, if
    anyone reports a position, net_long_dollars; a position left blank is the one the bidder states
    in another bid. Raises InputError with every row that cannot be read."""
    reports_positions = _NET_LONG.name.encode() in content.partition(b"\n")[0]
    table = read_table(file, content, _COLUMNS if reports_positions else _COLUMNS[:-1], BIDS_LIMITS)
    if not table.rows and not table.problems:
        table.report(None, None, "no bids", "at least one competitive bid")
    stated: dict[str, int] = {}
    if reports_positions:
        told = (row for row in table.rows if row.has(_BIDDER, _NET_LONG))
        stated = {row[_BIDDER]: cents for row in told if (cents := row[_NET_LONG])}

    def bid(row: Row) -> Bid:
        bidder = row[_BIDDER]
        cents = row[_NET_LONG] if stated else None
        if cents is None:
            cents = stated.get(bidder, 0)
        return Bid(bidder, row[_KIND], row[_AMOUNT], row[_YIELD], cents)

    return table.accept(bid)


def load_offering(file: str, content: bytes) -> tuple[Offering, ParameterSet]:
    """What a JSON file offers, and the rules in force on the day of its auction: an offering of
    its own, or that of a term sheet.

    Raises InputError with every field that is missing, unknown or not as it has to be.
    """
    document, _ = parse(content)
    if document is not None and document.get("schema") == FORMAT:
        sheet = load_linked_sheet(file, content)
        return sheet.offering, in_force(AUCTION_RULE, sheet.auction_on)
    fields = _Fields(file, content)
    offered_cents = fields.dollars("offering_dollars")
    issue_on, dated_on = fields.day("issue_date"), fields.day("dated_date")
    matures_on = fields.day("maturity_date")
    first_on, auction_on = fields.day("first_payment_date"), fields.day("auction_date")
    coupon = fields.read("coupon_percent", _coupon)
    minimum_cents, multiple_cents = (
        fields.dollars("minimum_dollars"),
        fields.dollars("multiple_dollars"),
    )
    schedule = fields.schedule(dated_on, first_on, matures_on)
    if issue_on and schedule and not schedule.dated_on <= issue_on < schedule.matures_on:
        expected = f"a day from {schedule.dated_on} until before {schedule.matures_on}"
        fields.report("issue_date", str(issue_on), expected)
    parameters = fields.rules_on(auction_on or issue_on)
    if not (offered_cents and issue_on and schedule and parameters) or fields.problems:
        raise InputError(fields.problems)
    rules = AuctionRules.from_parameters(parameters.values)
    offering = Offering(
        offered_cents,
        minimum_cents or rules.minimum_bid_cents,
        multiple_cents or rules.bid_multiple_cents,
        issue_on,
        schedule,
        coupon,
    )
    return offering, parameters


class _Fields:
    """The fields of the file, read one by one; what is wrong is collected."""

    def __init__(self, file: str, content: bytes) -> None:
        self._file = file
        self.problems: list[Problem] = []
        self._values = self._document(content)
        for name in sorted(set(self._values) - set(_REQUIRED) - set(_OPTIONAL)):
            self.report(name, "an unknown field", f"only {', '.join((*_REQUIRED, *_OPTIONAL))}")
        for name in _REQUIRED:
            if self._values.get(name) is None:
                self.report(name, "no such field", "the field")

    def report(self, name: str | None, found: str, expected: str) -> None:
        self.problems.append(Problem(self._file, None, name, found, expected))

    def read(self, name: str, reader: Callable[[str], T]) -> T | None:
        """A field by the reader of a column, which sees a number as it is written."""
        value = self._values.get(name)
        if value is None:
            return None
        try:
            if isinstance(value, bool | list | dict):
                raise ValueError("neither a number nor a text")
            return reader(str(value))
        except ValueError as error:
            self.report(name, f"{value!s} ({error})", _EXPECTED.get(name, "a sound value"))
            return None

    def day(self, name: str) -> date | None:
        return self.read(name, iso_date().read)

    def dollars(self, name: str) -> int | None:
        return self.read(name, dollars(cents_min=1).read)

    def schedule(
        self, dated_on: date | None, first_on: date | None, matures_on: date | None
    ) -> InterestSchedule | None:
        """Interest is first paid at the end of the half-year of the dated date, unless told."""
        if dated_on is None or matures_on is None:
            return None
        first_on = first_on or CouponCycle(matures_on).half_year_of(dated_on).ends_on
        try:
            return InterestSchedule(dated_on, first_on, matures_on)
        except ValueError as error:
            self.report("maturity_date", f"{matures_on} ({error})", "dates that make a schedule")
            return None

    def rules_on(self, day: date | None) -> ParameterSet | None:
        if day is None:
            return None
        try:
            return in_force(AUCTION_RULE, day)
        except RefusedError as error:
            self.report("issue_date", str(day), f"a day with rules in force ({error})")
            return None

    def _document(self, content: bytes) -> Mapping[str, Any]:
        try:
            if len(content) > TERMS_BYTES_MAX:
                raise ValueError(f"it has {len(content):,} bytes")
            # Numbers stay as they are written: nothing becomes a float.
            document = json.loads(
                content, parse_float=str, parse_int=str, object_pairs_hook=_each_once
            )
        except (ValueError, RecursionError) as error:
            self.report(None, f"no readable JSON ({error})", "a JSON object")
            raise InputError(self.problems) from error
        if not isinstance(document, dict):
            self.report(None, "no JSON object", "a JSON object")
            raise InputError(self.problems)
        return document


_EXPECTED = {
    "coupon_percent": "the coupon of a reopened bond in per cent",
    **dict.fromkeys(
        ("issue_date", "dated_date", "maturity_date", "auction_date", "first_payment_date"),
        iso_date().expected,
    ),
    **dict.fromkeys(
        ("offering_dollars", "minimum_dollars", "multiple_dollars"), dollars(cents_min=1).expected
    ),
}


def _coupon(field: str) -> Decimal:
    return percent(9, percent_min=Decimal(0), percent_max=Decimal(100)).read(field)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice: Iterator[str] = (name for name in names if names.count(name) > 1)
    found = next(twice, None)
    if found is not None:
        raise ValueError(f"{found!r} stands there twice")
    return dict(pairs)
