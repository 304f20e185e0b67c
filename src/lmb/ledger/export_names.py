"""Names that beancount and hledger take for our accounts and units: always the same for the same
code, and never the same for two."""

from __future__ import annotations

import hashlib
import re

_COMMODITY = re.compile(r"[A-Z][A-Z0-9]{1,21}")
_STARTS_WITH_DIGIT = re.compile(r"[0-9][A-Z0-9]{1,19}")
_OF_SOMETHING = re.compile(r"([a-z]{2,8}):([A-Z0-9]{1,12})")


def account_name(root: str, code: str) -> str:
    """An account's name below a root: `wallet/a-1` is `Assets:Wallet:A--1`.

    Slashes part its components. Each starts with a capital or a digit, as beancount asks: a small
    letter becomes a capital, and what was none has `0-X` before it. Other signs than ASCII letters
    and digits stand as their code point in hexadecimal between hyphens, a hyphen as two: after a
    hyphen there is never an X, and so no two codes share a name.
    """
    return ":".join([root, *map(_component, code.split("/"))])


def commodity(unit: str) -> str:
    """A unit's name: `USD` as it is, a CUSIP after `C.`, `face:912828XX0` as `FACE.912828XX0`, any
    other by its fingerprint after `X.`"""
    if _COMMODITY.fullmatch(unit):
        return unit
    if _STARTS_WITH_DIGIT.fullmatch(unit):
        return f"C.{unit}"
    if of_something := _OF_SOMETHING.fullmatch(unit):
        return f"{of_something[1].upper()}.{of_something[2]}"
    return f"X.{hashlib.sha256(unit.encode()).hexdigest()[:20].upper()}"


def _component(part: str) -> str:
    first, rest = part[:1], "".join(map(_sign, part[1:]))
    if first.isascii() and first.islower():
        return first.upper() + rest
    if first.isascii() and first.isdigit():
        return first + rest
    return "0-X" + "".join(map(_sign, part))


def _sign(sign: str) -> str:
    if sign.isascii() and sign.isalnum():
        return sign
    return "--" if sign == "-" else f"-{ord(sign):x}-"
