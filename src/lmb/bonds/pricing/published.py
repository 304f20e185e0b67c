"""Prices and yields of many bonds to the last published digit.

float64 is far more exact than the digits asked for, and wrong only where a figure lies next to a
rounding boundary. Those few figures, and they alone, are computed again in Decimal by `exact`; so
the result is that of `exact` for every bond, at the speed of arrays.

A float64 given is taken for the shortest decimal number that reads back as it: 4.373 is 4.373.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from lmb.bonds.pricing.array_terms import BondTerms, Floats, Mask
from lmb.bonds.pricing.array_yields import treasury_yield_percent
from lmb.bonds.pricing.arrays import PreparedBonds, prepare
from lmb.bonds.pricing.coupon_dates import Counts
from lmb.bonds.pricing.exact import (
    PRICE_PLACES,
    accrued_per_1000,
    price_per_100,
    yield_percent_at_price,
)
from lmb.bonds.schedule import InterestSchedule
from lmb.values.half_years import CouponCycle
from lmb.values.rounding import half_up

YIELD_PUBLISHED_PLACES = 12

_MILLION = 10**PRICE_PLACES
_YIELD_UNIT = 10**YIELD_PUBLISHED_PLACES

_PRICE_MARGIN = 1e-9
"""Prices and accrued interest per 100 nearer than this to a boundary go to `exact`. Ten thousand
times the greatest error seen below `_PRICE_SURE_BELOW`, where tests look for one."""

_PRICE_SURE_BELOW = 10_000.0
"""From here on every price goes to `exact`: float64 has fewer decimals to spare."""

PRICE_BELOW = 1e12
"""Prices from here on do not fit whole millionths in 64 bits; no bond is worth that much."""

_YIELD_ERROR_UNITS = 8 * float(np.finfo(np.float64).eps)
"""Times (100 + price) it bounds the error of a price in float64, six times the greatest seen."""


@dataclass(frozen=True, slots=True, eq=False)
class PublishedPrices:
    """Prices as Treasury publishes them, as whole numbers of millionths per 100.

    Accrued interest in millionths per 100 is the same number as in hundred-thousandths per
    $1,000: the rounding of Appendix B, I.D, to five decimals is that of II to six.
    """

    price_millionths: Counts
    accrued_millionths: Counts


def published_prices(terms: BondTerms, yield_percent: Floats) -> PublishedPrices:
    """Clean prices and accrued interest: P + A and A are each rounded half up to six decimals,
    then subtracted, as `exact.price_per_100` does. Raises ValueError for terms that cannot be
    priced, for a yield beyond -99 or 1,000 per cent and for a price of 1e12 or more."""
    bonds = prepare(terms)
    with_accrued = bonds.price_with_accrued(yield_percent)
    expected = "a yield from -99 to 1,000 per cent and a price below 1e12"
    _refuse_unknown(np.where(with_accrued < PRICE_BELOW, with_accrued, np.nan), expected)
    price_units, price_sure = _half_up_units(with_accrued, _MILLION, _PRICE_MARGIN)
    accrued_units, accrued_sure = _half_up_units(bonds.accrued, _MILLION, _PRICE_MARGIN)
    price_units -= accrued_units
    for row in _unsure(price_sure & accrued_sure & (with_accrued < _PRICE_SURE_BELOW)):
        schedule, coupon = _exact_terms(terms, row)
        settles_on = terms.settles_on[row].item()
        price = price_per_100(schedule, coupon, _shortest(yield_percent[row]), settles_on)
        price_units[row] = int(price * _MILLION)
        accrued = accrued_per_1000(schedule, coupon, settles_on)
        accrued_units[row] = int(accrued * _MILLION / 10)
    return PublishedPrices(price_units, accrued_units)


def published_yields(terms: BondTerms, price: Floats) -> Counts:
    """Treasury yields at clean prices per 100, as whole numbers of 1e-12 per cent, each rounded
    half up once. Raises ValueError for terms that cannot be priced and for a price that no yield
    from -99 to 1,000 per cent gives."""
    bonds = prepare(terms)
    found = treasury_yield_percent(bonds, price)
    _refuse_unknown(found, "a price that a yield from -99 to 1,000 per cent gives")
    units, sure = _half_up_units(found, _YIELD_UNIT, _yield_errors(bonds, found))
    for row in _unsure(sure):
        schedule, coupon = _exact_terms(terms, row)
        settles_on = terms.settles_on[row].item()
        exact = yield_percent_at_price(schedule, coupon, _shortest(price[row]), settles_on)
        units[row] = int(half_up(exact, YIELD_PUBLISHED_PLACES) * _YIELD_UNIT)
    return units


def _half_up_units(values: Floats, unit: int, margin: float | Floats) -> tuple[Counts, Mask]:
    """Values in whole units, half away from zero, and which of them are beyond doubt."""
    scaled = np.abs(values) * unit
    whole = np.floor(scaled)
    from_boundary = np.abs(scaled - whole - 0.5)
    # The product itself may round; its spacing is added to the margin.
    sure = from_boundary > margin * unit + np.spacing(scaled)
    units = np.where(scaled - whole >= 0.5, whole + 1, whole) * np.sign(values)
    return units.astype(np.int64), sure


def _yield_errors(bonds: PreparedBonds, yield_percent: Floats) -> Floats:
    """How far float64 may miss each yield: the error of the price over its slope."""
    step = 1e-4
    price = bonds.price_with_accrued(yield_percent)
    slope = (price - bonds.price_with_accrued(yield_percent + step)) / step
    # At the highest yield a step leaves the bounds: no slope, so nothing is sure there.
    return np.nan_to_num(_YIELD_ERROR_UNITS * (100 + price) / slope, nan=np.inf)


def _unsure(sure: Mask) -> list[int]:
    return np.flatnonzero(~sure).tolist()


def _refuse_unknown(values: Floats, expected: str) -> None:
    unknown = np.flatnonzero(np.isnan(values))
    if len(unknown):
        raise ValueError(
            f"{len(unknown)} bonds have not {expected}; the first of them is row {unknown[0]}"
        )


def _exact_terms(terms: BondTerms, row: int) -> tuple[InterestSchedule, Decimal]:
    dated_on, matures_on = terms.dated_on[row].item(), terms.matures_on[row].item()
    first_interest_on = None
    if terms.first_interest_on is not None:
        first_interest_on = terms.first_interest_on[row].item()
    if first_interest_on is None:
        first_interest_on = CouponCycle(matures_on).half_year_of(dated_on).ends_on
    schedule = InterestSchedule(dated_on, first_interest_on, matures_on)
    return schedule, _shortest(terms.coupon_percent[row])


def _shortest(value: float) -> Decimal:
    return Decimal(repr(float(value)))
