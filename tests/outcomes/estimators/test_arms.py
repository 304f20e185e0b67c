"""The difference in means by lottery arm: published figures, exactness, and refusals."""

from __future__ import annotations

import csv
import gzip
import itertools
import math
import random
import statistics
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.outcomes.estimators import ArmSums, LotteryEstimate, difference_in_means
from lmb.values.errors import RefusedError

Pairs = list[tuple[int, int]]
pairs = st.lists(st.tuples(st.integers(0, 10**8), st.integers(0, 10**8)), min_size=2, max_size=40)


def cents(dollars: str) -> int:
    return int(Decimal(dollars).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN).scaleb(2))


def nsw_arms(path: Path) -> dict[str, Pairs]:
    arms: dict[str, Pairs] = {"1": [], "0": []}
    with gzip.open(path, "rt", newline="") as lines:
        for row in csv.DictReader(lines):
            arms[row["treat"]].append((cents(row["re78"]), cents(row["re75"])))
    return arms


def estimate_of(treated: Pairs, control: Pairs) -> LotteryEstimate:
    return difference_in_means(ArmSums.of(treated), ArmSums.of(control))


def test_dehejia_wahba_men_reproduce_the_published_experiment(shared_data: Path) -> None:
    # Dehejia and Wahba (1999), table 2: 1,794 (633); 671 is Neyman's standard error.
    arms = nsw_arms(shared_data / "nsw" / "nsw_dehejia_wahba.csv.gz")
    estimate = estimate_of(arms["1"], arms["0"])
    assert (estimate.treated.people, estimate.control.people) == (185, 260)
    assert round(estimate.estimate_dollars) == 1794
    assert round(estimate.standard_error_dollars) == 671
    assert round(estimate.pooled_standard_error_dollars) == 633


def test_lalonde_men_reproduce_the_published_experiment(shared_data: Path) -> None:
    # LaLonde (1986), table 5: 886 for the 722 men, 297 of them offered training.
    arms = nsw_arms(shared_data / "nsw" / "nsw_lalonde.csv.gz")
    estimate = estimate_of(arms["1"], arms["0"])
    assert (estimate.treated.people, estimate.control.people) == (297, 425)
    assert round(estimate.estimate_dollars) == 886


def test_a_small_trial_by_hand() -> None:
    # Treated earn 10, 20, 30 dollars, control 0 and 10: means 20 and 5, variances 100 and 50.
    estimate = estimate_of([(1000, 500), (2000, 500), (3000, 500)], [(0, 0), (1000, 100)])
    assert estimate.difference_dollars == 15
    assert estimate.estimate_dollars == Decimal("15.00")
    assert estimate.standard_error_dollars == Decimal("7.64")  # sqrt(100/3 + 50/2)
    assert estimate.pooled_standard_error_dollars == Decimal("8.33")  # sqrt(250/3 * 5/6)
    assert estimate.ci95_dollars == (Decimal("0.03"), Decimal("29.97"))
    assert estimate.treated.placement_rate == Decimal("1.0000")
    assert estimate.control.placement_rate == Decimal("0.5000")
    assert estimate.treated.wage_change_dollars == Decimal("15.00")
    assert estimate.control.wage_change_dollars == Decimal("4.50")
    assert estimate.wage_change_difference_dollars == Decimal("10.50")
    assert estimate.explanation == (
        "Offered training by lottery: 3 people earned $60.00 in the observed period, $20.00 on "
        "average; 3 of them had earnings, a placement rate of 1.0000.",
        "Not offered: 2 people earned $10.00 in the observed period, $5.00 on average; 1 of them "
        "had earnings, a placement rate of 0.5000.",
        "Difference of the means: $60.00 / 3 - $10.00 / 2 = $15.00.",
        "Standard error (Neyman, variances with n - 1): sqrt($10.00^2 / 3 + $7.07^2 / 2) = $7.64; "
        "with one pooled variance $8.33.",
        "95 % interval: the difference -/+ 1.959963984540054 standard errors (normal "
        "distribution), $0.03 to $29.97.",
        "Change from the baseline period: $15.00 against $4.50 on average, a difference of $10.50.",
    )


