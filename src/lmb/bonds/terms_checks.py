"""Checks across the fields of a term sheet. Each is one function that yields what is wrong.

A check runs on the fields that could be read and skips those that could not, so that one run
reports the slips of shape and the slips of sense together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TypeVar

from lmb.bonds.cusip import check_digit, is_cusip
from lmb.bonds.dated_rules import OutcomeCouponRules
from lmb.bonds.schedule import InterestSchedule
from lmb.bonds.terms_reading import Finding
from lmb.values.business_calendar import FIRST_YEAR, holiday_name, is_business_day
from lmb.values.errors import RefusedError
from lmb.values.half_years import plus_months

RulesOn = Callable[[date], OutcomeCouponRules]
"""Finds the rules in force on a day; raises RefusedError where none are."""

Ordered = TypeVar("Ordered", date, int)


class Fields:
    """The readable fields of a document by JSON path; anything else reads as None."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def text(self, path: str) -> str | None:
        value = self._values.get(path)
        return value if isinstance(value, str) else None

    def integer(self, path: str) -> int | None:
        value = self._values.get(path)
        return value if isinstance(value, int) else None

    def day(self, path: str) -> date | None:
        value = self.text(path)
        return None if value is None else date.fromisoformat(value)


_DAYS_IN_ORDER = (
    ("announced_on", "before", "auction_on"),
    ("auction_on", "before", "issue_on"),
    ("dated_on", "not after", "issue_on"),
    ("issue_on", "before", "first_interest_on"),
    ("first_interest_on", "before", "matures_on"),
)
_AMOUNTS_IN_ORDER = (
    ("multiple_cents", "at most", "minimum_cents"),
    ("minimum_cents", "at most", "offering_cents"),
)
_STRICT = "before"


def security_findings(fields: Fields) -> tuple[InterestSchedule | None, list[Finding]]:
    """What is wrong with a security's identifier, amounts and dates; its schedule if it has one."""
    schedule, wrong = _schedule(fields)
    checks = (_cusip, _order, _multiples, _business_days)
    return schedule, [*(finding for check in checks for finding in check(fields)), *wrong]


def _cusip(fields: Fields) -> Iterator[Finding]:
    cusip = fields.text("cusip")
    if cusip is not None and not is_cusip(cusip):
        expected = f"the check digit {check_digit(cusip[:8])} after {cusip[:8]}"
        yield Finding("cusip", f'"{cusip}"', expected)


def _order(fields: Fields) -> Iterator[Finding]:
    for path, relation, other in _DAYS_IN_ORDER:
        yield from _compared(path, fields.day(path), relation, other, fields.day(other))
    for path, relation, other in _AMOUNTS_IN_ORDER:
        yield from _compared(path, fields.integer(path), relation, other, fields.integer(other))


def _compared(
    path: str, value: Ordered | None, relation: str, other: str, bound: Ordered | None
) -> Iterator[Finding]:
    if value is None or bound is None:
        return
    kept = value < bound if relation == _STRICT else value <= bound
    if not kept:
        yield Finding(path, str(value), f"{relation} {other} ({bound})")


def _multiples(fields: Fields) -> Iterator[Finding]:
    multiple = fields.integer("multiple_cents")
    for path in ("offering_cents", "minimum_cents"):
        cents = fields.integer(path)
        if multiple and cents is not None and cents % multiple:
            yield Finding(path, str(cents), f"a multiple of multiple_cents ({multiple})")


def _business_days(fields: Fields) -> Iterator[Finding]:
    for path in ("auction_on", "issue_on"):
        day = fields.day(path)
        if day is None:
            continue
        if day.year < FIRST_YEAR:
            yield Finding(path, str(day), f"a day from {FIRST_YEAR} on, as the calendar knows")
        elif not is_business_day(day):
            why = holiday_name(day) or f"a {day:%A}"
            expected = "a day on which the Federal Reserve Banks are open"
            yield Finding(path, f"{day}, {why}", expected)


def _schedule(fields: Fields) -> tuple[InterestSchedule | None, list[Finding]]:
    dated_on, first_interest_on, matures_on = (
        fields.day("dated_on"),
        fields.day("first_interest_on"),
        fields.day("matures_on"),
    )
    if dated_on is None or first_interest_on is None or matures_on is None:
        return None, []
    try:
        return InterestSchedule(dated_on, first_interest_on, matures_on), []
    except ValueError as error:
        expected = (
            "a day a whole number of half-years before matures_on, after dated_on "
            "and less than two half-years after it"
        )
        return None, [Finding("first_interest_on", f"{first_interest_on} ({error})", expected)]


def programme_findings(
    fields: Fields, schedule: InterestSchedule | None, rules_on: RulesOn
) -> Iterator[Finding]:
    """What the rules in force when the bond is announced ask of it."""
    announced_on = fields.day("announced_on")
    if announced_on is None or schedule is None:
        return
    try:
        rules = rules_on(announced_on)
    except RefusedError as error:
        yield Finding("announced_on", str(announced_on), f"a day with rules in force ({error})")
        return
    earliest = plus_months(schedule.dated_on, 12 * rules.term_years_min)
    latest = plus_months(schedule.dated_on, 12 * rules.term_years_max)
    if not earliest <= schedule.matures_on <= latest:
        expected = (
            f"{earliest} to {latest}, {rules.term_years_min} to {rules.term_years_max} years "
            f"after dated_on ({schedule.dated_on})"
        )
        yield Finding("matures_on", str(schedule.matures_on), expected)
