"""What a payment is worth on the day of settlement, as Treasury discounts.

The fraction of a half-year to the next coupon date is discounted by simple interest, whole
half-years after it by compound interest (31 CFR 356 Appendix B, II).
"""

from __future__ import annotations

from datetime import date

from lmb.bonds.schedule import InterestPeriod, InterestSchedule


def discount_factors(
    schedule: InterestSchedule,
    periods: tuple[InterestPeriod, ...],
    settles_on: date,
    yield_percent: float,
) -> tuple[float, ...]:
    """What 1 paid at the end of each period is worth on settlement; 0 for periods that are over."""
    half_yield = yield_percent / 200
    half_year = schedule.cycle.half_year_of(settles_on)
    fraction = (half_year.ends_on - settles_on).days / half_year.days
    to_next = schedule.cycle.half_years_to_maturity(half_year.ends_on)
    first = 1 / (1 + fraction * half_yield)
    factors = []
    for period in periods:
        if period.ends_on <= settles_on:
            factors.append(0.0)
            continue
        later = to_next - schedule.cycle.half_years_to_maturity(period.ends_on)
        factors.append(first / (1 + half_yield) ** later)
    return tuple(factors)
