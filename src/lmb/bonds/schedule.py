"""When a bond pays interest: its periods from the dated date to maturity.

    dated date ──first period──▶ first interest date ──regular half-years──▶ maturity
                regular: one half-year; short: less; long: one half-year and a fraction

Nominal dates decide how much interest is due; a payment whose nominal date is no business day
is made on the next one, without interest for the delay (31 CFR 356.30).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from lmb.values.business_calendar import next_business_day
from lmb.values.half_years import CouponCycle


class PeriodKind(StrEnum):
    """How an interest period compares with a full half-year."""

    REGULAR = "regular"
    SHORT = "short"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class InterestPeriod:
    """One interest period. `number` counts from 1; dates are nominal but `pays_on`.

    `half_years` is its exact length in half-years: 1 when regular, days over days in a stub.
    """

    number: int
    starts_on: date
    ends_on: date
    pays_on: date
    kind: PeriodKind
    half_years: Fraction


@dataclass(frozen=True, slots=True)
class InterestSchedule:
    """The dates that fix every interest payment of a semiannual security.

    `dated_on` is the day interest starts to accrue; it may lie before the issue date. Raises
    ValueError when the first interest date is not on the cycle of the maturity, not between the
    other two dates, or two full half-years or more after the dated date.
    """

    dated_on: date
    first_interest_on: date
    matures_on: date

    def __post_init__(self) -> None:
        if not self.dated_on < self.first_interest_on <= self.matures_on:
            raise ValueError(
                f"the first interest date {self.first_interest_on} must come after the dated date "
                f"{self.dated_on} and not after maturity {self.matures_on}"
            )
        if not self.cycle.has(self.first_interest_on):
            raise ValueError(
                f"the first interest date {self.first_interest_on} is not a whole number of "
                f"half-years before maturity {self.matures_on}"
            )
        after_first = self.cycle.half_years_to_maturity(self.first_interest_on)
        if self.dated_on <= self.cycle.before_maturity(after_first + 2):
            raise ValueError(
                f"the first interest date {self.first_interest_on} is two half-years or more "
                f"after the dated date {self.dated_on}"
            )

    @property
    def cycle(self) -> CouponCycle:
        return CouponCycle(self.matures_on)

    @property
    def first_kind(self) -> PeriodKind:
        """Whether the first interest period is regular, short or long."""
        half_years = self._half_years_between(self.dated_on, self.first_interest_on)
        if half_years == 1:
            return PeriodKind.REGULAR
        return PeriodKind.SHORT if half_years < 1 else PeriodKind.LONG

    def period_start(self, day: date) -> date:
        """The first day of the interest period `day` falls in; a payment date starts the next.

        Raises ValueError for a day before the dated date, or on or after maturity.
        """
        if not self.dated_on <= day < self.matures_on:
            raise ValueError(
                f"no interest accrues on {day}: only from {self.dated_on} until {self.matures_on}"
            )
        if day < self.first_interest_on:
            return self.dated_on
        return self.cycle.half_year_of(day).starts_on

    def accrued_half_years(self, day: date) -> Fraction:
        """Half-years of interest accrued since the start of the period `day` falls in: days over
        the days of the half-year they fall in, for each of at most two (Appendix B, I.D).

        Raises ValueError as `period_start` does.
        """
        return self._half_years_between(self.period_start(day), day)

    def period_half_years(self, day: date) -> Fraction:
        """The whole length, in half-years, of the interest period `day` falls in (Appendix B,
        I.A). Raises ValueError as `period_start` does."""
        start = self.period_start(day)
        if start == self.dated_on:
            return self._half_years_between(start, self.first_interest_on)
        return Fraction(1)

    def periods(self) -> tuple[InterestPeriod, ...]:
        """Every interest period, from the dated date to maturity."""
        ends = [self.first_interest_on]
        remaining = self.cycle.half_years_to_maturity(self.first_interest_on)
        ends += [self.cycle.before_maturity(left) for left in reversed(range(remaining))]
        starts = [self.dated_on, *ends[:-1]]
        return tuple(
            InterestPeriod(
                number=number,
                starts_on=starts_on,
                ends_on=ends_on,
                pays_on=next_business_day(ends_on),
                kind=self.first_kind if number == 1 else PeriodKind.REGULAR,
                half_years=self.period_half_years(starts_on),
            )
            for number, (starts_on, ends_on) in enumerate(zip(starts, ends, strict=True), start=1)
        )

    def _half_years_between(self, start: date, end: date) -> Fraction:
        """Half-years from one day to another in the same or the next half-year."""
        half_year = self.cycle.half_year_of(start)
        if end <= half_year.ends_on:
            return Fraction((end - start).days, half_year.days)
        following = self.cycle.half_year_of(half_year.ends_on)
        return Fraction((half_year.ends_on - start).days, half_year.days) + Fraction(
            (end - half_year.ends_on).days, following.days
        )
