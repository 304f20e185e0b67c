"""Files of bonds and bills, priced row by row: CSV or Parquet in, the same rows with results out.

A file is checked whole before anything is computed: InputError names every bad row, its field, the
rule, and what was expected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import numpy as np

from lmb.bonds.pricing.array_terms import BondTerms, Floats, term_faults
from lmb.bonds.pricing.array_yields import treasury_yield_percent
from lmb.bonds.pricing.arrays import prepare
from lmb.bonds.pricing.bills import (
    BILL_DAYS_MAX,
    DISCOUNT_RATE_PLACES,
    INVESTMENT_RATE_PLACES,
    bill_price_per_100,
    discount_rate_percent,
    investment_rate_percent,
)
from lmb.bonds.pricing.coupon_dates import Dates
from lmb.bonds.pricing.exact import (
    ACCRUED_PER_1000_PLACES,
    PRICE_PLACES,
    YIELD_HIGHEST_PERCENT,
    YIELD_LOWEST_PERCENT,
)
from lmb.bonds.pricing.published import (
    PRICE_BELOW,
    YIELD_PUBLISHED_PLACES,
    published_prices,
    published_yields,
)
from lmb.values.columns import Column, blank_or, decimal_number, iso_date, percent
from lmb.values.rounding import half_up
from lmb.values.row_files import Added, RowFile, read_row_file

# Numbers of at most fifteen digits: float64 then means just one of them.
_PLACES_MAX = 9
_YIELDS = decimal_number(
    YIELD_PUBLISHED_PLACES, lowest=YIELD_LOWEST_PERCENT, highest=YIELD_HIGHEST_PERCENT
)
_PRICES = decimal_number(_PLACES_MAX, lowest=Decimal("0.000001"), highest=Decimal(100_000))

ISSUE = Column("issue_date", iso_date())
DATED = Column("dated_date", iso_date())
MATURITY = Column("maturity_date", iso_date())
FIRST_PAYMENT = Column("first_payment_date", blank_or(iso_date()))
COUPON = Column(
    "coupon_percent", percent(_PLACES_MAX, percent_min=Decimal(0), percent_max=Decimal(1000))
)
YIELD = Column("yield_percent", _YIELDS)
PRICE = Column("price", _PRICES)
DISCOUNT_RATE = Column("discount_rate_percent", _YIELDS)

_BONDS = (ISSUE, DATED, MATURITY, COUPON)
_COLUMN_OF_FIELD = {
    "settles_on": ISSUE.name,
    "dated_on": DATED.name,
    "matures_on": MATURITY.name,
    "first_interest_on": FIRST_PAYMENT.name,
    "coupon_percent": COUPON.name,
}


def price_bonds(name: str, content: bytes) -> bytes:
    """Notes and bonds with `price` (per 100, six decimals) and `accrued_per_1000` (five) at their
    yields, every digit as Treasury publishes it (31 CFR 356 Appendix B, I.D and II)."""
    file = read_row_file(name, content, (*_BONDS, YIELD), (FIRST_PAYMENT,))
    rows, terms, given = _sound_rows(file, YIELD)
    too_high = ~(prepare(terms).price_with_accrued(given) < PRICE_BELOW)
    for row in np.flatnonzero(too_high).tolist():
        expected = "a yield at which the price is below 1e12 per 100"
        file.report(rows[row], YIELD.name, str(given[row]), expected)
    file.refuse_problems()
    found = published_prices(terms, given)
    return file.with_columns(
        Added("price", found.price_millionths.tolist(), PRICE_PLACES),
        Added("accrued_per_1000", found.accrued_millionths.tolist(), ACCRUED_PER_1000_PLACES),
    )


def yield_bonds(name: str, content: bytes) -> bytes:
    """Notes and bonds with `yield_percent` at their clean prices, right to twelve decimals."""
    file = read_row_file(name, content, (*_BONDS, PRICE), (FIRST_PAYMENT,))
    rows, terms, given = _sound_rows(file, PRICE)
    unknown = np.isnan(treasury_yield_percent(prepare(terms), given))
    for row in np.flatnonzero(unknown).tolist():
        bounds = f"{YIELD_LOWEST_PERCENT} to {YIELD_HIGHEST_PERCENT} per cent"
        expected = f"a price that a yield from {bounds} gives"
        file.report(rows[row], PRICE.name, str(given[row]), expected)
    file.refuse_problems()
    units = published_yields(terms, given).tolist()
    return file.with_columns(Added("yield_percent", units, YIELD_PUBLISHED_PLACES))


def price_bills(name: str, content: bytes) -> bytes:
    """Bills with `price` (six decimals) and `investment_rate_percent` (three, as published) at
    their discount rates (Appendix B, VI.A and D)."""

    def figures(issue_on: date, matures_on: date, rate: Decimal) -> tuple[Decimal, Decimal]:
        price = bill_price_per_100(issue_on, matures_on, rate)
        return price, investment_rate_percent(issue_on, matures_on, price)

    columns = (("price", PRICE_PLACES), ("investment_rate_percent", INVESTMENT_RATE_PLACES))
    return _bills(name, content, DISCOUNT_RATE, figures, columns)


def yield_bills(name: str, content: bytes) -> bytes:
    """Bills with `discount_rate_percent` and `investment_rate_percent` (three decimals, as
    published) at their prices (Appendix B, VI.C and D)."""

    def figures(issue_on: date, matures_on: date, price: Decimal) -> tuple[Decimal, Decimal]:
        rate = discount_rate_percent(issue_on, matures_on, price)
        investment_rate = investment_rate_percent(issue_on, matures_on, price)
        return half_up(rate, DISCOUNT_RATE_PLACES), investment_rate

    columns = (
        ("discount_rate_percent", DISCOUNT_RATE_PLACES),
        ("investment_rate_percent", INVESTMENT_RATE_PLACES),
    )
    return _bills(name, content, PRICE, figures, columns)


def _sound_rows(file: RowFile, given: Column[Decimal]) -> tuple[list[int], BondTerms, Floats]:
    """The rows that can be priced, their terms and the column their figures are sought at; what
    is wrong with the other rows is reported."""
    issue, dated, maturity = (file.values(column) for column in (ISSUE, DATED, MATURITY))
    coupon, first = file.values(COUPON), file.values(FIRST_PAYMENT)
    figures = file.values(given)

    def terms_of(rows: Sequence[int]) -> BondTerms:
        return BondTerms(
            settles_on=_days(issue, rows),
            dated_on=_days(dated, rows),
            matures_on=_days(maturity, rows),
            coupon_percent=_floats(coupon, rows),
            first_interest_on=_days(first, rows),
        )

    # Only the dates of a row whose fields could all be read can be compared.
    fields = zip(issue, dated, maturity, coupon, figures, strict=True)
    whole = [row for row, values in enumerate(fields) if None not in values]
    faulty = set()
    for fault in term_faults(terms_of(whole)):
        row = whole[fault.row]
        faulty.add(row)
        file.report(row, _COLUMN_OF_FIELD[fault.field], fault.found, fault.expected)
    sound = [row for row in whole if row not in faulty]
    return sound, terms_of(sound), _floats(figures, sound)


def _bills(
    name: str,
    content: bytes,
    given: Column[Decimal],
    figures: Callable[[date, date, Decimal], tuple[Decimal, Decimal]],
    columns: tuple[tuple[str, int], tuple[str, int]],
) -> bytes:
    file = read_row_file(name, content, (ISSUE, MATURITY, given))
    issue, maturity, values = file.values(ISSUE), file.values(MATURITY), file.values(given)
    found = []
    for row, (issue_on, matures_on, value) in enumerate(zip(issue, maturity, values, strict=True)):
        if issue_on is None or matures_on is None or value is None:
            continue
        if not 0 < (matures_on - issue_on).days <= BILL_DAYS_MAX:
            expected = f"1 to {BILL_DAYS_MAX} days after {ISSUE.name}: bills run a year at most"
            file.report(row, MATURITY.name, str(matures_on), f"{expected} (31 CFR 356.5)")
            continue
        try:
            found.append(figures(issue_on, matures_on, value))
        except ValueError as error:
            file.report(row, given.name, f"{value} ({error})", "a rate that leaves a price above 0")
    file.refuse_problems()
    return file.with_columns(
        *(
            Added(column, [int(row[place].scaleb(places)) for row in found], places)
            for place, (column, places) in enumerate(columns)
        )
    )


def _days(values: Sequence[date | None], rows: Sequence[int]) -> Dates:
    return np.array([values[row] for row in rows], dtype="datetime64[D]")


def _floats(values: Sequence[Decimal | None], rows: Sequence[int]) -> Floats:
    return np.array([values[row] for row in rows], dtype=np.float64)
