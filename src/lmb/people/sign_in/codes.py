"""Numbers and codes that people copy by hand: drawn, shown in groups, read back. Pure."""

from __future__ import annotations

import hashlib
import re

from lmb.values.errors import RefusedError
from lmb.values.identifiers import Randomness

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty signs of which no two look alike."""

NUMBER_DIGITS = 10
RECOVERY_SIGNS = 24
"""118 bits: with 112 or more a plain hash keeps the secret (NIST SP 800-63B-4 section 3.1.2)."""

RECOVERY_CODES = 10
COUNTER_SIGNS = 12
"""59 bits, tried ten times in a quarter of an hour by somebody whose name is on record."""

GROUP = 4
TYPED_CHARACTERS_MAX = 100


def draw_number(randomness: Randomness) -> str:
    """A sign-in number: ten digits, the last of which shows a slip of the pen (Luhn)."""
    body = str(10 ** (NUMBER_DIGITS - 2) + _below(8 * 10 ** (NUMBER_DIGITS - 2), randomness))
    return body + _check_digit(body)


def read_number(typed: str) -> str | None:
    """A sign-in number as it was typed, with or without spaces; None for what is none."""
    digits = re.sub(r"[\s-]", "", typed[:TYPED_CHARACTERS_MAX])
    if not re.fullmatch(rf"[0-9]{{{NUMBER_DIGITS}}}", digits):
        return None
    return digits if _check_digit(digits[:-1]) == digits[-1] else None


def shown_number(number: str) -> str:
    """A number in groups, as a page shows it: 123 456 7890."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def draw_code(signs: int, randomness: Randomness) -> str:
    """A code of so many signs, in groups."""
    drawn = "".join(ALPHABET[_below(len(ALPHABET), randomness)] for _ in range(signs))
    return "-".join(drawn[start : start + GROUP] for start in range(0, signs, GROUP))


def code_sha256(typed: str) -> str:
    """The hash under which a code is kept, however it was typed."""
    signs = re.sub(r"[\s-]", "", typed[:TYPED_CHARACTERS_MAX]).upper()
    return hashlib.sha256(f"lmb-code/1|{signs}".encode()).hexdigest()


def _below(limit: int, randomness: Randomness) -> int:
    """A number below a limit, each as likely as the next: what would favour some is drawn again."""
    highest = 2**64 - 2**64 % limit
    for _ in range(100):
        drawn = int.from_bytes(randomness(8), "big")
        if drawn < highest:
            return drawn % limit
    raise RefusedError("the source of randomness gives the same again and again; replace it")


def _check_digit(body: str) -> str:
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(body[::-1]))
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)
