"""Price and yield of a semiannual bond: 31 CFR 356 Appendix B, section II, cases A to G.

The seven formulas are one. With N the next coupon frequency date after settlement, r days away in
a half-year of s days, n half-years left after N, i the yield and C the interest a year per 100:

    (P + A) [1 + (r/s)(i/2)] = F + G v + (C/2) a_n + 100 v^n

F is what is paid on N and G what is paid a half-year later beyond C/2. Only a stub makes them
special: in a short first period F is (r'/s)(C/2); in the fractional portion of a long first
period F is 0 and G is (r'/s)(C/2); in its regular portion F is (r'/s')(C/2) + C/2; otherwise F is
C/2 and G is 0. Yields discount the fraction of a half-year by simple interest, not by powers.

Prices and accrued interest are per 100 of par unless a name says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction

from lmb.bonds.schedule import InterestSchedule, PeriodKind
from lmb.values.money import round_to_cents
from lmb.values.rounding import PRECISION_DIGITS, half_up

PRICE_PLACES = 6
"""Decimals of a price and of accrued interest per 100 (Appendix B, II)."""

ACCRUED_PER_1000_PLACES = 5
"""Decimals of accrued interest per $1,000 of par (Appendix B, I.D)."""

YIELD_LOWEST_PERCENT = Decimal(-99)
YIELD_HIGHEST_PERCENT = Decimal(1_000)
"""No yield is sought beyond these; at -200 per cent the discount factor has no value."""

YIELD_PLACES = 20
"""Decimals of a yield sought from a price, in per cent: all of them right."""

_YIELD_TOLERANCE_PERCENT = Decimal("1e-24")
_NEWTON_STEPS_MAX = 300
"""Steps that leave the bracket are halvings, and 120 halvings reach the tolerance."""


class PriceCase(StrEnum):
    """The formula of Appendix B, section II, that a settlement falls under."""

    REGULAR = "A"
    SHORT_FIRST = "B"
    LONG_FIRST = "C"
    ACCRUED_IN_REGULAR = "D"
    ACCRUED_IN_REGULAR_PORTION_OF_LONG = "E"
    ACCRUED_IN_SHORT = "F"
    ACCRUED_IN_FRACTION_OF_LONG = "G"


@dataclass(frozen=True, slots=True)
class SettlementAmount:
    """What a buyer pays for an amount of par on the settlement date, in cents."""

    principal_cents: int
    accrued_cents: int

    @property
    def total_cents(self) -> int:
        """Par less discount or plus premium, plus accrued interest (31 CFR 356.2)."""
        return self.principal_cents + self.accrued_cents


@dataclass(frozen=True, slots=True)
class _CashFlows:
    """The payments after settlement, in the terms of the formula above."""

    days_to_next: int
    half_year_days: int
    half_years_after_next: int
    half_coupon: Decimal
    next_half_years: Fraction
    later_extra_half_years: Fraction

    @classmethod
    def after(
        cls, schedule: InterestSchedule, coupon_percent: Decimal, settles_on: date
    ) -> _CashFlows:
        half_year = schedule.cycle.half_year_of(settles_on)
        length = schedule.period_half_years(settles_on)
        next_pays = settles_on >= schedule.first_interest_on or (
            half_year.ends_on == schedule.first_interest_on
        )
        return cls(
            days_to_next=(half_year.ends_on - settles_on).days,
            half_year_days=half_year.days,
            half_years_after_next=schedule.cycle.half_years_to_maturity(half_year.ends_on),
            half_coupon=coupon_percent / 2,
            next_half_years=length if next_pays else Fraction(0),
            later_extra_half_years=Fraction(0) if next_pays else length - 1,
        )

    def price_with_accrued(self, yield_percent: Decimal) -> Decimal:
        """P + A. The caller sets the working precision."""
        half_yield = yield_percent / 200
        v = 1 / (1 + half_yield)
        v_n = v**self.half_years_after_next
        # a_n = n when the yield is zero, where the quotient has no value (Appendix B, II).
        a_n = (1 - v_n) / half_yield if half_yield else Decimal(self.half_years_after_next)
        interest = (
            _decimal(self.next_half_years) + _decimal(self.later_extra_half_years) * v + a_n
        ) * self.half_coupon
        fraction = Decimal(self.days_to_next) / self.half_year_days
        return (interest + 100 * v_n) / (1 + fraction * half_yield)


def price_case(schedule: InterestSchedule, settles_on: date) -> PriceCase:
    """Which formula of section II the dates select; it follows from them alone.

    Accrued interest tells the cases with (P + A) apart, whether it comes from a reopening or from
    a dated date before the issue date: the regulation treats the two alike.
    """
    accrued = schedule.accrued_half_years(settles_on) > 0
    if settles_on >= schedule.first_interest_on or schedule.first_kind is PeriodKind.REGULAR:
        return PriceCase.ACCRUED_IN_REGULAR if accrued else PriceCase.REGULAR
    if schedule.first_kind is PeriodKind.SHORT:
        return PriceCase.ACCRUED_IN_SHORT if accrued else PriceCase.SHORT_FIRST
    if not accrued:
        return PriceCase.LONG_FIRST
    if schedule.cycle.half_year_of(settles_on).ends_on == schedule.first_interest_on:
        return PriceCase.ACCRUED_IN_REGULAR_PORTION_OF_LONG
    return PriceCase.ACCRUED_IN_FRACTION_OF_LONG


def exact_accrued(schedule: InterestSchedule, coupon_percent: Decimal, settles_on: date) -> Decimal:
    """Accrued interest per 100 at working precision. Raises ValueError for a settlement before
    the dated date, or on or after maturity."""
    with localcontext(prec=PRECISION_DIGITS):
        return _decimal(schedule.accrued_half_years(settles_on), coupon_percent / 2)


def exact_price(
    schedule: InterestSchedule, coupon_percent: Decimal, yield_percent: Decimal, settles_on: date
) -> Decimal:
    """The clean price per 100 at working precision, before any rounding. Raises ValueError for a
    settlement outside the bond's life and for a yield outside the bounds of this module."""
    _refuse_yield(yield_percent)
    flows = _CashFlows.after(schedule, coupon_percent, settles_on)
    with localcontext(prec=PRECISION_DIGITS):
        accrued = exact_accrued(schedule, coupon_percent, settles_on)
        return flows.price_with_accrued(yield_percent) - accrued


