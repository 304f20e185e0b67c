"""Treasury's published results as checks: what the stop gives for coupon, price and accrued."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from lmb.bonds.auction.allocation import run_auction
from lmb.bonds.bids import Bid, BidKind
from lmb.bonds.offering import Offering
from lmb.bonds.schedule import InterestSchedule
from lmb.values.half_years import CouponCycle
from tests.bonds.support import RULES

BILLION = 1_000_000_000_00


def test_every_published_auction_comes_out_to_the_last_digit(shared_data: Path) -> None:
    """One bid more than is wanted at the published high yield; all else follows from it."""
    path = shared_data / "treasury-auctions" / "notes_bonds_verified_2022_2024.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == 142
    for row in rows:
        matures_on, dated_on = (
            date.fromisoformat(row[name]) for name in ("maturity_date", "dated_date")
        )
        first_on = CouponCycle(matures_on).half_year_of(dated_on).ends_on
        new = row["kind"] == "new"
        offering = Offering(
            10 * BILLION,
            100_00,
            100_00,
            date.fromisoformat(row["issue_date"]),
            InterestSchedule(dated_on, first_on, matures_on),
            None if new else Decimal(row["interest_rate_pct"]),
        )
        high, median = Decimal(row["high_yield_pct"]), Decimal(row["median_yield_pct"])
        bids = [
            Bid("a", BidKind.COMPETITIVE, 3 * BILLION, median),
            Bid("b", BidKind.COMPETITIVE, 3 * BILLION, median - Decimal("0.001")),
            Bid("c", BidKind.COMPETITIVE, 3 * BILLION, high),
            Bid("d", BidKind.COMPETITIVE, 2 * BILLION, high),
        ]
        result = run_auction(bids, offering, RULES)
        assert result.high_yield_percent == high
        assert result.median_yield_percent == median
        assert result.coupon_percent == Decimal(row["interest_rate_pct"]), row
        assert result.price_per_100 == Decimal(row["price_per100"]), row
        assert result.accrued_per_1000 == Decimal(row["accrued_per1000"]), row
