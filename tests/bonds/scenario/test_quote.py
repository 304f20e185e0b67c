"""Scenario prices: exact where nothing is uncertain, and honest about their error elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import exp, pi, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.pricing import exact_price
from lmb.bonds.scenario.model import ScenarioModel
from lmb.bonds.scenario.quote import interval, quote_of, scenario_quote
from lmb.bonds.scenario.valuation import Run, run
from tests.bonds.linked.support import component, digital, example, kpi, linear, sheet
from tests.bonds.scenario.support import example_model, model
from tests.effort import Effort

NORMAL = NormalDist()
BASE = Fraction(3)


def paid(terms: LinkedSheet, found: ScenarioModel) -> Run:
    return run(terms, found, BASE)


@pytest.mark.parametrize("settle_on", ["2027-02-16", "2027-05-03", "2027-08-16"])
@pytest.mark.parametrize("yield_percent", ["0", "3.000", "7.250", "-0.500"])
def test_a_bond_without_uncertainty_has_its_treasury_price(
    settle_on: str, yield_percent: str
) -> None:
    terms = sheet()
    certain = model(
        terms,
        settle_on=settle_on,
        yield_percent=yield_percent,
        kpis={"jobs": {"is": "fixed", "mean": "40"}},
    )
    expected = exact_price(terms.schedule, Decimal(3), Decimal(yield_percent), certain.settle_on)
    price = scenario_quote(terms, certain).quote.price
    assert price.mean == pytest.approx(float(expected), abs=1e-10)
    assert price.standard_error == pytest.approx(0, abs=1e-12)


# ── closed forms ──────────────────────────────────────────────────────────────────────────────


def clipped_mean(mean: float, deviation: float, low: float, high: float) -> float:
    """The mean of a normal number kept within two bounds and scaled from 0 to 1."""

    def above(bound: float) -> float:
        z = (mean - bound) / deviation
        density = exp(-z * z / 2) / sqrt(2 * pi)
        return (mean - bound) * NORMAL.cdf(z) + deviation * density

    return (above(low) - above(high)) / (high - low)


def probability(mean: float, deviation: float, mark: float) -> float:
    return 1 - NORMAL.cdf((mark - mean) / deviation)


CASES: list[tuple[dict[str, Any], dict[str, Any], float]] = [
    (linear(), {}, clipped_mean(55, 4, 50, 60)),
    (linear(threshold="62", target="58"), {}, 1 - clipped_mean(55, 4, 58, 62)),
    (digital("jobs", "at-least", "58"), {}, probability(55, 4, 58)),
    (linear(), {"standard_error": "3"}, clipped_mean(55, 5, 50, 60)),
    (linear(), {"persistence": "0.8"}, clipped_mean(55, 4, 50, 60)),
    (linear(), {"late_percent": "25"}, 0.75 * clipped_mean(55, 4, 50, 60)),
]


@pytest.mark.parametrize("correlation", ["0", "0.4", "1"])
@pytest.mark.parametrize("method", ["sobol", "pseudo"])
@pytest.mark.parametrize(("score", "process", "expected"), CASES)
def test_expected_coupons_are_within_four_standard_errors_of_closed_forms(
    score: dict[str, Any], process: dict[str, Any], expected: float, method: str, correlation: str
) -> None:
    fine = {"score_places": None, "rate_places": 6, "mode": "half-even"}
    terms = sheet(components=[component(score)], rounding=fine)
    uncertain = model(
        terms,
        method=method,
        correlation=correlation,
        replicates=16,
        paths=512,
        kpis={"jobs": {"is": "normal", "mean": "55", "volatility": "4", **process}},
    )
    found = quote_of(terms, uncertain, Decimal(3), paid(terms, uncertain))
    # Eight of ten half-years are linked, each pays half a year of the score's one per cent.
    per_100 = found.expected_bonus_per_100
    assert abs(per_100.mean - 4 * expected) < 4 * per_100.standard_error + 4e-6
    assert found.periods[5].expected_adjustment_percent == pytest.approx(expected, abs=0.03)


def test_a_logit_indicator_and_a_baseline_are_reckoned_as_the_terms_say() -> None:
    basis = {"is": "baseline", "value": "50", "as": "difference"}
    terms = sheet(
        kpis=[kpi(basis=basis, lowest="-50", highest="50")],
        components=[component(digital("jobs", "above", "5"))],
    )
    process = {"is": "logit", "mean": "50", "volatility": "0.3"}
    uncertain = model(terms, replicates=16, paths=512, kpis={"jobs": process})
    chance = 1 - NORMAL.cdf(np.log(55 / 45) / 0.3)
    found = quote_of(terms, uncertain, Decimal(3), paid(terms, uncertain)).expected_bonus_per_100
    assert abs(found.mean - 4 * chance) < 4 * found.standard_error


def test_an_effect_that_is_not_significant_pays_nothing() -> None:
    trial = {
        "is": "impact",
        "design": "randomised-trial",
        "evaluate": "estimate",
        "significance": "0.05",
    }
    terms = sheet(kpis=[kpi(basis=trial)], components=[component(digital("jobs", "above", "0"))])
    process = {"is": "normal", "mean": "4", "standard_error": "2"}
    uncertain = model(terms, replicates=16, paths=512, kpis={"jobs": process})
    chance = probability(4, 2, 1.959963984540054 * 2)
    found = quote_of(terms, uncertain, Decimal(3), paid(terms, uncertain)).expected_bonus_per_100
    assert abs(found.mean - 4 * chance) < 4 * found.standard_error


def test_the_common_shock_correlates_indicators_by_rho() -> None:
    process = {"is": "normal", "mean": "55", "volatility": "4"}
    both = component(
        {"is": "all", "of": [digital("jobs", "at-least", "55"), digital("wages", "at-least", "55")]}
    )
    terms = sheet(kpis=[kpi(), kpi("wages")], components=[both])
    for rho in (0.0, 0.3, 0.7, 1.0):
        uncertain = model(
            terms,
            correlation=str(rho),
            replicates=16,
            paths=512,
            kpis={"jobs": process, "wages": process},
        )
        chance = 0.25 + np.arcsin(rho) / (2 * pi)  # Sheppard's formula
        found = quote_of(terms, uncertain, Decimal(3), paid(terms, uncertain))
        bonus = found.expected_bonus_per_100
        # Where all is common every replicate is exact: a point in each interval.
        assert abs(bonus.mean - 4 * chance) < 4 * bonus.standard_error + 1e-9


def test_the_interval_covers_the_true_price_as_often_as_it_says(effort: Effort) -> None:
    """Many repeats of a quote at once: 16 replicates for each, taken 16 at a time. The share that
    covers lies within about three standard deviations of 95 per cent (of 1,000: 93 to 97)."""
    repeats = effort.amount(brief=150, long=1_000)
    terms = sheet(rounding={"rate_places": 6})
    uncertain = replace(model(terms, correlation="0.4"), replicates=16 * repeats, paths=16)
    values = paid(terms, uncertain).adjustments_per_100
    truth = 4 * clipped_mean(55, 4, 50, 60)
    quotes = [interval(part, 16) for part in values.reshape(repeats, -1)]
    covered = sum(one.low <= truth <= one.high for one in quotes)
    effort.tell(f"{covered} of {repeats} intervals cover the true value")
    allowed = 0.02 if effort.long else 0.05
    assert abs(covered / repeats - 0.95) <= allowed


def test_sobol_paths_are_worth_many_times_as_many_plain_ones() -> None:
    terms = sheet(components=[component(digital("jobs", "at-least", "58"))])
    errors = {}
    for method in ("sobol", "pseudo"):
        uncertain = model(terms, method=method, replicates=32, paths=256)
        found = quote_of(terms, uncertain, Decimal(3), paid(terms, uncertain))
        errors[method] = found.price.standard_error
    assert errors["sobol"] < errors["pseudo"] / 2  # four times as many paths at least


# ── the same bytes ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("method", ["sobol", "pseudo"])
def test_the_same_seed_gives_the_same_bytes_however_the_work_is_cut(method: str) -> None:
    terms = example("four-indicators")
    whole = replace(example_model(terms), sobol=method == "sobol", replicates=3, paths=128)
    uncertain = replace(whole, stresses=whole.stresses[2:])
    documents = {
        json.dumps(scenario_quote(terms, uncertain, chunk).document()) for chunk in (32, 128, 4096)
    }
    assert len(documents) == 1
    other = scenario_quote(terms, replace(uncertain, seed=1)).document()
    assert json.dumps(other) not in documents


def test_a_quote_keeps_what_it_takes_to_make_it_again() -> None:
    terms = example("four-indicators")
    uncertain = replace(example_model(terms), replicates=2, paths=16)
    document = scenario_quote(terms, uncertain).document()
    assert document["terms_sha256"] == terms.sha256
    assert document["model_sha256"] == uncertain.sha256
    assert document["model_version"] == "lmb-scenario/1"
    assert (document["seed"], document["replicates"], document["paths"]) == (20270216, 2, 16)


# ── what a quote says ─────────────────────────────────────────────────────────────────────────


def test_probabilities_of_floor_and_cap_are_those_of_the_outcome() -> None:
    terms = sheet(components=[component(digital("jobs", "at-least", "55"), lasts="life")])
    capped = sheet(
        components=[component(digital("jobs", "at-least", "55"), lasts="life")],
        limits={"cap_percent": "1.000"},
    )
    found = scenario_quote(capped, model(capped, replicates=16, paths=256)).quote
    assert found.probability_floor == pytest.approx(0.5, abs=0.01)
    assert found.probability_cap == pytest.approx(0.5, abs=0.01)
    assert found.probability_ever_capped == found.probability_cap
    assert found.periods[4].probability_floor == pytest.approx(0.5, abs=0.01)
    assert [period.linked for period in found.periods] == [False] * 2 + [True] * 8
    loose = scenario_quote(terms, model(terms, replicates=16, paths=256)).quote
    assert loose.probability_cap == 0


def test_the_break_even_bonus_and_the_fair_base_coupon_price_the_bond_again() -> None:
    terms = sheet()
    uncertain = model(terms, replicates=16, paths=256)
    found = scenario_quote(terms, uncertain).quote
    certain = exact_price(
        terms.schedule,
        Decimal(3) + Decimal(found.break_even_percent),
        Decimal("3.5"),
        uncertain.settle_on,
    )
    # A fixed bonus accrues from the dated date; the linked one has not begun to.
    assert float(certain) == pytest.approx(found.price.mean, abs=0.005)
    fair = sheet(base_coupon={"is": "fixed", "percent": f"{found.fair_base_percent:.6f}"})
    assert scenario_quote(fair, uncertain).quote.price.mean == pytest.approx(100, abs=0.01)


def test_quantiles_lie_in_order_around_the_median() -> None:
    terms = example("four-indicators")
    found = scenario_quote(terms, replace(example_model(terms), replicates=4, paths=256)).quote
    values = list(found.price_quantiles.values())
    assert values == sorted(values)
    assert found.price_quantiles[0.05] < found.price.mean < found.price_quantiles[0.95]


def test_every_stress_costs_investors_something() -> None:
    terms = example("four-indicators")
    found = scenario_quote(terms, replace(example_model(terms), replicates=4, paths=256))
    assert [one.stress.name for one in found.stresses] == [
        "Recession",
        "Cohort shortfall",
        "Late data",
    ]
    assert all(one.change < -0.3 for one in found.stresses)
    assert all(one.quote.price.mean > 90 for one in found.stresses)


def test_a_termination_ends_interest_and_pays_the_redemption_then() -> None:
    clause = {
        "when": digital("jobs", "at-least", "0"), "from_period": 4, "redemption_percent": "100",
    }  # fmt: skip
    terms = sheet(termination=clause, components=[])
    short = sheet(components=[], matures_on="2029-02-15")
    uncertain = model(terms)
    expected = exact_price(short.schedule, Decimal(3), Decimal("3.5"), uncertain.settle_on)
    found = scenario_quote(terms, uncertain).quote
    assert found.price.mean == pytest.approx(float(expected), abs=1e-9)
