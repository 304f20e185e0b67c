"""Prices, yields and risk of fixed-rate bonds and of Treasury's other securities: 31 CFR 356
Appendix B.

    exact      Decimal, one bond: what is paid, to the last published digit
    arrays     float64, many bonds in one call: analytics
    published  the published digits of many bonds: float64 where it decides, Decimal where not
    measures   durations, convexity and DV01 of many bonds, of promised and of expected payments
    bills      Decimal, one bill
    indexed    Decimal, one inflation-protected security
    floating   Decimal, one floating rate note
    files      CSV and Parquet files of bonds and bills, priced row by row

This module hands out the exact part. The others load NumPy, so whoever needs them imports them by
name. Prices and accrued interest are per 100 of par unless a name says otherwise.
"""

from lmb.bonds.pricing.exact import (
    PriceCase,
    SettlementAmount,
    accrued_per_1000,
    exact_accrued,
    exact_price,
    price_case,
    price_per_100,
    settlement_amount,
    yield_percent_at_price,
)

__all__ = [
    "PriceCase",
    "SettlementAmount",
    "accrued_per_1000",
    "exact_accrued",
    "exact_price",
    "price_case",
    "price_per_100",
    "settlement_amount",
    "yield_percent_at_price",
]
