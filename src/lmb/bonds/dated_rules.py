"""What the rules in force fix for every bond of their time, as this room uses it.

The numbers come from the dated data of `lmb.rules` with their citations; nothing here has a
number of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from lmb.rules.parameters import in_force
from lmb.values.canonical import Document
from lmb.values.rates import percent_from_text

AUCTION_RULE = "treasury-auction"
OUTCOME_COUPON_RULE = "outcome-coupon"
INTEREST_RULE = "interest-payment"
REGISTRY_RULE = "bond-registry"


@dataclass(frozen=True, slots=True)
class AuctionRules:
    """Limits, times and roundings of an auction (31 CFR 356.10 to 356.13, 356.20 to 356.23).

    The closing times are Washington time on the day of the auction.
    """

    minimum_bid_cents: int
    bid_multiple_cents: int
    noncompetitive_close: time
    competitive_close: time
    net_long_report_percent: Decimal
    award_limit_percent: Decimal
    single_bid_limit_percent: Decimal
    noncompetitive_limit_cents: int
    yield_minimum_percent: Decimal
    yield_maximum_percent: Decimal
    yield_places: int
    proration_places: int
    coupon_step_percent: Decimal
    coupon_minimum_percent: Decimal
    low_yield_share_percent: Decimal
    median_yield_share_percent: Decimal
    bid_to_cover_places: int

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Document]) -> AuctionRules:
        """Read a version's parameters. Raises ValueError for any missing, unknown or ill-typed."""
        _refuse_other_names(parameters, cls.__slots__)
        return cls(
            minimum_bid_cents=_integer(parameters, "minimum_bid_cents"),
            bid_multiple_cents=_integer(parameters, "bid_multiple_cents"),
            noncompetitive_close=_time(parameters, "noncompetitive_close"),
            competitive_close=_time(parameters, "competitive_close"),
            net_long_report_percent=_percent(parameters, "net_long_report_percent"),
            award_limit_percent=_percent(parameters, "award_limit_percent"),
            single_bid_limit_percent=_percent(parameters, "single_bid_limit_percent"),
            noncompetitive_limit_cents=_integer(parameters, "noncompetitive_limit_cents"),
            yield_minimum_percent=_percent(parameters, "yield_minimum_percent"),
            yield_maximum_percent=_percent(parameters, "yield_maximum_percent"),
            yield_places=_integer(parameters, "yield_places"),
            proration_places=_integer(parameters, "proration_places"),
            coupon_step_percent=_percent(parameters, "coupon_step_percent"),
            coupon_minimum_percent=_percent(parameters, "coupon_minimum_percent"),
            low_yield_share_percent=_percent(parameters, "low_yield_share_percent"),
            median_yield_share_percent=_percent(parameters, "median_yield_share_percent"),
            bid_to_cover_places=_integer(parameters, "bid_to_cover_places"),
        )


@dataclass(frozen=True, slots=True)
class OutcomeCouponRules:
    """What every outcome-linked bond keeps to, whatever its term sheet says."""

    term_years_min: int
    term_years_max: int
    lockout_business_days: int
    score_shown_places: int

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Document]) -> OutcomeCouponRules:
        """Read a version's parameters. Raises ValueError for any missing, unknown or ill-typed."""
        _refuse_other_names(parameters, cls.__slots__)
        return cls(
            term_years_min=_integer(parameters, "term_years_min"),
            term_years_max=_integer(parameters, "term_years_max"),
            lockout_business_days=_integer(parameters, "lockout_business_days"),
            score_shown_places=_integer(parameters, "score_shown_places"),
        )


@dataclass(frozen=True, slots=True)
class RegistryRules:
    """How long a bond is held, when its book is closed, and when a trade settles."""

    hold_calendar_days: int
    closed_book_business_days: int
    trade_settlement_business_days: int

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Document]) -> RegistryRules:
        """Read a version's parameters. Raises ValueError for any missing, unknown or ill-typed."""
        _refuse_other_names(parameters, cls.__slots__)
        return cls(**{name: _integer(parameters, name) for name in cls.__slots__})


def auction_rules_on(day: date) -> AuctionRules:
    """The auction rules in force on a day. Raises RefusedError where none is."""
    return AuctionRules.from_parameters(in_force(AUCTION_RULE, day).values)


def outcome_coupon_rules_on(day: date) -> OutcomeCouponRules:
    """The outcome coupon rules in force on a day. Raises RefusedError where none is."""
    return OutcomeCouponRules.from_parameters(in_force(OUTCOME_COUPON_RULE, day).values)


def registry_rules_on(day: date) -> RegistryRules:
    """The registry rules in force on a day. Raises RefusedError where none is."""
    return RegistryRules.from_parameters(in_force(REGISTRY_RULE, day).values)


def _refuse_other_names(parameters: Mapping[str, Document], names: tuple[str, ...]) -> None:
    missing = sorted(set(names) - set(parameters))
    unknown = sorted(set(parameters) - set(names))
    if missing or unknown:
        raise ValueError(f"parameters missing: {missing}; parameters unknown: {unknown}")


def _percent(parameters: Mapping[str, Document], name: str) -> Decimal:
    value = parameters[name]
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a decimal written as text, not {value!r}")
    return percent_from_text(value)


def _integer(parameters: Mapping[str, Document], name: str) -> int:
    value = parameters[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{name} must be a whole number, not {value!r}")
    return value


def _time(parameters: Mapping[str, Document], name: str) -> time:
    value = parameters[name]
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a time like 13:00 written as text, not {value!r}")
    return time.fromisoformat(value)
