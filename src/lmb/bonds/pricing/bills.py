"""Treasury bills: price, discount rate and investment rate (31 CFR 356 Appendix B, section VI).

A bill pays no interest; it is sold below par. Its discount rate counts 360 days to a year and is a
rate on par; its investment rate counts the days of the year after the issue and is a rate on what
is invested, as a note's yield is: with interest after half a year where the bill runs longer.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

from lmb.values.half_years import plus_months
from lmb.values.rounding import PRECISION_DIGITS, half_up

PRICE_PLACES = 6
"""Decimals of a price per 100 (Appendix B, VI.A)."""

INVESTMENT_RATE_PLACES = 3
"""Decimals of an investment rate in per cent as Treasury publishes it."""

DISCOUNT_RATE_PLACES = 3
"""Decimals of a discount rate in per cent, bid and published."""

DISCOUNT_YEAR_DAYS = 360
BILL_DAYS_MAX = 366
"""A bill matures within a year of its issue (31 CFR 356.5(a))."""


def bill_price_per_100(issue_on: date, matures_on: date, discount_rate_percent: Decimal) -> Decimal:
    """The price per 100 to six decimals (VI.A). Raises ValueError for a bill that does not mature
    within a year after its issue, or whose discount takes all of its par."""
    days = _days(issue_on, matures_on)
    with localcontext(prec=PRECISION_DIGITS):
        price = 100 - discount_rate_percent * days / DISCOUNT_YEAR_DAYS
    if price <= 0:
        raise ValueError(
            f"a discount rate of {discount_rate_percent} per cent for {days} days leaves a price "
            f"of {price:f} per 100, which is nothing"
        )
    return half_up(price, PRICE_PLACES)


def discount_rate_percent(issue_on: date, matures_on: date, price: Decimal) -> Decimal:
    """The discount rate at a price per 100, at working precision (VI.C)."""
    days = _days(issue_on, matures_on)
    with localcontext(prec=PRECISION_DIGITS):
        return (100 - price) * DISCOUNT_YEAR_DAYS / days


def investment_rate_percent(issue_on: date, matures_on: date, price: Decimal) -> Decimal:
    """The investment rate (coupon-equivalent yield) at a price per 100, to three decimals (VI.D).
    Raises ValueError for a price that is not positive and as `bill_price_per_100` does."""
    days, year_days = _days(issue_on, matures_on), year_after_days(issue_on)
    if price <= 0:
        raise ValueError(f"a price of {price} per 100 has no investment rate; give one above 0")
    with localcontext(prec=PRECISION_DIGITS):
        gain, years = (100 - price) / price, Decimal(days) / year_days
        if 2 * days <= year_days:
            rate = gain / years
        else:
            # (years/2 - 1/4) i^2 + years i - gain = 0
            square = years / 2 - Decimal("0.25")
            rate = ((years * years + 4 * square * gain).sqrt() - years) / (2 * square)
        return half_up(100 * rate, INVESTMENT_RATE_PLACES)


def year_after_days(issue_on: date) -> int:
    """The days of the year after an issue: 366 where 29 February lies in it (VI.D)."""
    return (plus_months(issue_on, 12) - issue_on).days


def _days(issue_on: date, matures_on: date) -> int:
    days = (matures_on - issue_on).days
    if not 0 < days <= BILL_DAYS_MAX:
        raise ValueError(
            f"a bill issued on {issue_on} matures 1 to {BILL_DAYS_MAX} days later, "
            f"not on {matures_on}"
        )
    return days
