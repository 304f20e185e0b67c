"""CUSIP numbers: eight characters that name a security, and a ninth that catches slips of the
hand (ANSI X9.6, "modulus 10 double-add-double")."""

from __future__ import annotations

import re

_CUSIP = re.compile(r"[0-9A-Z*@#]{8}[0-9]")
_VALUES = {
    character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*@#")
}


def check_digit(first_eight: str) -> str:
    """The ninth character of a CUSIP. Raises ValueError unless given eight of 0-9, A-Z, *, @, #."""
    if not _CUSIP.fullmatch(first_eight + "0"):
        raise ValueError(f"{first_eight!r} is not the first eight characters of a CUSIP")
    total = 0
    for position, character in enumerate(first_eight):
        value = _VALUES[character] * (1 + position % 2)
        total += value // 10 + value % 10
    return str(-total % 10)


def is_cusip(text: str) -> bool:
    """Whether a text is nine characters of the CUSIP alphabet with the right check digit."""
    return bool(_CUSIP.fullmatch(text)) and check_digit(text[:8]) == text[8]
