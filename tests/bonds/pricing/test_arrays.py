"""Prices and yields of many bonds at once: those of `exact`, to what float64 can hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.pricing.array_terms import BondTerms, Floats
from lmb.bonds.pricing.array_yields import street_yield_percent, treasury_yield_percent
from lmb.bonds.pricing.arrays import prepare
from lmb.bonds.pricing.exact import exact_accrued, exact_price
from lmb.bonds.schedule import InterestSchedule
from tests.bonds.pricing.cases import (
    APPENDIX_B,
    arrays,
    coupons,
    days,
    read_auctions,
    settlements,
    yields,
)

bonds_at_yields = st.lists(st.tuples(settlements(), coupons, yields), min_size=1, max_size=20)
Drawn = list[tuple[tuple[InterestSchedule, date], Decimal, Decimal]]


def terms_of(drawn: Drawn) -> tuple[BondTerms, Floats]:
    schedules = [schedule for (schedule, _), _, _ in drawn]
    terms = arrays(schedules, [day for (_, day), _, _ in drawn], [coupon for _, coupon, _ in drawn])
    return terms, np.array([float(given) for _, _, given in drawn])


@given(bonds_at_yields)
def test_prices_and_accrued_interest_are_those_of_exact_arithmetic(drawn: Drawn) -> None:
    terms, yield_percent = terms_of(drawn)
    bonds = prepare(terms)
    found = zip(bonds.price(yield_percent), bonds.accrued, drawn, strict=True)
    for price, accrued, ((schedule, settles_on), coupon, given_yield) in found:
        exact = float(exact_price(schedule, coupon, given_yield, settles_on))
        assert price == pytest.approx(exact, rel=0, abs=2e-15 * (100 + exact) + 2e-13)
        assert accrued == pytest.approx(
            float(exact_accrued(schedule, coupon, settles_on)), rel=0, abs=2e-14
        )


@given(bonds_at_yields)
def test_a_first_interest_date_not_given_is_the_first_coupon_date_after_the_dated_date(
    drawn: Drawn,
) -> None:
    terms, yield_percent = terms_of(drawn)
    default = [
        schedule.cycle.half_year_of(schedule.dated_on).ends_on for (schedule, _), _, _ in drawn
    ]
    given_dates = np.array(default, dtype="datetime64[D]")
    price = prepare(replace(terms, first_interest_on=given_dates)).price(yield_percent)
    without = prepare(replace(terms, first_interest_on=None)).price(yield_percent)
    blank = np.full(len(drawn), np.datetime64("NaT"), dtype="datetime64[D]")
    assert (without == price).all()
    assert (prepare(replace(terms, first_interest_on=blank)).price(yield_percent) == price).all()


def test_the_examples_of_appendix_b_and_all_published_auctions_come_out_in_one_call(
    shared_data: Path,
) -> None:
    cases = [
        (each.schedule, each.settles_on, each.coupon_percent, each.yield_percent, each.price)
        for each in APPENDIX_B
    ]
    auctions = list(read_auctions(shared_data))
    cases += [
        (each.schedule, each.issue_on, each.coupon_percent, each.high_yield_percent, each.price)
        for each in auctions
    ]
    schedules, settlement_days, coupon_percents, given_yields, published = zip(*cases, strict=True)
    bonds = prepare(arrays(schedules, settlement_days, coupon_percents))
    price = bonds.price(np.array(given_yields, dtype=np.float64))
    assert len(price) == 149
    assert np.abs(price - np.array(published, dtype=np.float64)).max() < 1.5e-6
    accrued = np.array([each.accrued for each in auctions], dtype=np.float64)
    assert np.abs(10 * bonds.accrued[len(APPENDIX_B) :] - accrued).max() < 0.5000001e-5


# ── yields ────────────────────────────────────────────────────────────────────────────────────


def grid() -> tuple[BondTerms, Floats]:
    """Coupons of 0.125 to 15 per cent, yields of -0.5 to 20, half a year to 30 years to run; on a
    coupon date, one day before and one after it, at month ends and in leap years."""
    coupon, yield_percent, half_years, issue = np.meshgrid(
        [0.125, 0.5, 1, 2.375, 4.125, 8, 15],
        [-0.5, -0.001, -1e-9, 0, 1e-12, 0.001, 0.125, 1, 4.373, 9.5, 20],
        [2, 3, 10, 21, 40, 60],
        days("2023-08-31 2024-02-29 2024-02-15 2023-11-30 2024-12-31 2021-01-15"),
    )
    months = issue.ravel().astype("datetime64[M]") + 6 * half_years.ravel()
    in_month = issue.ravel() - issue.ravel().astype("datetime64[M]")
    last = (months + 1).astype("datetime64[D]") - 1
    matures_on = np.minimum(months.astype("datetime64[D]") + in_month, last)
    shift = np.resize([0, 1, 90, 150], matures_on.size)
    terms = BondTerms(issue.ravel() + shift, issue.ravel(), matures_on, coupon.ravel())
    return terms, yield_percent.ravel()


def test_the_yield_comes_back_from_its_price_to_1e12_over_the_whole_range() -> None:
    terms, yield_percent = grid()
    bonds = prepare(terms)
    assert len(bonds) == 2772
    found = treasury_yield_percent(bonds, bonds.price(yield_percent))
    assert np.abs(found - yield_percent).max() < 1e-12
    found = street_yield_percent(bonds, bonds.street_price(yield_percent))
    assert np.abs(found - yield_percent).max() < 1e-12


def test_the_yield_comes_back_from_its_price_to_1e12_half_a_year_before_maturity() -> None:
    yield_percent = np.linspace(-0.5, 20, 400)
    coupon = np.linspace(0.125, 15, 400)
    start, end = np.repeat(days("2024-02-29"), 400), np.repeat(days("2024-08-31"), 400)
    bonds = prepare(BondTerms(start, start, end, coupon))
    found = treasury_yield_percent(bonds, bonds.price(yield_percent))
    assert np.abs(found - yield_percent).max() < 1e-12


@given(bonds_at_yields)
def test_a_price_comes_back_from_the_yield_found_for_it(drawn: Drawn) -> None:
    """Also in the last days of a bond, where the last bit of a price is many bits of its yield."""
    terms, yield_percent = terms_of(drawn)
    bonds = prepare(terms)
    price = bonds.price(yield_percent)
    again = bonds.price(treasury_yield_percent(bonds, price))
    assert np.abs(again - price).max() < 4e-15 * (100 + price.max()) + 2e-13
    street = bonds.street_price(yield_percent)
    again = bonds.street_price(street_yield_percent(bonds, street))
    assert np.abs(again - street).max() < 4e-15 * (100 + street.max()) + 2e-13


@pytest.mark.parametrize("price", [1e-6, 0.5, 20.0, 400.0, 5_000.0])
def test_far_prices_have_the_yield_that_gives_them(price: float) -> None:
    terms, _ = grid()
    bonds = prepare(terms)
    found = treasury_yield_percent(bonds, np.full(len(bonds), price))
    priced = bonds.price(found)[~np.isnan(found)]
    assert len(priced) > 100
    assert np.abs(priced / price - 1).max() < 1e-7


def test_a_price_that_no_yield_gives_has_none_and_leaves_the_others_theirs() -> None:
    terms, _ = grid()
    bonds = prepare(terms)[:3]
    found = treasury_yield_percent(bonds, np.array([-5.0, 100.0, 1e30]))
    assert np.isnan(found).tolist() == [True, False, True]
    assert found[1] == pytest.approx(0.125, abs=1e-6)


def test_a_yield_out_of_bounds_has_no_price() -> None:
    bonds = prepare(grid()[0])[:3]
    price = bonds.price(np.array([-99.001, 4, 1000.1]))
    assert np.isnan(price).tolist() == [True, False, True]


def test_street_and_treasury_yields_are_the_same_on_a_coupon_date_and_in_the_last_period() -> None:
    bonds = prepare(
        BondTerms(
            settles_on=days("2024-02-15 2028-10-01 2024-04-01"),
            dated_on=days("2024-02-15 2024-02-15 2024-02-15"),
            matures_on=days("2029-02-15 2029-02-15 2029-02-15"),
            coupon_percent=np.array([4.0, 4.0, 4.0]),
        )
    )
    gap = bonds.street_price(6.0) - bonds.price(6.0)
    assert np.abs(gap[:2]).max() < 1e-13
    # In between simple interest discounts a fraction of a half-year by more than powers do.
    assert gap[2] > 1e-3


def test_one_yield_prices_all_bonds_and_rows_of_yields_give_rows_of_prices() -> None:
    bonds = prepare(grid()[0])[:5]
    rows = bonds.price(np.array([[4.0], [5.0]]))
    assert rows.shape == (2, 5)
    assert (rows[1] == bonds.price(5.0)).all()
