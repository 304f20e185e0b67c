"""Labor market bonds: what is promised, sold, accrued and paid.

Nouns: a *term sheet* says what is promised. An *auction* of *bids* makes *awards* at one *price*
and sets the *coupon*. A *schedule* of *interest periods* says when interest is due. A *measure* of
what became of people gives a *score*, and the score a *bonus* on the coupon.

    term sheet ──▶ offering ──bids──▶ auction result: coupon, price, awards
        │                                                      │
        └─outcome terms ◀──evidence── bonus ──▶ interest per period and holder

Pure: dates, amounts and rules come in as values. Sources are cited where they are used; the
arithmetic is that of 31 CFR part 356 and its Appendix B.
"""

from lmb.bonds.auction import AuctionResult, Award, run_auction
from lmb.bonds.bids import Bid, BidFault, BidKind, bid_faults
from lmb.bonds.bids_file import load_bids
from lmb.bonds.bonus import OutcomeBonus, OutcomeEvidence, outcome_bonus
from lmb.bonds.coupon import (
    HolderInterest,
    bonus_periods,
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
from lmb.bonds.terms import (
    Evaluation,
    Indicator,
    MissingData,
    Offering,
    OutcomeTerms,
    TermSheet,
    TrainingTerms,
    Tranches,
)
from lmb.bonds.terms_file import load_term_sheet, term_sheet_from_document

__all__ = [
    "AuctionResult",
    "AuctionRules",
    "Award",
    "Bid",
    "BidFault",
    "BidKind",
    "Evaluation",
    "HolderInterest",
    "Indicator",
    "InterestPeriod",
    "InterestSchedule",
    "MissingData",
    "Offering",
    "OutcomeBonus",
    "OutcomeCouponRules",
    "OutcomeEvidence",
    "OutcomeTerms",
    "PeriodKind",
    "PriceCase",
    "SettlementAmount",
    "TermSheet",
    "TrainingTerms",
    "Tranches",
    "accrued_per_1000",
    "auction_rules_on",
    "bid_faults",
    "bonus_periods",
    "check_digit",
    "exact_accrued",
    "exact_price",
    "holder_interest",
    "interest_cents",
    "interest_per_100",
    "is_cusip",
    "load_bids",
    "load_term_sheet",
    "outcome_bonus",
    "outcome_coupon_rules_on",
    "price_case",
    "price_per_100",
    "run_auction",
    "settlement_amount",
    "term_sheet_from_document",
    "yield_percent_at_price",
]
