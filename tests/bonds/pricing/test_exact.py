"""Prices and yields: Treasury's worked examples, its published auctions, identities, an oracle."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmb.bonds.pricing.exact import (
    YIELD_HIGHEST_PERCENT,
    accrued_per_1000,
    exact_accrued,
    exact_price,
    price_case,
    price_per_100,
    settlement_amount,
    yield_percent_at_price,
)
from lmb.bonds.schedule import InterestSchedule
from lmb.values.half_years import CouponCycle, plus_months, plus_months_keeping_month_end
from lmb.values.rounding import down_to_multiple, half_up
from tests.bonds.pricing.cases import (
    APPENDIX_B,
    PERCENT_STEP,
    Auction,
    Example,
    coupons,
    day,
    read_auctions,
    settlements,
    yields,
)


@pytest.mark.parametrize("example", APPENDIX_B, ids=lambda example: example.case)
def test_a_worked_example_of_appendix_b_comes_out_to_the_sixth_decimal(example: Example) -> None:
    schedule, settles_on, coupon = example.schedule, example.settles_on, example.coupon_percent
    assert price_case(schedule, settles_on) is example.case
    assert price_per_100(schedule, coupon, example.yield_percent, settles_on) == example.price
    assert half_up(exact_accrued(schedule, coupon, settles_on), 6) == example.accrued


@pytest.mark.parametrize("example", APPENDIX_B, ids=lambda example: example.case)
def test_the_yield_of_a_worked_example_comes_back_from_its_price(example: Example) -> None:
    found = yield_percent_at_price(
        example.schedule, example.coupon_percent, example.price, example.settles_on
    )
    assert half_up(found, 4) == example.yield_percent


def test_accrued_interest_in_one_half_year_is_that_of_the_example() -> None:
    schedule = InterestSchedule(day("2000-05-15"), day("2000-11-15"), day("2005-05-15"))
    accrued = accrued_per_1000(schedule, Decimal("6.75"), day("2000-08-15"))
    assert str(accrued) == "16.87500"
    amount = settlement_amount(150_000_00, Decimal(100), accrued)
    assert amount.accrued_cents == 2_531_25


def test_accrued_interest_across_two_half_years_is_that_of_the_example() -> None:
    schedule = InterestSchedule(day("1985-07-02"), day("1986-02-15"), day("2005-08-15"))
    accrued = accrued_per_1000(schedule, Decimal("10.75"), day("1985-11-04"))
    assert str(accrued) == "36.72798"
    assert settlement_amount(11_000_00, Decimal(100), accrued).accrued_cents == 404_01


# ── published auctions ────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def auctions(shared_data: Path) -> list[Auction]:
    return list(read_auctions(shared_data))


def test_all_published_prices_and_accrued_interest_are_reproduced(auctions: list[Auction]) -> None:
    assert len(auctions) == 142
    for auction in auctions:
        terms = (auction.schedule, auction.coupon_percent)
        price = price_per_100(*terms, auction.high_yield_percent, auction.issue_on)
        assert price == auction.price, auction
        assert accrued_per_1000(*terms, auction.issue_on) == auction.accrued, auction


def test_the_published_yield_comes_back_from_the_published_price(auctions: list[Auction]) -> None:
    for auction in auctions:
        found = yield_percent_at_price(
            auction.schedule, auction.coupon_percent, auction.price, auction.issue_on
        )
        assert half_up(found, 3) == auction.high_yield_percent, auction


def test_new_issues_have_the_eighth_below_their_high_yield_as_coupon(
    auctions: list[Auction],
) -> None:
    new = [auction for auction in auctions if auction.kind == "new"]
    assert len(new) > 80
    for auction in new:
        eighth = Decimal("0.125")
        lower = down_to_multiple(auction.high_yield_percent, eighth)
        assert auction.coupon_percent == max(lower, eighth)
        # And that is the multiple that prices closest to but not above par (356.20(b)).
        above = price_per_100(
            auction.schedule, lower + eighth, auction.high_yield_percent, auction.issue_on
        )
        assert auction.price <= 100 < above


# ── identities ────────────────────────────────────────────────────────────────────────────────


@settings(deadline=None)
@given(settlements(), coupons, yields)
def test_the_yield_of_the_price_at_a_yield_is_that_yield(
    settlement: tuple[InterestSchedule, date], coupon: Decimal, yield_percent: Decimal
) -> None:
    schedule, settles_on = settlement
    price = exact_price(schedule, coupon, yield_percent, settles_on)
    found = yield_percent_at_price(schedule, coupon, price, settles_on)
    assert abs(found - yield_percent) <= Decimal("1e-12")


@settings(deadline=None)
@given(settlements(), coupons, yields)
def test_the_price_falls_as_the_yield_rises(
    settlement: tuple[InterestSchedule, date], coupon: Decimal, yield_percent: Decimal
) -> None:
    schedule, settles_on = settlement
    price = exact_price(schedule, coupon, yield_percent, settles_on)
    assert exact_price(schedule, coupon, yield_percent + PERCENT_STEP, settles_on) < price


@given(settlements(), coupons, yields)
def test_the_published_price_is_the_exact_one_to_a_millionth(
    settlement: tuple[InterestSchedule, date], coupon: Decimal, yield_percent: Decimal
) -> None:
    schedule, settles_on = settlement
    exact = exact_price(schedule, coupon, yield_percent, settles_on)
    published = price_per_100(schedule, coupon, yield_percent, settles_on)
    assert published.as_tuple().exponent == -6
    assert abs(published - exact) <= Decimal("0.000001")


@given(settlements(), coupons)
def test_the_price_is_the_sum_of_discounted_payments(
    settlement: tuple[InterestSchedule, date], coupon: Decimal
) -> None:
    """Each payment on its own, discounted by simple interest to the next coupon date and by
    powers from there: the closed form of Appendix B must say the same."""
    schedule, settles_on = settlement
    half_yield = Decimal("0.0425")
    half_year = schedule.cycle.half_year_of(settles_on)
    left = schedule.cycle.half_years_to_maturity(half_year.ends_on)
    with localcontext(prec=60):
        fraction = Decimal((half_year.ends_on - settles_on).days) / half_year.days
        total = Decimal(0)
        for period in schedule.periods():
            if period.ends_on <= settles_on:
                continue
            powers = left - schedule.cycle.half_years_to_maturity(period.ends_on)
            length = Decimal(period.half_years.numerator) / period.half_years.denominator
            paid = coupon / 2 * length + (100 if period.ends_on == schedule.matures_on else 0)
            total += paid / (1 + half_yield) ** powers / (1 + fraction * half_yield)
        clean = total - exact_accrued(schedule, coupon, settles_on)
        ours = exact_price(schedule, coupon, 200 * half_yield, settles_on)
        assert abs(ours - clean) < Decimal("1e-40")


@given(st.dates(date(1985, 1, 1), date(2099, 12, 31)), st.integers(1, 60), coupons)
def test_a_bond_on_a_coupon_date_is_at_par_when_its_yield_is_its_coupon(
    matures_on: date, half_years: int, coupon: Decimal
) -> None:
    cycle = CouponCycle(matures_on)
    dated_on = cycle.before_maturity(half_years)
    schedule = InterestSchedule(dated_on, cycle.before_maturity(half_years - 1), matures_on)
    assert price_per_100(schedule, coupon, coupon, dated_on) == 100
    assert yield_percent_at_price(schedule, coupon, Decimal(100), dated_on) == coupon


@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("year", [2023, 2024])
@pytest.mark.parametrize("day", [1, 15, 28, 29, 30, 31])
def test_month_ends_and_leap_years_price_at_par_on_every_coupon_date(
    year: int, month: int, day: int
) -> None:
    dated_on = plus_months(date(year, 1, day), month - 1)
    matures_on = plus_months_keeping_month_end(dated_on, 60)
    cycle = CouponCycle(matures_on)
    dated_on = cycle.before_maturity(10)
    schedule = InterestSchedule(dated_on, cycle.before_maturity(9), matures_on)
    coupon = Decimal("4.125")
    for count in range(1, 11):
        assert price_per_100(schedule, coupon, coupon, cycle.before_maturity(count)) == 100


def test_at_a_zero_yield_the_price_is_what_is_still_to_be_paid() -> None:
    schedule = InterestSchedule(day("2020-02-15"), day("2020-08-15"), day("2026-08-15"))
    assert price_per_100(schedule, Decimal(5), Decimal(0), day("2020-02-15")) == Decimal("132.5")
    found = yield_percent_at_price(schedule, Decimal(5), Decimal("132.5"), day("2020-02-15"))
    assert abs(found) < Decimal("1e-20")


def test_a_price_above_all_that_is_still_to_be_paid_has_a_negative_yield() -> None:
    schedule = InterestSchedule(day("2020-02-15"), day("2020-08-15"), day("2026-08-15"))
    found = yield_percent_at_price(schedule, Decimal(5), Decimal(140), day("2020-02-15"))
    assert found < 0
    price = exact_price(schedule, Decimal(5), found, day("2020-02-15"))
    assert abs(price - 140) < Decimal("1e-20")


def test_in_the_last_period_the_fraction_is_discounted_by_simple_interest() -> None:
    schedule = InterestSchedule(day("2020-02-15"), day("2020-08-15"), day("2026-08-15"))
    price = price_per_100(schedule, Decimal(5), Decimal(8), day("2026-05-15"))
    with_accrued = Decimal("102.5") / (1 + Decimal(92) / 181 * Decimal("0.04"))
    accrued = Decimal(89) / 181 * Decimal("2.5")
    assert price == half_up(with_accrued, 6) - half_up(accrued, 6)


def test_a_price_no_yield_gives_is_refused() -> None:
    schedule = InterestSchedule(day("2020-02-15"), day("2020-08-15"), day("2026-08-15"))
    for price in (Decimal(0), Decimal(10) ** 9):
        with pytest.raises(ValueError, match="no yield"):
            yield_percent_at_price(schedule, Decimal(5), price, day("2020-02-15"))


@pytest.mark.parametrize("yield_percent", [Decimal(-200), YIELD_HIGHEST_PERCENT + 1])
def test_a_yield_out_of_bounds_is_refused(yield_percent: Decimal) -> None:
    schedule = InterestSchedule(day("2020-02-15"), day("2020-08-15"), day("2026-08-15"))
    with pytest.raises(ValueError, match="outside"):
        price_per_100(schedule, Decimal(5), yield_percent, day("2020-02-15"))


@pytest.mark.parametrize("settles_on", ["2020-02-14", "2026-08-15"])
def test_a_settlement_outside_the_life_of_the_bond_is_refused(settles_on: str) -> None:
    schedule = InterestSchedule(day("2020-02-15"), day("2020-08-15"), day("2026-08-15"))
    with pytest.raises(ValueError, match="no interest accrues"):
        price_per_100(schedule, Decimal(5), Decimal(5), day(settles_on))


def test_a_settlement_is_par_less_discount_plus_accrued_interest() -> None:
    amount = settlement_amount(1_000_000_00, Decimal("99.671988"), Decimal("0.09323"))
    assert amount.principal_cents == 996_719_88
    assert amount.accrued_cents == 93_23
    assert amount.total_cents == 996_813_11
