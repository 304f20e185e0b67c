"""Matching, balancing and quantiles: against oracles, by certificate, and by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from lmb.outcomes.estimators.balancing import entropy_balance
from lmb.outcomes.estimators.columns import Column
from lmb.outcomes.estimators.comparison import balanced, matched
from lmb.outcomes.estimators.conventions import Convention
from lmb.outcomes.estimators.estimate import estimate
from lmb.outcomes.estimators.quantiles import quantile
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


@pytest.fixture(scope="module")
def drawn() -> Trial:
    return trial(400)


def compared(drawn: Trial, covariates: tuple[Column, ...], *, clustered: bool = False) -> Sample:
    bare = replace(drawn.sample, instrument=None, block=None, covariates=covariates)
    return bare if clustered else replace(bare, cluster=None)


@pytest.mark.parametrize("convention", list(Convention))
@pytest.mark.parametrize("estimator", [Estimator.BALANCE, Estimator.MATCH])
def test_errors_are_those_of_weighted_least_squares(
    drawn: Trial, estimator: Estimator, convention: Convention
) -> None:
    clustered = convention is Convention.CLUSTER
    sample = compared(drawn, drawn.sample.covariates[1:2], clustered=clustered)
    groups = balanced(sample) if estimator is Estimator.BALANCE else matched(sample)
    rows = [*groups.treated, *groups.control]
    weights = np.array(
        [1.0] * len(groups.treated) + [float(w * groups.weight_unit) for w in groups.weights]
    )
    keywords = {"cov_kwds": {"groups": drawn.floats["family"][rows]}} if clustered else {}
    x = sm.add_constant(drawn.floats["taken"][rows])
    model = sm.WLS(drawn.floats["after"][rows], x, weights=weights)
    fitted = model.fit(cov_type=ORACLE_NAMES[convention], **keywords)
    found = told(sample, Request(estimator, convention))
    assert found == pytest.approx((fitted.params[1], fitted.bse[1]), rel=1e-8)


def test_the_multipliers_alone_prove_the_balance(drawn: Trial) -> None:
    sample = compared(drawn, drawn.sample.covariates)
    found = entropy_balance(sample.treatment, sample.covariates, ["a", "b", "c"])
    assert found.residual < Decimal("1e-20")
    arm = sample.treatment.arm()
    with localcontext(prec=50):
        # From the certificate: exponents from multipliers and covariates alone.
        exponents = [Decimal(0)] * int((~arm).sum())
        for column, multiplier in zip(sample.covariates, found.multipliers, strict=True):
            numbers = np.array(column.integers(), dtype=object)
            mean = Fraction(int(numbers[arm].sum()), int(arm.sum()))
            spread = Fraction(int(np.var(numbers[~arm].astype(float)) ** 0.5 * arm.sum()))
            scale = 1 << (int(spread).bit_length() - 1)
            for place, number in enumerate(numbers[~arm].tolist()):
                distance = (number - mean) * int(arm.sum()) / scale
                exponents[place] += multiplier * distance.numerator / distance.denominator
        weights = [exponent.exp() for exponent in exponents]
        for column in sample.covariates:
            whole = column.integers()
            control = [n for n, is_treated in zip(whole, arm, strict=True) if not is_treated]
            treated = [n for n, is_treated in zip(whole, arm, strict=True) if is_treated]
            target = Decimal(sum(treated)) / len(treated)
            reached = sum(w * n for w, n in zip(weights, control, strict=True)) / sum(weights)
            assert abs(Decimal(reached) - target) < Decimal("1e-15") * max(map(abs, control))


def test_groups_that_do_not_overlap_are_refused() -> None:
    people = Column.of("age", [30, 40, 50, 20, 21, 22])
    arm = Column.of("t", [1, 1, 1, 0, 0, 0])
    with pytest.raises(RefusedError, match="do not overlap"):
        entropy_balance(arm, [people], ["age"])


def test_covariates_that_depend_on_each_other_are_named() -> None:
    age = [30, 24, 41, 20, 31, 25, 37]
    arm = Column.of("t", [1, 1, 0, 0, 0, 0, 0])
    columns = [Column.of("age", age), Column.of("next", [a + 1 for a in age])]
    with pytest.raises(RefusedError, match="column next follows from the columns before"):
        entropy_balance(arm, columns, ["age", "next"])


def test_exact_matching_by_hand() -> None:
    # Cell A: treated 10, controls 4 and 6; cell B: treated 7 and 9, control 1; one treated alone.
    sample = Sample(
        outcome=Column.of("y", [10, 4, 6, 7, 9, 1, 99, 50]),
        treatment=Column.of("t", [1, 0, 0, 1, 1, 0, 1, 0]),
        covariates=(Column.of("cell", [1, 1, 1, 2, 2, 2, 3, 4]),),
    )
    found = estimate(sample, Request(Estimator.MATCH, Convention.HC0))
    # Cell A differs by 5 once, cell B by 6 and by 8.
    assert found.figures.point == Fraction(19, 3)
    assert (found.treated, found.control, found.unmatched_treated) == (3, 3, 1)
    assert found.safeguards is not None
    assert found.safeguards.paid_bound == found.figures.ci95[0]
    assert found.safeguards.balance[0].weighted_difference == 0


def test_an_effect_by_assumption_is_shown_with_its_placebo(drawn: Trial) -> None:
    covariates, pre = drawn.sample.covariates[:2], drawn.sample.pre
    assert pre is not None
    sample = compared(drawn, covariates)
    for estimator in (Estimator.OLS, Estimator.BALANCE, Estimator.MATCH):
        request = Request(estimator, Convention.HC1)
        found = estimate(sample, request)
        assert found.safeguards is not None
        before = estimate(replace(sample, outcome=pre, pre=None), request)
        assert found.safeguards.placebo == before.figures
        shown = [row.name for row in found.safeguards.balance]
        assert shown == ["age", "dependants", "pre"]
    balanced_on_it = replace(sample, covariates=(*covariates, pre))
    found = estimate(balanced_on_it, Request(Estimator.BALANCE, Convention.HC1))
    assert found.safeguards is not None
    assert found.safeguards.placebo is None


def test_effects_by_lottery_need_no_safeguards(drawn: Trial) -> None:
    sample = replace(compared(drawn, ()), pre=None)
    assert estimate(sample, Request(Estimator.ITT, Convention.NEYMAN)).safeguards is None


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=40), st.integers(0, 100))
def test_quantiles_are_those_of_numpy(values: list[int], percent: int) -> None:
    found = quantile(sorted(values), Fraction(percent, 100))
    assert float(found) == pytest.approx(np.quantile(values, percent / 100), rel=1e-9, abs=1e-3)


def test_the_interval_of_a_quantile_holds_the_truth_as_often_as_it_says() -> None:
    # Two exponential arms, medians 2·log 2 and log 2 apart by log 2 (in millionths).
    draw = np.random.default_rng(11)
    held, truth, runs = 0, 693_147, 400
    arm = [1] * 150 + [0] * 150
    for _ in range(runs):
        y = np.concatenate([draw.exponential(2e6, 150), draw.exponential(1e6, 150)])
        sample = Sample(Column.of("y", y.astype(np.int64)), Column.of("t", arm))
        low, high = estimate(sample, Request(Estimator.QUANTILE, Convention.NEYMAN)).figures.ci95
        held += low <= truth <= high
    # Three binomial standard errors around 95 %, and Woodruff's is a little wide.
    assert 0.92 <= held / runs <= 0.99


def test_a_quantile_too_near_the_end_for_so_few_is_refused() -> None:
    sample = Sample(Column.of("y", [1, 2, 3, 4]), Column.of("t", [1, 1, 0, 0]))
    with pytest.raises(RefusedError, match="treated arm counts 2, too few"):
        estimate(sample, Request(Estimator.QUANTILE, Convention.NEYMAN, Fraction(9, 10)))
