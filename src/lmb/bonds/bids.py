"""Bids at an auction, and the checks they pass on entry.

A competitive bid names its yield and is filled if the yield is low enough; a noncompetitive bid
takes whatever yield the auction sets (31 CFR 356.12). Files of bids are read by `bids_file.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, localcontext
from enum import StrEnum
from typing import NamedTuple

from lmb.bonds.dated_rules import AuctionRules
from lmb.bonds.offering import Offering
from lmb.values.money import format_cents
from lmb.values.rates import decimal_text
from lmb.values.rounding import PRECISION_DIGITS, round_down, round_up

_BID_RULE = "31 CFR 356.12"
_LIMIT_RULE = "31 CFR 356.22"
_SHARE_PLACES = 6
"""Decimals of a share of the offering in a sentence, rounded up: one over the limit shows so."""


class BidKind(StrEnum):
    COMPETITIVE = "competitive"
    NONCOMPETITIVE = "noncompetitive"


class Bid(NamedTuple):
    """One bid. `net_long_cents` is what the bidder already holds or is promised of the security;
    every bid of one bidder repeats it. A tuple, because an auction makes a hundred thousand."""

    bidder: str
    kind: BidKind
    par_cents: int
    yield_percent: Decimal | None = None
    net_long_cents: int = 0


class BidFault(NamedTuple):
    """What is wrong with one field of a bid; `position` counts from 0, `field` names it.

    `found` and `expected` are for the report of a file, `reason` is the whole of it in a sentence
    with the rule. Where `of_bidder`, it is the bids of one bidder that do not go together.
    """

    position: int
    field: str
    found: str
    expected: str
    reason: str
    of_bidder: bool = False


class RefusedBid(NamedTuple):
    """A bid that has no part in the auction, and why; `position` counts from 0."""

    position: int
    bid: Bid
    reason: str


class ScreenedBids(NamedTuple):
    """Bids after the entry checks: those that take part, and those that do not."""

    accepted: tuple[Bid, ...]
    refused: tuple[RefusedBid, ...]


def share_of_cents(amount_cents: int, percent: Decimal) -> int:
    """The whole cents of a percentage of an amount, rounded down: for limits."""
    with localcontext(prec=PRECISION_DIGITS):
        return int(round_down(Decimal(amount_cents) * percent / 100, 0))


def bid_faults(
    bids: Sequence[Bid], offering: Offering, rules: AuctionRules
) -> tuple[BidFault, ...]:
    """Everything that bars the bids from the auction (31 CFR 356.12), in order of the bids.

    What one bidder's bids may not do together is told at the later bid.
    """
    checks = _Checks(offering, rules)
    faults: list[BidFault] = []
    firsts: dict[str, Bid] = {}
    later: list[int] = []
    for position, bid in enumerate(bids):
        if not checks.sound(bid):
            faults += checks.faults(position, bid)
        if bid.bidder in firsts:
            later.append(position)
        else:
            firsts[bid.bidder] = bid
    faults += _bidder_faults(bids, firsts, later)
    return tuple(sorted(faults, key=lambda fault: fault.position))


def screen_bids(bids: Sequence[Bid], offering: Offering, rules: AuctionRules) -> ScreenedBids:
    """Part the bids that may be awarded from those the entry checks bar, each with its reason.

    Where the bids of one bidder do not go together, all of that bidder's are refused: which of
    them is meant cannot be told, and the order in which bids stand has no say.
    """
    faults = bid_faults(bids, offering, rules)
    if not faults:
        return ScreenedBids(tuple(bids), ())
    reasons: dict[int, str] = {}
    of_bidders: dict[str, str] = {}
    for fault in faults:
        reasons.setdefault(fault.position, fault.reason)
        if fault.of_bidder:
            of_bidders.setdefault(bids[fault.position].bidder, fault.reason)
    accepted, refused = [], []
    for position, bid in enumerate(bids):
        reason = reasons.get(position) or of_bidders.get(bid.bidder)
        if reason is None:
            accepted.append(bid)
        else:
            refused.append(RefusedBid(position, bid, f"bid {position + 1}: {reason}"))
    return ScreenedBids(tuple(accepted), tuple(refused))


class _Checks:
    """The checks of one bid alone. `sound` is the quick look at a bid as most are; whatever it
    does not know to be sound, `faults` looks at in full."""

    def __init__(self, offering: Offering, rules: AuctionRules) -> None:
        self._offering, self._rules = offering, rules
        self._minimum_cents = offering.minimum_cents
        self._multiple_cents = offering.multiple_cents
        limit_percent = rules.single_bid_limit_percent
        self._competitive_limit_cents = share_of_cents(offering.offering_cents, limit_percent)
        self._noncompetitive_limit_cents = rules.noncompetitive_limit_cents
        self._sound_yields: set[Decimal | None] = set()

    def sound(self, bid: Bid) -> bool:
        _, kind, par_cents, yield_percent, net_long_cents = bid
        if par_cents % self._multiple_cents or par_cents < self._minimum_cents:
            return False
        if kind is BidKind.COMPETITIVE:
            return (
                par_cents <= self._competitive_limit_cents
                and net_long_cents >= 0
                and yield_percent in self._sound_yields
            )
        return (
            par_cents <= self._noncompetitive_limit_cents
            and net_long_cents == 0
            and yield_percent is None
        )

    def faults(self, position: int, bid: Bid) -> Iterator[BidFault]:
        yield from self._par_faults(position, bid)
        yield_faults = list(self._yield_faults(position, bid))
        if not yield_faults and bid.kind is BidKind.COMPETITIVE:
            self._sound_yields.add(bid.yield_percent)
        yield from yield_faults
        yield from _net_long_faults(position, bid)

    def _par_faults(self, position: int, bid: Bid) -> Iterator[BidFault]:
        par, expected, reasons = format_cents(bid.par_cents), [], []
        minimum, multiple = map(format_cents, (self._minimum_cents, self._multiple_cents))
        if bid.par_cents < self._minimum_cents:
            expected.append(f"at least {minimum}")
            reasons.append(f"{par} is less than the {minimum} minimum to bid of {_BID_RULE}")
        if bid.par_cents % self._multiple_cents:
            expected.append(f"a multiple of {multiple}")
            reasons.append(f"{par} is not a multiple of {multiple} as {_BID_RULE} asks for")
        over = self._over_limit(bid)
        if over:
            expected.append(over[0])
            reasons.append(over[1])
        if expected:
            reason = " and ".join(reasons)
            yield BidFault(position, "par_cents", par, " and ".join(expected), reason)

    def _over_limit(self, bid: Bid) -> tuple[str, str] | None:
        if bid.kind is BidKind.NONCOMPETITIVE:
            limit = format_cents(self._noncompetitive_limit_cents)
            if bid.par_cents <= self._noncompetitive_limit_cents:
                return None
            return (
                f"at most {limit}, that of a noncompetitive bid",
                f"{format_cents(bid.par_cents)} exceeds the {limit} limit of a noncompetitive bid "
                f"of {_BID_RULE}",
            )
        if bid.par_cents <= self._competitive_limit_cents:
            return None
        limit = decimal_text(self._rules.single_bid_limit_percent)
        with localcontext(prec=PRECISION_DIGITS):
            share = Decimal(100 * bid.par_cents) / self._offering.offering_cents
        return (
            f"at most {format_cents(self._competitive_limit_cents)}, the limit of a bid at one "
            "yield",
            f"{decimal_text(round_up(share, _SHARE_PLACES))} % of the offering exceeds the "
            f"{limit} % limit of {_LIMIT_RULE}",
        )

    def _yield_faults(self, position: int, bid: Bid) -> Iterator[BidFault]:
        lowest, highest = self._rules.yield_minimum_percent, self._rules.yield_maximum_percent
        offered, cited = self._offering.highest_yield_percent, _BID_RULE
        if offered is not None and offered < highest:
            highest, cited = offered, f"{_BID_RULE} with the term sheet"
        places = self._rules.yield_places
        found, expected = str(bid.yield_percent), ""
        if bid.kind is BidKind.NONCOMPETITIVE:
            if bid.yield_percent is not None:
                expected = "nothing: a noncompetitive bid has no yield"
        elif bid.yield_percent is None:
            found, expected = "nothing", "the yield of a competitive bid"
        elif not lowest <= bid.yield_percent <= highest or bid.yield_percent % Decimal(1).scaleb(
            -places
        ):
            low, high = decimal_text(lowest), decimal_text(highest)
            expected = f"per cent from {low} to {high} with at most {places} decimals"
        if expected:
            reason = f"the yield is {found}; {cited} asks for {expected}"
            yield BidFault(position, "yield_percent", found, expected, reason)


def _net_long_faults(position: int, bid: Bid) -> Iterator[BidFault]:
    if not bid.net_long_cents:
        return
    found, expected = format_cents(bid.net_long_cents), ""
    if bid.net_long_cents < 0:
        expected = "no less than $0.00"
    elif bid.kind is BidKind.NONCOMPETITIVE:
        expected = "nothing: only competitive bidders report a position"
    if expected:
        reason = f"the net long position is {found}; {_BID_RULE} asks for {expected}"
        yield BidFault(position, "net_long_cents", found, expected, reason)


def _bidder_faults(
    bids: Sequence[Bid], firsts: dict[str, Bid], later: Sequence[int]
) -> Iterator[BidFault]:
    """What one bidder's bids may not do together. `later` are those after a bidder's first."""
    yields: dict[str, set[Decimal | None]] = {}
    for position in later:
        bid = bids[position]
        first = firsts[bid.bidder]
        known = yields.setdefault(bid.bidder, {first.yield_percent})
        again = bid.yield_percent in known
        known.add(bid.yield_percent)
        if bid.kind is not first.kind:
            found, field = str(bid.kind), "kind"
            expected = f"{first.kind}, as in the bidder's earlier bid: one kind for one bidder"
            reason = f"{bid.bidder} bids both competitively and noncompetitively"
        elif again:
            noncompetitive = bid.kind is BidKind.NONCOMPETITIVE
            each = "noncompetitive bid a bidder" if noncompetitive else "bid a bidder at one yield"
            found, field, expected = f"{bid.bidder} a second time", "bidder", f"one {each}"
            reason = f"{bid.bidder} bids twice where there is one {each}"
        elif bid.net_long_cents != first.net_long_cents:
            found, field = format_cents(bid.net_long_cents), "net_long_cents"
            expected = f"{format_cents(first.net_long_cents)}, as in the bidder's earlier bid"
            reason = f"{bid.bidder} reports more than one net long position"
        else:
            continue
        reason = f"{reason}, against {_BID_RULE}; none of that bidder's bids can stand"
        yield BidFault(position, field, found, expected, reason, of_bidder=True)
