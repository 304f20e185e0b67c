"""The dated data of this room's rules, and how strictly it is read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from lmb.bonds.dated_rules import (
    AUCTION_RULE,
    OUTCOME_COUPON_RULE,
    AuctionRules,
    OutcomeCouponRules,
    auction_rules_on,
    outcome_coupon_rules_on,
)
from lmb.rules.parameters import in_force
from lmb.values.errors import RefusedError


def test_the_auction_rules_are_those_of_part_356() -> None:
    rules = auction_rules_on(date(2024, 1, 1))
    assert rules.award_limit_percent == 35
    assert rules.noncompetitive_limit_cents == 10_000_000_00
    assert rules.coupon_step_percent == Decimal("0.125")
    assert rules.proration_places == 2
    assert "356.20" in in_force(AUCTION_RULE, date(2024, 1, 1)).citation


def test_a_bond_runs_5_to_20_years_and_fixes_its_rate_two_business_days_ahead() -> None:
    rules = outcome_coupon_rules_on(date(1976, 1, 1))
    assert (rules.term_years_min, rules.term_years_max) == (5, 20)
    assert rules.lockout_business_days == 2


def test_no_rules_are_in_force_before_the_first_version() -> None:
    with pytest.raises(RefusedError, match="no version in force"):
        auction_rules_on(date(1969, 12, 31))


def test_a_missing_or_unknown_parameter_is_refused() -> None:
    values = dict(in_force(OUTCOME_COUPON_RULE, date(1976, 1, 1)).values)
    del values["term_years_min"]
    values["term_months_min"] = 60
    with pytest.raises(ValueError, match=r"term_years_min.*term_months_min"):
        OutcomeCouponRules.from_parameters(values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("award_limit_percent", 35),
        ("award_limit_percent", "35 %"),
        ("noncompetitive_limit_cents", "1000000000"),
        ("yield_places", True),
        ("yield_places", -1),
    ],
)
def test_a_parameter_of_another_type_is_refused(name: str, value: bool | int | str) -> None:
    values = {**in_force(AUCTION_RULE, date(1976, 1, 1)).values, name: value}
    with pytest.raises(ValueError, match=r"decimal|whole number"):
        AuctionRules.from_parameters(values)
