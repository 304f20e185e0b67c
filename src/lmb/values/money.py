"""Money is integer cents. These functions read it, show it and share it out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from lmb.values.rounding import PRECISION_DIGITS

_DOLLARS = re.compile(r"-?(0|[1-9][0-9]{0,15})(\.[0-9]{1,2})?")


def cents_from_dollars(text: str) -> int:
    """Cents of a plain decimal number of dollars such as `6200` or `-15.20`.

    Raises ValueError for anything else: thousands separators, exponents, currency signs, or
    digits below a cent. Nothing is rounded.
    """
    if not _DOLLARS.fullmatch(text):
        raise ValueError(f"{text!r} is not a number of dollars with at most two decimals")
    return int(Decimal(text).scaleb(2))


def round_to_cents(dollars: Decimal) -> int:
    """Cents of an exact dollar amount, rounded half up once: Treasury's normal rounding."""
    with localcontext(prec=PRECISION_DIGITS):
        return int(dollars.scaleb(2).to_integral_value(rounding=ROUND_HALF_UP))


def dollars_from_cents(cents: int) -> Decimal:
    """Exact dollars of an amount in cents, with two decimals."""
    with localcontext(prec=PRECISION_DIGITS):
        return Decimal(cents).scaleb(-2)


def format_cents(cents: int) -> str:
    """The way money is always shown: `$6,200.00`, a loss as `-$15.20`."""
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def share_out(total_cents: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by whole-number weights so that the parts add up to it exactly.

    Remainder cents go to the largest remainders, the earlier part first where they tie.
    Raises ValueError for a negative amount, a negative weight or no weight at all.
    """
    whole = sum(weights)
    if total_cents < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError("shares need a non-negative amount and weights that add up to more than 0")
    parts = [total_cents * weight // whole for weight in weights]
    remainders = [total_cents * weight % whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: total_cents - sum(parts)]:
        parts[index] += 1
    return parts
