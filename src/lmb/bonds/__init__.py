"""Labor market bonds: what is promised, sold, accrued and paid.

Nouns: a *term sheet* says what is promised. An *auction* of *bids* makes *awards* at one *price*
and sets the base *coupon*. A *schedule* of *interest periods* says when interest is due. *Verified
values* of indicators give *scores*, and the scores a *bonus* on the coupon of each period.

    term sheet ──▶ offering ──bids──▶ auction result: base coupon, price, awards
        │                                                      │
        └──plan──▶ windows ──verified values──▶ coupon of a period ──▶ cents of each holder

Pure: dates, amounts and rules come in as values. Sources are cited where they are used; the
arithmetic is that of 31 CFR part 356 and its Appendix B.
"""

from lmb.bonds.auction import AuctionResult, Award, run_auction
from lmb.bonds.bids import Bid, BidFault, BidKind, bid_faults
from lmb.bonds.bids_file import load_bids
from lmb.bonds.coupon import (
    HolderInterest,
    holder_interest,
    interest_cents,
    interest_per_100,
)
from lmb.bonds.cusip import check_digit, is_cusip
from lmb.bonds.dated_rules import (
    AuctionRules,
    OutcomeCouponRules,
    auction_rules_on,
    outcome_coupon_rules_on,
)
from lmb.bonds.linked import LinkedSheet, load_linked_sheet, sheet_from_document
from lmb.bonds.offering import Offering
from lmb.bonds.pricing import (
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
from lmb.bonds.schedule import InterestPeriod, InterestSchedule, PeriodKind

__all__ = [
    "AuctionResult",
    "AuctionRules",
    "Award",
    "Bid",
    "BidFault",
    "BidKind",
    "HolderInterest",
    "InterestPeriod",
    "InterestSchedule",
    "LinkedSheet",
    "Offering",
    "OutcomeCouponRules",
    "PeriodKind",
    "PriceCase",
    "SettlementAmount",
    "accrued_per_1000",
    "auction_rules_on",
    "bid_faults",
    "check_digit",
    "exact_accrued",
    "exact_price",
    "holder_interest",
    "interest_cents",
    "interest_per_100",
    "is_cusip",
    "load_bids",
    "load_linked_sheet",
    "outcome_coupon_rules_on",
    "price_case",
    "price_per_100",
    "run_auction",
    "settlement_amount",
    "sheet_from_document",
    "yield_percent_at_price",
]
