"""The what-if designer: what a choice of terms does to price, yield and both distributions."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from lmb.bonds.scenario.designer import Choice, designed, distribution_csv, years_csv
from lmb.values.errors import InputError, RefusedError
from tests.bonds.linked.support import component, digital, sheet
from tests.bonds.scenario.support import model

SHEET = sheet()
MODEL = model(SHEET, base_coupon=...)


def of(**choice: str) -> Choice:
    return Choice(**{name: Decimal(value) for name, value in choice.items()})


def test_without_a_bonus_the_yield_is_the_coupon_and_nothing_is_spread() -> None:
    found = designed(SHEET, MODEL, of(cap_percent="0"))
    assert found.expected_yield_percent == pytest.approx(3.0, abs=0.01)
    assert found.investor.mean == 3.0
    assert found.treasury.mean == 0.0
    assert found.quote.expected_bonus_percent == 0.0


def test_a_higher_cap_a_higher_bonus_and_an_easier_target_are_worth_more() -> None:
    plain = designed(SHEET, MODEL, Choice())
    for better in (
        of(bonus_percent="1.500"),
        of(target="56"),
        of(threshold="45"),
        of(floor_percent="0.250"),
    ):
        found = designed(SHEET, MODEL, better)
        assert found.quote.price.mean > plain.quote.price.mean
        assert found.expected_yield_percent > plain.expected_yield_percent
        assert found.treasury.mean > plain.treasury.mean
    capped = designed(SHEET, MODEL, of(cap_percent="0.500"))
    assert capped.quote.price.mean < plain.quote.price.mean
    assert capped.investor.bins[-1].high <= 3.5


def test_the_shares_of_a_distribution_add_up_and_its_mean_lies_within() -> None:
    found = designed(SHEET, MODEL, Choice())
    for spread in (found.investor, found.treasury):
        assert sum(one.share for one in spread.bins) == pytest.approx(1.0)
        assert spread.bins[0].low <= spread.quantiles[0] <= spread.mean <= spread.bins[-1].high
        rows = list(csv.reader(io.StringIO(distribution_csv(spread))))
        assert rows[0] == ["from", "to", "share", "unit"]
        assert len(rows) == 1 + len(spread.bins)
    assert found.treasury.mean == pytest.approx(
        (found.investor.mean - 3.0) / 100 * 5 * SHEET.offering_cents / 100, rel=1e-6
    )
    assert years_csv(found.years).splitlines()[0].startswith("fiscal_year,expected_cents")


def test_a_design_that_could_cost_more_than_is_appropriated_is_refused() -> None:
    years = [{"fiscal_year": year, "cents": 1_100_000} for year in range(2027, 2033)]
    limits = {"appropriation": {"covers": "adjustments", "by_fiscal_year": years}}
    tight = sheet(limits=limits)
    assert designed(tight, model(tight), Choice()).quote.price.mean > 0
    with pytest.raises(InputError, match=r"at most the .* appropriated"):
        designed(tight, model(tight), of(bonus_percent="2.000"))


def test_terms_without_a_straight_line_have_no_target_to_choose() -> None:
    steps = sheet(components=[component(digital("jobs", "at-least", "55"))])
    with pytest.raises(RefusedError, match="no component of LMB270BB0 pays a rate in a straight"):
        designed(steps, model(steps), of(target="60"))
