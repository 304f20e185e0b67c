"""The terms of many fixed-rate bonds as arrays, and what is wrong with them, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lmb.bonds.pricing.coupon_dates import CouponCycles, Dates, Days, days_of, known

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

COUPON_HIGHEST_PERCENT = 1_000.0

_SOME_DAY = np.datetime64("2000-01-01")
"""Stands in for a date that cannot be used, so that the other dates are still checked."""


@dataclass(frozen=True, slots=True)
class BondTerms:
    """Fixed-rate semiannual bonds, one a row: arrays of one length, dates as datetime64[D].

    Interest accrues from `dated_on`, which may lie before the settlement. Where no first interest
    date is given (None for all, NaT for one) it is the first coupon date after the dated date.
    """

    settles_on: Dates
    dated_on: Dates
    matures_on: Dates
    coupon_percent: Floats
    first_interest_on: Dates | None = None


class TermFault(NamedTuple):
    """What bars one bond from being priced; `row` counts from 0, `field` names the array."""

    row: int
    field: str
    found: str
    expected: str


def term_faults(terms: BondTerms) -> list[TermFault]:
    """Everything that bars bonds from being priced, by row: days out of bounds or out of order,
    first interest dates off the cycle of the maturity or too late, coupons out of bounds."""
    given = {
        "settles_on": terms.settles_on,
        "dated_on": terms.dated_on,
        "matures_on": terms.matures_on,
    }
    faults: list[TermFault] = []
    usable = {}
    for field, dates in given.items():
        good = known(dates)
        usable[field] = good
        faults += _faults(field, dates, ~good, "a day from 1900-01-01 to 2199-12-31")
    days = {
        field: days_of(np.where(usable[field], dates, _SOME_DAY)) for field, dates in given.items()
    }
    settles, dated, matures = days["settles_on"], days["dated_on"], days["matures_on"]
    spans = usable["dated_on"] & usable["matures_on"]
    ordered = spans & (dated < matures)
    faults += _faults(
        "matures_on", terms.matures_on, spans & ~ordered, "a day after the dated date"
    )
    outside = usable["settles_on"] & ordered & ((settles < dated) | (settles >= matures))
    faults += _faults(
        "settles_on", terms.settles_on, outside, "a day from the dated date until before maturity"
    )
    if terms.first_interest_on is not None:
        faults += _first_interest_faults(terms.first_interest_on, dated, matures, ordered)
    coupon = terms.coupon_percent
    priceable = (coupon >= 0) & (coupon <= COUPON_HIGHEST_PERCENT)
    expected = f"per cent from 0 to {COUPON_HIGHEST_PERCENT:,.0f}"
    faults += _faults("coupon_percent", coupon, ~priceable, expected)
    return sorted(faults, key=lambda fault: fault.row)


def _first_interest_faults(
    first_interest_on: Dates, dated: Days, matures: Days, ordered: Mask
) -> Iterator[TermFault]:
    field = "first_interest_on"
    given, good = ~np.isnat(first_interest_on), known(first_interest_on)
    expected = "a day from 1900-01-01 to 2199-12-31"
    yield from _faults(field, first_interest_on, given & ~good, expected)
    good &= ordered
    first = days_of(np.where(good, first_interest_on, _SOME_DAY))
    between = (first > dated) & (first <= matures)
    expected = "a day after the dated date and not after maturity"
    yield from _faults(field, first_interest_on, good & ~between, expected)
    good &= between
    cycles = CouponCycles(matures)
    left = np.where(good, cycles.half_years_to_maturity(first), 0)
    on_cycle = cycles.before_maturity(left) == first
    expected = "a whole number of half-years before maturity (31 CFR 356 Appendix B, II)"
    yield from _faults(field, first_interest_on, good & ~on_cycle, expected)
    too_late = dated <= cycles.before_maturity(left + 2)
    expected = "a day less than two half-years after the dated date"
    yield from _faults(field, first_interest_on, good & on_cycle & too_late, expected)


def _faults(field: str, values: Dates | Floats, wrong: Mask, expected: str) -> Iterator[TermFault]:
    for row in np.flatnonzero(wrong).tolist():
        yield TermFault(row, field, str(values[row]), expected)
