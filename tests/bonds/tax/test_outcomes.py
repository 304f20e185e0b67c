"""Which payments of linked terms are contingent for tax, and on which day each is fixed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from lmb.bonds.tax import Determined, Fixing, fixed_bonuses, open_periods
from lmb.values.errors import RefusedError
from tests.bonds.linked.support import component, digital, example, linear, sheet

FIRST = Determined(3, date(2028, 2, 11), Decimal("0.650"))


def test_the_outcome_can_change_the_periods_that_the_proof_says_it_can() -> None:
    assert open_periods(sheet()) == set(range(3, 11))
    capped = sheet(components=[component(linear(), from_period=5, to_period=6)])
    assert open_periods(capped) == {5, 6}


def test_each_coupon_fixes_its_own_bonus() -> None:
    second = Determined(4, date(2028, 8, 11), Decimal("0.000"))
    before = Determined(2, date(2027, 8, 12), Decimal(0))
    assert fixed_bonuses(sheet(), [before, FIRST, second]) == [
        Fixing(date(2028, 2, 11), date(2028, 8, 15), Decimal("0.325")),
        Fixing(date(2028, 8, 11), date(2029, 2, 15), Decimal(0)),
    ]
    assert fixed_bonuses(sheet(), []) == []


def test_a_score_for_life_fixes_every_later_bonus_with_the_first() -> None:
    lasting = sheet(components=[component(linear(), lasts="life")])
    found = fixed_bonuses(lasting, [FIRST])
    assert [one.due_on for one in found] == [
        period.ends_on for period in lasting.schedule.periods()[2:]
    ]
    assert {(one.fixed_on, one.amount) for one in found} == {(date(2028, 2, 11), Decimal("0.325"))}


def test_a_clause_that_can_still_change_it_leaves_later_bonuses_open() -> None:
    clause = {"kpi": "jobs", "at_least": "90", "effect": {"is": "hold"}}
    open_ = sheet(components=[component(linear(), lasts="life")], catastrophe=clause)
    assert [one.due_on for one in fixed_bonuses(open_, [FIRST])] == [date(2028, 8, 15)]


def test_terms_that_pay_principal_or_end_early_have_no_schedule_here() -> None:
    with pytest.raises(RefusedError, match="is no rate on the coupon"):
        open_periods(example("new-york-ceo"))
    ending = sheet(
        termination={
            "when": digital("jobs", "at-least", "60"),
            "from_period": 3,
            "redemption_percent": "100",
        }
    )
    with pytest.raises(RefusedError, match="its early end is no rate on the coupon"):
        open_periods(ending)
