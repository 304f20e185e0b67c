"""From what linked terms determine to what is paid: rates, amounts, redemption."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from lmb.bonds.linked.plan import Window, determination_plan
from lmb.bonds.payments.determined import period_payments
from lmb.bonds.payments.redemption import GuaranteeTranche
from lmb.bonds.payments.shares import Rounding, entitlements
from tests.bonds.linked.support import coupons, example, kpi, seen, sheet

PAR_CENTS = 1_000_000_00


def test_base_and_bonus_of_a_coupon_add_up_to_what_was_determined() -> None:
    terms = sheet()
    for coupon in coupons(terms, seen("57")):
        payment = period_payments(terms, coupon.document()).interest
        assert payment.obligation_cents(PAR_CENTS) == coupon.interest_cents
        (alone,) = entitlements([("a", PAR_CENTS)], payment, Rounding.PER_HOLDER)
        assert alone.base_cents + alone.bonus_cents == coupon.interest_cents
        assert (alone.bonus_cents > 0) == (coupon.adjustment_percent > 0)


def test_what_is_taken_off_lowers_the_guaranteed_part_and_is_no_bonus() -> None:
    terms = sheet(
        guarantee={"coupon_percent": "1.000", "principal_percent": "100", "investors_pay_cents": 0},
        limits={"floor_percent": "-2.000", "cap_percent": "2.000"},
        components=[
            {
                "id": "miss",
                "name": "Step-down",
                "score": {"is": "digital", "kpi": "jobs", "compare": "below", "value": "55"},
                "pays": {"is": "rate", "percent": "-1.000"},
            }
        ],
    )
    lowered = next(one for one in coupons(terms, seen("50")) if one.adjustment_percent < 0)
    payment = period_payments(terms, lowered.document()).interest
    assert payment.base == Fraction(2, 200)
    assert payment.bonus == 0


def test_a_bond_that_goes_on_is_not_redeemed_and_one_that_ends_is() -> None:
    terms = sheet()
    *going_on, last = (period_payments(terms, one.document()) for one in coupons(terms))
    assert {one.redemption for one in going_on} == {None}
    assert last.redemption is not None
    assert last.redemption.reason == "maturity"
    assert last.redemption.percent == 100
    assert last.redemption.on == date(2032, 2, 15)


def test_a_cohort_that_falls_short_ends_the_bond_at_the_price_of_the_terms() -> None:
    people = kpi("people", unit="count", highest="10000", minimum_people=0)
    terms = sheet(
        kpis=[kpi(), people],
        cohort_shortfall={"kpi": "people", "minimum": 400, "effect": "terminate"},
        termination={"from_period": 1, "redemption_percent": "100"},
    )
    found = coupons(terms, seen("60"), seen("300", kpi="people"))
    redemption = period_payments(terms, found[-1].document()).redemption
    assert redemption is not None
    assert redemption.on == terms.schedule.periods()[2].ends_on
    assert redemption.percent == 100
    assert "300 of the 400 people promised" in redemption.reason


def test_the_guarantor_of_new_yorks_deal_pays_its_part() -> None:
    terms = example("new-york-ceo")
    redemption = period_payments(terms, coupons(terms)[-1].document()).redemption
    assert redemption is not None
    assert redemption.percent == 10
    guarantor = terms.guarantee.guarantor
    assert guarantor is not None
    assert redemption.tranche == GuaranteeTranche(guarantor.name, Fraction(10))
    windows = determination_plan(terms)[-1].windows
    rows = [
        seen(value, windows[name], "2019-01-15", kpi=name, p_value=Decimal("0.01"))
        for name, value in (("employment-1", "5"), ("recidivism-2", "8"))
    ]
    paid = period_payments(terms, coupons(terms, *rows)[-1].document()).redemption
    assert paid is not None
    assert (paid.percent, paid.tranche) == (Fraction("127.5"), None)
    # Par is principal, what is above it a premium.
    assert paid.payment.base == 1
    assert paid.payment.bonus == Fraction("0.275")


def test_dc_waters_outcome_payment_goes_to_the_holders_and_none_is_taken_from_them() -> None:
    terms = example("dc-water")
    window = Window(date(2019, 10, 1), date(2020, 9, 30))

    def last(reduction: str) -> int:
        found = coupons(terms, seen(reduction, window, "2021-01-15", kpi="runoff-reduction"))
        return period_payments(terms, found[-1].document()).once_cents

    assert last("41.4") == 3_000_000_00
    assert last("41.3") == 0
    with pytest.raises(ValueError, match="holders are paid, they do not pay"):
        last("18.5")
