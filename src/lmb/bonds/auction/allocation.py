"""A single-price auction: who is awarded how much, at what yield, coupon and price.

    noncompetitive bids in full ──▶ lowest yield up to the stop ──▶ prorated at the stop
        (31 CFR 356.20(a)(1))                                     (356.20(a)(2), 356.21)
    high yield ──▶ coupon: the multiple of 1/8 not above it ──▶ one price for everyone
                                 (356.20(b))

A bidder's award limit, a share of the offering less the net long position (356.22(b)), is applied
before the stop is found: what a bidder cannot be awarded does not count as bid for, so the awards
still add up to the offering where others bid for it. The order of the bids has no say.

Where noncompetitive bids alone would take the whole offering, 356.20(a)(1) lets Treasury choose
how much competition to accept besides. That is a judgement, so such an auction is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import groupby
from math import ceil
from operator import attrgetter
from typing import NamedTuple, cast

from lmb.bonds.bids import Bid, BidKind, bid_faults, share_of_cents
from lmb.bonds.dated_rules import AuctionRules
from lmb.bonds.offering import Offering
from lmb.bonds.pricing import (
    SettlementAmount,
    accrued_per_1000,
    price_per_100,
    settlement_amount,
)
from lmb.values.errors import RefusedError
from lmb.values.money import format_cents
from lmb.values.rates import decimal_text
from lmb.values.rounding import (
    PRECISION_DIGITS,
    down_to_multiple,
    half_up,
    round_up,
    up_to_multiple_cents,
)

FAULTS_SHOWN_MAX = 20


class Award(NamedTuple):
    """What one bid was awarded, which may be nothing."""

    bid: Bid
    award_cents: int


@dataclass(frozen=True, slots=True)
class AuctionResult:
    """The outcome of an auction, as its results notice shows it (31 CFR 356.23).

    Awards stand in order: noncompetitive by bidder, then competitive by yield and bidder. Low and
    median yield are those at or below which 5 and 50 per cent of accepted competitive bids lie.
    """

    offering_cents: int
    tendered_cents: int
    noncompetitive_cents: int
    competitive_cents: int
    high_yield_percent: Decimal
    median_yield_percent: Decimal
    low_yield_percent: Decimal
    proration_percent: Decimal
    coupon_percent: Decimal
    price_per_100: Decimal
    accrued_per_1000: Decimal
    bid_to_cover: Decimal
    awards: tuple[Award, ...]
    explanation: tuple[str, ...]

    @property
    def awarded_cents(self) -> int:
        return self.noncompetitive_cents + self.competitive_cents

    @property
    def competitive_tendered_cents(self) -> int:
        """All that was bid for competitively; noncompetitive bids are accepted in full."""
        return self.tendered_cents - self.noncompetitive_cents

    def settlement(self, award: Award) -> SettlementAmount:
        """What the bidder pays on the issue date for an award."""
        return settlement_amount(award.award_cents, self.price_per_100, self.accrued_per_1000)


class _Level(NamedTuple):
    """The competitive bids at one yield; `recognized_cents` is each within its bidder's limit."""

    yield_percent: Decimal
    bids: list[Bid]
    recognized_cents: list[int]
    total_cents: int


class _Stop(NamedTuple):
    """Where acceptance ends. At this yield `proration_percent` of each bid is awarded. It has all
    the decimals of a yield, however a bidder wrote it."""

    yield_percent: Decimal
    proration_percent: Decimal
    wanted_cents: int
    bid_cents: int


class _AcceptedLevel(NamedTuple):
    """A level that was awarded something, and each of its awards."""

    yield_percent: Decimal
    awards_cents: list[int]
    total_cents: int


