"""An auction of 100,000 bids: entry checks, allocation, price; beside a plain sort of the bids.

Whoever allocates by yield has to put the bids in order; so the sort is the least an auction can
cost, and the ratio says what all the rest costs on top.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from lmb.bonds.auction.allocation import AuctionResult, run_auction
from lmb.bonds.auction.files import load_auction_bids
from lmb.bonds.bids import Bid, screen_bids, share_of_cents
from lmb.bonds.dated_rules import AuctionRules, auction_rules_on
from lmb.bonds.offering import Offering
from lmb.bonds.schedule import InterestSchedule
from lmb.values.tables import table_bytes

BIDS = 100_000
ROUNDS = 5
BILLION_CENTS = 1_000_000_000_00
SCHEDULE = InterestSchedule(date(2024, 2, 15), date(2024, 8, 15), date(2034, 2, 15))
OFFERING = Offering(42 * BILLION_CENTS, 100_00, 100_00, date(2024, 2, 15), SCHEDULE)


def main() -> None:
    rules = auction_rules_on(date(2024, 2, 15))
    content = _file()
    bids = load_auction_bids("bids.csv", content)
    sort = _seconds(lambda: sorted(bids, key=lambda bid: (bid.yield_percent or 0, bid.bidder)))
    checks = _seconds(lambda: screen_bids(bids, OFFERING, rules))
    auction = _seconds(lambda: run_auction(bids, OFFERING, rules))
    read = _seconds(lambda: load_auction_bids("bids.csv", content))
    _check(run_auction(bids, OFFERING, rules), rules)
    print(f"  {BIDS:,} bids, {len(content) / 1e6:.1f} MB of CSV")
    print(f"  plain sort by yield and bidder         {sort:7.3f} s      1.0")
    print(f"  entry checks alone                     {checks:7.3f} s  {checks / sort:7.1f}")
    print(f"  auction with its entry checks          {auction:7.3f} s  {auction / sort:7.1f}")
    print(f"  reading the file                       {read:7.3f} s  {read / sort:7.1f}")


def _file() -> bytes:
    """Every tenth bid noncompetitive, the others at 400 yields."""
    chance = random.Random(20241)
    rows = []
    for number in range(BIDS):
        dollars = 100 * chance.randint(10, 20_000)
        if number % 10 == 0:
            rows.append((f"saver-{number}", "noncompetitive", str(dollars), "", ""))
        else:
            percent = f"4.{chance.randint(0, 399):03}"
            rows.append((f"dealer-{number}", "competitive", str(dollars), percent, ""))
    header = ("bidder", "kind", "amount_dollars", "yield_percent", "net_long_dollars")
    return table_bytes(header, rows)


def _check(result: AuctionResult, rules: AuctionRules) -> None:
    """The invariants, exactly: what the figures are worth nothing without."""
    assert result.awarded_cents == sum(award.award_cents for award in result.awards)
    assert result.awarded_cents >= OFFERING.offering_cents
    limit_cents = share_of_cents(OFFERING.offering_cents, rules.award_limit_percent)
    at_stop = 0
    for bid, cents in result.awards:
        assert cents % OFFERING.multiple_cents == 0
        assert cents <= min(bid.par_cents, limit_cents)
        if bid.yield_percent is None or bid.yield_percent < result.high_yield_percent:
            assert cents == bid.par_cents
        elif bid.yield_percent > result.high_yield_percent:
            assert cents == 0
        else:
            at_stop += _rounded_up(bid, result.proration_percent)
    excess = result.awarded_cents - OFFERING.offering_cents
    assert excess <= at_stop


def _rounded_up(bid: Bid, proration_percent: Decimal) -> int:
    """The most that rounding up can add to one bid at the stop: its share of a hundredth of a
    point, and a multiple."""
    assert proration_percent <= 100
    return bid.par_cents // 10_000 + OFFERING.multiple_cents


def _seconds(work: Callable[[], object]) -> float:
    """The least of several rounds: what the work takes when nothing else disturbs it."""
    least = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - start)
    return least
