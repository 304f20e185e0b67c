"""Exact ratios, rounded where the sheet says so and written so that nothing is lost."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from math import floor

from lmb.bonds.linked.sheet import RoundingMode
from lmb.values.rates import decimal_text
from lmb.values.rounding import PRECISION_DIGITS


def rounded(value: Fraction, places: int, mode: RoundingMode) -> Fraction:
    """A ratio rounded to so many decimals: half to even, half away from zero, or down (towards
    minus infinity)."""
    scaled = value * 10**places
    whole: int
    match mode:
        case RoundingMode.HALF_EVEN:
            whole = round(scaled)
        case RoundingMode.HALF_UP:
            size = floor(abs(scaled) + Fraction(1, 2))
            whole = size if scaled >= 0 else -size
        case RoundingMode.DOWN:
            whole = floor(scaled)
    return Fraction(whole, 10**places)


def percent(value: Fraction) -> Decimal:
    """A ratio with finitely many decimals as a Decimal. Raises ValueError for another."""
    places = decimals(value)
    if places is None:
        raise ValueError(f"{value} has no last decimal")
    with localcontext(prec=PRECISION_DIGITS):
        return Decimal(value.numerator) / value.denominator


def decimals(value: Fraction) -> int | None:
    """How many decimals a ratio has; None where they never end."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return None if rest > 1 else max(twos, fives)


def exact_text(value: Fraction) -> str:
    """A ratio without loss: `0.625` where the decimals end within 24, else `2/3`."""
    places = decimals(value)
    return str(value) if places is None or places > 24 else decimal_text(percent(value))
