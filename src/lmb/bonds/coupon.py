"""What a bond pays for one interest period: exact per $100, and to the cent for each holder."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from lmb.bonds.schedule import InterestPeriod
from lmb.values.money import round_to_cents
from lmb.values.rounding import PRECISION_DIGITS


@dataclass(frozen=True, slots=True)
class HolderInterest:
    """Interest of one holder for one period, in cents: guaranteed part and outcome bonus."""

    base_cents: int
    bonus_cents: int

    @property
    def total_cents(self) -> int:
        return self.base_cents + self.bonus_cents


def interest_per_100(period: InterestPeriod, coupon_percent: Decimal) -> Fraction:
    """Exact dollars of interest per $100 of par for one period (31 CFR 356 Appendix B, I.A).

    A regular half-year pays half the annual rate however many days it has.
    """
    return Fraction(coupon_percent) / 2 * period.half_years


def interest_cents(period: InterestPeriod, par_cents: int, coupon_percent: Decimal) -> int:
    """Interest on `par_cents` for one period, rounded half up to the cent once (I.A.3, I.A.4)."""
    exact_cents = interest_per_100(period, coupon_percent) * par_cents / 100
    with localcontext(prec=PRECISION_DIGITS):
        return round_to_cents(Decimal(exact_cents.numerator) / exact_cents.denominator / 100)


def holder_interest(
    period: InterestPeriod, par_cents: int, base_percent: Decimal, bonus_percent: Decimal
) -> HolderInterest:
    """Interest of one holder for one period at a base coupon and a bonus, which is not negative.

    The whole is rounded to the cent once, the base as if it stood alone, and the bonus is what is
    left: so the holder gets the coupon the rate promises, and never less than the guarantee.
    """
    if bonus_percent < 0:
        raise ValueError(f"a bonus is not negative; got {bonus_percent} per cent")
    with localcontext(prec=PRECISION_DIGITS):
        coupon_percent = base_percent + bonus_percent
    base_cents = interest_cents(period, par_cents, base_percent)
    return HolderInterest(
        base_cents=base_cents,
        bonus_cents=interest_cents(period, par_cents, coupon_percent) - base_cents,
    )
