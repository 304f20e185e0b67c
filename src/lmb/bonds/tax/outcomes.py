"""Linked terms as the tax rules see them: which periods the outcome can change, and from which day
on which bonus is fixed. Pure.

A bonus is fixed with its coupon. Where one score counts for the rest of the bond's life and nothing
else in the terms can change what it adds, the first coupon that has it fixes all later ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import NamedTuple

from lmb.bonds.linked.reach import sheet_reach
from lmb.bonds.linked.sheet import LinkedSheet, PaysOnce, PaysPrincipal
from lmb.bonds.schedule import InterestPeriod
from lmb.bonds.tax.accrual import Fixing
from lmb.values.errors import RefusedError
from lmb.values.rounding import PRECISION_DIGITS


class Determined(NamedTuple):
    """What the outcome changes in a period's coupon, in per cent a year, and since when known."""

    period: int
    determined_on: date
    adjustment_percent: Decimal


def open_periods(sheet: LinkedSheet) -> set[int]:
    """The interest periods whose coupon the outcome can change. Raises RefusedError for terms that
    pay amounts or principal by the outcome, or end the bond early by it: no schedule of those."""
    amounts = PaysOnce | PaysPrincipal
    paying = [part.name for part in sheet.components if isinstance(part.pays, amounts)]
    if paying or sheet.termination is not None:
        what = paying[0] if paying else "its early end"
        raise RefusedError(
            f"the tax figures of bond {sheet.cusip} cannot be made: {what} is no rate on the "
            "coupon (26 CFR 1.1275-4(b) on such payments is not built)"
        )
    return {
        one.plan.period.number
        for one in sheet_reach(sheet).periods
        if one.adjustment.low != 0 or one.adjustment.high != 0
    }


def fixed_bonuses(sheet: LinkedSheet, determined: Sequence[Determined]) -> list[Fixing]:
    """The contingent payments per $100 that are fixed by what was determined so far, each on its
    day; nothing for a period that the outcome cannot change."""
    open_to = open_periods(sheet)
    known = {one.period: one for one in determined if one.period in open_to}
    for_life = [one for one in known.values() if _is_for_life(sheet, one.period)]
    if for_life:
        first = min(for_life)
        later = {number for number in open_to if number > first.period}
        known |= {number: first._replace(period=number) for number in later}
    periods = {period.number: period for period in sheet.schedule.periods()}
    return [_fixing(known[number], periods[number]) for number in sorted(known)]


def _is_for_life(sheet: LinkedSheet, period: int) -> bool:
    """Whether every part of the terms was scored by this period, for the rest of the life."""
    due = sheet_reach(sheet).periods[period - 1].plan.due
    return sheet.scores_last and all(part.id in due for part in sheet.components)


def _fixing(known: Determined, period: InterestPeriod) -> Fixing:
    amount = Fraction(known.adjustment_percent) / 2 * period.half_years
    with localcontext(prec=PRECISION_DIGITS):
        due = Decimal(amount.numerator) / amount.denominator
    return Fixing(known.determined_on, period.ends_on, due)
