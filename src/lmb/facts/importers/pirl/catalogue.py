"""The edit checks: one for the form of each element, and those of `checks.csv` between elements.

A check fails where everything it asks `when` is so and not everything it demands `then` is. An
example that fails and one that passes are made of the conditions themselves. Pure.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from lmb.facts.importers.pirl.conditions import NINES, Condition, Record, condition
from lmb.facts.importers.pirl.layout import Element, Layout

DATA = resources.files("lmb.facts.importers.pirl")
REJECT, WARN = "reject", "warn"

PLAIN = {"100": "P-000001", "900": "20240115"}
"""What an example starts from: somebody who entered, nothing else said."""


@dataclass(frozen=True, slots=True)
class Check:
    """One edit check: `failing` is SQL over the columns of a record, never null."""

    id: str
    elements: tuple[str, ...]
    severity: str
    message: str
    since: str
    until: str
    failing: str
    when: tuple[Condition, ...]
    then: tuple[Condition, ...]
    needs_report: bool

    def failing_example(self) -> dict[str, str]:
        """A record that fails this check."""
        record: Record = dict(PLAIN)
        for each in self.when:
            each.met(record)
        for each in self.then[:1]:
            each.broken(record)
        return dict(record)

    def passing_example(self) -> dict[str, str]:
        """A record that this check looks at and passes, where a record can."""
        record: Record = dict(PLAIN)
        for each in (*self.when, *self.then):
            each.met(record)
        if not self.then:
            self.when[-1].broken(record)
        return dict(record)


@cache
def checks(layout: Layout) -> tuple[Check, ...]:
    """Every check of a layout: the forms in the order of its elements, then those between them
    that ask for no element it lacks."""
    known = set(layout.numbers)
    return tuple(_form(element) for element in layout.elements) + tuple(
        check
        for check in _between(layout)
        if known.issuperset(check.elements)
        and check.since <= layout.version
        and (check.until == "" or layout.version <= check.until)
    )


def _form(element: Element) -> Check:
    """That a field holds what its element may hold."""
    number = element.number

    def fitting(record: Record) -> None:
        record[number] = element.sample

    def misfitting(record: Record) -> None:
        record[number] = element.misfit

    good = f"coalesce({_fits(element)}, FALSE)"
    fits = Condition(f"form {number}", (number,), good, fitting, misfitting)
    return Check(
        f"form-{number}",
        (number,),
        REJECT,
        f"expected {element.told}",
        element.since,
        element.until,
        # AND in a filter looks at the filled fields alone, and most fields of a record are blank.
        f"e{number} IS NOT NULL AND NOT {good}",
        (),
        (fits,),
        needs_report=False,
    )


def _fits(element: Element) -> str:
    text = f"e{element.number}"
    if element.codes:
        texts = sorted({form for code in element.codes for form in (code, str(int(code)))})
        return f"{text} IN ({str(texts)[1:-1]})"
    match element.type:
        case "IN":
            return f"regexp_full_match({text}, '[0-9]{{1,{element.length}}}')"
        case "DT":
            return f"length({text}) = 8 AND {_is_day(f'd{element.number}')}"
        case "DE":
            return f"regexp_full_match({text}, '[0-9]{{1,{len(NINES['DE']) - 3}}}([.][0-9]{{2}})?')"
        case _:
            return f"length({text}) <= {element.length}"


def _is_day(number: str) -> str:
    """Whether a whole number YYYYMMDD is a day; null where the cast failed."""
    month, day = f"({number} // 100 % 100)", f"({number} % 100)"
    year = f"({number} // 10000)"
    leap = f"({year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0))"
    return (
        f"{number} BETWEEN 19000101 AND 21991231 AND {month} BETWEEN 1 AND 12 AND "
        f"{day} >= 1 AND ({day} <= 28 OR {day} <= 30 AND {month} <> 2 "
        f"OR {day} = 31 AND {month} IN (1, 3, 5, 7, 8, 10, 12) "
        f"OR {day} = 29 AND {leap})"
    )


def _between(layout: Layout) -> Sequence[Check]:
    by_number = layout.by_number()
    text = (DATA / "checks.csv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(io.StringIO(text)):
        try:
            when = _conditions(row["when"], by_number)
            then = _conditions(row["then"], by_number)
        except KeyError:
            continue  # asks for an element this layout does not have
        elements = dict.fromkeys(number for each in (*then, *when) for number in each.elements)
        failing = " AND ".join(each.sql for each in when) or "TRUE"
        if then:
            failing += f" AND NOT ({' AND '.join(each.sql for each in then)})"
        found.append(
            Check(
                row["id"],
                tuple(elements),
                row["severity"],
                row["message"],
                row["since"],
                row["until"],
                failing,
                when,
                then,
                needs_report=any(each.needs_report for each in when),
            )
        )
    return found


def _conditions(text: str, elements: Mapping[str, Element]) -> tuple[Condition, ...]:
    return tuple(condition(each, elements) for each in text.split("; ") if each)
