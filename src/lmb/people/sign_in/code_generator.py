"""Six digits that an app shows for half a minute (TOTP, RFC 6238; HOTP, RFC 4226). Pure."""

from __future__ import annotations

import base64
import hmac
from datetime import datetime
from urllib.parse import quote, urlencode

from lmb.values.identifiers import Randomness

SECRET_BYTES = 20
STEP_SECONDS = 30
DIGITS = 6
# Clocks of phones are off, and typing takes a while: the half minute before and the one after.
STEPS_AROUND = 1


def draw_secret(randomness: Randomness) -> bytes:
    """A secret for one app."""
    return randomness(SECRET_BYTES)


def shown_secret(secret: bytes) -> str:
    """A secret as it is typed into an app: base 32 in groups of four."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(secret: bytes, issuer: str, number: str) -> str:
    """What the picture for the app says (the key URI format authenticators agree on)."""
    text = base64.b32encode(secret).decode().rstrip("=")
    parameters = urlencode({"secret": text, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{number}?{parameters}"


def step_of(secret: bytes, typed: str, at: datetime, after: int) -> int | None:
    """The half minute whose digits were typed, None for other digits. Only those later than
    `after` count: what was used once is of no use to whoever looked on."""
    digits = "".join(typed.split())[: DIGITS + 1]
    if not digits.isascii():
        return None
    now = int(at.timestamp()) // STEP_SECONDS
    found = None
    for step in range(now - STEPS_AROUND, now + STEPS_AROUND + 1):
        if hmac.compare_digest(digits_of(secret, step), digits) and step > after:
            found = step
    return found


def digits_of(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The digits of one step (RFC 4226 section 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}}"
