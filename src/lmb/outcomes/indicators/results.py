"""What the indicators come to: exact counts, and the document they are told in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from lmb.values.rounding import PRECISION_DIGITS, half_even

PUBLISHED_RATE_PLACES = 1
"""Rates are published to a tenth of a per cent (RSA-TAC-20-02, Attachment I)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as it is kept: whole numbers, never their quotient."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        """Raises ValueError for a rate no people could have."""
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError(f"{self.numerator} of {self.denominator} is not a rate")

    def __add__(self, other: Rate) -> Rate:
        """The rate of both groups together."""
        return Rate(self.numerator + other.numerator, self.denominator + other.denominator)

    @property
    def percent(self) -> Decimal | None:
        """As published: per cent to a tenth, half to even; None where nobody is counted."""
        if self.denominator == 0:
            return None
        with localcontext(prec=PRECISION_DIGITS):
            exact = Decimal(100 * self.numerator) / self.denominator
        return half_even(exact, PUBLISHED_RATE_PLACES)

    def document(self) -> dict[str, Any]:
        percent = self.percent
        return {
            "numerator": self.numerator,
            "denominator": self.denominator,
            # One decimal: the shortest text of this float is the decimal itself.
            "rate_percent": None if percent is None else float(percent),
        }


@dataclass(frozen=True, slots=True)
class Indicators:
    """The six indicators of one group of periods.

    `median_earnings_q2_cents` is exact, a whole or half number of cents; None where nobody had
    earnings. `exclusions` counts periods of the exit window by code of element 923; `not_yet`
    those whose status of a quarter is not yet available.
    """

    employment_q2: Rate
    employment_q4: Rate
    credential_attainment: Rate
    measurable_skill_gains: Rate
    serving_employers: Rate
    median_earnings_q2_cents: Fraction | None
    exited: int
    not_yet_q2: int
    not_yet_q4: int
    exclusions: Mapping[int, int] = field(default_factory=dict)

    def rates(self) -> dict[str, Rate]:
        """The five indicators that are rates, by name."""
        named = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: value for name, value in named.items() if isinstance(value, Rate)}

    def document(self) -> dict[str, Any]:
        return {
            **{name: rate.document() for name, rate in self.rates().items()},
            "median_earnings_q2_cents": cents_number(self.median_earnings_q2_cents),
            "exclusions": {
                f"{code:02}": count for code, count in sorted(self.exclusions.items()) if count
            },
            "not_yet_available": {"q2": self.not_yet_q2, "q4": self.not_yet_q4},
            "exited": self.exited,
        }


@dataclass(frozen=True, slots=True)
class Measured:
    """The indicators of all periods, and of each group, by the values of the columns asked for."""

    total: Indicators
    groups: Mapping[tuple[str | None, ...], Indicators] = field(default_factory=dict)


def cents_number(value: Fraction | None) -> int | float | None:
    """A whole or half number of cents; a float holds both exactly below 2**52 cents."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
