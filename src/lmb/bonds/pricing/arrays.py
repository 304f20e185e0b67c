"""Prices of many fixed-rate bonds in one call: 31 CFR 356 Appendix B, section II, in float64.

The formula is that of `exact`, in a form that loses nothing where the yield is near zero. With h
half the yield, w = r/s, v = 1/(1 + h) and a = (1 - v^n)/h:

    (P + A)(1 + w h) = (C/2)(f + g v) + 100 + a (C/2 - 100 h)

where f and g are what is paid on the next coupon date and a half-year later besides C/2, in half
coupons. For analytics: what is paid and published comes from `exact` and `published`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from lmb.bonds.pricing.array_terms import BondTerms, Floats, Mask, term_faults
from lmb.bonds.pricing.coupon_dates import Counts, CouponCycles, Days, days_of
from lmb.bonds.pricing.exact import YIELD_HIGHEST_PERCENT, YIELD_LOWEST_PERCENT

LOWEST_PERCENT, HIGHEST_PERCENT = float(YIELD_LOWEST_PERCENT), float(YIELD_HIGHEST_PERCENT)


@dataclass(frozen=True, slots=True, eq=False)
class PreparedBonds:
    """What the dates and coupons of bonds say about their price, one bond a row.

    `fraction` is r/s, the part of a half-year until the next coupon date; `half_years_after_next`
    is n; `next_half_years` and `later_extra_half_years` are f and g; `accrued` is A per 100.
    """

    half_coupon: Floats
    fraction: Floats
    half_years_after_next: Floats
    next_half_years: Floats
    later_extra_half_years: Floats
    accrued: Floats

    def __len__(self) -> int:
        return len(self.accrued)

    def __getitem__(self, rows: slice | Mask | Counts) -> PreparedBonds:
        return PreparedBonds(*(getattr(self, field.name)[rows] for field in fields(self)))

    def price(self, yield_percent: ArrayLike) -> Floats:
        """Clean prices per 100 at Treasury yields: the fraction of a half-year is discounted by
        simple interest. One yield for all bonds, one each, or rows of them; NaN for a yield
        beyond -99 or 1,000 per cent."""
        return self.price_with_accrued(yield_percent) - self.accrued

    def price_with_accrued(self, yield_percent: ArrayLike) -> Floats:
        """P + A per 100, else as `price`."""
        half_yield = half_yields(yield_percent)
        price = self.value_on_next_date(half_yield)
        price /= 1 + self.fraction * half_yield
        return price

    def street_price(self, yield_percent: ArrayLike) -> Floats:
        """Clean prices per 100 at street yields, else as `price`: the fraction of a half-year is
        discounted by powers, by simple interest only when no coupon date but maturity is left."""
        half_yield = half_yields(yield_percent)
        return self.value_on_next_date(half_yield) / self.street_factor(half_yield) - self.accrued

    def value_on_next_date(self, half_yield: Floats) -> Floats:
        """What is still to be paid, per 100, as valued on the next coupon date."""
        annuity = self.annuity(half_yield)
        value = annuity * (self.half_coupon - 100 * half_yield)
        value += 100 + self.half_coupon * self.next_half_years
        if self.later_extra_half_years.any():
            value += self.half_coupon * self.later_extra_half_years / (1 + half_yield)
        return value

    def annuity(self, half_yield: Floats) -> Floats:
        """a_n, which is n where the yield is zero (Appendix B, II)."""
        powers = np.expm1(-self.half_years_after_next * np.log1p(half_yield))
        if half_yield.all():
            return -powers / half_yield
        zero = half_yield == 0
        return np.where(zero, self.half_years_after_next, -powers / np.where(zero, 1, half_yield))

    def street_factor(self, half_yield: Floats) -> Floats:
        """By what the street divides a value on the next coupon date."""
        last = self.half_years_after_next == 0
        simple = 1 + self.fraction * half_yield
        return np.where(last, simple, np.exp(self.fraction * np.log1p(half_yield)))


def half_yields(yield_percent: ArrayLike) -> Floats:
    """Half the yields as a number, NaN beyond the bounds within which yields are taken."""
    given = np.asarray(yield_percent, dtype=np.float64)
    half = given * 0.005
    if not (given.min(initial=0) >= LOWEST_PERCENT and given.max(initial=0) <= HIGHEST_PERCENT):
        half[(given < LOWEST_PERCENT) | (given > HIGHEST_PERCENT)] = np.nan
    return half


def prepare(terms: BondTerms) -> PreparedBonds:
    """The bonds ready to be priced. Raises ValueError for terms that cannot be, naming a row."""
    faults = term_faults(terms)
    if faults:
        row, field, found, expected = faults[0]
        raise ValueError(
            f"{len(faults)} faults bar these bonds from being priced; the first: row {row}, "
            f"{field}: found {found}, expected {expected}"
        )
    settles, dated = days_of(terms.settles_on), days_of(terms.dated_on)
    cycles = CouponCycles(days_of(terms.matures_on))
    left = cycles.half_years_to_maturity(settles)
    start, end = cycles.before_maturity(left), cycles.before_maturity(left - 1)
    half_year_days = end - start
    first = _first_periods(terms, cycles, dated)
    in_first = left > first.left_at_end
    in_opening = first.is_long & (left == first.left_at_dated)
    on_next = np.where(in_opening, 0, np.where(in_first, first.opening + first.is_long, 1))
    half_coupon = terms.coupon_percent / 2
    accrued = half_coupon * (settles - np.maximum(start, dated)) / half_year_days
    # In the regular portion of a long first period, all of its opening has accrued besides.
    accrued += np.where(in_first & (left < first.left_at_dated), half_coupon * first.opening, 0)
    return PreparedBonds(
        half_coupon=half_coupon,
        fraction=(end - settles) / half_year_days,
        half_years_after_next=(left - 1).astype(np.float64),
        next_half_years=on_next,
        later_extra_half_years=np.where(in_opening, first.opening, 0),
        accrued=accrued,
    )


class _FirstPeriods(NamedTuple):
    """First interest periods: half-years to maturity from the dated date and from their end, the
    part of the dated date's half-year that they cover, and whether a full half-year follows it."""

    left_at_dated: Counts
    left_at_end: Counts
    opening: Floats
    is_long: Mask


def _first_periods(terms: BondTerms, cycles: CouponCycles, dated: Days) -> _FirstPeriods:
    left = cycles.half_years_to_maturity(dated)
    start, end = cycles.before_maturity(left), cycles.before_maturity(left - 1)
    left_at_end = left - 1
    if terms.first_interest_on is not None:
        given = ~np.isnat(terms.first_interest_on)
        first = np.where(given, days_of(terms.first_interest_on), end)
        left_at_end = cycles.half_years_to_maturity(first)
    opening = (end - dated) / (end - start)
    return _FirstPeriods(left, left_at_end, opening, left_at_end < left - 1)
