"""The shipped examples pay what the deals they are shaped after would."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from lmb.bonds.linked.plan import Window, determination_plan
from tests.bonds.linked.support import adjustments, coupons, example, seen


@pytest.mark.parametrize(
    ("reduction", "dollars"),
    [("41.4", 3_000_000), ("41.3", 0), ("18.6", 0), ("18.5", -3_000_000), (None, 0)],
)
def test_dc_water_pays_or_is_paid_three_million_outside_the_middle_tier(
    reduction: str | None, dollars: int
) -> None:
    window = Window(date(2019, 10, 1), date(2020, 9, 30))
    found = coupons(
        example("dc-water"), seen(reduction, window, "2021-01-15", kpi="runoff-reduction")
    )
    assert [coupon.once_cents for coupon in found] == [0] * 8 + [dollars * 100]
    assert found[-1].earned.plan.period.ends_on == date(2021, 4, 1)
    assert found[-1].redemption_percent == 100
    assert {str(coupon.document()["coupon_percent"]) for coupon in found} == {"3.43"}


def new_york(*results: tuple[str, str, str]) -> tuple[object, object]:
    """Redemption and the guarantor's part for (indicator, value, p-value)."""
    terms = example("new-york-ceo")
    windows = determination_plan(terms)[-1].windows
    rows = []
    for name, value, p_value in results:
        window = windows[name]
        assert window is not None
        rows.append(seen(value, window, "2019-01-15", kpi=name, p_value=Decimal(p_value)))
    last = coupons(terms, *rows)[-1]
    return last.redemption_percent, last.guarantor_percent


def test_new_york_loses_all_but_the_guarantee_when_every_target_is_missed() -> None:
    missed = [("recidivism-1", "7.9", "0.01"), ("employment-1", "4.9", "0.01")]
    assert new_york(*missed) == (10, 10)
    not_significant = [("recidivism-1", "9", "0.2"), ("recidivism-2", "9", "0.2")]
    assert new_york(*not_significant) == (10, 10)
    assert new_york() == (10, 10)  # nothing reported


def test_new_york_pays_principal_and_return_for_either_target_of_each_phase() -> None:
    one_phase = [("employment-1", "5", "0.01")]
    assert new_york(*one_phase) == (Decimal("63.75"), 0)
    both = [*one_phase, ("recidivism-2", "8", "0.01")]
    assert new_york(*both) == (Decimal("127.5"), 0)  # 5 per cent a year for 5.5 years
    best = [("employment-1", "30", "0.01"), ("recidivism-2", "30", "0.01")]
    assert new_york(*best) == (Decimal("168.75"), 0)  # 12.5 per cent a year, the cap


@pytest.mark.parametrize(
    ("kept", "hours", "step"),
    [("80", "40", "0"), ("79.9", "40", "0.25"), ("79.9", "39", "0.5"), (None, "40", "0.25")],
)
def test_a_missed_or_unreported_target_steps_the_coupon_up_to_maturity(
    kept: str | None, hours: str, step: str
) -> None:
    year = Window(date(2030, 1, 1), date(2030, 12, 31))
    rows = [seen(hours, year, "2031-02-01", kpi="training-hours")]
    if kept is not None:
        rows.append(seen(kept, year, "2031-02-01", kpi="apprentices-kept"))
    found = adjustments(coupons(example("sustainability-step-up"), *rows))
    assert found == ["0"] * 9 + [step] * 5


def test_the_rate_card_pays_outcomes_and_no_principal() -> None:
    terms = example("dwp-rate-card")
    half = Window(date(2012, 7, 1), date(2012, 12, 31))
    rows = [
        seen(str(count), half, "2013-02-20", kpi=name)
        for name, count in (
            ("better-behaviour", 40),
            ("first-qualification", 20),
            ("sustained-job", 10),
        )
    ]
    found = coupons(terms, *rows)
    # 40 x 1,000 + 20 x 1,500 + 10 x 3,500 pounds
    assert found[1].interest_cents == 10_500_000
    assert sum(coupon.interest_cents for coupon in found) == 10_500_000
    assert found[-1].redemption_percent == 0


def test_four_indicators_pay_a_weighted_score() -> None:
    terms = example("four-indicators")
    year, half = (
        Window(date(2028, 1, 1), date(2028, 12, 31)),
        Window(date(2029, 1, 1), date(2029, 6, 30)),
    )
    people = Window(date(2027, 3, 1), date(2029, 2, 28))
    rows = [
        seen("64", year, "2029-06-15", kpi="employment"),
        seen("1750", year, "2029-06-15", kpi="wage-growth", p_value=Decimal("0.01")),
        seen("2.0", year, "2029-09-20", kpi="regional-growth", vintage=3),
        seen("106.0", half, "2029-09-20", kpi="domestic-production", vintage=2),
        seen("10500", people, "2029-05-01", kpi="people-trained"),
        seen(
            "4.5",
            Window(date(2029, 7, 1), date(2029, 9, 30)),
            "2029-11-15",
            kpi="unemployment-shift",
        ),
    ]
    found = coupons(terms, *rows, base="4.125")
    # 0.4 x 0.6 + 0.3 x 0.5 + 0.15 x 0.5 + 0.15 x 0.6 = 0.555, of 2 %
    assert adjustments(found)[6] == "1.11"
    assert found[6].earned.plan.determined_on == date(2030, 1, 16)
