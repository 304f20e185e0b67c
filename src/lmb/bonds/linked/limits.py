"""Where an adjustment is cut: one function for the determination and for the proof of its reach."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from lmb.bonds.linked.rounding import rounded
from lmb.bonds.linked.sheet import LinkedSheet, RoundingMode
from lmb.bonds.schedule import InterestPeriod


class Bounds(NamedTuple):
    """The least and the most an adjustment can be, per cent a year."""

    floor: Fraction
    cap: Fraction

    def cut(self, adjustment: Fraction) -> Fraction:
        """The adjustment within its bounds."""
        return min(max(adjustment, self.floor), self.cap)


def bounds(sheet: LinkedSheet, base_percent: Fraction) -> Bounds:
    """Floor and cap of the adjustment beside a base coupon."""
    limits = sheet.limits
    floor, cap = Fraction(limits.floor_percent), Fraction(limits.cap_percent)
    if limits.coupon_floor_percent is not None:
        floor = max(floor, Fraction(limits.coupon_floor_percent) - base_percent)
    if limits.coupon_cap_percent is not None:
        cap = min(cap, Fraction(limits.coupon_cap_percent) - base_percent)
    return Bounds(floor, cap)


def room_percent(
    sheet: LinkedSheet, period: InterestPeriod, par_cents: int, paid_per_100: Fraction
) -> Fraction | None:
    """The largest adjustment the caps on sums leave for a period, rounded down, after so much was
    paid per 100 of par; None where there is no such cap.

    A budget also keeps back a cent for each lot, the most that rounding to cents can add to it.
    """
    rooms = []
    if sheet.limits.life_cap_per_100 is not None:
        rooms.append(Fraction(sheet.limits.life_cap_per_100) - paid_per_100)
    if sheet.limits.budget_cents is not None:
        kept_back = rounding_cents(sheet, par_cents) * sheet.last_period
        budget = max(Fraction(sheet.limits.budget_cents - kept_back), Fraction(0))
        rooms.append(100 * budget / par_cents - paid_per_100)
    if not rooms:
        return None
    annual = max(min(rooms), Fraction(0)) * 2 / period.half_years
    return rounded(annual, sheet.rounding.rate_places, RoundingMode.DOWN)


def rounding_cents(sheet: LinkedSheet, par_cents: int) -> int:
    """The most cents that rounding every holder's adjustment adds up to: the interest with and
    without it are each half a cent off at most, for each lot of the smallest multiple."""
    return par_cents // sheet.multiple_cents
