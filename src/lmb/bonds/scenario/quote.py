"""The scenario price of a sheet, with its confidence interval and what stands behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import sqrt

import numpy as np

from lmb.bonds.linked.coupons import base_coupon
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.pricing import exact_accrued
from lmb.bonds.scenario.draws import CHUNK_PATHS
from lmb.bonds.scenario.model import MODEL_VERSION, ScenarioModel, Stress
from lmb.bonds.scenario.normals import student_quantile
from lmb.bonds.scenario.paths import Floats, Mask
from lmb.bonds.scenario.valuation import PeriodTotals, Run, run

FORMAT = "lmb-scenario-quote/1"
CONFIDENCE = 0.95
QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
PLACES = 6
"""Decimals of prices and rates in a quote: beyond them is noise."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over replicates and its 95 per cent interval (Student's t over the replicates)."""

    mean: float
    low: float
    high: float
    standard_error: float

    def document(self) -> dict[str, str]:
        """Rounded for people."""
        return {
            "mean": _text(self.mean),
            "ci95_low": _text(self.low),
            "ci95_high": _text(self.high),
            "standard_error": _text(self.standard_error),
        }


@dataclass(frozen=True, slots=True)
class PeriodQuote:
    """One period: expected adjustment in per cent a year, and how often it is at floor or cap."""

    number: int
    pays_on: str
    expected_adjustment_percent: float
    probability_floor: float
    probability_cap: float
    linked: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """What a sheet is worth under a model. Prices are clean, per 100 of par.

    `break_even_percent` is the fixed rate a year worth as much as the adjustments;
    `fair_base_percent` the base coupon at which the price would be 100.
    """

    price: Interval
    accrued_per_100: float
    expected_bonus_per_100: Interval
    expected_bonus_percent: float
    probability_floor: float
    probability_cap: float
    probability_ever_capped: float
    break_even_percent: float
    fair_base_percent: float
    price_quantiles: Mapping[float, float]
    bonus_quantiles: Mapping[float, float]
    periods: tuple[PeriodQuote, ...]


@dataclass(frozen=True, slots=True)
class StressQuote:
    """A quote under a stress, and how far its price is from the one without."""

    stress: Stress
    quote: Quote
    change: float


@dataclass(frozen=True, slots=True)
class ScenarioQuote:
    """A quote with its stresses and all it takes to make it again."""

    sheet: LinkedSheet
    model: ScenarioModel
    base_percent: Decimal
    quote: Quote
    stresses: tuple[StressQuote, ...]

    def document(self) -> dict[str, object]:
        """The quote as JSON; the same inputs give the same document."""
        return {
            "format": FORMAT,
            "model_version": MODEL_VERSION,
            "terms_sha256": self.sheet.sha256,
            "model_sha256": self.model.sha256,
            "method": "sobol" if self.model.sobol else "pseudo",
            "seed": self.model.seed,
            "replicates": self.model.replicates,
            "paths": self.model.paths,
            "settle_on": self.model.settle_on.isoformat(),
            "yield_percent": _text(self.model.yield_percent),
            "base_coupon_percent": format(self.base_percent, "f"),
            "confidence_percent": "95",
            **quote_document(self.quote),
            "periods": [
                {
                    "period": period.number,
                    "pays_on": period.pays_on,
                    "linked": period.linked,
                    "expected_adjustment_percent": _text(period.expected_adjustment_percent),
                    "probability_floor": _text(period.probability_floor),
                    "probability_cap": _text(period.probability_cap),
                }
                for period in self.quote.periods
            ],
            "stress": [
                {
                    "name": stressed.stress.name,
                    "price_change": _text(stressed.change),
                    **quote_document(stressed.quote),
                }
                for stressed in self.stresses
            ],
        }


