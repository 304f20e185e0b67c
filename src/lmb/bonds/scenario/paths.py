"""From random numbers to what is published: every indicator's values on every path.

Analytics in float64: nothing here is paid to anyone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from lmb.bonds.linked import sheet as s
from lmb.bonds.linked.plan import Window
from lmb.bonds.scenario.draws import Layout
from lmb.bonds.scenario.model import Kind, Process, ScenarioModel, Stress
from lmb.bonds.scenario.normals import normal_quantile

Floats = NDArray[np.float64]
Value = Floats | float
Mask = NDArray[np.bool_] | bool

CI95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Published:
    """What is published of a window: the value that counts, where a sound one is there in time,
    and the value before its basis, which benefits are reckoned from."""

    value: Value
    found: Mask
    observed: Value


Drawn = Mapping[tuple[str, Window], Published]


def published(
    sheet: s.LinkedSheet,
    model: ScenarioModel,
    rows: Layout,
    normals: Floats,
    stress: Stress | None,
) -> Drawn:
    """What every indicator publishes for every window on every path."""
    drawn: dict[tuple[str, Window], Published] = {}
    for kpi in sheet.kpis:
        process = model.processes[kpi.id]
        last: Value = 0.0
        for place, window in enumerate(rows.windows[kpi.id]):
            key = (kpi.id, window)
            shock = _shock(model, process, rows, normals, key, stress)
            kept = process.persistence
            if place and kept:
                last = kept * last + sqrt(1 - kept * kept) * shock
            else:
                last = shock
            observed = _observed(process, last, normals, rows.noise.get(key))
            if stress is not None and kpi.unit is s.Unit.COUNT:
                observed = observed * stress.people
            value = np.clip(
                _against_basis(kpi, process, observed), float(kpi.lowest), float(kpi.highest)
            )
            found = _found(kpi, process, normals, rows.late.get(key))
            drawn[key] = Published(value, found, observed)
    return drawn


def _shock(
    model: ScenarioModel,
    process: Process,
    rows: Layout,
    normals: Floats,
    key: tuple[str, Window],
    stress: Stress | None,
) -> Value:
    """The shock of a window before persistence, in standard deviations."""
    if process.kind is Kind.FIXED or process.volatility == 0:
        return 0.0
    rho = model.correlation
    extra = 0.0
    if stress is not None and stress.first_day <= key[1].last_day <= stress.last_day:
        extra = stress.common_shock
    shock: Value = 0.0
    if rho > 0:
        common = normals[rows.common[rows.step[key]]]
        shock = (process.loading * sqrt(rho)) * (common + extra if extra else common)
    if rho == 0:
        own: Floats = normals[rows.own[key]]
        return own
    if rho < 1:
        shock = shock + sqrt(1 - rho) * normals[rows.own[key]]
    return shock


def _observed(process: Process, shock: Value, normals: Floats, noise: int | None) -> Value:
    """The published value before its basis: the mean under a shock, and sampling noise."""
    value: Value
    match process.kind:
        case Kind.FIXED:
            value = process.mean
        case Kind.NORMAL:
            value = process.mean + process.volatility * shock
        case Kind.LOGNORMAL:
            value = process.mean * np.exp(process.volatility * shock - process.volatility**2 / 2)
        case Kind.LOGIT:
            value = _share(process, shock)
    if noise is None:
        return value
    if process.kind is not Kind.LOGIT or not process.people:
        noisy: Floats = value + process.standard_error * normals[noise]
        return noisy
    spread = np.subtract(100.0, value)
    spread *= value
    spread *= 1 / process.people
    if process.standard_error:
        spread += process.standard_error**2
    np.sqrt(spread, out=spread)
    spread *= normals[noise]
    spread += value
    result: Floats = spread
    return result


def _share(process: Process, shock: Value) -> Value:
    """The per cent whose log odds are those of the mean and the shock, in place."""
    value = np.multiply(shock, -process.volatility)
    value = np.exp(value)
    value *= (100 - process.mean) / process.mean
    value += 1.0
    return 100.0 / value


def _against_basis(kpi: s.Kpi, process: Process, observed: Value) -> Value:
    match kpi.basis:
        case s.Gross():
            return observed
        case s.Baseline(baseline, s.Change.DIFFERENCE):
            return observed - float(baseline)
        case s.Baseline(baseline, _):
            return 100.0 * (observed - float(baseline)) / float(baseline)
        case s.Impact(_, evaluate, significance):
            effect = observed
            if evaluate is s.Evaluate.CI95_LOWER:
                effect = observed - CI95 * process.standard_error
            if significance is None or significance >= 1:
                return effect
            if significance == 0:
                return np.zeros_like(effect)
            needed = normal_quantile(1 - float(significance) / 2) * process.standard_error
            return np.where(np.abs(observed) >= needed, effect, 0.0)


def _found(kpi: s.Kpi, process: Process, normals: Floats, late: int | None) -> Mask:
    if process.people is not None and process.people < kpi.minimum_people:
        return False
    if late is None:
        return True
    if process.late >= 1:
        return False
    found: NDArray[np.bool_] = normals[late] >= normal_quantile(process.late)
    return found
