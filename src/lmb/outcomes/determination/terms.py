"""The terms of a determination: everything that decides it, fixed and hashed at issue.

    {"format": "lmb-outcome-terms/1", "title": …, "estimator": "rate/1",
     "evaluate": "estimate", "interval_standard_errors": "1.959963984540054",
     "sources": ["ui", "supplemental"], "exclusions": ["deceased", …], "missing": "leave-out",
     "minimum_coverage_percent": "90", "minimum_people": 30, "freeze_on": "2026-06-30",
     "threshold": "60", "target": "80", "floor": "0", "cap": "1",
     "tranches": [{"id": "A", "full_cents": 1000000, "payees": {"provider-1": 1}}],
     "fallback": ["prior-statement", "administrator"],
     "challenge_days": 30, "materiality_cents": 10000, "longstop_on": "2028-12-31"}

Every field is required and no other is allowed, so that nothing is decided by a default.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lmb.values.canonical import Document, fingerprint
from lmb.values.errors import InputError, Problem

FORMAT = "lmb-outcome-terms/1"
TRANCHES_MAX = 1_000
CENTS_MAX = 10**15

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")


class Measure(StrEnum):
    """What is measured in each tranche, with the version of its arithmetic."""

    RATE = "rate/1"
    """Outcomes of 0 and 1 of the treated: their sum over their number, in per cent."""

    DIFFERENCE = "difference-in-means/1"
    """Mean outcome of the treated less the controls', within blocks, weighted by people, with
    Neyman's standard error (Imbens and Rubin 2015, chapter 9)."""


class Evaluate(StrEnum):
    """Which figure pays: the estimate, or the lower end of its interval."""

    ESTIMATE = "estimate"
    LOWER = "lower"


class Missing(StrEnum):
    """What a person counts for whose outcome is not known when data are frozen."""

    LEAVE_OUT = "leave-out"
    ZERO = "zero"


