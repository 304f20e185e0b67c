"""Effects on quantiles, for reports: where in the distribution of earnings the change lies.

A quantile lies linearly between order statistics (Hyndman and Fan 1996, type 7), so the median of
an even count is the mean of the two in the middle. The standard error is Woodruff's (1952): the
binomial interval of ranks, read off as outcomes.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import localcontext
from fractions import Fraction

from lmb.outcomes.estimators.figures import NORMAL_QUANTILE_975
from lmb.outcomes.estimators.rational import square_root
from lmb.values.errors import RefusedError
from lmb.values.rounding import PRECISION_DIGITS


def quantile(ordered: Sequence[int], share: Fraction) -> Fraction:
    """The quantile of numbers in ascending order; `share` lies between 0 and 1."""
    place = share * (len(ordered) - 1)
    below = int(place)
    rest = place - below
    if rest == 0:
        return Fraction(ordered[below])
    return ordered[below] + rest * (ordered[below + 1] - ordered[below])


def quantile_effect(
    treated: Sequence[int], control: Sequence[int], share: Fraction
) -> tuple[Fraction, Fraction]:
    """Difference of the arms' quantiles and its variance, in units and units²."""
    arms = [sorted(treated), sorted(control)]
    point = quantile(arms[0], share) - quantile(arms[1], share)
    return point, _variance(arms[0], share, "treated") + _variance(arms[1], share, "control")


def _variance(ordered: Sequence[int], share: Fraction, name: str) -> Fraction:
    count = len(ordered)
    root = square_root(share * (1 - share) / count) if count else None
    with localcontext(prec=PRECISION_DIGITS):
        reach = Fraction(NORMAL_QUANTILE_975 * root) if root is not None else Fraction(1)
    low, high = share - reach, share + reach
    if low < 0 or high > 1:
        raise RefusedError(
            f"the {name} arm counts {count}, too few for an interval of the quantile {share}: "
            "choose one nearer to the median, or a larger cohort"
        )
    width = quantile(ordered, high) - quantile(ordered, low)
    return (width / (2 * Fraction(NORMAL_QUANTILE_975))) ** 2
