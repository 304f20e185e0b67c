"""One door to every estimator.

sample + request ──▶ estimate ──▶ figures, counts, the convention in words, safeguards
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal, localcontext

import numpy as np

from lmb.outcomes.estimators import bounded_scores, scores, strata
from lmb.outcomes.estimators.columns import Column, centred, difference, where
from lmb.outcomes.estimators.comparison import balanced, matched
from lmb.outcomes.estimators.conventions import TOLD, Bounds, Convention, factor
from lmb.outcomes.estimators.diagnostics import Balance, balance_table
from lmb.outcomes.estimators.figures import NORMAL_QUANTILE_975, Figures, exact_figures, figures
from lmb.outcomes.estimators.quantiles import quantile_effect
from lmb.outcomes.estimators.rational import SIGNIFICANT_DIGITS, significant
from lmb.outcomes.estimators.regression import Design, Fit, fit
from lmb.outcomes.estimators.request import (
    BY_LOTTERY,
    Estimated,
    Estimator,
    Labels,
    Request,
    Safeguards,
    Sample,
    check,
)
from lmb.values.errors import RefusedError
from lmb.values.rates import decimal_text
from lmb.values.rounding import PRECISION_DIGITS


def estimate(sample: Sample, request: Request) -> Estimated:
    """Estimate an effect. Raises RefusedError, naming the column or arm, where it cannot be."""
    check(sample, request)
    if request.estimator in (Estimator.BALANCE, Estimator.MATCH):
        return _compared(sample, request)
    found = _ESTIMATORS[request.estimator](sample, request)
    if request.estimator in BY_LOTTERY:
        return found
    placebo = None
    if request.estimator is Estimator.OLS and (before := _placebo_outcome(sample)) is not None:
        placebo = _ols(replace(sample, outcome=before, pre=None), request).figures
    table = balance_table(sample.treatment, _shown(sample))
    return _guarded(found, table, placebo)


# ── by lottery ────────────────────────────────────────────────────────────────────────────────


def _itt(sample: Sample, request: Request) -> Estimated:
    if not sample.covariates:
        return _stratified(sample, request)
    if request.interacted:
        return _interacted(sample, request)
    return _ols(sample, request)


def _stratified(sample: Sample, request: Request) -> Estimated:
    """Differences in means, within blocks where there are blocks, weighted by their people."""
    y = sample.outcome
    block = sample.block or Labels("all", np.zeros(len(y), dtype=np.int64), ["all"])
    cells = strata.strata_of(y, sample.treatment, block.codes, block.distinct)
    weights = strata.shares(cells)
    if sample.cluster is None:
        variance = strata.variance(cells, weights, request.convention)
    else:
        rows = (y, sample.treatment, block.codes)
        variance = strata.clustered_variance(cells, weights, rows, sample.cluster.codes)
    point = strata.effect(cells, weights)
    told = exact_figures(point * y.unit, variance * y.unit**2)
    words = "difference in means"
    if sample.block is not None:
        words += f" within {len(cells)} blocks of {block.name}, weighted by people"
    return _told(sample, request, told, words)


def _interacted(sample: Sample, request: Request) -> Estimated:
    """Lin (2013): covariates less their means, alone and times the treatment."""
    arm = sample.treatment.arm()
    middle = [centred(column) for column in sample.covariates]
    both = [where(f"{column.name} of the treated", column, arm) for column in middle]
    return _regression(sample, request, (*middle, *both), "difference adjusted as by Lin (2013)")


def _instrumented(sample: Sample, request: Request) -> Estimated:
    words = "two-stage least squares" if sample.covariates or sample.block else "Wald ratio"
    found = _regression(sample, request, sample.covariates, words)
    assert sample.instrument is not None  # check saw to it
    instruments = (sample.instrument, *sample.covariates)
    moved = _fitted(sample, request, sample.treatment, instruments, instruments)
    strength = None
    if moved.standard_error:
        with localcontext(prec=PRECISION_DIGITS):
            strength = significant((moved.estimate / moved.standard_error) ** 2, 6)
    return replace(found, first_stage=strength)


def _quantile(sample: Sample, request: Request) -> Estimated:
    arm, numbers = sample.treatment.arm(), sample.outcome.integers()
    treated = [y for y, is_treated in zip(numbers, arm.tolist(), strict=True) if is_treated]
    control = [y for y, is_treated in zip(numbers, arm.tolist(), strict=True) if not is_treated]
    if not 0 < request.quantile < 1:
        raise RefusedError("--quantile lies between 0 and 1, as 0.5 for the median")
    point, variance = quantile_effect(treated, control, request.quantile)
    unit = sample.outcome.unit
    told = exact_figures(point * unit, variance * unit**2)
    words = (
        f"difference of the arms' {decimal_text(Decimal(str(float(request.quantile))))} quantiles "
        "(linear between order statistics); standard error by Woodruff (1952), an interval of "
        f"ranks in each arm, to which --se {request.convention} has nothing to add"
    )
    return _told(sample, request, told, words, errors_told=True)


# ── by assumption ─────────────────────────────────────────────────────────────────────────────


def _ols(sample: Sample, request: Request) -> Estimated:
    return _regression(sample, request, sample.covariates, "least squares")


def _differences(sample: Sample, request: Request) -> Estimated:
    """The change of the treated less the change of the others."""
    assert sample.pre is not None  # check saw to it
    change = difference(f"{sample.outcome.name} less {sample.pre.name}", sample.outcome, sample.pre)
    changed = replace(sample, outcome=change, pre=None)
    if not sample.covariates and sample.block is None:
        found = _stratified(changed, request)
        words = f"difference in differences ({change.name})"
        return _told(sample, request, found.figures, words)
    words = f"difference in differences ({change.name}), least squares"
    return _regression(changed, request, sample.covariates, words)


def _compared(sample: Sample, request: Request) -> Estimated:
    """Treated against weighted controls: entropy balancing or exact matching."""
    groups = (balanced if request.estimator is Estimator.BALANCE else matched)(sample)
    told = groups.figures(sample.outcome, request.convention, sample.cluster)
    placebo = None
    if (before := _placebo_outcome(sample)) is not None:
        placebo = groups.figures(before, request.convention, sample.cluster)
    table = balance_table(sample.treatment, _shown(sample), groups.weights_by_row())
    found = replace(
        _told(sample, request, told, groups.words),
        treated=len(groups.treated),
        control=len(groups.control),
        certificate=groups.certificate,
        unmatched_treated=groups.unmatched_treated,
    )
    return _guarded(found, table, placebo)


# ── regressions ───────────────────────────────────────────────────────────────────────────────


def _regression(
    sample: Sample, request: Request, covariates: Sequence[Column], words: str
) -> Estimated:
    regressors = (sample.treatment, *covariates)
    instruments = regressors
    if sample.instrument is not None:
        instruments = (sample.instrument, *covariates)
        words += f", {sample.instrument.name} as instrument"
    if sample.block is not None:
        words += f" with effects of {len(sample.block.distinct)} blocks of {sample.block.name}"
    if covariates:
        words += " on " + ", ".join(column.name for column in covariates)
    told = _fitted(sample, request, sample.outcome, regressors, instruments)
    return _told(sample, request, told, words)


def _fitted(
    sample: Sample,
    request: Request,
    outcome: Column,
    regressors: tuple[Column, ...],
    instruments: tuple[Column, ...],
) -> Figures:
    """The first regressor's coefficient, with the sample's blocks and clusters."""
    groups, count = np.zeros(len(outcome), dtype=np.int64), 1
    if sample.block is not None:
        groups, count = sample.block.codes, len(sample.block.distinct)
    found = fit(Design(outcome, regressors, instruments, groups, count))
    clusters = None if sample.cluster is None else sample.cluster.codes

    def exact() -> Bounds:
        return scores.variance(found, request.convention, clusters)

    return figures(found.point, _first_bounds(found, request.convention, exact), exact)


def _first_bounds(found: Fit, convention: Convention, exact: Callable[[], Bounds]) -> Bounds:
    plain = convention in (Convention.HC0, Convention.HC1)
    if not (plain and bounded_scores.can_bound(found)):
        return exact()
    scale = found.scale * factor(convention, found.rows, found.coefficients, 0)
    return bounded_scores.hc0_bounds(found).times(scale)


# ── what is told ──────────────────────────────────────────────────────────────────────────────


def _told(
    sample: Sample, request: Request, told: Figures, words: str, *, errors_told: bool = False
) -> Estimated:
    arm = sample.treatment.arm()
    treated = int(arm.sum())
    errors = "" if errors_told else f"; standard error {TOLD[request.convention]}"
    if sample.cluster is not None and not errors_told:
        errors += f", {len(sample.cluster.distinct)} clusters of {sample.cluster.name}"
    convention = (
        f"{request.convention}: {words}{errors}; 95 % interval {NORMAL_QUANTILE_975} standard "
        f"errors to each side; rounded once, half to even, to {SIGNIFICANT_DIGITS} digits"
    )
    return Estimated(told, treated, len(arm) - treated, convention)


def _shown(sample: Sample) -> tuple[Column, ...]:
    """The columns whose balance is shown: covariates, and the outcome before training."""
    before = _placebo_outcome(sample)
    return (*sample.covariates, *([] if before is None else [before]))


def _placebo_outcome(sample: Sample) -> Column | None:
    """The outcome before training; None where it is a covariate, for then there is no effect on it
    by construction, and a placebo would prove nothing."""
    names = [column.name for column in sample.covariates]
    return None if sample.pre is None or sample.pre.name in names else sample.pre


def _guarded(found: Estimated, table: Sequence[Balance], placebo: Figures | None) -> Estimated:
    return replace(
        found, safeguards=Safeguards(tuple(table), placebo, paid_bound=found.figures.ci95[0])
    )


_ESTIMATORS: dict[Estimator, Callable[[Sample, Request], Estimated]] = {
    Estimator.ITT: _itt,
    Estimator.OLS: _ols,
    Estimator.WALD: _instrumented,
    Estimator.TWO_STAGE: _instrumented,
    Estimator.DIFFERENCES: _differences,
    Estimator.QUANTILE: _quantile,
}