class Fallback(StrEnum):
    """What decides where the evidence is too thin, one after the other."""

    PRIOR = "prior-statement"
    FLOOR = "floor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Tranche:
    """People whose outcomes pay together. `full_cents` is paid at a score of 1, shared among
    payees by whole-number weights."""

    id: str
    full_cents: int
    payees: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms as they were read; `sha256` is of their canonical JSON (RFC 8785)."""

    document: Mapping[str, Document]
    title: str
    estimator: Measure
    evaluate: Evaluate
    interval_standard_errors: Decimal
    sources: tuple[str, ...]
    exclusions: tuple[str, ...]
    missing: Missing
    minimum_coverage_percent: Decimal
    minimum_people: int
    freeze_on: date
    threshold: Decimal
    target: Decimal
    floor: Decimal
    cap: Decimal
    tranches: tuple[Tranche, ...]
    fallback: tuple[Fallback, ...]
    challenge_days: int
    materiality_cents: int
    longstop_on: date

    @property
    def sha256(self) -> str:
        return fingerprint(self.document)


def read_terms(file: str, content: bytes) -> Terms:
    """Terms from JSON. Raises InputError, naming the field, for anything amiss."""
    try:
        document = json.loads(content, object_pairs_hook=_once, parse_float=_no_float)
        if not isinstance(document, dict):
            raise ValueError("no JSON object")
    except ValueError as error:
        raise InputError([Problem(file, None, None, str(error), "a JSON object")]) from error
    problems = []
    values: dict[str, Any] = {}
    for name, (read, expected) in _FIELDS.items():
        try:
            if name not in document:
                raise ValueError("no such field")
            values[name] = read(document[name])
        except (ValueError, TypeError, KeyError, AttributeError):
            found = json.dumps(document[name])[:60] if name in document else "nothing"
            problems.append(Problem(file, None, name, found, expected))
    for name in document.keys() - _FIELDS.keys():
        problems.append(Problem(file, None, name, "a field", "no such field in these terms"))
    if not problems:
        problems = [Problem(file, None, *what) for what in _contradictions(values)]
    if problems:
        raise InputError(problems)
    del values["format"]
    return Terms(document=document, **values)


def _contradictions(values: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    found = []
    if values["threshold"] >= values["target"]:
        found.append(("target", str(values["target"]), "more than the threshold"))
    if not 0 <= values["floor"] <= values["cap"]:
        found.append(("cap", str(values["cap"]), "not less than the floor, which is 0 or more"))
    rate = values["estimator"] is Measure.RATE
    if rate and values["evaluate"] is not Evaluate.ESTIMATE:
        found.append(("evaluate", "lower", "estimate: a count of all has no interval"))
    if values["longstop_on"] <= values["freeze_on"]:
        found.append(("longstop_on", str(values["longstop_on"]), "a day after freeze_on"))
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        raise ValueError("a key that stands twice")
    return document


def _no_float(text: str) -> Any:
    raise ValueError(f"{text} as a JSON number: write numbers with a point as text")


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value or not value.isprintable():
        raise ValueError(value)
    return value


def _names(value: Any) -> tuple[str, ...]:
    names = tuple(value)
    whole = isinstance(value, list) and all(_NAME.fullmatch(name) for name in names)
    if not whole or len(set(names)) < len(names):
        raise ValueError(value)
    return names


def _format(value: Any) -> str:
    if value != FORMAT:
        raise ValueError(value)
    return FORMAT


def _decimal(value: Any) -> Decimal:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        raise ValueError(value)
    return Decimal(value)


def _positive_decimal(value: Any) -> Decimal:
    if (number := _decimal(value)) < 0:
        raise ValueError(value)
    return number


def _day(value: Any) -> date:
    day = date.fromisoformat(value)
    if day.isoformat() != value:
        raise ValueError(value)
    return day


def _count(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= CENTS_MAX:
        raise ValueError(value)
    return value


def _fallback(value: Any) -> tuple[Fallback, ...]:
    steps = tuple(Fallback(step) for step in value)
    if not steps or steps[-1] is Fallback.PRIOR:
        raise ValueError(value)
    return steps


def _tranches(value: Any) -> tuple[Tranche, ...]:
    tranches = []
    for entry in value:
        if set(entry) != {"id", "full_cents", "payees"} or not _NAME.fullmatch(entry["id"]):
            raise ValueError(entry)
        payees = {_names([name])[0]: _count(weight) for name, weight in entry["payees"].items()}
        if sum(payees.values()) == 0:
            raise ValueError(entry)
        tranches.append(Tranche(entry["id"], _count(entry["full_cents"]), payees))
    if not 0 < len(tranches) <= TRANCHES_MAX or len({t.id for t in tranches}) < len(tranches):
        raise ValueError(value)
    return tuple(tranches)


_NUMBER_TEXT = 'a number as text, such as "2500.00"'
_FIELDS: dict[str, tuple[Any, str]] = {
    "format": (_format, FORMAT),
    "title": (_text, "printable text"),
    "estimator": (Measure, " or ".join(Measure)),
    "evaluate": (Evaluate, " or ".join(Evaluate)),
    "interval_standard_errors": (_positive_decimal, _NUMBER_TEXT),
    "sources": (_names, "a list of names, the best first"),
    "exclusions": (_names, "a list of names"),
    "missing": (Missing, " or ".join(Missing)),
    "minimum_coverage_percent": (_positive_decimal, _NUMBER_TEXT),
    "minimum_people": (_count, "a whole number"),
    "freeze_on": (_day, "a day such as 2026-06-30"),
    "threshold": (_decimal, _NUMBER_TEXT),
    "target": (_decimal, _NUMBER_TEXT),
    "floor": (_positive_decimal, _NUMBER_TEXT),
    "cap": (_positive_decimal, _NUMBER_TEXT),
    "tranches": (_tranches, "a list of id, full_cents and payees with whole-number weights"),
    "fallback": (_fallback, "a list of steps, the last of them floor or administrator"),
    "challenge_days": (_count, "a whole number"),
    "materiality_cents": (_count, "a whole number"),
    "longstop_on": (_day, "a day such as 2028-12-31"),
}
