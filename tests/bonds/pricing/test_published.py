"""The published digits of many bonds: those of exact arithmetic, every one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmb.bonds.pricing import published
from lmb.bonds.pricing.array_terms import BondTerms
from lmb.bonds.pricing.arrays import prepare
from lmb.bonds.pricing.exact import accrued_per_1000, price_per_100, yield_percent_at_price
from lmb.bonds.pricing.published import published_prices, published_yields
from lmb.bonds.schedule import InterestSchedule
from lmb.values.rounding import half_up
from tests.bonds.pricing.cases import (
    APPENDIX_B,
    arrays,
    coupons,
    read_auctions,
    settlements,
    yields,
)

MILLION = 10**6
bonds_at_yields = st.lists(st.tuples(settlements(), coupons, yields), min_size=1, max_size=20)
Drawn = list[tuple[tuple[InterestSchedule, date], Decimal, Decimal]]


def terms_of(drawn: Drawn) -> BondTerms:
    schedules = [schedule for (schedule, _), _, _ in drawn]
    return arrays(schedules, [day for (_, day), _, _ in drawn], [coupon for _, coupon, _ in drawn])


def test_all_published_prices_and_accrued_interest_are_reproduced_in_one_call(
    shared_data: Path,
) -> None:
    auctions = list(read_auctions(shared_data))
    found = published_prices(
        arrays(
            [each.schedule for each in auctions],
            [each.issue_on for each in auctions],
            [each.coupon_percent for each in auctions],
        ),
        np.array([each.high_yield_percent for each in auctions], dtype=np.float64),
    )
    assert len(auctions) == 142
    assert found.price_millionths.tolist() == [int(each.price * MILLION) for each in auctions]
    assert found.accrued_millionths.tolist() == [int(each.accrued * 10**5) for each in auctions]


def test_the_examples_of_appendix_b_come_out_to_the_sixth_decimal() -> None:
    found = published_prices(
        arrays(
            [each.schedule for each in APPENDIX_B],
            [each.settles_on for each in APPENDIX_B],
            [each.coupon_percent for each in APPENDIX_B],
        ),
        np.array([each.yield_percent for each in APPENDIX_B], dtype=np.float64),
    )
    assert found.price_millionths.tolist() == [int(each.price * MILLION) for each in APPENDIX_B]
    assert found.accrued_millionths.tolist() == [int(each.accrued * MILLION) for each in APPENDIX_B]


@settings(deadline=None)
@given(bonds_at_yields)
def test_every_digit_of_prices_and_yields_is_that_of_exact_arithmetic(drawn: Drawn) -> None:
    terms = terms_of(drawn)
    given_yields = np.array([float(given) for _, _, given in drawn])
    prices = published_prices(terms, given_yields)
    price = prices.price_millionths / MILLION
    found_yields = published_yields(terms, price)
    for row, ((schedule, settles_on), coupon, given_yield) in enumerate(drawn):
        exact = price_per_100(schedule, coupon, given_yield, settles_on)
        assert prices.price_millionths[row] == int(exact * MILLION)
        accrued = accrued_per_1000(schedule, coupon, settles_on)
        assert prices.accrued_millionths[row] == int(accrued * 10**5)
        exact_yield = yield_percent_at_price(schedule, coupon, exact, settles_on)
        assert found_yields[row] == int(half_up(exact_yield, 12) * 10**12)


def test_float64_alone_is_never_asked_next_to_a_boundary(monkeypatch: pytest.MonkeyPatch) -> None:
    """At a zero yield and half-way through a half-year a quarter of these prices end in a 5 at
    the seventh place: float64 could fall either way."""
    schedule = InterestSchedule(date(2024, 5, 15), date(2024, 11, 15), date(2026, 5, 15))
    settles_on = date(2024, 8, 15)
    given_coupons = [Decimal(units) / 10**6 for units in range(4_000_001, 4_000_061)]
    asked: list[Decimal] = []

    def counted(*given: Any) -> Decimal:
        asked.append(given[1])
        return price_per_100(*given)

    monkeypatch.setattr(published, "price_per_100", counted)
    count = len(given_coupons)
    terms = arrays([schedule] * count, [settles_on] * count, given_coupons)
    found = published_prices(terms, np.zeros(count))
    exact = [price_per_100(schedule, coupon, Decimal(0), settles_on) for coupon in given_coupons]
    assert found.price_millionths.tolist() == [int(price * MILLION) for price in exact]
    assert len(asked) == count / 4


def test_float64_alone_answers_for_almost_all() -> None:
    """Else the speed of arrays would be lost."""
    chance = np.random.default_rng(7)
    rows = 5_000
    settles_on = np.datetime64("2025-06-01") + chance.integers(0, 180, rows)
    terms = BondTerms(
        settles_on,
        settles_on - chance.integers(0, 900, rows),
        np.datetime64("2031-01-01") + chance.integers(0, 5_400, rows),
        chance.integers(1, 80, rows) / 8,
    )
    price = prepare(terms).price_with_accrued(4.373)
    _, sure = published._half_up_units(price, MILLION, published._PRICE_MARGIN)
    assert 0 < (~sure).sum() < 50


@pytest.mark.parametrize("yield_percent", [-99.5, -99.0, 1000.5, np.nan])
def test_a_yield_out_of_bounds_is_refused(yield_percent: float) -> None:
    terms = arrays([APPENDIX_B[0].schedule], [APPENDIX_B[0].settles_on], [Decimal(4)])
    with pytest.raises(ValueError, match="a yield from -99 to 1,000"):
        published_prices(terms, np.array([yield_percent]))


@pytest.mark.parametrize("price", [-1.0, 1e30, np.nan])
def test_a_price_that_no_yield_gives_is_refused(price: float) -> None:
    terms = arrays([APPENDIX_B[0].schedule], [APPENDIX_B[0].settles_on], [Decimal(4)])
    with pytest.raises(ValueError, match="a price that a yield"):
        published_yields(terms, np.array([price]))


@pytest.mark.parametrize("given_yield", [-50.0, 1000.0])
def test_the_furthest_yields_come_out_exactly(given_yield: float) -> None:
    example = APPENDIX_B[0]
    terms = arrays([example.schedule], [example.settles_on], [example.coupon_percent])
    (found,) = published_prices(terms, np.array([given_yield])).price_millionths
    exact = price_per_100(
        example.schedule, example.coupon_percent, Decimal(given_yield), example.settles_on
    )
    assert found == int(exact * MILLION)
