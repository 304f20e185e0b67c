"""Treasury inflation-protected securities: 31 CFR 356 Appendix B, sections I.B, III and V.

Price, yield and accrued interest are reckoned as if prices never rose (`exact` does that), then
multiplied by the index ratio of the day: how far the reference CPI has come since the dated date.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from lmb.bonds.pricing.exact import PRICE_PLACES, exact_accrued, price_per_100
from lmb.bonds.schedule import InterestSchedule
from lmb.values.errors import NotFoundError
from lmb.values.half_years import plus_months
from lmb.values.money import round_to_cents
from lmb.values.rounding import PRECISION_DIGITS, half_up, round_down

INDEX_PLACES = 5
"""Decimals of a reference CPI and of an index ratio (I.B.3)."""

LAG_MONTHS = 3
"""The reference CPI of a month's first day is the CPI of the third month before it (I.B.3)."""

Month = tuple[int, int]
"""A year and a month of it, from 1."""


@dataclass(frozen=True, slots=True)
class IndexedPrice:
    """What a buyer pays per $100 of original principal, before and after the index ratio."""

    real_price: Decimal
    real_accrued: Decimal
    price: Decimal
    accrued: Decimal

    @property
    def settlement(self) -> Decimal:
        return self.price + self.accrued


def reference_cpi(cpi: Mapping[Month, Decimal], day: date) -> Decimal:
    """The reference CPI of a day, between those of the first days of its month and of the next.

    Raises NotFoundError where a CPI it needs is not there. A CPI that was revised later is not to
    be replaced: the one first published stands (I.B.4).
    """
    this = _cpi(cpi, day.replace(day=1))
    following = _cpi(cpi, plus_months(day.replace(day=1), 1))
    month_days = calendar.monthrange(day.year, day.month)[1]
    with localcontext(prec=PRECISION_DIGITS):
        return _indexed(this + (following - this) * (day.day - 1) / month_days)


def index_ratio(reference: Decimal, reference_at_dated: Decimal) -> Decimal:
    """The index ratio of a day whose reference CPI is `reference` (I.B.2)."""
    with localcontext(prec=PRECISION_DIGITS):
        return _indexed(reference / reference_at_dated)


def substitute_cpi(cpi: Mapping[Month, Decimal], month: Month, months_missing: int) -> Decimal:
    """What stands in for a CPI that was not published in time, for good (I.B.4.iv): the last one
    published, `months_missing` months before it, moved on at the pace of its twelve months."""
    first = date(*month, 1)
    last_month = plus_months(first, -months_missing)
    last, year_before = (
        _published(cpi, month) for month in (last_month, plus_months(last_month, -12))
    )
    with localcontext(prec=PRECISION_DIGITS):
        return last * (last / year_before) ** (Decimal(months_missing) / 12)


def indexed_price(
    schedule: InterestSchedule,
    coupon_percent: Decimal,
    real_yield_percent: Decimal,
    settles_on: date,
    ratio: Decimal,
) -> IndexedPrice:
    """Price and accrued interest per 100 to six decimals, real and adjusted (III.A and B).

    The real price is rounded as other prices are, P + A and A each: so real auctions come out to
    the last digit. Raises ValueError as `exact.price_per_100` does.
    """
    terms = (schedule, coupon_percent)
    with localcontext(prec=PRECISION_DIGITS):
        real_price = price_per_100(*terms, real_yield_percent, settles_on)
        real_accrued = half_up(exact_accrued(*terms, settles_on), PRICE_PLACES)
        return IndexedPrice(
            real_price=real_price,
            real_accrued=real_accrued,
            price=half_up(real_price * ratio, PRICE_PLACES),
            accrued=half_up(real_accrued * ratio, PRICE_PLACES),
        )


def indexed_interest_cents(par_cents: int, coupon_percent: Decimal, ratio: Decimal) -> int:
    """A regular half-year's interest on the adjusted principal (I.B.5)."""
    with localcontext(prec=PRECISION_DIGITS):
        return round_to_cents(Decimal(par_cents) / 100 * ratio * coupon_percent / 200)


def redemption_cents(par_cents: int, ratio: Decimal) -> int:
    """The adjusted principal, and never less than par (31 CFR 356.30(b))."""
    with localcontext(prec=PRECISION_DIGITS):
        return max(par_cents, round_to_cents(Decimal(par_cents) / 100 * ratio))


def stripped_interest_cents(
    par_cents: int,
    coupon_percent: Decimal,
    reference_at_dated: Decimal,
    reference_at_maturity: Decimal,
) -> tuple[int, int]:
    """Adjusted value of a stripped interest component and what is paid at its maturity (V)."""
    with localcontext(prec=PRECISION_DIGITS):
        dollars = Decimal(par_cents) / 100
        value_cents = round_to_cents(dollars * coupon_percent / 200 * 100 / reference_at_dated)
        paid = Decimal(value_cents) / 100 * reference_at_maturity / 100
        return value_cents, round_to_cents(paid)


def _indexed(value: Decimal) -> Decimal:
    """Cut to six decimals, then rounded to five (I.B.3)."""
    return half_up(round_down(value, INDEX_PLACES + 1), INDEX_PLACES)


def _cpi(cpi: Mapping[Month, Decimal], first_of_month: date) -> Decimal:
    return _published(cpi, plus_months(first_of_month, -LAG_MONTHS))


def _published(cpi: Mapping[Month, Decimal], month: date) -> Decimal:
    found = cpi.get((month.year, month.month))
    if found is None:
        raise NotFoundError(
            f"the CPI of {month:%Y-%m} is not there; give it, or what stands in for it "
            "(31 CFR 356 Appendix B, I.B.4)"
        )
    return found
