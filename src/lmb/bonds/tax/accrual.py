"""How a contingent debt accrues, and its adjustments (26 CFR 1.1275-4(b)(3), (6), (7) and (9)).

    opening price × (growth at the comparable yield − 1) = interest of a period, the same every day
    contingent payment − its projected amount = adjustment, on the day it is due

A payment fixed more than six months early is adjusted for on the day it is fixed, by present
values, and then is a promise like any other ((9)(ii)(A) to (D)). Where all that are left become
fixed on one day, their adjustments are spread over the periods they are paid for, which is a
reasonable manner in the words of (9)(ii)(G); the schedule then stays as projected.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from itertools import pairwise
from typing import NamedTuple

from lmb.bonds.tax.projected import ProjectedSchedule
from lmb.values.half_years import plus_months
from lmb.values.rounding import PRECISION_DIGITS


class Fixing(NamedTuple):
    """On a day, the contingent payment due on another became fixed at an amount."""

    fixed_on: date
    due_on: date
    amount: Decimal


class Adjustment(NamedTuple):
    """A positive or negative adjustment, the same on every day after `after` until `until`."""

    after: date
    until: date
    amount: Decimal

    def between(self, after: date, until: date) -> Decimal:
        """The part that falls on the days after one day until another."""
        return self.amount * _shared_days(self, (after, until)) / (self.until - self.after).days


class AccrualPeriod(NamedTuple):
    """Interest accrues from the day after `after` until `until`, the same every day."""

    after: date
    until: date
    opening_price: Decimal
    interest: Decimal

    def between(self, after: date, until: date) -> Decimal:
        """The interest of the days after one day until another."""
        return self.interest * _shared_days(self, (after, until)) / (self.until - self.after).days


class Received(NamedTuple):
    """What a payment counts as received or paid for price and basis: promise and projection."""

    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Accrual:
    """The whole life of a debt as it accrues; `early` are adjustments that change its price."""

    schedule: ProjectedSchedule
    periods: tuple[AccrualPeriod, ...]
    adjustments: tuple[Adjustment, ...]
    early: tuple[Adjustment, ...]
    received: tuple[Received, ...]
    fixed_early: tuple[Fixing, ...]

    def interest(self, after: date, until: date) -> Decimal:
        """Daily portions of interest for the days after one day until another."""
        return _total(period.between(after, until) for period in self.periods)

    def adjusted(self, after: date, until: date) -> Decimal:
        """All adjustments that fall on these days, positive less negative."""
        return _total(each.between(after, until) for each in (*self.adjustments, *self.early))

    def price_change(self, after: date, until: date) -> Decimal:
        """How adjusted issue price and a holder's basis move on these days ((b)(7)(ii), (iii))."""
        with localcontext(prec=PRECISION_DIGITS):
            early = _total(each.between(after, until) for each in self.early)
            paid = _total(each.amount for each in self.received if after < each.due_on <= until)
            return self.interest(after, until) + early - paid

    def adjusted_issue_price(self, day: date) -> Decimal:
        """The adjusted issue price at the end of a day, after what is paid on it."""
        issued_on = self.schedule.issued_on
        return self.schedule.issue_price + self.price_change(issued_on, day)

    def contingent_after(self, day: date) -> bool:
        """Whether contingent payments are left after a day; those fixed early are none."""
        fixed = {fixing.due_on for fixing in self.fixed_early if fixing.fixed_on <= day}
        return any(
            payment.contingent is not None and payment.due_on > day and payment.due_on not in fixed
            for payment in self.schedule.payments
        )


