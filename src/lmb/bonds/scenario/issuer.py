"""The issuer's view: what each fiscal year can cost, against what is appropriated, and what for.

Expected amounts and quantiles are of the scenarios; `most_cents` is proved over everything the
sheet can pay (`lmb.bonds.linked.reach`), not sampled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from lmb.bonds.linked.plan import determination_plan, fiscal_year
from lmb.bonds.linked.reach import most_by_fiscal_year, sheet_reach
from lmb.bonds.linked.sheet import Covers, LinkedSheet
from lmb.bonds.scenario.draws import CHUNK_PATHS, Normals, chunks, layout
from lmb.bonds.scenario.model import Benefit, ScenarioModel
from lmb.bonds.scenario.paths import Drawn, Floats, published
from lmb.bonds.scenario.payoff import PeriodPayments, payments

QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class YearCost:
    """One fiscal year on the par offered, in cents: what is expected, and the 5, 50 and 95 per
    cent quantiles and the largest path of debt service; the proved most of what the appropriation
    covers, and what is appropriated for it (None without an appropriation)."""

    year: int
    base_cents: float
    adjustment_cents: float
    principal_cents: float
    quantiles_cents: tuple[float, float, float]
    largest_cents: float
    most_cents: int
    appropriated_cents: int | None

    @property
    def debt_service_cents(self) -> float:
        """Interest, adjustments and principal, expected."""
        return self.base_cents + self.adjustment_cents + self.principal_cents


@dataclass(frozen=True, slots=True)
class BenefitValue:
    """What a benefit is worth over all windows, in cents: expected, and how much for each cent of
    expected adjustments (None where those are nothing)."""

    benefit: Benefit
    expected_cents: float
    quantiles_cents: tuple[float, float, float]
    for_each_cent: float | None


@dataclass(frozen=True, slots=True)
class IssuerView:
    """The cost of a sheet by fiscal year, and its benefits. `paths_cents` holds debt service,
    fiscal years by paths."""

    covers: Covers
    years: tuple[YearCost, ...]
    benefits: tuple[BenefitValue, ...]
    paths_cents: Floats

    def document(self) -> dict[str, object]:
        """As JSON, whole cents."""
        return {
            "appropriation_covers": str(self.covers),
            "by_fiscal_year": [
                {
                    "fiscal_year": year.year,
                    "expected_base_cents": round(year.base_cents),
                    "expected_adjustment_cents": round(year.adjustment_cents),
                    "expected_principal_cents": round(year.principal_cents),
                    "expected_debt_service_cents": round(year.debt_service_cents),
                    "debt_service_quantiles_cents": _quantile_document(year.quantiles_cents),
                    "largest_path_cents": round(year.largest_cents),
                    "proved_most_cents": year.most_cents,
                    "appropriated_cents": year.appropriated_cents,
                }
                for year in self.years
            ],
            "benefits": [
                {
                    "name": value.benefit.name,
                    "kpi": value.benefit.kpi,
                    "expected_cents": round(value.expected_cents),
                    "quantiles_cents": _quantile_document(value.quantiles_cents),
                    "for_each_cent_of_adjustment": None
                    if value.for_each_cent is None
                    else f"{value.for_each_cent:.2f}",
                }
                for value in self.benefits
            ],
        }


def issuer_view(
    sheet: LinkedSheet,
    model: ScenarioModel,
    base_percent: Fraction,
    chunk_paths: int = CHUNK_PATHS,
) -> IssuerView:
    """Cost and benefit of a sheet over all paths of a model, on the par offered."""
    years = sorted({fiscal_year(plan.period.pays_on) for plan in determination_plan(sheet)})
    shape = (len(years), model.replicates * model.paths)
    base, adjusted, principal = (np.zeros(shape) for _ in range(3))
    benefits = np.zeros((len(model.benefits), shape[1]))
    rows = layout(sheet, model)
    source = Normals(model, rows.rows, chunk_paths)
    place = 0
    for pieces in chunks(model, chunk_paths):
        drawn = source.draw(pieces)
        where = slice(place, place + drawn.shape[1])
        indicators = published(sheet, model, rows, drawn, None)
        for paid in payments(sheet, base_percent, sheet.offering_cents, indicators):
            row = years.index(fiscal_year(paid.plan.period.pays_on))
            parts = cash_cents(paid, float(base_percent), sheet.offering_cents)
            for whole, part in zip((base, adjusted, principal), parts, strict=True):
                whole[row, where] += part
        for number, benefit in enumerate(model.benefits):
            benefits[number, where] = _benefit_cents(benefit, indicators)
        place = where.stop
    return _view(sheet, model, years, base, adjusted, principal, benefits)


def cash_cents(
    paid: PeriodPayments, base_percent: float, par_cents: int
) -> tuple[Floats, Floats, Floats]:
    """Base interest, adjustments (one-off payments among them) and principal of a period on every
    path, in cents."""
    alive = np.asarray(paid.alive, dtype=np.float64)
    half = float(paid.plan.period.half_years) / 200 * par_cents
    return (
        alive * (base_percent * half),
        alive * (paid.adjustment * half + paid.once_cents),
        alive * (paid.redemption * (par_cents / 100)),
    )


def _view(
    sheet: LinkedSheet,
    model: ScenarioModel,
    years: Sequence[int],
    base: Floats,
    adjusted: Floats,
    principal: Floats,
    benefits: Floats,
) -> IssuerView:
    appropriation = sheet.limits.appropriation
    covers = Covers.DEBT_SERVICE if appropriation is None else appropriation.covers
    available = None if appropriation is None else dict(appropriation.by_fiscal_year)
    most = most_by_fiscal_year(sheet, sheet_reach(sheet), covers)
    whole = base + adjusted + principal
    costs = tuple(
        YearCost(
            year=year,
            base_cents=float(base[row].mean()),
            adjustment_cents=float(adjusted[row].mean()),
            principal_cents=float(principal[row].mean()),
            quantiles_cents=_quantiles(whole[row]),
            largest_cents=float(whole[row].max()),
            most_cents=most[year],
            appropriated_cents=None if available is None else available.get(year, 0),
        )
        for row, year in enumerate(years)
    )
    cost = float(adjusted.sum(axis=0).mean())
    values = tuple(
        BenefitValue(
            benefit=benefit,
            expected_cents=float(benefits[number].mean()),
            quantiles_cents=_quantiles(benefits[number]),
            for_each_cent=float(benefits[number].mean()) / cost if cost > 0 else None,
        )
        for number, benefit in enumerate(model.benefits)
    )
    return IssuerView(covers, costs, values, whole)


def _benefit_cents(benefit: Benefit, indicators: Drawn) -> Floats:
    """A benefit over all windows the terms read."""
    gains = [
        np.maximum(np.asarray(found.observed) - benefit.above, 0.0)
        for (kpi, _), found in indicators.items()
        if kpi == benefit.kpi
    ]
    return np.asarray(sum(gains) * float(benefit.cents_per_unit), dtype=np.float64)


def _quantiles(values: Floats) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, QUANTILES)
    return float(low), float(middle), float(high)


def _quantile_document(values: tuple[float, float, float]) -> dict[str, int]:
    return {f"{round(100 * at)}": round(value) for at, value in zip(QUANTILES, values, strict=True)}
