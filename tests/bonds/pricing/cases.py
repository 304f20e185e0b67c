"""Bonds to price: Treasury's worked examples, its published auctions, and any bond at all."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st

from lmb.bonds.pricing.array_terms import BondTerms
from lmb.bonds.pricing.exact import PriceCase
from lmb.bonds.schedule import InterestSchedule
from lmb.values.half_years import CouponCycle


class Example(NamedTuple):
    """A worked example of Appendix B, section II."""

    case: PriceCase
    schedule: InterestSchedule
    settles_on: date
    coupon_percent: Decimal
    yield_percent: Decimal
    price: Decimal
    accrued: Decimal


def day(text: str) -> date:
    return date.fromisoformat(text)


def _example(
    case: str, coupon: str, dates: str, yield_percent: str, price: str, accrued: str = "0"
) -> Example:
    dated_on, first_interest_on, matures_on, settles_on = map(day, dates.split())
    schedule = InterestSchedule(dated_on, first_interest_on, matures_on)
    return Example(
        PriceCase(case),
        schedule,
        settles_on,
        Decimal(coupon),
        Decimal(yield_percent),
        Decimal(price),
        Decimal(accrued),
    )


APPENDIX_B = [
    # case, coupon; dated, first interest, maturity, settlement; yield, price, accrued per 100
    _example("A", "8.75", "1990-05-15 1990-11-15 2020-05-15 1990-05-15", "8.84", "99.057893"),
    _example("B", "8.5", "1990-04-02 1990-09-30 1992-03-31 1990-04-02", "8.59", "99.838183"),
    _example("C", "8.5", "1990-03-01 1990-11-15 1995-05-15 1990-03-01", "8.53", "99.805118"),
    _example(
        "D", "9.5", "1985-11-15 1986-05-15 1995-11-15 1985-11-29", "9.54", "99.730918", "0.367403"
    ),
    _example(
        "E",
        "10.75",
        "1985-07-02 1986-02-15 2005-08-15 1985-11-04",
        "10.47",
        "102.214586",
        "3.672798",
    ),
    _example(
        "F", "10.5", "1983-05-16 1983-11-15 1991-05-15 1983-08-15", "10.53", "99.777074", "2.596467"
    ),
    _example(
        "G", "9.75", "1988-10-15 1989-06-15 1994-12-15 1988-11-15", "9.79", "99.738045", "0.825820"
    ),
]


class Auction(NamedTuple):
    kind: str
    schedule: InterestSchedule
    issue_on: date
    coupon_percent: Decimal
    high_yield_percent: Decimal
    price: Decimal
    accrued: Decimal


def read_auctions(shared_data: Path) -> Iterator[Auction]:
    file = shared_data / "treasury-auctions" / "notes_bonds_verified_2022_2024.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            dated_on, matures_on = day(row["dated_date"]), day(row["maturity_date"])
            first_interest_on = CouponCycle(matures_on).half_year_of(dated_on).ends_on
            yield Auction(
                row["kind"],
                InterestSchedule(dated_on, first_interest_on, matures_on),
                day(row["issue_date"]),
                Decimal(row["interest_rate_pct"]),
                Decimal(row["high_yield_pct"]),
                Decimal(row["price_per100"]),
                Decimal(row["accrued_per1000"]),
            )


PERCENT_STEP = Decimal("0.001")
yields = st.integers(-500, 20_000).map(lambda steps: steps * PERCENT_STEP)
coupons = st.integers(1, 120).map(lambda eighths: eighths * Decimal("0.125"))


@st.composite
def settlements(draw: st.DrawFn) -> tuple[InterestSchedule, date]:
    """A bond of any first period, and a day of its life."""
    matures_on = draw(st.dates(date(2005, 1, 1), date(2099, 12, 31)))
    cycle = CouponCycle(matures_on)
    first = draw(st.integers(0, 59))
    first_interest_on = cycle.before_maturity(first)
    days = draw(st.integers(1, (first_interest_on - cycle.before_maturity(first + 2)).days - 1))
    dated_on = date.fromordinal(first_interest_on.toordinal() - days)
    schedule = InterestSchedule(dated_on, first_interest_on, matures_on)
    life_days = (matures_on - dated_on).days
    settles_on = date.fromordinal(dated_on.toordinal() + draw(st.integers(0, life_days - 1)))
    return schedule, settles_on


def arrays(
    schedules: Sequence[InterestSchedule], settles_on: Sequence[date], coupons: Sequence[Decimal]
) -> BondTerms:
    """The same bonds as arrays."""
    return BondTerms(
        settles_on=np.array(settles_on, dtype="datetime64[D]"),
        dated_on=np.array([each.dated_on for each in schedules], dtype="datetime64[D]"),
        matures_on=np.array([each.matures_on for each in schedules], dtype="datetime64[D]"),
        coupon_percent=np.array(coupons, dtype=np.float64),
        first_interest_on=np.array(
            [each.first_interest_on for each in schedules], dtype="datetime64[D]"
        ),
    )


def days(text: str) -> Any:
    """Days between spaces, as datetime64[D]; `NaT` for none."""
    return np.array(text.split(), dtype="datetime64[D]")
