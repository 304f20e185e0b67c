"""Regressions against statsmodels and linearmodels, and the fast bounds against the exact sums."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from linearmodels.iv import IV2SLS

from lmb.outcomes.estimators import scores
from lmb.outcomes.estimators.bounded_scores import ROWS_MIN, can_bound, hc0_bounds
from lmb.outcomes.estimators.columns import Column
from lmb.outcomes.estimators.conventions import Convention
from lmb.outcomes.estimators.estimate import estimate
from lmb.outcomes.estimators.regression import Design, Fit, fit
from lmb.outcomes.estimators.request import Estimator, Request, Sample
from lmb.values.errors import RefusedError
from tests.outcomes.estimators.samples import Trial, told, trial

ORACLE_NAMES = {
    Convention.HOMOSKEDASTIC: "nonrobust",
    Convention.HC0: "HC0",
    Convention.HC1: "HC1",
    Convention.NEYMAN: "HC2",
    Convention.HC3: "HC3",
    Convention.CLUSTER: "cluster",
}
NEAR = 1e-9


@pytest.fixture(scope="module")
def drawn() -> Trial:
    return trial(600)


def least_squares(drawn: Trial, x: np.ndarray, convention: Convention) -> tuple[float, float]:
    keywords = {}
    if convention is Convention.CLUSTER:
        keywords["cov_kwds"] = {"groups": drawn.floats["family"]}
    fitted = sm.OLS(drawn.floats["after"], x).fit(cov_type=ORACLE_NAMES[convention], **keywords)
    return fitted.params[1], fitted.bse[1]


def lone(drawn: Trial, convention: Convention, **changes: Any) -> Sample:
    """The sample as a lottery of the offer, with no more than is asked for."""
    sample = drawn.sample
    assert sample.instrument is not None
    bare = replace(sample, treatment=sample.instrument, instrument=None, block=None, pre=None)
    if convention is not Convention.CLUSTER:
        bare = replace(bare, cluster=None)
    return replace(bare, **changes)


@pytest.mark.parametrize("convention", list(Convention))
def test_least_squares_is_that_of_statsmodels(drawn: Trial, convention: Convention) -> None:
    x = sm.add_constant(np.column_stack([drawn.floats["offered"], drawn.floats["covariates"]]))
    expected = least_squares(drawn, x, convention)
    found = told(lone(drawn, convention), Request(Estimator.OLS, convention))
    assert found == pytest.approx(expected, rel=NEAR)


@pytest.mark.parametrize("convention", list(Convention))
def test_the_difference_in_means_is_least_squares_on_the_arm(
    drawn: Trial, convention: Convention
) -> None:
    expected = least_squares(drawn, sm.add_constant(drawn.floats["offered"]), convention)
    found = told(lone(drawn, convention, covariates=()), Request(Estimator.ITT, convention))
    assert found == pytest.approx(expected, rel=NEAR)


@pytest.mark.parametrize("convention", list(Convention))
def test_blocks_are_fixed_effects_of_a_regression(drawn: Trial, convention: Convention) -> None:
    sites = (drawn.floats["site"][:, None] == np.arange(1, 6)).astype(float)
    x = np.column_stack([drawn.floats["offered"], drawn.floats["covariates"], sites])
    expected = least_squares(drawn, sm.add_constant(x), convention)
    sample = lone(drawn, convention, block=drawn.sample.block)
    assert told(sample, Request(Estimator.OLS, convention)) == pytest.approx(expected, rel=NEAR)


@pytest.mark.parametrize("convention", list(Convention))
def test_a_blocked_lottery_is_the_regression_with_an_effect_in_each_block(
    drawn: Trial, convention: Convention
) -> None:
    offered, sites = drawn.floats["offered"], drawn.floats["site"][:, None] == np.arange(6)
    shares = sites.mean(axis=0)
    # Block indicators less their share: the coefficient of the offer is the weighted mean effect.
    middle = (sites - shares)[:, 1:]
    x = np.column_stack([np.ones(len(offered)), offered, middle, offered[:, None] * middle])
    expected = least_squares(drawn, x, convention)
    sample = lone(drawn, convention, covariates=(), block=drawn.sample.block)
    assert told(sample, Request(Estimator.ITT, convention)) == pytest.approx(expected, rel=NEAR)


@pytest.mark.parametrize("convention", [Convention.HC1, Convention.NEYMAN])
def test_lins_adjustment_is_least_squares_with_interactions(
    drawn: Trial, convention: Convention
) -> None:
    offered, covariates = drawn.floats["offered"], drawn.floats["covariates"]
    middle = covariates - covariates.mean(axis=0)
    x = np.column_stack([np.ones(len(offered)), offered, middle, offered[:, None] * middle])
    expected = least_squares(drawn, x, convention)
    request = Request(Estimator.ITT, convention, interacted=True)
    assert told(lone(drawn, convention), request) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(
    "convention", [Convention.HOMOSKEDASTIC, Convention.HC1, Convention.CLUSTER]
)
@pytest.mark.parametrize("with_covariates", [True, False])
def test_instruments_are_those_of_linearmodels(
    drawn: Trial, convention: Convention, with_covariates: bool
) -> None:
    floats, ones = drawn.floats, np.ones((600, 1))
    exogenous = np.column_stack([ones, floats["covariates"]]) if with_covariates else ones
    model = IV2SLS(floats["after"], exogenous, floats["taken"], floats["offered"])
    names = {Convention.HOMOSKEDASTIC: "unadjusted", Convention.HC1: "robust"}
    if convention is Convention.CLUSTER:
        families = floats["family"].astype(int)
        fitted = model.fit(cov_type="clustered", clusters=families, debiased=True)
    else:
        fitted = model.fit(cov_type=names[convention], debiased=True)
    sample = replace(drawn.sample, block=None, pre=None)
    if not with_covariates:
        sample = replace(sample, covariates=())
    if convention is not Convention.CLUSTER:
        sample = replace(sample, cluster=None)
    estimator = Estimator.TWO_STAGE if with_covariates else Estimator.WALD
    found = told(sample, Request(estimator, convention))
    expected = fitted.params["endog"], fitted.std_errors["endog"]
    assert found == pytest.approx(expected, rel=1e-7)


def test_the_first_stage_is_told_also_of_an_instrument_of_many_values(drawn: Trial) -> None:
    floats, age = drawn.floats, drawn.sample.covariates[0]
    instruments = [(drawn.sample.instrument, floats["offered"]), (age, floats["covariates"][:, 0])]
    for instrument, values in instruments:
        fitted = sm.OLS(floats["taken"], sm.add_constant(values)).fit(cov_type="HC1")
        sample = Sample(drawn.sample.outcome, drawn.sample.treatment, instrument=instrument)
        found = estimate(sample, Request(Estimator.WALD, Convention.HC1))
        assert found.first_stage is not None
        assert float(found.first_stage) == pytest.approx(fitted.tvalues[1] ** 2, rel=1e-5)


def test_differences_in_differences_is_least_squares_of_the_change(drawn: Trial) -> None:
    change = drawn.floats["after"] - drawn.floats["pre"]
    for covariates in ((), drawn.sample.covariates[:2]):
        x = np.column_stack(
            [drawn.floats["offered"], drawn.floats["covariates"][:, : len(covariates)]]
        )
        fitted = sm.OLS(change, sm.add_constant(x)).fit(
            cov_type="cluster", cov_kwds={"groups": drawn.floats["family"]}
        )
        sample = lone(drawn, Convention.CLUSTER, covariates=covariates, pre=drawn.sample.pre)
        found = told(sample, Request(Estimator.DIFFERENCES, Convention.CLUSTER))
        assert found == pytest.approx((fitted.params[1], fitted.bse[1]), rel=NEAR)


def fitted(seed: int, tail: float) -> Fit:
    draw = np.random.default_rng(seed)
    rows = ROWS_MIN + 777
    treated = draw.integers(0, 2, rows)
    x = draw.integers(0, 10**7, rows)
    y = (draw.pareto(tail, rows) * 10**5).astype(np.int64) + x // 3
    regressors = (Column.of("t", treated), Column.of("x", x))
    return fit(Design(Column.of("y", y), regressors, regressors, np.zeros(rows, dtype=np.int64), 1))


@pytest.mark.parametrize("tail", [1.1, 3.0])
def test_fast_bounds_hold_the_exact_sum_and_are_near(tail: float) -> None:
    found = fitted(seed=3, tail=tail)
    assert can_bound(found)
    bounds = hc0_bounds(found).times(found.scale)
    exact = scores.variance(found, Convention.HC0).low
    assert bounds.low <= exact <= bounds.high
    assert (bounds.high - bounds.low) / exact < 1e-13


def test_fast_bounds_of_a_perfect_fit_leave_the_digits_to_the_exact_sum() -> None:
    rows = ROWS_MIN
    treated = np.arange(rows, dtype=np.int64) % 2
    regressors = (Column.of("t", treated),)
    groups = np.zeros(rows, dtype=np.int64)
    design = Design(Column.of("y", 3 * treated + 5), regressors, regressors, groups, 1)
    assert hc0_bounds(fit(design)).low == 0
    sample = replace(trial(rows).sample, outcome=Column.of("y", 3 * treated + 5))
    sample = replace(
        sample, treatment=regressors[0], instrument=None, cluster=None, block=None, pre=None
    )
    found = estimate(sample, Request(Estimator.OLS, Convention.HC1)).figures
    assert found.estimate == 3
    assert found.standard_error == 0


def test_a_column_that_follows_from_others_is_named(drawn: Trial) -> None:
    age = drawn.sample.covariates[0]
    double = Column.of("double", [2 * value for value in age.integers()])
    sample = lone(drawn, Convention.HC1, covariates=(age, double))
    with pytest.raises(RefusedError, match=r"column double .*follows from the columns before"):
        estimate(sample, Request(Estimator.OLS, Convention.HC1))


def test_an_instrument_that_moves_nothing_is_refused(drawn: Trial) -> None:
    idle = Column.of("idle", [1] * 600)
    sample = replace(drawn.sample, instrument=idle, cluster=None, block=None, pre=None)
    sample = replace(sample, covariates=())
    with pytest.raises(RefusedError, match="instrument does not move taken"):
        estimate(sample, Request(Estimator.WALD, Convention.HC1))


@pytest.mark.parametrize(
    ("estimator", "changes", "reason"),
    [
        (Estimator.ITT, {"pre": "pre"}, "itt has no use for --pre"),
        (Estimator.WALD, {"covariates": ()}, "wald needs --instrument"),
        (Estimator.MATCH, {"covariates": ()}, "match needs --covariates"),
        (Estimator.DIFFERENCES, {}, "did needs --pre"),
    ],
)
def test_what_an_estimator_cannot_use_is_refused(
    drawn: Trial, estimator: Estimator, changes: dict[str, object], reason: str
) -> None:
    given = {name: drawn.sample.pre if value == "pre" else value for name, value in changes.items()}
    with pytest.raises(RefusedError, match=reason):
        estimate(lone(drawn, Convention.HC1, **given), Request(estimator, Convention.HC1))
