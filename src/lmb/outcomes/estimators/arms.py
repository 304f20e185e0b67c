"""What the offer of training changed, by lottery arm: the difference in mean earnings.

Everything is computed from integer sums by exact fractions and rounded once, so neither the
order of the rows nor the number of threads that added them up can change a digit.

Sources: Neyman (1923), as in Imbens and Rubin (2015), chapter 6, for the variance; the
convention of each figure is part of its name or of the explanation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction

from lmb.outcomes.estimators.figures import NORMAL_QUANTILE_975
from lmb.outcomes.estimators.rational import square_root
from lmb.values.errors import RefusedError
from lmb.values.money import format_cents
from lmb.values.rounding import PRECISION_DIGITS, half_even

ESTIMATOR = "lottery-difference-in-means/1"
"""Identifier and version of this estimator; a change of any digit it gives is a new version."""

ARM_PEOPLE_MIN = 2
"""A sample variance divides by n - 1."""


@dataclass(frozen=True, slots=True)
class ArmSums:
    """What must be known of one lottery arm: whole numbers that add up in any order.

    `observed` is the period outcomes are measured in, `baseline` the one before training; each
    person counts once, with 0 cents where no record shows earnings. Squares are in cents².
    """

    people: int
    observed_cents: int
    observed_squares_cents2: int
    observed_earners: int
    baseline_cents: int

    def __post_init__(self) -> None:
        """Raises ValueError for sums that no people could have."""
        possible = (
            0 <= self.observed_earners <= self.people
            and self.observed_cents >= 0
            and self.baseline_cents >= 0
            # Cauchy-Schwarz over the earners; also keeps the variance from being negative.
            and self.observed_squares_cents2 * self.observed_earners >= self.observed_cents**2
            # In whole cents no square is below its amount.
            and self.observed_squares_cents2 >= self.observed_cents >= self.observed_earners
        )
        if not possible:
            raise ValueError(f"{self} cannot be the sums of one arm")

    @classmethod
    def of(cls, earnings_cents: Iterable[tuple[int, int]]) -> ArmSums:
        """The sums of one (observed, baseline) pair of cents per person.

        Raises ValueError for a negative amount.
        """
        people = observed_sum = squares = earners = baseline_sum = 0
        for observed, baseline in earnings_cents:
            if observed < 0 or baseline < 0:
                raise ValueError(f"earnings are not negative: {observed}, {baseline} cents")
            people += 1
            observed_sum += observed
            squares += observed * observed
            earners += observed > 0
            baseline_sum += baseline
        return cls(people, observed_sum, squares, earners, baseline_sum)

    def __add__(self, other: ArmSums) -> ArmSums:
        """The sums of both groups of people together."""
        return ArmSums(
            self.people + other.people,
            self.observed_cents + other.observed_cents,
            self.observed_squares_cents2 + other.observed_squares_cents2,
            self.observed_earners + other.observed_earners,
            self.baseline_cents + other.baseline_cents,
        )

    @property
    def mean_dollars(self) -> Fraction:
        """Mean observed earnings, exact."""
        return Fraction(self.observed_cents, 100 * self.people)

    @property
    def variance_dollars2(self) -> Fraction:
        """Sample variance (n - 1) of observed earnings, exact, in dollars²."""
        deviations = self.people * self.observed_squares_cents2 - self.observed_cents**2
        return Fraction(deviations, 100**2 * self.people * (self.people - 1))

    @property
    def mean_change_dollars(self) -> Fraction:
        """Mean observed less mean baseline earnings, exact."""
        return Fraction(self.observed_cents - self.baseline_cents, 100 * self.people)


@dataclass(frozen=True, slots=True)
class ArmOutcome:
    """One arm as it is shown: dollars to the cent, the rate as a fraction to four decimals,
    each rounded half to even."""

    people: int
    earners: int
    mean_dollars: Decimal
    standard_deviation_dollars: Decimal
    placement_rate: Decimal
    wage_change_dollars: Decimal

    @classmethod
    def of(cls, sums: ArmSums) -> ArmOutcome:
        return cls(
            people=sums.people,
            earners=sums.observed_earners,
            mean_dollars=_rounded(sums.mean_dollars, 2),
            standard_deviation_dollars=half_even(square_root(sums.variance_dollars2), 2),
            placement_rate=_rounded(Fraction(sums.observed_earners, sums.people), 4),
            wage_change_dollars=_rounded(sums.mean_change_dollars, 2),
        )


@dataclass(frozen=True, slots=True)
class LotteryEstimate:
    """The effect of the offer on mean earnings, with two standard errors, and what goes with it.

    `difference_dollars` is exact, for the score of a bond; all else is rounded for showing.
    `standard_error_dollars` is Neyman's, each arm with its own variance, and makes the interval;
    `pooled_standard_error_dollars` takes one variance for both, as many published tables do.
    """

    treated: ArmOutcome
    control: ArmOutcome
    difference_dollars: Fraction
    estimate_dollars: Decimal
    standard_error_dollars: Decimal
    pooled_standard_error_dollars: Decimal
    ci95_dollars: tuple[Decimal, Decimal]
    wage_change_difference_dollars: Decimal
    explanation: tuple[str, ...]


def difference_in_means(treated: ArmSums, control: ArmSums) -> LotteryEstimate:
    """Mean observed earnings of those offered training less those not, by lottery.

    Raises RefusedError where an arm has fewer than two people.
    """
    for name, arm in (("treated", treated), ("control", control)):
        if arm.people < ARM_PEOPLE_MIN:
            raise RefusedError(
                f"the {name} arm counts {arm.people}, and a standard error needs at least "
                f"{ARM_PEOPLE_MIN} people in each arm: measure a cohort with more people"
            )
    difference = treated.mean_dollars - control.mean_dollars
    error = square_root(_neyman_variance(treated, control))
    change_difference = treated.mean_change_dollars - control.mean_change_dollars
    unexplained = LotteryEstimate(
        treated=ArmOutcome.of(treated),
        control=ArmOutcome.of(control),
        difference_dollars=difference,
        estimate_dollars=_rounded(difference, 2),
        standard_error_dollars=half_even(error, 2),
        pooled_standard_error_dollars=half_even(square_root(_pooled_variance(treated, control)), 2),
        ci95_dollars=_interval(difference, error),
        wage_change_difference_dollars=_rounded(change_difference, 2),
        explanation=(),
    )
    return replace(unexplained, explanation=_explanation(unexplained, treated, control))


def _neyman_variance(treated: ArmSums, control: ArmSums) -> Fraction:
    return treated.variance_dollars2 / treated.people + control.variance_dollars2 / control.people


def _pooled_variance(treated: ArmSums, control: ArmSums) -> Fraction:
    degrees = (treated.people - 1, control.people - 1)
    variance = (
        degrees[0] * treated.variance_dollars2 + degrees[1] * control.variance_dollars2
    ) / sum(degrees)
    return variance * (Fraction(1, treated.people) + Fraction(1, control.people))


def _interval(centre: Fraction, error: Decimal) -> tuple[Decimal, Decimal]:
    with localcontext(prec=PRECISION_DIGITS):
        middle = Decimal(centre.numerator) / centre.denominator
        reach = NORMAL_QUANTILE_975 * error
        # Adding zero turns a rounded -0.00 into 0.00.
        return half_even(middle - reach, 2) + 0, half_even(middle + reach, 2) + 0


def _rounded(value: Fraction, places: int) -> Decimal:
    """Half to even of an exact value: Python rounds a Fraction so (numbers, section `round`)."""
    with localcontext(prec=PRECISION_DIGITS):
        return Decimal(round(value * 10**places)).scaleb(-places)


def _explanation(estimate: LotteryEstimate, treated: ArmSums, control: ArmSums) -> tuple[str, ...]:
    """The arithmetic in sentences. Sums, not rounded means, so that a reader can redo it."""
    low, high = estimate.ci95_dollars
    return (
        _arm_line("Offered training by lottery", estimate.treated, treated),
        _arm_line("Not offered", estimate.control, control),
        f"Difference of the means: {format_cents(treated.observed_cents)} / {treated.people:,} - "
        f"{format_cents(control.observed_cents)} / {control.people:,} = "
        f"{_money(estimate.estimate_dollars)}.",
        f"Standard error (Neyman, variances with n - 1): "
        f"sqrt({_money(estimate.treated.standard_deviation_dollars)}^2 / {treated.people:,} + "
        f"{_money(estimate.control.standard_deviation_dollars)}^2 / {control.people:,}) = "
        f"{_money(estimate.standard_error_dollars)}; with one pooled variance "
        f"{_money(estimate.pooled_standard_error_dollars)}.",
        f"95 % interval: the difference -/+ {NORMAL_QUANTILE_975} standard errors (normal "
        f"distribution), {_money(low)} to {_money(high)}.",
        f"Change from the baseline period: {_money(estimate.treated.wage_change_dollars)} against "
        f"{_money(estimate.control.wage_change_dollars)} on average, a difference of "
        f"{_money(estimate.wage_change_difference_dollars)}.",
    )


def _arm_line(name: str, outcome: ArmOutcome, sums: ArmSums) -> str:
    return (
        f"{name}: {sums.people:,} people earned {format_cents(sums.observed_cents)} in the "
        f"observed period, {_money(outcome.mean_dollars)} on average; {outcome.earners:,} of them "
        f"had earnings, a placement rate of {outcome.placement_rate}."
    )


def _money(dollars: Decimal) -> str:
    with localcontext(prec=PRECISION_DIGITS):
        return format_cents(int(dollars.scaleb(2)))
