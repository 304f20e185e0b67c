"""Comparable yield and projected payment schedule (26 CFR 1.1275-4(b)(4)).

The schedule holds every payment the issuer promises and the amount it expects of every contingent
one, scaled so that the whole yields what a fixed-rate debt of the issuer would: the comparable
yield. It is made once, on the issue date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext

from lmb.values.half_years import is_month_end, plus_months_keeping_month_end
from lmb.values.rounding import PRECISION_DIGITS

MONTHS_PER_YEAR = 12
PAYMENTS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class ProjectedPayment:
    """What is promised on a date and, where an outcome decides on more, the projected amount of
    that (zero is an amount; None is no contingent payment)."""

    due_on: date
    noncontingent: Decimal
    contingent: Decimal | None = None

    @property
    def total(self) -> Decimal:
        return self.noncontingent + (self.contingent or 0)


@dataclass(frozen=True, slots=True)
class ProjectedSchedule:
    """A debt issued at a price, with its comparable yield, compounded so many times a year.

    Raises ValueError for payments that are not in order of time after the issue, and for a yield
    or price that is not positive.
    """

    issued_on: date
    issue_price: Decimal
    yield_percent: Decimal
    compounding_per_year: int
    payments: tuple[ProjectedPayment, ...]

    def __post_init__(self) -> None:
        days = [self.issued_on, *(payment.due_on for payment in self.payments)]
        if len(days) < 2 or len(days) > PAYMENTS_MAX or days != sorted(set(days)):
            raise ValueError(
                f"a projected schedule has 1 to {PAYMENTS_MAX} payments in order of time after "
                f"its issue on {self.issued_on}, one a day"
            )
        if self.issue_price <= 0 or self.yield_percent <= 0:
            raise ValueError(
                f"an issue price of {self.issue_price} and a comparable yield of "
                f"{self.yield_percent} per cent must both be above 0"
            )
        if MONTHS_PER_YEAR % self.compounding_per_year:
            raise ValueError(f"{self.compounding_per_year} periods do not divide a year's months")

    @property
    def matures_on(self) -> date:
        return self.payments[-1].due_on

    def growth(self, start: date, end: date) -> Decimal:
        """What a dollar grows to at the comparable yield. Parts of a compounding period count by
        months of 30 days, a reasonable convention in the words of 1.1272-1(b)(1)(iv)."""
        with localcontext(prec=PRECISION_DIGITS):
            per_period = 1 + self.yield_percent / 100 / self.compounding_per_year
            periods = Decimal(_days_30_360(start, end)) * self.compounding_per_year / 360
            whole = int(periods)
            return Decimal(per_period ** (whole if whole == periods else periods))

    def present_value(self) -> Decimal:
        """All projected payments discounted to the issue date at the comparable yield."""
        with localcontext(prec=PRECISION_DIGITS):
            return sum(
                (
                    payment.total / self.growth(self.issued_on, payment.due_on)
                    for payment in self.payments
                ),
                Decimal(0),
            )

    def compounding_dates(self) -> list[date]:
        """The dates a compounding period ends on, back from maturity to the issue."""
        months = MONTHS_PER_YEAR // self.compounding_per_year
        dates: list[date] = []
        while True:
            day = plus_months_keeping_month_end(self.matures_on, -months * len(dates))
            if day <= self.issued_on:
                return dates[::-1]
            dates.append(day)


def projected_schedule(
    issued_on: date,
    issue_price: Decimal,
    yield_percent: Decimal,
    expected: Sequence[ProjectedPayment],
    compounding_per_year: int = 2,
) -> ProjectedSchedule:
    """The schedule of these expected payments, the contingent ones all scaled by one factor so
    that they yield the comparable yield: relative expected values stay, and nothing is moved in
    time ((b)(4)(ii)(C)). Raises ValueError where no factor of 0 or more does it."""
    plain = ProjectedSchedule(
        issued_on, issue_price, yield_percent, compounding_per_year, tuple(expected)
    )
    with localcontext(prec=PRECISION_DIGITS):
        promised = replace(
            plain, payments=tuple(ProjectedPayment(p.due_on, p.noncontingent) for p in expected)
        ).present_value()
        contingent = plain.present_value() - promised
        gap = issue_price - promised
        if gap < 0 or (gap > 0 and contingent <= 0):
            raise ValueError(
                f"promised payments are worth {promised:.6f} at {yield_percent} per cent and "
                f"expected bonuses {contingent:.6f}: no multiple of them makes it the issue price "
                f"of {issue_price}; correct the yield or the expected bonuses"
            )
        factor = gap / contingent if contingent else Decimal(0)
        return replace(
            plain,
            payments=tuple(
                p if p.contingent is None else replace(p, contingent=p.contingent * factor)
                for p in expected
            ),
        )


def _days_30_360(start: date, end: date) -> int:
    """Days by months of 30; a month's last day is its 30th."""
    first, last = (30 if is_month_end(day) else day.day for day in (start, end))
    return 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first