def accrue(
    schedule: ProjectedSchedule, fixings: Sequence[Fixing], fixed_early_months: int
) -> Accrual:
    """Periods and adjustments, as far as contingent payments are fixed. Raises ValueError for a
    fixing of what is no contingent payment, a second one, or one after its payment is due."""
    _refuse_unfit(schedule, fixings)
    early, together = _early(schedule, fixings, fixed_early_months)
    fixed = {fixing.due_on: fixing.amount for fixing in early}
    with localcontext(prec=PRECISION_DIGITS):
        jumps = tuple(_present_adjustment(schedule, fixing) for fixing in early)
        received = tuple(
            Received(p.due_on, p.noncontingent + fixed.get(p.due_on, p.contingent or Decimal(0)))
            for p in schedule.payments
        )
        starts = dict(pairwise([p.due_on for p in schedule.payments][::-1]))
        projected = {p.due_on: p.contingent for p in schedule.payments}
        adjustments = []
        for fixing in fixings:
            amount = fixing.amount - (projected[fixing.due_on] or 0)
            if fixing in together:
                after = max(fixing.fixed_on, starts.get(fixing.due_on, schedule.issued_on))
                adjustments.append(Adjustment(after, fixing.due_on, amount))
            elif fixing not in early:
                adjustments.append(_on(fixing.due_on, amount))
        return Accrual(
            schedule,
            tuple(_periods(schedule, jumps, received)),
            tuple(adjustments),
            jumps,
            received,
            (*early, *together),
        )


def _periods(
    schedule: ProjectedSchedule, jumps: Sequence[Adjustment], received: Sequence[Received]
) -> Iterable[AccrualPeriod]:
    """A period ends where interest compounds, where a payment is due and where one is fixed."""
    ends = {*schedule.compounding_dates(), *(each.due_on for each in received)}
    ends |= {jump.until for jump in jumps}
    price = schedule.issue_price
    for after, until in pairwise(sorted({schedule.issued_on, *ends})):
        interest = price * (schedule.growth(after, until) - 1)
        yield AccrualPeriod(after, until, price, interest)
        price += interest + _total(jump.amount for jump in jumps if jump.until == until)
        price -= _total(each.amount for each in received if each.due_on == until)


def _early(
    schedule: ProjectedSchedule, fixings: Sequence[Fixing], months: int
) -> tuple[list[Fixing], list[Fixing]]:
    """The fixings that are early one by one, and those on a day that left nothing contingent."""
    alone: list[Fixing] = []
    together: list[Fixing] = []
    fixed_by = {fixing.due_on: fixing.fixed_on for fixing in fixings}
    for fixing in fixings:
        if fixing.due_on <= plus_months(fixing.fixed_on, months):
            continue
        others = [p.due_on for p in schedule.payments if p.contingent is not None]
        left = [due for due in others if fixed_by.get(due, date.max) > fixing.fixed_on]
        (alone if any(due > fixing.fixed_on for due in left) else together).append(fixing)
    return alone, together


def _present_adjustment(schedule: ProjectedSchedule, fixing: Fixing) -> Adjustment:
    (projected,) = (p.contingent for p in schedule.payments if p.due_on == fixing.due_on)
    growth = schedule.growth(fixing.fixed_on, fixing.due_on)
    return _on(fixing.fixed_on, (fixing.amount - (projected or 0)) / growth)


def _refuse_unfit(schedule: ProjectedSchedule, fixings: Sequence[Fixing]) -> None:
    contingent = {p.due_on for p in schedule.payments if p.contingent is not None}
    seen: set[date] = set()
    for fixing in fixings:
        if fixing.due_on not in contingent or fixing.due_on in seen:
            raise ValueError(
                f"{fixing.due_on} is due no contingent payment that is not fixed yet; "
                "fix each of them once"
            )
        if not schedule.issued_on < fixing.fixed_on <= fixing.due_on:
            raise ValueError(
                f"a payment due on {fixing.due_on} is fixed after the issue on "
                f"{schedule.issued_on} and when it is due at the latest, not on {fixing.fixed_on}"
            )
        seen.add(fixing.due_on)


def _on(day: date, amount: Decimal) -> Adjustment:
    return Adjustment(date.fromordinal(day.toordinal() - 1), day, amount)


def _shared_days(span: Adjustment | AccrualPeriod, days: tuple[date, date]) -> int:
    after, until = max(span.after, days[0]), min(span.until, days[1])
    return max(0, (until - after).days)


def _total(amounts: Iterable[Decimal]) -> Decimal:
    with localcontext(prec=PRECISION_DIGITS):
        return sum(amounts, Decimal(0))
