"""Any of our bonds as an object of QuantLib: a tool investors have, to check us with.

Needs the extra `quantlib` (`pip install "labor-market-bonds[quantlib]"`). Nothing else of lmb
imports this module: our own figures never depend on QuantLib.

QuantLib gets our interest dates one by one. Left to make them from a rule, it takes other ones for
some month ends. Where both compute the same they agree to 1e-10. Three things in a first interest
period that is no full half-year QuantLib computes otherwise: it discounts the opening part of a
long one by powers where Appendix B, cases C and G, has simple interest; it takes a stub that is a
bond's only period for a full one; and where coupons fall on a 29th or 30th, and so on the last of
February, it measures the stub by another half-year. None of Treasury's securities has the last two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lmb.bonds.schedule import InterestSchedule, PeriodKind
from lmb.values.errors import EnvironmentProblem
from lmb.values.half_years import MONTHS_PER_HALF_YEAR, is_month_end

try:
    import QuantLib as ql  # noqa: N813 - as everyone writes it
except ImportError as error:
    raise EnvironmentProblem(
        'QuantLib is not installed here; run: pip install "labor-market-bonds[quantlib]"'
    ) from error

FACE = 100.0
CONVENTION = (ql.SimpleThenCompounded, ql.Semiannual)


@dataclass(frozen=True, slots=True)
class QuantLibBond:
    """A `QuantLib.FixedRateBond` of face 100 with the conventions under which it gives our prices:
    the fraction of a half-year by simple interest, whole half-years by powers."""

    bond: Any
    day_counter: Any

    def clean_price(self, yield_percent: float, settles_on: date) -> float:
        """QuantLib's clean price per 100 at a Treasury yield, not rounded."""
        terms = (
            self.day_counter,
            ql.SimpleThenCompounded,
            ql.Semiannual,
            quantlib_date(settles_on),
        )
        return float(ql.BondFunctions.cleanPrice(self.bond, yield_percent / 100, *terms))

    def yield_percent(self, clean_price: float, settles_on: date, accuracy: float = 1e-12) -> float:
        """QuantLib's Treasury yield at a clean price per 100, to an accuracy of the yield / 100."""
        price = ql.BondPrice(clean_price, ql.BondPrice.Clean)
        terms = (
            self.day_counter,
            ql.SimpleThenCompounded,
            ql.Semiannual,
            quantlib_date(settles_on),
        )
        return 100 * float(ql.BondFunctions.bondYield(self.bond, price, *terms, accuracy))

    def accrued(self, settles_on: date) -> float:
        """QuantLib's accrued interest per 100, not rounded."""
        return float(self.bond.accruedAmount(quantlib_date(settles_on)))


def quantlib_bond(
    schedule: InterestSchedule, coupon_percent: Decimal | Sequence[Decimal]
) -> QuantLibBond:
    """A bond with one coupon for all periods or, where an outcome moves it, with one for each.

    Raises ValueError for a sequence of another length than the schedule's periods.
    """
    periods = schedule.periods()
    rates = [coupon_percent] if isinstance(coupon_percent, Decimal) else list(coupon_percent)
    if len(rates) not in {1, len(periods)}:
        raise ValueError(f"{len(rates)} coupons for {len(periods)} interest periods; give as many")
    dates = _quantlib_schedule(schedule)
    day_counter = ql.ActualActual(ql.ActualActual.ISMA, dates)
    fractions = [float(rate) / 100 for rate in rates]
    return QuantLibBond(
        ql.FixedRateBond(0, FACE, dates, fractions, day_counter, ql.Unadjusted, FACE), day_counter
    )


def quantlib_date(day: date) -> Any:
    """The same day as a `QuantLib.Date`."""
    return ql.Date(day.day, day.month, day.year)


def _quantlib_schedule(schedule: InterestSchedule) -> Any:
    periods = schedule.periods()
    days = [schedule.dated_on, *(period.ends_on for period in periods)]
    return ql.Schedule(
        ql.DateVector([quantlib_date(day) for day in days]),
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.Period(MONTHS_PER_HALF_YEAR, ql.Months),
        ql.DateGeneration.Backward,
        is_month_end(schedule.matures_on),
        [period.kind is PeriodKind.REGULAR for period in periods],
    )
