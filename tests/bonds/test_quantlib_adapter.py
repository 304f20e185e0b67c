"""Our bonds in QuantLib's hands: it says what we say, and nothing of ours needs it."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given

from lmb.bonds.pricing.exact import exact_accrued, exact_price
from lmb.bonds.quantlib_adapter import quantlib_bond
from lmb.bonds.schedule import InterestSchedule
from lmb.values.half_years import is_month_end
from tests.bonds.pricing.cases import Auction, coupons, read_auctions, settlements, yields

ALL_BUT_THE_ADAPTER = """
import importlib, pkgutil, sys
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "lmb.config.settings"
django.setup()
import lmb
names = [module.name for module in pkgutil.walk_packages(lmb.__path__, "lmb.")]
adapter = "lmb.bonds.quantlib_adapter"
assert adapter in names and len(names) > 100
for name in names:
    if name != adapter and not name.endswith("__main__") and ".migrations" not in name:
        importlib.import_module(name)
assert adapter not in sys.modules
assert "QuantLib" not in sys.modules
"""


@pytest.fixture(scope="module")
def auctions(shared_data: Path) -> list[Auction]:
    return list(read_auctions(shared_data))


def test_importing_every_other_module_does_not_import_quantlib() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALL_BUT_THE_ADAPTER], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_without_quantlib_the_adapter_says_how_to_get_it() -> None:
    code = "import sys; sys.modules['QuantLib'] = None; import lmb.bonds.quantlib_adapter"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert 'run: pip install "labor-market-bonds[quantlib]"' in done.stderr


def test_quantlib_agrees_on_every_published_auction(auctions: list[Auction]) -> None:
    for auction in auctions:
        theirs = quantlib_bond(auction.schedule, auction.coupon_percent)
        high_yield = float(auction.high_yield_percent)
        ours = exact_price(
            auction.schedule, auction.coupon_percent, auction.high_yield_percent, auction.issue_on
        )
        price = theirs.clean_price(high_yield, auction.issue_on)
        assert abs(price - float(ours)) < 1e-10
        assert abs(theirs.yield_percent(price, auction.issue_on) - high_yield) < 1e-8
        per_1000 = 10 * theirs.accrued(auction.issue_on)
        assert abs(per_1000 - float(auction.accrued)) < 0.5000001e-5


@given(settlements(), coupons, yields)
def test_quantlib_agrees_wherever_it_computes_the_same(
    settlement: tuple[InterestSchedule, date], coupon: Decimal, yield_percent: Decimal
) -> None:
    schedule, settles_on = settlement
    assume(schedule.first_interest_on < schedule.matures_on)
    if settles_on < schedule.first_interest_on:
        in_opening = schedule.cycle.half_year_of(settles_on).ends_on < schedule.first_interest_on
        keeps_its_day = schedule.matures_on.day <= 28 or is_month_end(schedule.matures_on)
        assume(keeps_its_day and not in_opening)
    theirs = quantlib_bond(schedule, coupon)
    ours = exact_price(schedule, coupon, yield_percent, settles_on)
    assert abs(theirs.clean_price(float(yield_percent), settles_on) - float(ours)) < 1e-10
    accrued = float(exact_accrued(schedule, coupon, settles_on))
    assert abs(theirs.accrued(settles_on) - accrued) < 1e-10


def test_a_bond_whose_outcome_moved_its_coupon_has_one_coupon_for_each_period() -> None:
    schedule = InterestSchedule(date(2024, 2, 15), date(2024, 8, 15), date(2026, 2, 15))
    rates = [Decimal("4.0"), Decimal("4.0"), Decimal("5.5"), Decimal("5.5")]
    flows = quantlib_bond(schedule, rates).bond.cashflows()
    assert [round(flow.amount(), 9) for flow in flows] == [2, 2, 2.75, 2.75, 100]
    with pytest.raises(ValueError, match="3 coupons for 4 interest periods"):
        quantlib_bond(schedule, rates[:3])
