"""The issuer's view adds up to the cash flows, and other terms move it the way they should."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from lmb.bonds.linked.plan import determination_plan, fiscal_year
from lmb.bonds.linked.reach import most_by_fiscal_year, sheet_reach
from lmb.bonds.linked.sheet import Covers
from lmb.bonds.scenario.draws import Normals, chunks, layout
from lmb.bonds.scenario.issuer import issuer_view
from lmb.bonds.scenario.paths import published
from lmb.bonds.scenario.payoff import payments
from lmb.bonds.scenario.what_if import Change, design, read_change
from lmb.values.errors import InputError, RefusedError
from tests.bonds.linked.support import component, digital, example, sheet
from tests.bonds.scenario.support import example_model, model

TERMS = example("four-indicators")
MODEL = replace(example_model(TERMS), replicates=4, paths=128)
BASE = Fraction("4.125")


def test_fiscal_years_add_up_to_the_cash_flows_of_every_scenario() -> None:
    view = issuer_view(TERMS, MODEL, BASE)
    rows = layout(TERMS, MODEL)
    (pieces,) = chunks(MODEL, 4096)
    drawn = published(TERMS, MODEL, rows, Normals(MODEL, rows.rows, 4096).draw(pieces), None)
    flows = np.zeros(4 * 128)
    for paid in payments(TERMS, BASE, TERMS.offering_cents, drawn):
        half_years = float(paid.plan.period.half_years)
        interest = (float(BASE) + paid.adjustment) * half_years / 2 + paid.redemption
        flows += interest / 100 * TERMS.offering_cents
    assert np.allclose(view.paths_cents.sum(axis=0), flows, rtol=1e-12)
    expected = sum(year.debt_service_cents for year in view.years)
    assert expected == pytest.approx(float(flows.mean()), rel=1e-12)


@pytest.mark.parametrize("covers", Covers)
def test_no_scenario_needs_more_than_was_proved(covers: Covers) -> None:
    view = issuer_view(TERMS, MODEL, BASE)
    most = most_by_fiscal_year(TERMS, sheet_reach(TERMS), Covers.DEBT_SERVICE)
    for year, paths in zip(view.years, view.paths_cents, strict=True):
        assert year.largest_cents == paths.max() <= most[year.year]
    assert {year.year for year in view.years} == {
        fiscal_year(plan.period.pays_on) for plan in determination_plan(TERMS)
    }
    assert most_by_fiscal_year(TERMS, sheet_reach(TERMS), covers)


def test_the_view_holds_expected_cost_against_what_is_appropriated() -> None:
    view = issuer_view(TERMS, MODEL, BASE)
    assert view.covers is Covers.ADJUSTMENTS
    for year in view.years:
        assert year.appropriated_cents is not None
        assert year.adjustment_cents <= year.most_cents <= year.appropriated_cents
        low, middle, high = year.quantiles_cents
        assert low <= middle <= high <= year.largest_cents


def test_benefits_are_what_indicators_are_worth_for_each_cent_of_bonus() -> None:
    terms = sheet(components=[component(digital("jobs", "at-least", "0"))])
    certain = model(
        terms,
        kpis={"jobs": {"is": "fixed", "mean": "55"}},
        benefits=[{"name": "Jobs", "kpi": "jobs", "above": "50", "cents_per_unit": 1_000}],
    )
    (value,) = issuer_view(terms, certain, Fraction(3)).benefits
    # Five points above 50 in each of the eight windows that are read; 1 % for eight half-years.
    assert value.expected_cents == pytest.approx(8 * 5 * 1_000)
    assert value.for_each_cent == pytest.approx(40_000 / 4_000_000)


def test_the_document_has_whole_cents() -> None:
    document: Any = issuer_view(TERMS, MODEL, BASE).document()
    for row in document["by_fiscal_year"]:
        quantiles = row.pop("debt_service_quantiles_cents")
        assert all(isinstance(value, int) for value in (*row.values(), *quantiles.values()))


# ── what if ───────────────────────────────────────────────────────────────────────────────────


def priced(*changes: str) -> float:
    made = design(TERMS, MODEL, tuple(map(read_change, changes)), "terms.json")
    return made.quote.price.mean


def test_a_higher_floor_is_worth_more_and_a_lower_cap_less() -> None:
    small = sheet()
    uncertain = model(small)

    def worth(**changes: str) -> float:
        made = tuple(Change(f"limits.{name}", value) for name, value in changes.items())
        return design(small, uncertain, made, "terms.json").quote.price.mean

    floors = [worth(floor_percent=floor) for floor in ("0.000", "0.250", "0.500")]
    caps = [worth(cap_percent=cap) for cap in ("0.400", "0.700", "1.000")]
    assert floors == sorted(floors)
    assert floors[0] < floors[-1]
    assert caps == sorted(caps)
    assert caps[0] < caps[-1]


def test_a_harder_target_and_a_smaller_bonus_cost_investors() -> None:
    as_it_is = priced()
    assert priced("components.1.score.parts.1.of.target=75.0") < as_it_is
    assert priced("components.1.pays.percent=1.500") < as_it_is
    assert priced("components.1.pays.percent=2.200") > as_it_is


def test_designs_share_their_random_numbers() -> None:
    same = design(TERMS, MODEL, (read_change("title=Other"),), "terms.json")
    assert same.quote == design(TERMS, MODEL, (), "terms.json").quote
    assert same.sheet.sha256 != TERMS.sha256


def test_a_design_that_could_break_a_promise_is_refused() -> None:
    with pytest.raises(InputError, match="rule of the appropriation cap"):
        priced("limits.cap_percent=4.000", "components.1.pays.percent=4.000")
    with pytest.raises(InputError, match="rule of the guaranteed minimum"):
        priced("limits.floor_percent=-1.000", "components.2.pays.percent=-0.500")


@pytest.mark.parametrize(
    "text", ["limits.cap", "limits.cap_percent=", "=5", "limits.colour=5", "components.3.id=x"]
)
def test_a_change_of_what_is_not_there_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="section 7"):
        priced(text)


def test_numbers_keep_their_kind() -> None:
    made = design(TERMS, MODEL, (read_change("limits.budget_cents=3000000000"),), "terms.json")
    assert made.sheet.limits.budget_cents == 3_000_000_000
    with pytest.raises(RefusedError, match="no JSON value"):
        priced("limits.budget_cents=3,000")
    assert design(
        TERMS, MODEL, (read_change("limits.cap_percent=2.000"),), "terms.json"
    ).sheet.limits.cap_percent == Decimal(2)
