"""The record layout: which elements a version has, in which order, and what each may hold. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from lmb.values.errors import InputError, NotFoundError, Problem

DATA = resources.files("lmb.facts.importers.pirl")

HEADER = ("number", "name", "type", "length", "codes", "programs", "since", "until")
NUMBER = re.compile(r"[0-9]{3,4}[A-Z]?")
TYPES = ("IN", "AN", "DT", "DE")
"""Whole number or code, text, date written YYYYMMDD, dollars with two decimals."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element of the layout. `codes` are those it may hold, any where there are none; `since`
    and `until` are layout versions, both included, `until` blank while it stays."""

    number: str
    name: str
    type: str
    length: int
    codes: tuple[str, ...]
    programs: tuple[str, ...]
    since: str
    until: str

    def in_version(self, version: str) -> bool:
        return self.since <= version and (self.until == "" or version <= self.until)

    @property
    def told(self) -> str:
        """What a field of it is expected to hold."""
        if self.codes:
            return "nothing or one of the codes " + ", ".join(self.codes)
        kinds = {
            "IN": f"nothing or a whole number of at most {self.length} digits",
            "AN": f"at most {self.length} characters",
            "DT": "nothing or a date like 20240701",
            "DE": "nothing or dollars like 6200.00, up to 999999.99",
        }
        return kinds[self.type]

    @property
    def sample(self) -> str:
        """Something it may hold."""
        if self.codes:
            return self.codes[-1]
        return {"IN": "1", "AN": "A", "DT": "20240115", "DE": "6200.00"}[self.type]

    @property
    def misfit(self) -> str:
        """Something it may not hold."""
        return {"IN": "x", "AN": "A" * (self.length + 1), "DT": "20240230", "DE": "62,00"}[
            self.type
        ]


@dataclass(frozen=True, slots=True)
class Layout:
    """The elements of one version, in the order of a record."""

    version: str
    elements: tuple[Element, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(element.number for element in self.elements)

    def by_number(self) -> Mapping[str, Element]:
        return {element.number: element for element in self.elements}


def shipped(version: str) -> Layout:
    """A version of the layout that comes with this package. Raises NotFoundError."""
    if version not in versions():
        raise NotFoundError(
            f"there is no layout version {version!r}; there are {', '.join(versions())}"
        )
    return _version(version, _shipped_elements())


@cache
def versions() -> tuple[str, ...]:
    """The layout versions that come with this package, oldest first: each changes something."""
    changes = {element.since for element in _shipped_elements()}
    return tuple(sorted(changes))


def load_layout(file: str, content: bytes, version: str) -> Layout:
    """A version of an operator's own layout. Raises InputError with every problem of the file."""
    elements, problems = _read(file, content)
    if not problems and not _version(version, elements).elements:
        problems = [Problem(file, None, "since", f"no element of version {version}", "some")]
    if problems:
        raise InputError(problems)
    return _version(version, elements)


@cache
def _shipped_elements() -> tuple[Element, ...]:
    elements, problems = _read("elements.csv", (DATA / "elements.csv").read_bytes())
    assert not problems, problems
    return elements


def _version(version: str, elements: Sequence[Element]) -> Layout:
    return Layout(version, tuple(each for each in elements if each.in_version(version)))


def _read(file: str, content: bytes) -> tuple[tuple[Element, ...], list[Problem]]:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig", errors="replace"))))
    expected = ",".join(HEADER)
    if not rows or tuple(rows[0]) != HEADER:
        found = ",".join(rows[0])[:60] if rows else "an empty file"
        return (), [Problem(file, 1, None, repr(found), f"the header {expected}")]
    elements: list[Element] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(HEADER):
            problems.append(
                Problem(file, line, None, f"{len(row)} fields", f"{len(HEADER)} fields")
            )
            continue
        number, name, type_, length, codes, programs, since, until = row
        tests = {
            "number": (number, NUMBER.fullmatch(number) is not None, "a number like 901 or 108A"),
            "type": (type_, type_ in TYPES, " or ".join(TYPES)),
            "length": (length, re.fullmatch("[1-9][0-9]{0,3}", length) is not None, "1 to 9999"),
            "since": (since, since != "", "a version"),
        }
        bad = [(column, *told) for column, told in tests.items() if not told[1]]
        problems += [Problem(file, line, column, repr(text), told) for column, text, _, told in bad]
        if (number, since) in seen:
            first = seen[number, since]
            problems.append(
                Problem(file, line, "number", f"{number} as in row {first}", "each only once")
            )
        seen.setdefault((number, since), line)
        if not bad:
            elements.append(
                Element(
                    *(number, name, type_, int(length)),
                    *(tuple(codes.split()), tuple(programs.split()), since, until),
                )
            )
    return tuple(elements), problems
