"""What must be shown beside an effect that no lottery protects: were the groups alike?

The standardised difference of a covariate is the difference of its means over the root of the
mean of both arms' variances (Imbens and Rubin 2015, section 14.2); 0.1 is where many begin to
worry, so it is told to three decimals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from operator import mul

from lmb.outcomes.estimators.columns import Column
from lmb.outcomes.estimators.rational import decimal_of, significant, square_root
from lmb.values.rounding import half_even

DIFFERENCE_PLACES = 3


@dataclass(frozen=True, slots=True)
class Balance:
    """One covariate: means of the arms, and their standardised difference, as the groups came
    and as they were weighted (None where they were not). None where nothing varies."""

    name: str
    mean_treated: Decimal
    mean_control: Decimal
    difference: Decimal | None
    weighted_mean_control: Decimal | None
    weighted_difference: Decimal | None


def balance_table(
    treatment: Column, columns: Sequence[Column], weights: Sequence[int] | None = None
) -> list[Balance]:
    """The balance of each column. `weights` are one for each row, those of the treated 0 or 1."""
    arm = treatment.arm().tolist()
    return [_balance(column, arm, weights) for column in columns]


def _balance(column: Column, arm: list[bool], weights: Sequence[int] | None) -> Balance:
    numbers = column.integers()
    treated, control = _split(numbers, arm)
    means = [Fraction(sum(group), len(group)) for group in (treated, control)]
    spread = (_variance(treated) + _variance(control)) / 2
    weighted = weighted_difference = None
    if weights is not None:
        of_treated, of_control = _split(weights, arm)
        mean = Fraction(sum(map(mul, of_control, control)), sum(of_control))
        kept = Fraction(sum(map(mul, of_treated, treated)), sum(of_treated))
        weighted = significant(decimal_of(mean * column.unit))
        weighted_difference = _standardised(kept - mean, spread)
    return Balance(
        name=column.name,
        mean_treated=significant(decimal_of(means[0] * column.unit)),
        mean_control=significant(decimal_of(means[1] * column.unit)),
        difference=_standardised(means[0] - means[1], spread),
        weighted_mean_control=weighted,
        weighted_difference=weighted_difference,
    )


def _split(numbers: Sequence[int], arm: list[bool]) -> tuple[list[int], list[int]]:
    """The numbers of the treated and of the others."""
    treated = [number for number, is_treated in zip(numbers, arm, strict=True) if is_treated]
    control = [number for number, is_treated in zip(numbers, arm, strict=True) if not is_treated]
    return treated, control


def _variance(group: Sequence[int]) -> Fraction:
    count, total = len(group), sum(group)
    if count < 2:
        return Fraction(0)
    return Fraction(count * sum(one * one for one in group) - total**2, count * (count - 1))


def _standardised(distance: Fraction, spread: Fraction) -> Decimal | None:
    if spread == 0:
        return None
    return half_even(decimal_of(distance) / square_root(spread), DIFFERENCE_PLACES) + 0
