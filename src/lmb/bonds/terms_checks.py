"""Checks across the fields of a term sheet. Each is one function that yields what is wrong.

A check runs on the fields that could be read and skips those that could not, so that one run
reports the slips of shape and the slips of sense together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from lmb.bonds.cusip import check_digit, is_cusip
from lmb.bonds.dated_rules import OutcomeCouponRules
from lmb.bonds.schedule import InterestSchedule
from lmb.bonds.terms_reading import Finding
from lmb.values.business_calendar import (
    FIRST_YEAR,
    business_days_before,
    holiday_name,
    is_business_day,
)
from lmb.values.errors import RefusedError
from lmb.values.half_years import plus_months
from lmb.values.rounding import half_even

RulesOn = Callable[[date], OutcomeCouponRules]
"""Finds the rules in force on a day; raises RefusedError where none are."""

Ordered = TypeVar("Ordered", date, Decimal)


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

    def decimal(self, path: str) -> Decimal | None:
        value = self.text(path)
        return None if value is None else Decimal(value)

    def amount(self, path: str) -> Decimal | None:
        """An integer of cents, or a decimal."""
        cents = self.integer(path)
        return self.decimal(path) if cents is None else Decimal(cents)


_DAYS_IN_ORDER = (
    ("announced_on", "before", "auction_on"),
    ("auction_on", "before", "issue_on"),
    ("dated_on", "not after", "issue_on"),
    ("issue_on", "before", "first_interest_on"),
    ("first_interest_on", "before", "matures_on"),
    ("issue_on", "before", "outcome.observed_from"),
    ("outcome.baseline_from", "not after", "outcome.baseline_to"),
    ("outcome.baseline_to", "before", "outcome.observed_from"),
    ("outcome.observed_from", "not after", "outcome.observed_to"),
    ("issue_on", "before", "training.spend_until"),
    ("training.spend_until", "before", "matures_on"),
)
_AMOUNTS_IN_ORDER = (
    ("multiple_cents", "at most", "minimum_cents"),
    ("minimum_cents", "at most", "offering_cents"),
    ("training.tuition_cents", "at most", "training.grant_cents"),
    ("training.grant_cents", "at most", "offering_cents"),
    ("outcome.threshold_dollars", "less than", "outcome.target_dollars"),
    ("outcome.bonus_floor_percent", "at most", "outcome.bonus_cap_percent"),
)
_STRICT = {"before", "less than"}


def findings(fields: Fields, rules_on: RulesOn) -> Iterator[Finding]:
    """Everything wrong across fields, in a fixed order. Never raises for what they hold."""
    schedule, wrong = security_findings(fields)
    yield from wrong
    yield from _bonus_places(fields)
    yield from _tranches(fields)
    yield from _board(fields)
    yield from _publication_lag(fields)
    yield from programme_findings(fields, schedule, rules_on)


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
        yield from _compared(path, fields.amount(path), relation, other, fields.amount(other))


def _compared(
    path: str, value: Ordered | None, relation: str, other: str, bound: Ordered | None
) -> Iterator[Finding]:
    if value is None or bound is None:
        return
    kept = value < bound if relation in _STRICT else value <= bound
    if not kept:
        yield Finding(path, str(value), f"{relation} {other} ({bound})")


def _multiples(fields: Fields) -> Iterator[Finding]:
    multiple = fields.integer("multiple_cents")
    for path in ("offering_cents", "minimum_cents"):
        cents = fields.integer(path)
        if multiple and cents is not None and cents % multiple:
            yield Finding(path, str(cents), f"a multiple of multiple_cents ({multiple})")


def _business_days(fields: Fields) -> Iterator[Finding]:
    for path in ("auction_on", "issue_on", "outcome.determined_on"):
        day = fields.day(path)
        if day is None:
            continue
        if day.year < FIRST_YEAR:
            yield Finding(path, str(day), f"a day from {FIRST_YEAR} on, as the calendar knows")
        elif not is_business_day(day):
            why = holiday_name(day) or f"a {day:%A}"
            expected = "a day on which the Federal Reserve Banks are open"
            yield Finding(path, f"{day}, {why}", expected)


def _bonus_places(fields: Fields) -> Iterator[Finding]:
    """Rounding a bonus must not carry it past its floor or cap."""
    places = fields.integer("outcome.rounding_places")
    for path in ("outcome.bonus_floor_percent", "outcome.bonus_cap_percent"):
        bound = fields.decimal(path)
        if places is not None and bound is not None and half_even(bound, places) != bound:
            yield Finding(path, str(bound), f"at most rounding_places ({places}) decimals")


def _tranches(fields: Fields) -> Iterator[Finding]:
    names = ("enrolment_percent", "completion_percent", "placement_percent")
    parts = [fields.integer(f"training.tranches.{name}") for name in names]
    present = [part for part in parts if part is not None]
    if len(present) == len(names) and sum(present) != 100:
        shown = " + ".join(str(part) for part in present)
        yield Finding("training.tranches", f"{shown} = {sum(present)}", "shares that add up to 100")


def _board(fields: Fields) -> Iterator[Finding]:
    state, board = fields.text("training.state"), fields.text("training.board")
    if state is not None and board is not None and not board.startswith(f"{state}-"):
        yield Finding("training.board", f'"{board}"', f"a board of training.state ({state})")


def _publication_lag(fields: Fields) -> Iterator[Finding]:
    determined_on, observed_to = (
        fields.day("outcome.determined_on"),
        fields.day("outcome.observed_to"),
    )
    lag_days = fields.integer("outcome.publication_lag_days")
    if determined_on is None or observed_to is None or lag_days is None:
        return
    complete_on = observed_to + timedelta(days=lag_days)
    if determined_on < complete_on:
        expected = f"{complete_on} or later: outcome.observed_to and {lag_days} days"
        yield Finding("outcome.determined_on", str(determined_on), expected)


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
    elif schedule.dated_on.year >= FIRST_YEAR:
        yield from _bonus_in_time(fields, schedule, rules.lockout_business_days)


def _bonus_in_time(
    fields: Fields, schedule: InterestSchedule, lockout_business_days: int
) -> Iterator[Finding]:
    """At least one interest period must start late enough to pay the bonus."""
    determined_on = fields.day("outcome.determined_on")
    last_start = schedule.periods()[-1].starts_on
    last_day = business_days_before(last_start, lockout_business_days)
    if determined_on is not None and determined_on > last_day:
        expected = (
            f"{last_day} or earlier: {lockout_business_days} business days before the last "
            f"interest period starts on {last_start}"
        )
        yield Finding("outcome.determined_on", str(determined_on), expected)
