"""From values to scores: one evaluation over exact numbers, intervals or arrays of paths.

The same walk over an expression serves the determination (fractions), the proof of what a sheet
can reach (intervals) and the scenarios (arrays); only the arithmetic differs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce
from typing import NamedTuple, Protocol, TypeVar

from lmb.bonds.linked.sheet import (
    All,
    Always,
    Any,
    Compare,
    Digital,
    Expression,
    Leaf,
    Linear,
    Not,
    Tiers,
    Weighted,
)

T = TypeVar("T")


class Arithmetic(Protocol[T]):
    """What an expression needs of the numbers it is evaluated over."""

    def constant(self, value: Fraction) -> T: ...
    def smaller(self, one: T, other: T) -> T: ...
    def larger(self, one: T, other: T) -> T: ...
    def plus(self, one: T, other: T) -> T: ...
    def times(self, factor: Fraction, value: T) -> T: ...


def score_of(expression: Expression, leaf: Callable[[Leaf], T], numbers: Arithmetic[T]) -> T:
    """The score of an expression, its leaves scored by `leaf`."""
    match expression:
        case Always():
            return numbers.constant(Fraction(1))
        case Linear() | Digital() | Tiers():
            return leaf(expression)
        case All(parts):
            return reduce(numbers.smaller, _scores(parts, leaf, numbers))
        case Any(parts):
            return reduce(numbers.larger, _scores(parts, leaf, numbers))
        case Weighted(parts):
            weighted = [
                numbers.times(Fraction(weight), score_of(part, leaf, numbers))
                for weight, part in parts
            ]
            return reduce(numbers.plus, weighted)
        case Not(part):
            negative = numbers.times(Fraction(-1), score_of(part, leaf, numbers))
            return numbers.plus(numbers.constant(Fraction(1)), negative)


def _scores(
    parts: Sequence[Expression], leaf: Callable[[Leaf], T], numbers: Arithmetic[T]
) -> list[T]:
    return [score_of(part, leaf, numbers) for part in parts]


class Exact:
    """Exact numbers."""

    def constant(self, value: Fraction) -> Fraction:
        return value

    def smaller(self, one: Fraction, other: Fraction) -> Fraction:
        return min(one, other)

    def larger(self, one: Fraction, other: Fraction) -> Fraction:
        return max(one, other)

    def plus(self, one: Fraction, other: Fraction) -> Fraction:
        return one + other

    def times(self, factor: Fraction, value: Fraction) -> Fraction:
        return factor * value


class Interval(NamedTuple):
    """All numbers from `low` to `high`."""

    low: Fraction
    high: Fraction

    def hull(self, *others: Interval) -> Interval:
        """The smallest interval that holds this one and the others."""
        return Interval(
            min(self.low, *(other.low for other in others)) if others else self.low,
            max(self.high, *(other.high for other in others)) if others else self.high,
        )

    def within(self, low: Fraction, high: Fraction) -> Interval:
        """Where every number goes when it is cut at `low` and then at `high`."""
        return Interval(min(max(self.low, low), high), min(max(self.high, low), high))


class Intervals:
    """Intervals: each result holds every result its numbers could give."""

    def constant(self, value: Fraction) -> Interval:
        return Interval(value, value)

    def smaller(self, one: Interval, other: Interval) -> Interval:
        return Interval(min(one.low, other.low), min(one.high, other.high))

    def larger(self, one: Interval, other: Interval) -> Interval:
        return Interval(max(one.low, other.low), max(one.high, other.high))

    def plus(self, one: Interval, other: Interval) -> Interval:
        return Interval(one.low + other.low, one.high + other.high)

    def times(self, factor: Fraction, value: Interval) -> Interval:
        ends = (factor * value.low, factor * value.high)
        return Interval(min(ends), max(ends))


def exact_leaf_score(leaf: Leaf, value: Fraction) -> Fraction:
    """The score a value gives: threshold to target, digital, or tiers."""
    match leaf:
        case Linear(_, threshold, target):
            start, whole = Fraction(threshold), Fraction(target) - Fraction(threshold)
            return min(max((value - start) / whole, Fraction(0)), Fraction(1))
        case Digital(_, compare, mark):
            return Fraction(passes(value, compare, Fraction(mark)))
        case Tiers(_, tiers):
            reached = [tier.score for tier in tiers if value >= tier.starts_at]
            return Fraction(reached[-1]) if reached else Fraction(0)


def leaf_reach(leaf: Leaf, values: Interval) -> Interval:
    """Every score the values of an interval give: exactly its ends, as each shape is monotone or
    made of steps."""
    low, high = exact_leaf_score(leaf, values.low), exact_leaf_score(leaf, values.high)
    reached = [low, high]
    if isinstance(leaf, Tiers):
        reached += [
            Fraction(tier.score)
            for tier in leaf.tiers
            if values.low <= tier.starts_at <= values.high
        ]
    return Interval(min(reached), max(reached))


def passes(value: Fraction, compare: Compare, mark: Fraction) -> bool:
    """Whether a value passes a mark."""
    match compare:
        case Compare.AT_LEAST:
            return value >= mark
        case Compare.ABOVE:
            return value > mark
        case Compare.AT_MOST:
            return value <= mark
        case Compare.BELOW:
            return value < mark