def price_per_100(
    schedule: InterestSchedule, coupon_percent: Decimal, yield_percent: Decimal, settles_on: date
) -> Decimal:
    """The clean price per 100 to six decimals, as Treasury publishes it.

    Where interest has accrued, P + A and A are each rounded half up and then subtracted: so the
    worked steps of section II.D to G do it, and so published auction prices come out to the last
    digit. Raises ValueError as `exact_price` does.
    """
    _refuse_yield(yield_percent)
    flows = _CashFlows.after(schedule, coupon_percent, settles_on)
    with localcontext(prec=PRECISION_DIGITS):
        with_accrued = half_up(flows.price_with_accrued(yield_percent), PRICE_PLACES)
        accrued = half_up(exact_accrued(schedule, coupon_percent, settles_on), PRICE_PLACES)
        return with_accrued - accrued


def accrued_per_1000(
    schedule: InterestSchedule, coupon_percent: Decimal, settles_on: date
) -> Decimal:
    """Accrued interest in dollars per $1,000 of par to five decimals (Appendix B, I.D)."""
    exact = exact_accrued(schedule, coupon_percent, settles_on)
    with localcontext(prec=PRECISION_DIGITS):
        return half_up(10 * exact, ACCRUED_PER_1000_PLACES)


def settlement_amount(
    par_cents: int, price: Decimal, accrued_interest_per_1000: Decimal
) -> SettlementAmount:
    """What a buyer pays for `par_cents` at a clean price per 100 and accrued interest per $1,000;
    each part is rounded half up to the cent once (31 CFR 356.2; Appendix B, I.D)."""
    with localcontext(prec=PRECISION_DIGITS):
        par_dollars = Decimal(par_cents) / 100
        return SettlementAmount(
            principal_cents=round_to_cents(par_dollars * price / 100),
            accrued_cents=round_to_cents(par_dollars * accrued_interest_per_1000 / 1000),
        )


def yield_percent_at_price(
    schedule: InterestSchedule, coupon_percent: Decimal, price: Decimal, settles_on: date
) -> Decimal:
    """The yield at which the exact clean price per 100 is `price`, in per cent to 20 decimals.

    Zero and negative yields are found too. Raises ValueError for a price that no yield between
    the bounds of this module gives, and for a settlement outside the bond's life.
    """
    flows = _CashFlows.after(schedule, coupon_percent, settles_on)
    with localcontext(prec=PRECISION_DIGITS):
        target = price + exact_accrued(schedule, coupon_percent, settles_on)
        low, high = YIELD_LOWEST_PERCENT, YIELD_HIGHEST_PERCENT
        if not flows.price_with_accrued(high) <= target <= flows.price_with_accrued(low):
            raise ValueError(
                f"no yield from {low} to {high} per cent gives a price of {price} per 100"
            )
        return half_up(_solve(flows, target, low, high), YIELD_PLACES)


def _solve(flows: _CashFlows, target: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """Newton's method inside a bracket that every step narrows. The price falls as the yield
    rises, so the bracket always holds the one solution."""
    step = Decimal("1e-20")
    guess = 2 * flows.half_coupon
    for _ in range(_NEWTON_STEPS_MAX):
        error = flows.price_with_accrued(guess) - target
        if error > 0:
            low = guess
        else:
            high = guess
        slope = (flows.price_with_accrued(guess + step) - target - error) / step
        better = guess - error / slope if slope else low
        if not low <= better <= high:
            better = (low + high) / 2
        if abs(better - guess) <= _YIELD_TOLERANCE_PERCENT:
            return better
        guess = better
    raise ArithmeticError(f"no yield found for {target} within {_NEWTON_STEPS_MAX} steps")


def _refuse_yield(yield_percent: Decimal) -> None:
    if not YIELD_LOWEST_PERCENT <= yield_percent <= YIELD_HIGHEST_PERCENT:
        raise ValueError(
            f"a yield of {yield_percent} per cent is outside {YIELD_LOWEST_PERCENT} to "
            f"{YIELD_HIGHEST_PERCENT}"
        )


def _decimal(ratio: Fraction, factor: Decimal = Decimal(1)) -> Decimal:
    """A ratio times a factor, divided last so that a result with few decimals stays exact."""
    return factor * ratio.numerator / ratio.denominator