def run_auction(bids: Sequence[Bid], offering: Offering, rules: AuctionRules) -> AuctionResult:
    """Award an offering. Raises RefusedError for bids that fail the entry checks, for an auction
    without a competitive bid that can be awarded, and for one the noncompetitive bids fill."""
    _refuse_faulty(bids, offering, rules)
    in_order = sorted(bids, key=attrgetter("bidder"))
    noncompetitive = [bid for bid in in_order if bid.kind is BidKind.NONCOMPETITIVE]
    noncompetitive_cents = sum(bid.par_cents for bid in noncompetitive)
    _refuse_filled(noncompetitive_cents, offering)
    levels = _levels(in_order, offering, rules)
    stop = _stop(levels, offering.offering_cents - noncompetitive_cents, rules)
    accepted = [
        _accepted(level, stop, offering)
        for level in levels
        if level.total_cents and level.yield_percent <= stop.yield_percent
    ]
    competitive_cents = sum(level.total_cents for level in accepted)
    awarded_cents = noncompetitive_cents + competitive_cents
    tendered_cents = sum(bid.par_cents for bid in bids)
    with localcontext(prec=PRECISION_DIGITS):
        cover = half_up(Decimal(tendered_cents) / awarded_cents, rules.bid_to_cover_places)
    high_yield = stop.yield_percent
    coupon_percent = _coupon(high_yield, offering, rules)
    schedule, issue_on = offering.schedule, offering.issue_on
    price = price_per_100(schedule, coupon_percent, high_yield, issue_on)
    return AuctionResult(
        offering_cents=offering.offering_cents,
        tendered_cents=tendered_cents,
        noncompetitive_cents=noncompetitive_cents,
        competitive_cents=competitive_cents,
        high_yield_percent=high_yield,
        median_yield_percent=_yield_at(accepted, rules.median_yield_share_percent, rules),
        low_yield_percent=_yield_at(accepted, rules.low_yield_share_percent, rules),
        proration_percent=stop.proration_percent,
        coupon_percent=coupon_percent,
        price_per_100=price,
        accrued_per_1000=accrued_per_1000(schedule, coupon_percent, issue_on),
        bid_to_cover=cover,
        awards=(
            *(Award(bid, bid.par_cents) for bid in noncompetitive),
            *_awards(levels, accepted),
        ),
        explanation=(
            f"{format_cents(offering.offering_cents)} offered; {len(bids)} bids for "
            f"{format_cents(tendered_cents)} in all.",
            f"Noncompetitive bids are accepted in full: {format_cents(noncompetitive_cents)}.",
            *_explain_limits(levels, rules),
            *_explain_stop(stop),
            *_explain_shortfall(offering.offering_cents - awarded_cents),
            _explain_coupon(coupon_percent, high_yield, offering, rules),
            f"Everyone pays {price} per 100 of par for {format_cents(awarded_cents)} awarded; "
            f"bids covered awards {cover} times.",
        ),
    )


def _refuse_faulty(bids: Sequence[Bid], offering: Offering, rules: AuctionRules) -> None:
    faults = bid_faults(bids, offering, rules)
    if faults:
        shown = "; ".join(
            f"bid {fault.position + 1} ({bids[fault.position].bidder}), {fault.field}: "
            f"found {fault.found}, expected {fault.expected}"
            for fault in faults[:FAULTS_SHOWN_MAX]
        )
        raise RefusedError(f"{len(faults)} faults bar these bids from the auction: {shown}")


def _refuse_filled(noncompetitive_cents: int, offering: Offering) -> None:
    if noncompetitive_cents >= offering.offering_cents:
        raise RefusedError(
            f"noncompetitive bids of {format_cents(noncompetitive_cents)} would take the whole "
            f"offering of {format_cents(offering.offering_cents)} and leave no competition to set "
            "the yield; 31 CFR 356.20(a)(1) leaves it to Treasury how much of it to accept "
            "besides: raise the offering and auction again"
        )


def _levels(in_order: Sequence[Bid], offering: Offering, rules: AuctionRules) -> list[_Level]:
    """Competitive bids by rising yield, each recognized as far as its bidder's limit reaches.

    `in_order` are all bids by bidder; sorting by yield keeps that order within a level.
    """
    competitive = [bid for bid in in_order if bid.yield_percent is not None]
    competitive.sort(key=_yield_of)
    limit_cents = share_of_cents(offering.offering_cents, rules.award_limit_percent)
    room_cents: dict[str, int] = {}
    levels = []
    for yield_percent, group in groupby(competitive, key=_yield_of):
        level_bids = list(group)
        recognized_cents = []
        for bidder, _, par_cents, _, net_long_cents in level_bids:
            room = room_cents.get(bidder, limit_cents - net_long_cents)
            cents = min(par_cents, max(room, 0))
            cents -= cents % offering.multiple_cents
            if cents < offering.minimum_cents:
                cents = 0
            room_cents[bidder] = room - cents
            recognized_cents.append(cents)
        levels.append(_Level(yield_percent, level_bids, recognized_cents, sum(recognized_cents)))
    return levels


def _yield_of(bid: Bid) -> Decimal:
    """The yield of a competitive bid, which has one."""
    return cast(Decimal, bid.yield_percent)


def _stop(levels: Sequence[_Level], wanted_cents: int, rules: AuctionRules) -> _Stop:
    stop = None
    for level in levels:
        if level.total_cents >= wanted_cents:
            with localcontext(prec=PRECISION_DIGITS):
                share = Decimal(100 * wanted_cents) / level.total_cents
            proration = round_up(share, rules.proration_places)
            high_yield = half_up(level.yield_percent, rules.yield_places)
            return _Stop(high_yield, proration, wanted_cents, level.total_cents)
        if level.total_cents:
            full = round_up(Decimal(100), rules.proration_places)
            high_yield = half_up(level.yield_percent, rules.yield_places)
            stop = _Stop(high_yield, full, level.total_cents, level.total_cents)
        wanted_cents -= level.total_cents
    if stop is None:
        raise RefusedError(
            "no competitive bid can be awarded, so nothing sets the yield (31 CFR 356.20(a)); "
            "invite competitive bids and auction again"
        )
    return stop


