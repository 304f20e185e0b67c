"""Named rounding: every rule says which of these it uses, and rounds once."""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    Decimal,
    localcontext,
)

PRECISION_DIGITS = 60
"""Working precision of exact arithmetic; far above any amount of money times any rate."""


def half_up(value: Decimal, places: int) -> Decimal:
    """Round half away from zero to `places` decimals: Treasury's "normal rounding"
    (31 CFR 356 Appendix B)."""
    return _quantized(value, places, ROUND_HALF_UP)


def half_even(value: Decimal, places: int) -> Decimal:
    """Round half to even to `places` decimals: for outcome figures, where bias must not add up."""
    return _quantized(value, places, ROUND_HALF_EVEN)


def round_up(value: Decimal, places: int) -> Decimal:
    """Round towards plus infinity to `places` decimals (31 CFR 356.20(a), the proration)."""
    return _quantized(value, places, ROUND_CEILING)


def round_down(value: Decimal, places: int) -> Decimal:
    """Round towards minus infinity to `places` decimals."""
    return _quantized(value, places, ROUND_FLOOR)


def down_to_multiple(value: Decimal, multiple: Decimal) -> Decimal:
    """The largest multiple of `multiple` not above `value` (31 CFR 356.20(b), the coupon)."""
    with localcontext(prec=PRECISION_DIGITS):
        return (value / multiple).to_integral_value(rounding=ROUND_FLOOR) * multiple


def up_to_multiple_cents(amount_cents: int, multiple_cents: int) -> int:
    """The smallest multiple of `multiple_cents` not below `amount_cents` (31 CFR 356.21)."""
    return -(-amount_cents // multiple_cents) * multiple_cents


def _quantized(value: Decimal, places: int, rounding: str) -> Decimal:
    with localcontext(prec=PRECISION_DIGITS):
        return value.quantize(Decimal(1).scaleb(-places), rounding=rounding)
