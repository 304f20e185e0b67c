"""Treasury floating rate notes: 31 CFR 356 Appendix B, sections I.C and IV.

A note accrues interest by the day at an index rate, the high rate of the latest 13-week bill, plus
a spread, never less than nothing. Its price at a discount margin takes the index rate of the
settlement for all days to come; days are counted by 360. Interest is paid every quarter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import NamedTuple

from lmb.bonds.pricing.exact import PRICE_PLACES
from lmb.values.business_calendar import business_days_before
from lmb.values.half_years import plus_months_keeping_month_end
from lmb.values.rounding import PRECISION_DIGITS, half_up

YEAR_DAYS = 360
MONTHS_PER_QUARTER = 3
TERM_QUARTERS_MAX = 400

INDEX_RATE_PLACES = 9
"""Decimals of an index rate in per cent (I.C.1)."""

WORKED_PLACES = 9
"""Decimals carried from step to step in the worked examples of IV: of a day's interest per 100, of
factors and of present values."""

LOCKOUT_BUSINESS_DAYS = 2
"""So long before a settlement or interest payment the index rate stays as it is (I.C.3)."""


class IndexStep(NamedTuple):
    """An index rate and the first day it is in force: before the lockout, the day after the
    auction that set it."""

    from_day: date
    index_rate_percent: Decimal


@dataclass(frozen=True, slots=True)
class FloatingPrice:
    """Price per 100 with accrued interest and accrued interest per 100, before their rounding."""

    exact_with_accrued: Decimal
    exact_accrued: Decimal

    @property
    def accrued(self) -> Decimal:
        """To six decimals."""
        return half_up(self.exact_accrued, PRICE_PLACES)

    @property
    def price(self) -> Decimal:
        """Without accrued interest, to six decimals."""
        with localcontext(prec=PRECISION_DIGITS):
            return half_up(self.exact_with_accrued - self.exact_accrued, PRICE_PLACES)


@dataclass(frozen=True, slots=True)
class FloatingRateNote:
    """Pays interest every quarter back from its maturity to its dated date."""

    dated_on: date
    matures_on: date
    spread_percent: Decimal

    def period_ends_after(self, day: date) -> tuple[date, ...]:
        """The interest dates after a day, up to and including maturity. Raises ValueError for a
        day before the dated date, or on or after maturity."""
        if not self.dated_on <= day < self.matures_on:
            raise ValueError(
                f"no interest accrues on {day}: only from {self.dated_on} until {self.matures_on}"
            )
        ends: list[date] = []
        for quarters in range(TERM_QUARTERS_MAX):
            end = self._before_maturity(quarters)
            if end <= day:
                return tuple(reversed(ends))
            ends.append(end)
        raise ValueError(f"{self.matures_on} is more than {TERM_QUARTERS_MAX} quarters after {day}")

    def period_start(self, day: date) -> date:
        """The first day of the interest period a day falls in. Raises ValueError as above."""
        start = self._before_maturity(len(self.period_ends_after(day)))
        return max(self.dated_on, start)

    def _before_maturity(self, quarters: int) -> date:
        return plus_months_keeping_month_end(self.matures_on, -MONTHS_PER_QUARTER * quarters)


def index_rate_percent(high_rate_percent: Decimal, bill_days: int) -> Decimal:
    """The high rate of a 13-week bill as a simple yield by 360 days (IV, computing the index
    rate). A bill runs `bill_days` from its issue to its maturity."""
    with localcontext(prec=PRECISION_DIGITS):
        discount = high_rate_percent / 100 * bill_days / YEAR_DAYS
        return half_up(high_rate_percent / (1 - discount), INDEX_RATE_PLACES)


def locked_out(steps: Sequence[IndexStep], settled_on: Sequence[date]) -> list[IndexStep]:
    """The steps of one note with its lockouts: a rate that would change from two business days
    before a settlement or interest payment of the note on, to that day, changes the day after it.

    Section I.C.3 leaves open which days count. Taken so, real auctions come out to the last digit.
    """
    delayed: dict[date, IndexStep] = {}
    for step in sorted(steps):
        from_day = step.from_day
        for day in sorted(settled_on):
            if business_days_before(day, LOCKOUT_BUSINESS_DAYS) <= from_day <= day:
                from_day = date.fromordinal(day.toordinal() + 1)
        # Where two changes fall on one day the later auction's stands.
        delayed[from_day] = IndexStep(from_day, step.index_rate_percent)
    return list(delayed.values())


def daily_interest(spread_percent: Decimal, index_rate: Decimal) -> Decimal:
    """One day's interest per 100, never below nothing (I.C.3)."""
    with localcontext(prec=PRECISION_DIGITS):
        return half_up(max(index_rate + spread_percent, Decimal(0)) / YEAR_DAYS, WORKED_PLACES)


def accrued_interest(note: FloatingRateNote, steps: Sequence[IndexStep], until: date) -> Decimal:
    """Interest per 100 accrued since the last interest date, not rounded further (IV.C).

    `steps` follow each other in time. Raises ValueError where the first starts too late, and as
    `FloatingRateNote.period_start` does.
    """
    start = note.period_start(until)
    return _interest_between(note, steps, start, until)


def interest_payment(note: FloatingRateNote, steps: Sequence[IndexStep], pays_on: date) -> Decimal:
    """What is paid per 100 on an interest date (IV.D). Raises ValueError for another day and as
    `accrued_interest` does."""
    day_before = date.fromordinal(pays_on.toordinal() - 1)
    if note.period_ends_after(day_before)[0] != pays_on:
        raise ValueError(f"{pays_on} is no interest date of a note due {note.matures_on}")
    return _interest_between(note, steps, note.period_start(day_before), pays_on)


def floating_price(
    note: FloatingRateNote,
    settles_on: date,
    index_rate: Decimal,
    discount_margin_percent: Decimal,
    accrued: Decimal = Decimal(0),
) -> FloatingPrice:
    """The price at a discount margin: sections IV.A and B without, C and E with interest accrued
    per 100. Raises ValueError as `FloatingRateNote.period_ends_after` does."""
    daily = daily_interest(note.spread_percent, index_rate)
    ends = note.period_ends_after(settles_on)
    with localcontext(prec=PRECISION_DIGITS):
        growth = (index_rate + discount_margin_percent) / 100 / YEAR_DAYS
        value, factor, paid = Decimal(0), Decimal(1), accrued
        for start, end in pairwise((settles_on, *ends)):
            days = (end - start).days
            factor *= half_up(1 + growth * days, WORKED_PLACES)
            paid += daily * days + (100 if end == note.matures_on else 0)
            value += half_up(paid / half_up(factor, WORKED_PLACES), WORKED_PLACES)
            paid = Decimal(0)
        return FloatingPrice(value, accrued)


def _interest_between(
    note: FloatingRateNote, steps: Sequence[IndexStep], start: date, end: date
) -> Decimal:
    if not steps or steps[0].from_day > start:
        raise ValueError(f"no index rate is given for {start}, from which interest accrues")
    total = Decimal(0)
    following = [step.from_day for step in steps[1:]] + [date.max]
    for step, until in zip(steps, following, strict=True):
        days = (min(until, end) - max(step.from_day, start)).days
        if days > 0:
            total += days * daily_interest(note.spread_percent, step.index_rate_percent)
    return total
