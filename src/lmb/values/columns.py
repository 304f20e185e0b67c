"""Columns of a table a person gives, and readers that turn the text of a field into a value.

A reader refuses with ValueError and a short reason; the table adds file, row and column. Every
reader is strict: nothing is trimmed, rounded or guessed, so that two files that read the same
say the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from lmb.values.money import cents_from_dollars, dollars_from_cents
from lmb.values.rates import decimal_text, percent_from_text

T = TypeVar("T")
StrT = TypeVar("StrT", bound=str)

DAY_FIRST = date(1900, 1, 1)
DAY_LAST = date(2199, 12, 31)
"""Days outside these are slips of the hand (0976, 9176), not facts."""

PLAUSIBLE_CENTS_MAX = 10**15
"""Ten trillion dollars: more than one sum of money ever is, less than an account can hold."""

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?")


@dataclass(frozen=True, slots=True)
class Reader(Generic[T]):
    """Turns the text of a field into a value, and says what it expects.

    `read` raises ValueError with a short reason. `expected` completes "expected …".
    """

    read: Callable[[str], T]
    expected: str


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A named column of a table; the type of its values is that of its reader."""

    name: str
    reader: Reader[T]


def text(characters_max: int = 200) -> Reader[str]:
    """Non-empty printable text on one line, in Unicode normal form C, without outer spaces.

    Looser text would let one person appear twice under names that look the same.
    """

    def read(field: str) -> str:
        if field == "":
            raise ValueError("nothing")
        if len(field) > characters_max:
            raise ValueError(f"{len(field):,} characters")
        if not field.isprintable():
            raise ValueError("a character that does not print")
        if field != field.strip():
            raise ValueError("a space at an end")
        if not unicodedata.is_normalized("NFC", field):
            raise ValueError("not in Unicode normal form C")
        return field

    return Reader(read, f"printable text of 1 to {characters_max} characters")


def choice(*options: StrT) -> Reader[StrT]:
    """One of the options, written exactly so. Members of a StrEnum come back as members."""
    by_text = {str(option): option for option in options}

    def read(field: str) -> StrT:
        if field not in by_text:
            raise ValueError("nothing" if field == "" else "none of the choices")
        return by_text[field]

    return Reader(read, " or ".join(by_text))


def dollars(*, cents_min: int = 0, cents_max: int = PLAUSIBLE_CENTS_MAX) -> Reader[int]:
    """Cents of a plain number of dollars between two amounts, both included."""
    low, high = dollars_from_cents(cents_min), dollars_from_cents(cents_max)

    def read(field: str) -> int:
        cents = cents_from_dollars(field)
        if not cents_min <= cents <= cents_max:
            raise ValueError("out of bounds")
        return cents

    return Reader(read, f"dollars from {low} to {high} like 6200.00, without parts of a cent")


def percent(places_max: int, *, percent_min: Decimal, percent_max: Decimal) -> Reader[Decimal]:
    """A rate in per cent with at most so many decimals between two rates, both included."""
    low, high = decimal_text(percent_min), decimal_text(percent_max)

    def read(field: str) -> Decimal:
        value = percent_from_text(field, places_max)
        if not percent_min <= value <= percent_max:
            raise ValueError("out of bounds")
        return value

    return Reader(read, f"per cent from {low} to {high} with at most {places_max} decimals")


def decimal_number(places_max: int, *, lowest: Decimal, highest: Decimal) -> Reader[Decimal]:
    """A plain decimal number with at most so many decimals between two bounds, both included."""
    low, high = decimal_text(lowest), decimal_text(highest)

    def read(field: str) -> Decimal:
        if not _DECIMAL.fullmatch(field):
            raise ValueError("not a plain number")
        if len(field.partition(".")[2]) > places_max:
            raise ValueError("too many decimals")
        value = Decimal(field)
        if not lowest <= value <= highest:
            raise ValueError("out of bounds")
        return value

    return Reader(read, f"a number from {low} to {high} with at most {places_max} decimals")


def integer(lowest: int, highest: int) -> Reader[int]:
    """A whole number between two bounds, both included."""

    def read(field: str) -> int:
        if not _INTEGER.fullmatch(field):
            raise ValueError("not a whole number")
        if not lowest <= int(field) <= highest:
            raise ValueError("out of bounds")
        return int(field)

    return Reader(read, f"a whole number from {lowest} to {highest}")


def iso_date(first: date = DAY_FIRST, last: date = DAY_LAST) -> Reader[date]:
    """A day written 1976-04-15 (ISO 8601 extended) between two days, both included."""

    def read(field: str) -> date:
        # fromisoformat alone would also take 19760415 and 1976-W16-4.
        if not _ISO_DAY.fullmatch(field):
            raise ValueError("not written year-month-day")
        day = date.fromisoformat(field)
        if not first <= day <= last:
            raise ValueError("out of bounds")
        return day

    return Reader(read, f"a date from {first} to {last} like 1976-04-15")


def blank_or(reader: Reader[T]) -> Reader[T | None]:
    """The same reader where the field may also be left empty, read as None."""

    def read(field: str) -> T | None:
        return None if field == "" else reader.read(field)

    return Reader(read, f"{reader.expected}, or nothing")