def _accepted(level: _Level, stop: _Stop, offering: Offering) -> _AcceptedLevel:
    """What a level is awarded: in full below the stop, the proration at it."""
    awards_cents = level.recognized_cents
    if level.yield_percent == stop.yield_percent:
        awards_cents = awards_at_stop_cents(awards_cents, stop.proration_percent, offering)
    return _AcceptedLevel(level.yield_percent, awards_cents, sum(awards_cents))


def awards_at_stop_cents(
    bids_cents: Sequence[int], proration_percent: Decimal, offering: Offering
) -> list[int]:
    """The award of each bid at the high yield: its share, at least the minimum to bid, rounded up
    to the multiple (31 CFR 356.21), and no more than the bid."""
    share = Fraction(proration_percent) / 100
    multiple_cents = offering.multiple_cents
    least_cents = up_to_multiple_cents(offering.minimum_cents, multiple_cents)
    numerator, denominator = share.numerator, share.denominator * multiple_cents
    # Rounding up to the cent first and then to the multiple is rounding up to the multiple.
    return [
        min(cents, max(-(-cents * numerator // denominator) * multiple_cents, least_cents))
        for cents in bids_cents
    ]


def _awards(levels: Sequence[_Level], accepted: Sequence[_AcceptedLevel]) -> Iterator[Award]:
    """An award for every competitive bid, those that got nothing included."""
    awards_cents = {level.yield_percent: level.awards_cents for level in accepted}
    for level in levels:
        cents = awards_cents.get(level.yield_percent, [0] * len(level.bids))
        yield from map(Award, level.bids, cents)


def _coupon(high_yield: Decimal, offering: Offering, rules: AuctionRules) -> Decimal:
    """The largest multiple of the step not above the high yield, at least the minimum.

    At that coupon the price is never above par, and on a coupon date it is the closest to par of
    all that are not. (After a long first period, or days of accrued interest, the next multiple
    can come to par or below when the yield is a few thousandths short of it: simple interest in
    the fraction of a half-year. The yield governs here.)
    """
    if offering.coupon_percent is not None:
        return offering.coupon_percent
    lower = down_to_multiple(high_yield, rules.coupon_step_percent)
    return max(lower, rules.coupon_minimum_percent)


def _yield_at(
    accepted: Sequence[_AcceptedLevel], share_percent: Decimal, rules: AuctionRules
) -> Decimal:
    """The yield at or below which this share of the competitive awards lies."""
    total_cents = sum(level.total_cents for level in accepted)
    wanted_cents = ceil(Fraction(share_percent) * total_cents / 100)
    reached_cents = 0
    for level in accepted:
        reached_cents += level.total_cents
        if reached_cents >= wanted_cents:
            return half_up(level.yield_percent, rules.yield_places)
    raise AssertionError("some bid at the stop was accepted, or the auction was refused")


def _explain_limits(levels: Sequence[_Level], rules: AuctionRules) -> Iterator[str]:
    """How many bidders the award limit cut; who they are is their own business."""
    limited = {
        bid.bidder
        for level in levels
        for bid, cents in zip(level.bids, level.recognized_cents, strict=True)
        if cents < bid.par_cents
    }
    if limited:
        bidders = "1 bidder" if len(limited) == 1 else f"{len(limited):,} bidders"
        yield (
            f"The bids of {bidders} are recognized only up to "
            f"{decimal_text(rules.award_limit_percent)} % of the offering less the net long "
            "position."
        )


def _explain_shortfall(short_cents: int) -> Iterator[str]:
    if short_cents > 0:
        yield f"The bids fall {format_cents(short_cents)} short of the offering."


def _explain_stop(stop: _Stop) -> tuple[str, str]:
    at = f"{stop.yield_percent} %"
    return (
        f"Competitive bids are accepted from the lowest yield up; the high yield is {at}.",
        f"At {at}, {format_cents(stop.wanted_cents)} of {format_cents(stop.bid_cents)} bid is "
        f"wanted: {stop.proration_percent} % of each bid, rounded up to the multiple.",
    )


def _explain_coupon(
    coupon_percent: Decimal, high_yield: Decimal, offering: Offering, rules: AuctionRules
) -> str:
    coupon = decimal_text(coupon_percent)
    if offering.coupon_percent is not None:
        return f"The coupon stood before the auction: {coupon} %."
    if coupon_percent > high_yield:
        return f"The coupon is the least there is, {coupon} %."
    step = decimal_text(rules.coupon_step_percent)
    return f"The coupon is the multiple of {step} % not above {high_yield} %: {coupon} %."