def scenario_quote(
    sheet: LinkedSheet, model: ScenarioModel, chunk_paths: int = CHUNK_PATHS
) -> ScenarioQuote:
    """The price of a sheet under a model and all its stresses. Raises RefusedError where the base
    coupon is missing, or another than the terms fix."""
    given = model.base_coupon_text
    base = base_coupon(sheet, None if given is None else Decimal(given))
    quote = quote_of(sheet, model, base, run(sheet, model, Fraction(base), None, chunk_paths))
    stressed = []
    for stress in model.stresses:
        found = quote_of(sheet, model, base, run(sheet, model, Fraction(base), stress, chunk_paths))
        stressed.append(StressQuote(stress, found, found.price.mean - quote.price.mean))
    return ScenarioQuote(sheet, model, base, quote, tuple(stressed))


def quote_of(sheet: LinkedSheet, model: ScenarioModel, base: Decimal, done: Run) -> Quote:
    """What the paths of a run say."""
    accrued = float(exact_accrued(sheet.schedule, base, model.settle_on))
    clean = done.value - accrued
    price = interval(clean, model.replicates)
    bonus = interval(done.adjustments_per_100, model.replicates)
    worth = _mean(done.adjustments_value, model.replicates)
    years = sum(float(total.plan.period.half_years) for total in done.periods) / 2
    return Quote(
        price=price,
        accrued_per_100=accrued,
        expected_bonus_per_100=bonus,
        expected_bonus_percent=bonus.mean / years,
        probability_floor=_share(done.never),
        probability_cap=_share(done.always),
        probability_ever_capped=_share(done.ever_capped),
        break_even_percent=worth / done.annuity,
        fair_base_percent=float(base) - (price.mean - 100) / done.annuity,
        price_quantiles=_quantiles(clean),
        bonus_quantiles=_quantiles(done.adjustments_per_100),
        periods=tuple(_period(total) for total in done.periods),
    )


def interval(values: Floats, replicates: int) -> Interval:
    """The mean of all paths and Student's interval over the means of the replicates: those are
    independent, the paths within one are not."""
    means = values.reshape(replicates, -1).mean(axis=1)
    mean = float(means.mean())
    error = float(means.std(ddof=1)) / sqrt(replicates)
    reach = student_quantile((1 + CONFIDENCE) / 2, replicates - 1) * error
    return Interval(mean, mean - reach, mean + reach, error)


def quote_document(quote: Quote) -> dict[str, object]:
    """The figures of a quote as JSON, without its periods."""
    return {
        "price": quote.price.document(),
        "accrued_per_100": _text(quote.accrued_per_100),
        "expected_bonus_per_100": quote.expected_bonus_per_100.document(),
        "expected_bonus_percent": _text(quote.expected_bonus_percent),
        "probability_floor": _text(quote.probability_floor),
        "probability_cap": _text(quote.probability_cap),
        "probability_ever_capped": _text(quote.probability_ever_capped),
        "break_even_bonus_percent": _text(quote.break_even_percent),
        "fair_base_coupon_percent": _text(quote.fair_base_percent),
        "price_quantiles": _quantile_document(quote.price_quantiles),
        "bonus_per_100_quantiles": _quantile_document(quote.bonus_quantiles),
    }


def _period(total: PeriodTotals) -> PeriodQuote:
    alive = max(total.alive, 1)
    return PeriodQuote(
        number=total.plan.period.number,
        pays_on=total.plan.period.pays_on.isoformat(),
        expected_adjustment_percent=total.adjustment / 1e6 / alive,
        probability_floor=total.at_floor / alive if total.linked else 1.0,
        probability_cap=total.at_cap / alive if total.linked else 0.0,
        linked=total.linked,
    )


def _mean(values: Floats, replicates: int) -> float:
    return float(values.reshape(replicates, -1).mean(axis=1).mean())


def _share(marked: Mask) -> float:
    return float(np.mean(marked))


def _quantiles(values: Floats) -> dict[float, float]:
    found = np.quantile(values, QUANTILES)
    return dict(zip(QUANTILES, map(float, found), strict=True))


def _quantile_document(quantiles: Mapping[float, float]) -> dict[str, str]:
    return {f"{round(100 * at)}": _text(value) for at, value in quantiles.items()}


def _text(value: float) -> str:
    written = f"{value:.{PLACES}f}"
    return written.removeprefix("-") if float(written) == 0 else written
