"""Direct identifiers: what the vault may hold, how each is written, what two of them share.

A value is normalised before it is sealed or indexed, so that one person's number is one number
however it was typed. No message repeats a value: it would end in a log.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lmb.values.errors import InputError, Problem

VALUE_CHARACTERS_MAX = 200
SOURCE = "identifiers"


class DataClass(StrEnum):
    """What a consent or a role opens: never a single field, always a class of them."""

    NAME = "name"
    BIRTH_DATE = "birth-date"
    SSN = "ssn"
    CONTACT = "contact"
    BANK = "bank"


class IndexKind(StrEnum):
    """What may be compared without being read."""

    SSN = "ssn"
    NAME_AND_BIRTH_DATE = "name-and-birth-date"
    ATTEMPT = "attempt"


@dataclass(frozen=True, slots=True)
class Field:
    """One identifier: its class, and the function that writes it in its one form.

    `normalise` raises ValueError saying what was expected, never what was found.
    """

    data_class: DataClass
    normalise: Callable[[str], str]


def _text(value: str) -> str:
    found = " ".join(unicodedata.normalize("NFC", value).split())
    if not found or not found.isprintable():
        raise ValueError("printable text")
    return found


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError:
        raise ValueError("a date like 1990-12-31") from None


def _ssn(value: str) -> str:
    """Nine digits that the Social Security Administration may have issued (20 CFR 422.103; areas
    000, 666 and 900 to 999, group 00 and serial 0000 are never issued)."""
    digits = re.sub(r"[\s-]", "", value)
    issued = re.fullmatch(r"(?!000|666|9)[0-9]{3}(?!00)[0-9]{2}(?!0000)[0-9]{4}", digits)
    if issued is None:
        raise ValueError("a Social Security number of nine digits")
    return digits


def _postal_code(value: str) -> str:
    digits = re.sub(r"[\s-]", "", value)
    if re.fullmatch(r"[0-9]{5}([0-9]{4})?", digits) is None:
        raise ValueError("a ZIP code of five or nine digits")
    return digits


def _phone(value: str) -> str:
    digits = re.sub(r"[\s().-]", "", value).removeprefix("+")
    if re.fullmatch(r"[0-9]{10,15}", digits) is None:
        raise ValueError("a telephone number of 10 to 15 digits")
    return f"+1{digits}" if len(digits) == 10 else f"+{digits}"


def _email(value: str) -> str:
    found = value.strip()
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", found) is None:
        raise ValueError("an e-mail address")
    return found.casefold()


def _routing_number(value: str) -> str:
    """Nine digits with the check digit of an American bank (weights 3, 7, 1)."""
    found = value.strip()
    digits = [int(digit) for digit in found if digit in "0123456789"]
    weighed = sum(digit * weight for digit, weight in zip(digits, (3, 7, 1) * 3, strict=False))
    if len(digits) != 9 or len(found) != 9 or not weighed or weighed % 10:
        raise ValueError("a bank routing number of nine digits with its check digit")
    return found


def _account_number(value: str) -> str:
    digits = re.sub(r"[\s-]", "", value)
    if re.fullmatch(r"[0-9]{4,17}", digits) is None:
        raise ValueError("a bank account number of 4 to 17 digits")
    return digits


FIELDS: Mapping[str, Field] = {
    "given_name": Field(DataClass.NAME, _text),
    "family_name": Field(DataClass.NAME, _text),
    "birth_date": Field(DataClass.BIRTH_DATE, _day),
    "ssn": Field(DataClass.SSN, _ssn),
    "street": Field(DataClass.CONTACT, _text),
    "city": Field(DataClass.CONTACT, _text),
    "postal_code": Field(DataClass.CONTACT, _postal_code),
    "phone": Field(DataClass.CONTACT, _phone),
    "email": Field(DataClass.CONTACT, _email),
    "bank_routing": Field(DataClass.BANK, _routing_number),
    "bank_account": Field(DataClass.BANK, _account_number),
}


def normalised(values: Mapping[str, str]) -> dict[str, str]:
    """Identifiers in their one form. Raises InputError naming every field that cannot be read,
    and none of the values."""
    found: dict[str, str] = {}
    problems = []
    for name, value in values.items():
        field = FIELDS.get(name)
        try:
            if field is None:
                raise ValueError(f"one of {', '.join(FIELDS)}")
            if len(value) > VALUE_CHARACTERS_MAX:
                raise ValueError(f"at most {VALUE_CHARACTERS_MAX} characters")
            found[name] = field.normalise(value)
        except ValueError as error:
            what = f"{len(value)} characters" if field else "an unknown field"
            problems.append(Problem(SOURCE, None, name, what, str(error)))
    if problems:
        raise InputError(problems)
    return found


def index_terms(values: Mapping[str, str]) -> dict[IndexKind, str]:
    """What of normalised identifiers the blind index compares; only kinds that are complete."""
    terms: dict[IndexKind, str] = {}
    if "ssn" in values:
        terms[IndexKind.SSN] = values["ssn"]
    name = [_folded(values.get(field, "")) for field in ("given_name", "family_name")]
    if all(name) and "birth_date" in values:
        terms[IndexKind.NAME_AND_BIRTH_DATE] = "\x1f".join([*name, values["birth_date"]])
    return terms


def _folded(name: str) -> str:
    """A name as it is compared: without case, accents, spaces and marks."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def data_classes(fields: Iterable[str]) -> set[DataClass]:
    """The classes some fields belong to."""
    return {FIELDS[name].data_class for name in fields}


def age_on(birth_date: date, day: date) -> int:
    """Whole years of age; somebody born on 29 February is a year older on 1 March."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (not had_birthday)