def test_a_tie_is_rounded_to_even_and_the_score_keeps_it_exact() -> None:
    # Means of 0.005 and 0.015 dollars lie between two cents; the even cent is 0 and 2.
    for observed, shown in ((1, "0.00"), (3, "0.02")):
        estimate = estimate_of([(observed, 0), (0, 0)], [(0, 0), (0, 0)])
        assert estimate.difference_dollars == Fraction(observed, 200)
        assert estimate.estimate_dollars == Decimal(shown)


def test_people_who_all_earn_the_same_leave_no_uncertainty() -> None:
    estimate = estimate_of([(500, 0)] * 3, [(200, 0)] * 2)
    assert estimate.standard_error_dollars == 0
    assert estimate.ci95_dollars == (Decimal("3.00"), Decimal("3.00"))


@given(pairs, pairs, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_digit(
    treated: Pairs, control: Pairs, order: random.Random
) -> None:
    before = estimate_of(treated, control)
    order.shuffle(treated)
    order.shuffle(control)
    assert estimate_of(treated, control) == before


@given(pairs, st.lists(st.integers(0, 40), max_size=4))
def test_sums_of_parts_are_the_sums_of_the_whole(rows: Pairs, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(rows)]
    total = ArmSums.of([])
    for start, end in itertools.pairwise(edges):
        total += ArmSums.of(rows[start:end])
    assert total == ArmSums.of(rows)


@given(pairs, pairs)
def test_floating_point_agrees_as_far_as_it_reaches(treated: Pairs, control: Pairs) -> None:
    arms = [[observed / 100 for observed, _ in rows] for rows in (treated, control)]
    exact = [ArmSums.of(rows) for rows in (treated, control)]
    for floats, sums in zip(arms, exact, strict=True):
        assert math.isclose(sums.mean_dollars, statistics.fmean(floats), rel_tol=1e-9)
        variance = statistics.variance(floats)
        assert math.isclose(sums.variance_dollars2, variance, rel_tol=1e-9, abs_tol=1e-9)
    estimate = difference_in_means(*exact)
    error = math.sqrt(sum(statistics.variance(floats) / len(floats) for floats in arms))
    difference = statistics.fmean(arms[0]) - statistics.fmean(arms[1])
    half_a_cent = 0.005 + 1e-6
    assert abs(float(estimate.estimate_dollars) - difference) <= half_a_cent
    assert abs(float(estimate.standard_error_dollars) - error) <= half_a_cent
    reach = 1.959963984540054 * error
    for shown, expected in zip(
        estimate.ci95_dollars, (difference - reach, difference + reach), strict=True
    ):
        assert abs(float(shown) - expected) <= half_a_cent
        assert not (shown == 0 and shown.is_signed())


@given(pairs, pairs)
def test_swapping_the_arms_turns_the_sign(treated: Pairs, control: Pairs) -> None:
    forth, back = estimate_of(treated, control), estimate_of(control, treated)
    assert back.difference_dollars == -forth.difference_dollars
    assert back.estimate_dollars == -forth.estimate_dollars
    assert back.standard_error_dollars == forth.standard_error_dollars
    assert back.ci95_dollars == (-forth.ci95_dollars[1], -forth.ci95_dollars[0])


@pytest.mark.parametrize("people", [0, 1])
def test_an_arm_without_a_variance_is_refused(people: int) -> None:
    few, enough = ArmSums.of([(100, 0)] * people), ArmSums.of([(100, 0)] * 2)
    with pytest.raises(RefusedError, match=f"control arm counts {people}.*at least 2"):
        difference_in_means(enough, few)
    with pytest.raises(RefusedError, match=f"treated arm counts {people}"):
        difference_in_means(few, enough)


def test_sums_that_nobody_could_have_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        ArmSums.of([(-1, 0)])
    for impossible in [(1, 10, 100, 2, 0), (2, 10, 49, 2, 0), (2, 0, 0, 1, 0), (1, 5, 25, 0, 0)]:
        with pytest.raises(ValueError, match="cannot be the sums"):
            ArmSums(*impossible)
