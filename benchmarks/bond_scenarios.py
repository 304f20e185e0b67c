"""Scenario pricing against QuantLib's path generator called path by path from Python.

Both price the same bond: an employment rate whose log odds follow an AR(1) process, observed on a
cohort with sampling noise, scored from threshold to target, capped, 40 coupons discounted. QuantLib
draws Ornstein-Uhlenbeck paths; the payoff is the shortest Python loop that says it. Its time is
that of few paths, scaled. Times are of the processor, which other work on the machine moves less.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from importlib import resources
from math import exp, log, sqrt
from time import process_time
from typing import Any

import QuantLib as ql  # noqa: N813 - as QuantLib's own examples do

from lmb.bonds.linked import load_linked_sheet
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.scenario.issuer import issuer_view
from lmb.bonds.scenario.model import ScenarioModel, load_model
from lmb.bonds.scenario.quote import interval, scenario_quote
from lmb.bonds.scenario.valuation import run

PATHS = 100_000
COUPONS = 40
QUANTLIB_PATHS = 2_000
REPEATS = 5

MEAN, VOLATILITY, PERSISTENCE, PEOPLE = 62.0, 0.25, 0.7, 1_200
THRESHOLD, TARGET, BONUS, CAP = 50.0, 70.0, 2.0, 1.75
COUPON, YIELD = 4.0, 4.5


def main() -> None:
    """Print times, ratios and how well both agree."""
    sheet, model = one_indicator()
    plain = replace(model, sobol=False, replicates=16, paths=PATHS // 16)
    slow, expected = timed(quantlib_loop)
    slow *= PATHS / QUANTLIB_PATHS
    fast, done = timed(lambda: run(sheet, plain, Fraction(4)))
    ours = float(done.adjustments_per_100.mean())
    print(f"  QuantLib path loop, {PATHS:,} paths x {COUPONS} coupons (scaled): {slow:.2f} s")
    print(f"  ours, the same, in antithetic pairs: {fast:.3f} s, {slow / fast:.0f} times as fast")
    print(f"  expected bonus per 100: QuantLib's paths {expected:.3f}, ours {ours:.3f}")
    quoted, found = timed(lambda: run(sheet, model, Fraction(4)))
    print(f"  default run of it, 16 x 1,024 Sobol paths: {quoted:.4f} s, {slow / quoted:.0f} times")
    print(f"  expected bonus per 100 from those: {float(found.adjustments_per_100.mean()):.3f}")
    errors = [interval(one.value, 16).standard_error for one in (done, found)]
    spread = float(done.value.std())
    print(f"  standard error of the price: {errors[0]:.4f} in pairs, {errors[1]:.4f} with Sobol,")
    print(f"  {spread / sqrt(PATHS):.4f} for as many independent paths, which QuantLib's are")
    four_indicators()


def four_indicators() -> None:
    """Times of the shipped sheet on four indicators with the shipped model."""
    linked, scenario = (resources.files(f"lmb.bonds.{room}") for room in ("linked", "scenario"))
    name = "four-indicators.json"
    sheet = load_linked_sheet(name, (linked / "examples" / name).read_bytes())
    model = load_model(name, (scenario / "examples" / name).read_bytes(), sheet)
    bare = replace(model, stresses=())
    quote, _ = timed(lambda: scenario_quote(sheet, bare))
    stressed, _ = timed(lambda: scenario_quote(sheet, model))
    issuer, _ = timed(lambda: issuer_view(sheet, model, Fraction("4.125")))
    print(f"  default quote of the sheet on four indicators, 16 x 1,024: {quote:.4f} s")
    print(f"  the same with its three stresses: {stressed:.4f} s; issuer's view: {issuer:.4f} s")


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """The shortest of some runs, and what the last gave."""
    best, found = float("inf"), None
    for _ in range(REPEATS):
        start = process_time()
        found = call()
        best = min(best, process_time() - start)
    return best, found


def one_indicator() -> tuple[LinkedSheet, ScenarioModel]:
    """A 20-year bond on one indicator, observed for every one of 40 coupons (paid in arrears)."""
    sheet = {
        "schema": "lmb-term-sheet/2", "title": "One indicator", "programme": "illustration",
        "currency": "USD", "cusip": "LMB270BB0", "offering_cents": 10_000_000_000,
        "authorized_cents": 10_000_000_000, "minimum_cents": 10_000, "multiple_cents": 10_000,
        "announced_on": "2026-12-15", "auction_on": "2026-12-29", "issue_on": "2026-12-31",
        "dated_on": "2026-12-31", "first_interest_on": "2027-07-31", "matures_on": "2047-01-31",
        "base_coupon": {"is": "fixed", "percent": "4.000"},
        "guarantee": {
            "coupon_percent": "base", "principal_percent": "100", "investors_pay_cents": 0,
        },
        "limits": {"floor_percent": "0.000", "cap_percent": "1.750"},
        "rounding": {"score_places": None, "rate_places": 6, "mode": "half-even"},
        "determination": {
            "mode": "in-arrears", "lockout_business_days": 2, "notice_business_days": 1,
            "dispute_days": 0, "record_business_days": 1, "verifier": "Evaluator",
        },
        "revisions": {"is": "first-final"},
        "kpis": [{
            "id": "employment", "name": "Employment", "unit": "percent", "lowest": "0",
            "highest": "100", "window": {"is": "rolling", "length": "half-year", "lag": 0},
            "publication_lag_days": 20, "vintage": 1, "basis": {"is": "gross"},
            "minimum_people": 0, "minimum_coverage_percent": "0",
            "missing": {"is": "score", "score": "0"},
        }],
        "components": [{
            "id": "bonus", "name": "Bonus", "pays": {"is": "rate", "percent": "2.000"},
            "score": {
                "is": "linear", "kpi": "employment", "threshold": "50", "target": "70",
            },
        }],
    }  # fmt: skip
    model = {
        "schema": "lmb-scenario-model/1", "settle_on": "2026-12-31", "yield_percent": "4.5",
        "correlation": "0", "seed": 1,
        "kpis": {"employment": {
            "is": "logit", "mean": "62", "volatility": "0.25", "persistence": "0.7", "people": 1200,
        }},
    }  # fmt: skip
    terms = load_linked_sheet("terms.json", json.dumps(sheet).encode())
    return terms, load_model("model.json", json.dumps(model).encode(), terms)


def quantlib_loop() -> float:
    """Mean bonus per 100 over the paths, each drawn by QuantLib and paid in Python."""
    today = ql.Date(31, 12, 2026)
    ql.Settings.instance().evaluationDate = today
    odds = log(MEAN / (100 - MEAN))
    speed = -log(PERSISTENCE)  # a step of one half-year keeps this share of a shock
    process = ql.OrnsteinUhlenbeckProcess(speed, VOLATILITY * sqrt(2 * speed), 0.0, 0.0)
    sequence = ql.GaussianRandomSequenceGenerator(
        ql.UniformRandomSequenceGenerator(COUPONS, ql.UniformRandomGenerator(1))
    )
    paths = ql.GaussianPathGenerator(process, float(COUPONS), COUPONS, sequence, False)
    noise = ql.GaussianRandomSequenceGenerator(
        ql.UniformRandomSequenceGenerator(COUPONS, ql.UniformRandomGenerator(2))
    )
    total = 0.0
    for _ in range(QUANTLIB_PATHS):
        path, sampled = paths.next().value(), noise.nextSequence().value()
        bonus, value, factor = 0.0, 0.0, 1.0
        for period in range(COUPONS):
            rate = 100 / (1 + exp(-(odds + path[period + 1])))
            rate += sqrt(rate * (100 - rate) / PEOPLE) * sampled[period]
            score = min(max((rate - THRESHOLD) / (TARGET - THRESHOLD), 0.0), 1.0)
            adjustment = min(score * BONUS, CAP)
            factor /= 1 + YIELD / 200
            bonus += adjustment / 2
            value += (COUPON + adjustment) / 2 * factor
        total += bonus
    return total / QUANTLIB_PATHS


if __name__ == "__main__":
    main()
