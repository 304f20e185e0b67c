"""The what-if designer: choose floor, bonus, cap and targets; see what each side may expect.

    choice ──changes──▶ sheet, checked and proved ──same paths──▶ quote, yield, two distributions

Distributions are tables of bins over all paths, fit for a chart with its table and CSV beside it:
what an investor earns a year, and what the outcome costs the Treasury over the bond's life.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from lmb.bonds.linked.coupons import base_coupon
from lmb.bonds.linked.plan import determination_plan
from lmb.bonds.linked.sheet import Linear, LinkedSheet, PaysRate
from lmb.bonds.scenario.issuer import YearCost, issuer_view
from lmb.bonds.scenario.model import ScenarioModel
from lmb.bonds.scenario.paths import Floats
from lmb.bonds.scenario.quote import Quote, quote_of
from lmb.bonds.scenario.valuation import Run, run
from lmb.bonds.scenario.what_if import Change, changed_sheet
from lmb.values.errors import RefusedError

BINS = 20
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_LOWEST_YIELD, _HIGHEST_YIELD = -50.0, 200.0


@dataclass(frozen=True, slots=True)
class Choice:
    """What a designer sets; None leaves a term as it is. Threshold and target are of the first
    component that pays in a straight line, and `bonus_percent` what it pays at target."""

    floor_percent: Decimal | None = None
    cap_percent: Decimal | None = None
    bonus_percent: Decimal | None = None
    threshold: Decimal | None = None
    target: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Bin:
    """A share of the paths, from `low` up to `high` (the last bin holds its end too)."""

    low: float
    high: float
    share: float


@dataclass(frozen=True, slots=True)
class Distribution:
    """How something is spread over the paths: bins of one width whose shares add up to 1, the
    mean, and the 5, 25, 50, 75 and 95 per cent quantiles."""

    name: str
    unit: str
    bins: tuple[Bin, ...]
    mean: float
    quantiles: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Designed:
    """A design and what it comes to. `expected_yield_percent` is what the expected payments yield
    to whoever buys at par on the settlement day; the market's own yield is the model's."""

    sheet: LinkedSheet
    quote: Quote
    expected_yield_percent: float
    investor: Distribution
    treasury: Distribution
    years: tuple[YearCost, ...]


def designed(
    sheet: LinkedSheet, model: ScenarioModel, choice: Choice, file_name: str = "terms.json"
) -> Designed:
    """A sheet with a choice of terms, valued on the paths of a model. Raises InputError where the
    changed sheet is not sound or could break a promise, and RefusedError where the choice names
    terms the sheet does not have."""
    changed = changed_sheet(sheet, tuple(_changes(sheet, choice)), file_name)
    given = model.base_coupon_text
    base = base_coupon(changed, None if given is None else Decimal(given))
    done = run(changed, model, Fraction(base))
    years = _years(changed, model)
    earned = float(base) + done.adjustments_per_100 / years
    cost_cents = done.adjustments_per_100 * (changed.offering_cents / 100)
    return Designed(
        sheet=changed,
        quote=quote_of(changed, model, base, done),
        expected_yield_percent=_expected_yield(changed, model, float(base), done),
        investor=_distribution("coupon on average", "per cent a year", earned),
        treasury=_distribution("outcome over the life", "dollars", cost_cents / 100),
        years=issuer_view(changed, model, Fraction(base)).years,
    )


def distribution_csv(distribution: Distribution) -> str:
    """The bins as CSV: low, high and share, in the unit of the distribution."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(("from", "to", "share", "unit"))
    for one in distribution.bins:
        row = (f"{one.low:.6f}", f"{one.high:.6f}", f"{one.share:.6f}", distribution.unit)
        writer.writerow(row)
    return written.getvalue()


def years_csv(years: Sequence[YearCost]) -> str:
    """Debt service by fiscal year as CSV, whole cents."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(("fiscal_year", "expected_cents", "p05_cents", "p95_cents", "most_cents"))
    for year in years:
        low, _, high = map(round, year.quantiles_cents)
        writer.writerow((year.year, round(year.debt_service_cents), low, high, year.most_cents))
    return written.getvalue()


def _changes(sheet: LinkedSheet, choice: Choice) -> Iterator[Change]:
    """The choice as changes of fields. The cap comes with the floor: one may pass the other."""
    for path, value in (
        ("limits.floor_percent", choice.floor_percent),
        ("limits.cap_percent", choice.cap_percent),
    ):
        if value is not None:
            yield Change(path, format(value, "f"))
    wanted = {
        "pays.percent": choice.bonus_percent,
        "score.threshold": choice.threshold,
        "score.target": choice.target,
    }
    if all(value is None for value in wanted.values()):
        return
    place = _straight(sheet)
    for field, value in wanted.items():
        if value is not None:
            yield Change(f"components.{place}.{field}", format(value, "f"))


def _straight(sheet: LinkedSheet) -> int:
    for place, part in enumerate(sheet.components, start=1):
        if isinstance(part.score, Linear) and isinstance(part.pays, PaysRate):
            return place
    raise RefusedError(
        f"no component of {sheet.cusip} pays a rate in a straight line from threshold to target; "
        "change its fields by `lmb bonds quote --what-if`"
    )


def _years(sheet: LinkedSheet, model: ScenarioModel) -> float:
    """The bond's life from the settlement day, in years of its own interest periods."""
    return sum(
        float(plan.period.half_years) / 2
        for plan in determination_plan(sheet)
        if plan.period.ends_on > model.settle_on
    )


def _distribution(name: str, unit: str, values: Floats) -> Distribution:
    low, high = float(values.min()), float(values.max())
    if low == high:
        high = low + 1.0
    counts, edges = np.histogram(values, bins=BINS, range=(low, high))
    return Distribution(
        name=name,
        unit=unit,
        bins=tuple(
            Bin(float(start), float(end), int(count) / values.size)
            for start, end, count in zip(edges, edges[1:], counts, strict=False)
        ),
        mean=float(values.mean()),
        quantiles=tuple(float(at) for at in np.quantile(values, QUANTILES)),
    )


def _expected_yield(sheet: LinkedSheet, model: ScenarioModel, base: float, done: Run) -> float:
    """The yield a year, compounded twice, at which the expected coupons and par are worth 100 on
    the settlement day; amounts paid once are not counted. Half a year has 182.625 days."""
    paths = model.replicates * model.paths
    alive = [totals.alive / paths for totals in done.periods]
    termination = sheet.termination
    early = 100.0 if termination is None else float(termination.redemption_percent)
    flows = []
    for place, totals in enumerate(done.periods):
        period, last = totals.plan.period, place == len(done.periods) - 1
        added = totals.adjustment / 1e6 / paths
        paid = (base * alive[place] + added) * float(period.half_years) / 2
        paid += 100 * alive[place] if last else early * (alive[place] - alive[place + 1])
        days = (period.ends_on - model.settle_on).days
        if days > 0:
            flows.append((days / 182.625, paid))
    low, high = _LOWEST_YIELD, _HIGHEST_YIELD
    for _ in range(100):
        middle = (low + high) / 2
        value = sum(paid / (1 + middle / 200) ** time for time, paid in flows)
        low, high = (middle, high) if value > 100 else (low, middle)
    return (low + high) / 2
