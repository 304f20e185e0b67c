"""Published results of Treasury's auctions, and the dates that Treasury's calendar gives them.

The file of yields names no dates. Notes of 2, 5 and 7 years are dated on a month's last day, others
on the 15th; bonds of 20 years and inflation-protected securities are dated on the 15th and issued
at the month's end. An issue waits for a business day; only inflation-protected ones do not wait
past the end of the month. Nothing is issued on a Good Friday, although the Reserve Banks are open.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from lmb.bonds.schedule import InterestSchedule
from lmb.values.business_calendar import is_business_day
from lmb.values.half_years import CouponCycle, plus_months, plus_months_keeping_month_end
from lmb.values.rounding import down_to_multiple

EIGHTH = Decimal("0.125")
DAY = timedelta(days=1)
FOLDER = "treasury-auctions"
MONTH_END_YEARS = {2, 5, 7}
GOOD_FRIDAYS = {date(2022, 4, 15), date(2023, 4, 7), date(2024, 3, 29), date(2025, 4, 18)}

Row = dict[str, str]


def read(shared_data: Path, name: str) -> list[Row]:
    with (shared_data / FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


class PublicAuction(NamedTuple):
    """A published result with its dates. `dated_on` is that of the first issue; interest of a
    reopening accrues from the last interest date, which is where the schedule starts."""

    auction_on: date
    issue_on: date
    dated_on: date
    schedule: InterestSchedule
    is_new: bool
    high_yield_percent: Decimal
    price: Decimal
    coupon_percent: Decimal | None


def auctions_with_yields(shared_data: Path, *, indexed: bool) -> Iterator[PublicAuction]:
    """Every note and bond of the file of yields that has a yield, by auction date: ordinary ones
    or inflation-protected ones. A reopening has the coupon its first issue got (356.20(b)), None
    where that was before the file starts."""
    rows = read(shared_data, "auction_yields_2022_2025.csv")
    coupons: dict[tuple[date, date], Decimal] = {}
    for row in sorted(rows, key=lambda row: row["auction_date"]):
        if row["security_type"] == "Bill" or (row["is_tips"] == "True") != indexed:
            continue
        if not row["high_yield"]:
            continue
        issue_on, dated_on, matures_on, is_new = dates(row, indexed=indexed)
        high_yield = Decimal(row["high_yield"])
        if is_new:
            coupon = max(down_to_multiple(high_yield, EIGHTH), EIGHTH)
            coupons[dated_on, matures_on] = coupon
        half_year = CouponCycle(matures_on).half_year_of(issue_on)
        yield PublicAuction(
            date.fromisoformat(row["auction_date"]),
            issue_on,
            dated_on,
            InterestSchedule(half_year.starts_on, half_year.ends_on, matures_on),
            is_new,
            high_yield,
            Decimal(row["price_per100"]),
            coupons.get((dated_on, matures_on)),
        )


def dates(row: Row, *, indexed: bool) -> tuple[date, date, date, bool]:
    """Issue date, first dated date and maturity of an auction, and whether it is a first issue."""
    found = re.fullmatch(r"(\d+)-Year(?: (\d+)-Month)?", row["security_term"])
    assert found is not None
    months_left = 12 * int(found[1]) + int(found[2] or 0)
    years = -(-months_left // 12)
    auction_on = date.fromisoformat(row["auction_date"])
    month_end = plus_months(auction_on.replace(day=1), 1) - DAY
    middle = auction_on.replace(day=15)
    nominal = month_end if years in MONTH_END_YEARS and not indexed else middle
    dated_on = plus_months_keeping_month_end(nominal, months_left - 12 * years)
    matures_on = plus_months_keeping_month_end(dated_on, 12 * years)
    issue_on = month_end if indexed or years == 20 else nominal
    while not is_business_day(issue_on) or issue_on in GOOD_FRIDAYS:
        issue_on += -DAY if indexed else DAY
    return issue_on, dated_on, matures_on, found[2] is None
