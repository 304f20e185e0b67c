"""Every public auction row that can be checked, to the last published digit.

The two files hold 7,188 rows of prices and 1,525 rows of yields. Each test says how many it finds
fit for its check, so that none drops out unseen. Not checked here: floating rate notes, whose
discount margins and index rates the files do not have (`test_floating` has two from Treasury's
notices), and rows of yields after 2024-08-08 for bills, whose dates they do not have.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from lmb.bonds.pricing.array_terms import BondTerms
from lmb.bonds.pricing.array_yields import treasury_yield_percent
from lmb.bonds.pricing.arrays import prepare
from lmb.bonds.pricing.bills import (
    bill_price_per_100,
    discount_rate_percent,
    investment_rate_percent,
)
from lmb.bonds.pricing.exact import price_per_100
from lmb.bonds.pricing.indexed import index_ratio, indexed_price, reference_cpi
from lmb.bonds.pricing.published import published_prices
from lmb.values.half_years import CouponCycle
from lmb.values.rounding import half_up
from tests.bonds.pricing.cases import day
from tests.bonds.pricing.public_auctions import EIGHTH, Row, auctions_with_yields, dates, read

MILLION = 10**6

# CPI-U, U.S. city average, all items, not seasonally adjusted (Bureau of Labor Statistics), for
# each month of a year; of 2021 from October, of 2025 to August.
CPI_OF_YEAR = {
    2021: "- - - - - - - - - 276.589 277.948 278.802",
    2022: "281.148 283.716 287.504 289.109 292.296 296.311 296.276 296.171 296.808 298.012 297.711 "
    "296.797",
    2023: "299.170 300.840 301.836 303.363 304.127 305.109 305.691 307.026 307.789 307.671 307.051 "
    "306.746",
    2024: "308.417 310.326 312.332 313.548 314.069 314.175 314.540 314.796 315.301 315.664 315.493 "
    "315.605",
    2025: "317.671 319.082 319.799 320.795 321.465 322.561 323.048 323.976",
}
CPI = {
    (year, month): Decimal(text)
    for year, texts in CPI_OF_YEAR.items()
    for month, text in enumerate(texts.split(), start=1)
    if text != "-"
}


@pytest.fixture(scope="module")
def prices(shared_data: Path) -> list[Row]:
    return read(shared_data, "auction_prices_1992_2024.csv")


@pytest.fixture(scope="module")
def yields(shared_data: Path) -> list[Row]:
    return read(shared_data, "auction_yields_2022_2025.csv")


def by_auction(rows: list[Row]) -> dict[tuple[str, str, Decimal], Row]:
    return {
        (row["auction_date"], row["security_type"], Decimal(row["price_per100"])): row
        for row in rows
    }


# ── bills ─────────────────────────────────────────────────────────────────────────────────────


def test_every_bill_has_a_three_decimal_discount_rate_that_gives_its_price(
    prices: list[Row],
) -> None:
    exact = Counter[str]()
    for row in prices:
        if row["security_type"] != "Bill":
            continue
        issue_on, matures_on = day(row["issue_date"]), day(row["maturity_date"])
        published = Decimal(row["price_per100"])
        rate = half_up(discount_rate_percent(issue_on, matures_on, published), 3)
        price = bill_price_per_100(issue_on, matures_on, rate)
        if price == published:
            exact["to six decimals"] += 1
        else:
            # Until 2008 prices were published to three decimals.
            assert published == half_up(price, 3), row
            assert issue_on.year < 2009
            exact["to three decimals, all there are"] += 1
    assert exact == {"to six decimals": 4474, "to three decimals, all there are": 786}


def test_every_bill_with_dates_has_the_investment_rate_published(
    prices: list[Row], yields: list[Row]
) -> None:
    dated = by_auction(prices)
    checked, leap = 0, 0
    for row in yields:
        key = (row["auction_date"], row["security_type"], Decimal(row["price_per100"] or 0))
        if row["security_type"] != "Bill" or key not in dated:
            continue
        issue_on = day(dated[key]["issue_date"])
        matures_on = day(dated[key]["maturity_date"])
        found = investment_rate_percent(issue_on, matures_on, Decimal(row["price_per100"]))
        assert found == Decimal(row["auction_yield"]), row
        checked += 1
        leap += date(2023, 3, 1) <= issue_on <= date(2024, 2, 28)
    assert (checked, leap) == (782, 314)


# ── notes and bonds ───────────────────────────────────────────────────────────────────────────


def test_the_dates_given_to_auctions_are_those_published(
    prices: list[Row], yields: list[Row]
) -> None:
    dated = by_auction(prices)
    checked = 0
    for row in yields:
        key = (row["auction_date"], row["security_type"], Decimal(row["price_per100"] or 0))
        if row["security_type"] == "Bill" or not row["high_yield"] or key not in dated:
            continue
        issue_on, _, matures_on, _ = dates(row, indexed=row["is_tips"] == "True")
        published = (dated[key]["issue_date"], dated[key]["maturity_date"])
        assert (str(issue_on), str(matures_on)) == published, row
        checked += 1
    assert checked == 176


def test_every_note_and_bond_with_a_yield_has_its_published_price(shared_data: Path) -> None:
    counts = Counter[str]()
    for each in auctions_with_yields(shared_data, indexed=False):
        known = each.coupon_percent
        fitting = [
            coupon
            for coupon in ([known] if known else [n * EIGHTH for n in range(1, 65)])
            if price_per_100(each.schedule, coupon, each.high_yield_percent, each.issue_on)
            == each.price
        ]
        # Of a reopening whose first issue is not in the file, exactly one coupon fits.
        assert len(fitting) == 1, each
        kind = "first issue" if each.is_new else "reopening"
        counts[kind if known else f"{kind}, coupon not in the file"] += 1
    assert counts == {
        "first issue": 172,
        "reopening": 48,
        "reopening, coupon not in the file": 24,
    }


def test_every_inflation_protected_security_has_its_published_price(shared_data: Path) -> None:
    auctions = list(auctions_with_yields(shared_data, indexed=True))
    for each in auctions:
        assert each.coupon_percent is not None
        ratio = index_ratio(reference_cpi(CPI, each.issue_on), reference_cpi(CPI, each.dated_on))
        found = indexed_price(
            each.schedule, each.coupon_percent, each.high_yield_percent, each.issue_on, ratio
        )
        assert found.price == each.price, each
    assert len(auctions) == 46


def test_prices_without_yields_have_one_that_the_rules_explain(prices: list[Row]) -> None:
    """The coupon of a first issue is the eighth below its yield, that of a reopening the first
    issue's; yields have three decimals. Such a pair that gives all six decimals of a price is no
    chance: they are a thousand times too few. What no pair explains is inflation-protected or
    floating, which the file does not mark."""
    rows = [row for row in prices if row["security_type"] != "Bill"]
    found = explanations(rows)
    by_cusip = defaultdict(list)
    for row, explained in zip(rows, found, strict=True):
        by_cusip[row["cusip"]].append((row["auction_date"], row["price_per100"], explained))
    counts = Counter[str]()
    for auctions in by_cusip.values():
        (_, first_price, (by_rule, _)), *reopenings = sorted(auctions, key=lambda each: each[:2])
        coupon = by_rule[0] if len(by_rule) == 1 and Decimal(first_price) != 100 else None
        counts["first issue" if coupon else "first issue, open"] += 1
        for _, _, (_, any_coupon) in reopenings:
            counts["reopening" if coupon in any_coupon else "reopening, open"] += 1
    assert sum(counts.values()) == 1928
    assert (counts["first issue"], counts["reopening"]) == (934, 273)


def explanations(rows: list[Row]) -> list[tuple[list[float], list[float]]]:
    """The coupons which, with some yield of three decimals, give a price to the sixth decimal:
    those that are the eighth below that yield, and all."""
    coupons = np.arange(1, 130) / 8
    count = len(coupons)
    issue, maturity = ([day(row[name]) for row in rows] for name in ("issue_date", "maturity_date"))
    dated = [
        CouponCycle(matures_on).half_year_of(issue_on).starts_on
        for issue_on, matures_on in zip(issue, maturity, strict=True)
    ]
    terms = BondTerms(
        settles_on=np.repeat(np.array(issue, dtype="datetime64[D]"), count),
        dated_on=np.repeat(np.array(dated, dtype="datetime64[D]"), count),
        matures_on=np.repeat(np.array(maturity, dtype="datetime64[D]"), count),
        coupon_percent=np.tile(coupons, len(rows)),
    )
    price = np.repeat([float(row["price_per100"]) for row in rows], count)
    rounded = np.round(treasury_yield_percent(prepare(terms), price), 3)
    known = ~np.isnan(rounded)
    units = published_prices(terms, np.where(known, rounded, 1)).price_millionths
    hit = (known & (units == np.round(price * MILLION))).reshape(len(rows), count)
    below = np.maximum(np.floor(rounded * 8 + 1e-9) / 8, 0.125).reshape(len(rows), count)
    by_rule = hit & (below == coupons)
    return [
        (coupons[rule].tolist(), coupons[any_].tolist())
        for rule, any_ in zip(by_rule, hit, strict=True)
    ]
