"""Figures as they are told: an estimate, its standard error and interval, rounded once.

Nothing is rounded before: the estimate is a fraction, the variance a fraction or between two
fractions so near that every digit told is decided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from lmb.outcomes.estimators.conventions import Bounds
from lmb.outcomes.estimators.rational import decimal_of, significant, square_root
from lmb.values.rounding import PRECISION_DIGITS

NORMAL_QUANTILE_975 = Decimal("1.959963984540054")
"""The 97.5 % point of the standard normal distribution; 95 % intervals reach this many standard
errors to each side. Fixed here, not asked of a library, so that every machine has the same."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is told of one effect, in the unit of the outcome, each to twelve significant digits
    (half to even), and the exact estimate."""

    point: Fraction
    estimate: Decimal
    standard_error: Decimal
    ci95: tuple[Decimal, Decimal]


def figures(point: Fraction, variance: Bounds, exact: Callable[[], Bounds]) -> Figures:
    """The figures of an estimate. Where the bounds of its variance leave a digit open, `exact` is
    asked for narrower ones, and the middle of those is taken."""
    low, high = _told(point, variance.low), _told(point, variance.high)
    if low == high:
        return low
    narrow = exact()
    return _told(point, (narrow.low + narrow.high) / 2)


def exact_figures(point: Fraction, variance: Fraction) -> Figures:
    """The figures of an estimate whose variance is a fraction."""
    return _told(point, variance)


def _told(point: Fraction, variance: Fraction) -> Figures:
    error = square_root(variance)
    with localcontext(prec=PRECISION_DIGITS):
        middle, reach = decimal_of(point), NORMAL_QUANTILE_975 * error
        low, high = middle - reach, middle + reach
    return Figures(
        point, significant(middle), significant(error), (significant(low), significant(high))
    )
