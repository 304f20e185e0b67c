"""Rates are `Decimal` per cent or whole basis points; float never carries one."""

from __future__ import annotations

import re
from decimal import Decimal

_PERCENT = re.compile(r"-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,9})?")


def percent_from_text(text: str, places_max: int = 9) -> Decimal:
    """A rate in per cent from a plain decimal number such as `4.125`.

    Raises ValueError for exponents, signs other than a leading minus, or more than `places_max`
    decimals. Nothing is rounded.
    """
    if not _PERCENT.fullmatch(text):
        raise ValueError(f"{text!r} is not a plain decimal number of per cent")
    places = len(text.partition(".")[2])
    if places > places_max:
        raise ValueError(f"{text!r} has more than {places_max} decimals")
    return Decimal(text)


def decimal_text(value: Decimal) -> str:
    """One text for one number: no exponent, no trailing zeros (`7.375`, `0`, `-1.5`)."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
