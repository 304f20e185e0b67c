"""Every feature an outcome-linked desk must model, one test each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from lmb.bonds.linked.claims import Claim, ClaimFault, count_claims
from lmb.bonds.linked.coupons import (
    accrued_per_100,
    adjustment_belongs_to_buyer,
    determine_coupons,
)
from lmb.bonds.linked.evidence import Source
from lmb.bonds.linked.kpis_file import Observation
from lmb.bonds.linked.plan import Window, determination_plan
from lmb.bonds.linked.sheet import PaysRateCard
from tests.bonds.linked.support import (
    adjustments,
    component,
    coupons,
    digital,
    halves,
    kpi,
    linear,
    problems,
    seen,
    sheet,
)

STEP_DOWN: dict[str, Any] = {
    "guarantee": {"coupon_percent": "2.000"},
    "limits": {"floor_percent": "-1.000"},
}
SECOND_HALF, FIRST_HALF = halves(2027, 2), halves(2028, 1)


def third(*observations: Observation, **changes: Any) -> str:
    """The adjustment of period 3, the first that reads a window (the second half of 2027)."""
    return adjustments(coupons(sheet(**changes), *observations))[2]


# ── what is promised ──────────────────────────────────────────────────────────────────────────


def test_a_floor_keeps_the_coupon_at_the_guaranteed_minimum() -> None:
    step_down = component(linear(), {"is": "rate", "percent": "-5.000"})
    found = coupons(sheet(**STEP_DOWN, components=[step_down]), seen("60"))
    assert found[2].coupon_percent == 2
    floor = {"limits": {"floor_percent": "0.250"}}
    assert set(adjustments(coupons(sheet(**floor)))) == {"0.25"}


def test_par_is_redeemed_in_full_with_the_last_period_alone() -> None:
    found = coupons(sheet(), seen("10"))
    assert [coupon.redemption_percent for coupon in found] == [None] * 9 + [100]


# ── how a score is found ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("value", "adjustment"), [("50", "0"), ("52.5", "0.25"), ("60", "1"), ("75", "1"), ("0", "0")]
)
def test_a_bonus_grows_from_threshold_to_target(value: str, adjustment: str) -> None:
    assert third(seen(value)) == adjustment


def test_a_target_below_the_threshold_rewards_a_fall() -> None:
    lower_is_better = [component(linear(threshold="60", target="50"))]
    assert third(seen("52.5"), components=lower_is_better) == "0.75"


@pytest.mark.parametrize(
    ("compare", "value", "adjustment"),
    [
        ("at-least", "55", "1"),
        ("above", "55", "0"),
        ("above", "55.1", "1"),
        ("at-most", "55", "1"),
        ("below", "55", "0"),
        ("below", "54.9", "1"),
    ],
)
def test_a_digital_score_passes_or_does_not(compare: str, value: str, adjustment: str) -> None:
    assert third(seen(value), components=[component(digital("jobs", compare, "55"))]) == adjustment


@pytest.mark.parametrize(
    ("value", "adjustment"), [("49", "0"), ("50", "0.25"), ("59.9", "0.25"), ("60", "0.6")]
)
def test_tiers_give_the_score_of_the_last_tier_reached(value: str, adjustment: str) -> None:
    tiers = [{"from": "50", "score": "0.25"}, {"from": "60", "score": "0.6"}]
    score = {"is": "tiers", "kpi": "jobs", "tiers": tiers}
    assert third(seen(value), components=[component(score)]) == adjustment


CARD = {
    "is": "rate-card",
    "prices": [{"kpi": "placed", "cents": 100_000}, {"kpi": "kept", "cents": 300_000}],
    "people": 10,
    "person_cap_cents": 400_000,
    "contract_cap_cents": 1_500_000,
}


def test_a_rate_card_pays_every_outcome_once_up_to_the_caps() -> None:
    count: dict[str, Any] = {"unit": "count", "highest": "1000", "minimum_people": 0}
    value = {"is": "value", "value": "0"}
    kpis = [kpi("placed", **count, missing=value), kpi("kept", **count, missing=value)]
    terms = sheet(kpis=kpis, components=[component({"is": "always"}, CARD)])
    found = coupons(
        terms,
        seen("3", kpi="placed"),
        seen("2", kpi="kept"),
        seen("9", FIRST_HALF, "2028-08-01", kpi="placed"),
    )
    # 3 x $1,000 + 2 x $3,000 on $1,000,000 for half a year, then what the contract leaves: $6,000
    assert adjustments(found)[2:5] == ["1.8", "1.2", "0"]


def test_an_outcome_of_a_person_is_counted_once_and_within_the_cap_for_a_person() -> None:
    card = PaysRateCard((("placed", 100_000), ("kept", 300_000)), 10, 350_000, 1_500_000)
    day = date(2027, 9, 1)
    claims = [
        Claim("anna", "placed", day),
        Claim("anna", "placed", date(2027, 10, 1)),
        Claim("anna", "kept", date(2027, 11, 1)),
        Claim("ben", "kept", day),
        Claim("ben", "hired", day),
    ]
    judged = count_claims(card, claims)
    assert [fault for _, fault in judged.refused] == [
        ClaimFault.NOT_ON_THE_CARD,
        ClaimFault.COUNTED_BEFORE,
        ClaimFault.OVER_THE_CAP,
    ]
    assert judged.count("placed", SECOND_HALF) == 1
    assert judged.count("kept", SECOND_HALF) == 1
    assert judged.count("kept", FIRST_HALF) == 0


TWO = [kpi("jobs"), kpi("wages", unit="money", lowest="-1000", highest="5000")]
WAGES = linear("wages", "0", "2000")


@pytest.mark.parametrize(
    ("score", "adjustment"),
    [
        ({"is": "all", "of": [linear(), WAGES]}, "0.25"),
        ({"is": "any", "of": [linear(), WAGES]}, "0.6"),
        ({"is": "not", "of": WAGES}, "0.75"),
        (
            {
                "is": "weighted",
                "parts": [{"weight": "0.4", "of": linear()}, {"weight": "0.6", "of": WAGES}],
            },
            "0.39",
        ),
    ],
)
def test_indicators_combine_with_and_or_not_and_weights(
    score: dict[str, Any], adjustment: str
) -> None:
    found = third(seen("56"), seen("500", kpi="wages"), kpis=TWO, components=[component(score)])
    assert found == adjustment


def test_each_indicator_can_have_a_bonus_of_its_own() -> None:
    parts = [component(linear()), component(WAGES, {"is": "rate", "percent": "0.400"}, id="wages")]
    assert third(seen("56"), seen("500", kpi="wages"), kpis=TWO, components=parts) == "0.7"


# ── limits ────────────────────────────────────────────────────────────────────────────────────


def test_a_cap_holds_for_every_coupon() -> None:
    assert third(seen("60"), limits={"cap_percent": "0.800"}) == "0.8"
    assert third(seen("60"), limits={"coupon_cap_percent": "3.700"}) == "0.7"


EVERY_WINDOW = [
    seen("60", halves(year, half), f"{year + half - 1}-{'02-01' if half == 2 else '08-01'}")
    for year in range(2027, 2032)
    for half in (1, 2)
]


def test_a_cap_over_life_leaves_later_coupons_what_is_left() -> None:
    found = coupons(sheet(limits={"life_cap_per_100": "1.20"}), *EVERY_WINDOW)
    assert adjustments(found) == ["0", "0", "1", "1", "0.4", "0", "0", "0", "0", "0"]


def test_a_budget_is_never_exceeded_by_what_holders_are_paid() -> None:
    # $1,000,000 of par: 1 % for half a year is $5,000; $1,000 is kept back for rounding to cents.
    found = coupons(sheet(limits={"budget_cents": 1_300_000}), *EVERY_WINDOW)
    assert adjustments(found) == ["0", "0", "1", "1", "0.4", "0", "0", "0", "0", "0"]


def test_step_ups_and_step_downs_stay_once_taken() -> None:
    missed = {"is": "not", "of": digital("jobs", "at-least", "55")}
    up = component(missed, {"is": "rate", "percent": "0.250"}, from_period=4, lasts="life")
    found = coupons(
        sheet(components=[up]),
        seen("90"),
        seen("54", FIRST_HALF, "2028-08-01"),
        *EVERY_WINDOW[3:],
    )
    assert adjustments(found) == ["0", "0", "0", *["0.25"] * 7]
    down = component(digital("jobs", "below", "55"), {"is": "rate", "percent": "-0.250"})
    assert third(seen("54"), **STEP_DOWN, components=[down]) == "-0.25"


# ── what is observed, and when ────────────────────────────────────────────────────────────────


def test_a_cohort_has_days_of_entry_that_bound_its_window() -> None:
    window = {"is": "fixed", "from": "2028-01-01", "to": "2028-12-31"}
    cohort = {"name": "Entrants", "entered_from": "2027-04-01", "entered_to": "2027-09-30"}
    assert not problems(kpis=[kpi(window=window, cohort=cohort)])
    late = {**cohort, "entered_to": "2029-09-30"}
    (problem,) = problems(kpis=[kpi(window=window, cohort=late)])
    assert problem.column == "kpis.1.cohort.entered_to"


def test_the_vintage_the_terms_name_counts_and_no_other() -> None:
    third_estimate = [kpi(vintage=3)]
    rows = [seen("60"), seen("52", vintage=3), seen("59", vintage=2)]
    assert third(*rows, kpis=third_estimate) == "0.2"


def test_a_window_counts_when_its_publication_lag_has_passed_and_only_then() -> None:
    def first_read(**changes: Any) -> Window | None:
        plan = determination_plan(sheet(kpis=[kpi(**changes)]))
        return plan[3].windows["jobs"]

    assert first_read() == FIRST_HALF
    assert first_read(publication_lag_days=60) == SECOND_HALF
    rolling = {"is": "rolling", "length": "half-year"}
    assert first_read(window={**rolling, "lag": 1}) == SECOND_HALF
    assert first_read(window={**rolling, "lag": 2}) is None  # before the issue
    quarter = {"is": "rolling", "length": "quarter", "lag": 0}
    assert first_read(window=quarter) == (date(2028, 4, 1), date(2028, 6, 30))
    year = {"is": "rolling", "length": "year", "lag": 0}
    assert first_read(window=year) is None  # 2027 began before the issue


def test_dates_of_determination_notice_dispute_and_record_follow_from_the_terms() -> None:
    terms = sheet(
        determination={
            "lockout_business_days": 2,
            "notice_business_days": 3,
            "dispute_days": 30,
            "record_business_days": 5,
        }
    )
    plan = determination_plan(terms)[2]  # 2028-02-15 to 2028-08-15
    assert plan.determined_on == date(2028, 1, 14)  # the Friday before the 16th
    assert plan.notice_on == date(2028, 1, 20)  # three business days later: the 17th is a holiday
    assert plan.disputed_until == date(2028, 2, 13)
    assert plan.record_on == date(2028, 8, 8)
    assert terms.determination.verifier == "Evaluator"


def test_a_rate_fixed_in_advance_accrues_and_one_in_arrears_trades_flat() -> None:
    advance = coupons(sheet(), seen("60"))[2]
    terms = sheet(determination={"mode": "in-arrears"})
    arrears = coupons(terms, seen("60"))[1]
    assert arrears.coupon_percent == advance.coupon_percent == 4
    day = date(2028, 5, 16)  # 91 of 182 days
    assert accrued_per_100(advance, sheet(), day) == Decimal(1)
    assert accrued_per_100(arrears, terms, date(2027, 11, 15)) == Decimal("1.5") * 92 / 184


def test_the_holder_of_record_gets_the_payment_of_a_sale_after_determination() -> None:
    coupon = coupons(sheet(), seen("60"))[2]
    assert coupon.earned.plan.determined_on < coupon.earned.plan.record_on
    assert adjustment_belongs_to_buyer(coupon, date(2028, 8, 14))
    assert not adjustment_belongs_to_buyer(coupon, date(2028, 8, 15))


# ── what applies when the evidence fails ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("missing", "adjustment"),
    [
        ({"is": "score", "score": "0.3"}, "0.3"),
        ({"is": "value", "value": "57"}, "0.7"),
        ({"is": "last", "score": "0.1"}, "0.1"),
    ],
)
def test_missing_data_fall_back_on_what_the_terms_say(
    missing: dict[str, str], adjustment: str
) -> None:
    assert third(kpis=[kpi(missing=missing)]) == adjustment
    late = seen("60", verified="2028-02-12")  # the day after the determination
    assert third(late, kpis=[kpi(missing=missing)]) == adjustment
    assert third(seen(None), kpis=[kpi(missing=missing)]) == adjustment


def test_the_last_value_stands_in_for_a_missing_one() -> None:
    found = coupons(sheet(kpis=[kpi(missing={"is": "last", "score": "0"})]), seen("57"))
    assert adjustments(found)[2:5] == ["0.7", "0.7", "0.7"]
    assert found[3].earned.evidence["jobs"].source is Source.LAST_VALUE


CORRECTION = seen("51", verified="2028-06-01", row=3)


def test_the_first_verified_value_is_final() -> None:
    found = coupons(sheet(), seen("56"), CORRECTION, *EVERY_WINDOW[2:])
    assert adjustments(found)[2:4] == ["0.6", "1"]


def true_up(**changes: Any) -> list[str]:
    revisions = {"is": "true-up", "materiality_percent": "0.100"}
    return adjustments(
        coupons(sheet(revisions=revisions, **changes), seen("56"), CORRECTION, *EVERY_WINDOW[2:])
    )


def test_a_correction_changes_only_a_later_coupon_as_a_true_up() -> None:
    assert true_up()[2:6] == ["0.6", "0.5", "1", "1"]  # 1 less the 0.5 paid too much
    small = sheet(revisions={"is": "true-up", "materiality_percent": "0.501"})
    assert adjustments(coupons(small, seen("56"), CORRECTION, *EVERY_WINDOW[2:]))[3] == "1"


def test_a_true_up_stays_within_the_cap_and_carries_the_rest_on() -> None:
    late = seen("60", verified="2028-06-01", row=3)
    revisions = {"is": "true-up", "materiality_percent": "0"}
    limits = {"cap_percent": "1.300"}
    found = coupons(sheet(revisions=revisions, limits=limits), seen("50"), late, *EVERY_WINDOW[2:])
    assert adjustments(found)[2:8] == ["0", "1.3", "1.3", "1.3", "1.1", "1"]
    assert found[3].true_up_percent == Fraction(3, 10)


def test_a_late_first_value_is_made_good_by_a_true_up_and_else_never() -> None:
    late = seen("60", verified="2028-03-01")
    assert adjustments(coupons(sheet(), late))[2:4] == ["0", "0"]
    revisions = {"is": "true-up", "materiality_percent": "0"}
    assert adjustments(coupons(sheet(revisions=revisions), late))[2:4] == ["0", "1"]


def test_another_indicator_takes_the_place_of_one_that_is_gone() -> None:
    substitute = {"kpi": "survey", "times": "1.1", "plus": "-2"}
    kpis = [kpi(substitute=substitute), kpi("survey")]
    assert third(seen("50", kpi="survey"), kpis=kpis) == "0.3"
    assert third(seen("50", kpi="survey"), seen("56"), kpis=kpis) == "0.6"
    assert third(kpis=kpis) == "0"


@pytest.mark.parametrize(
    ("basis", "observation", "adjustment"),
    [
        ({"is": "gross"}, seen("56"), "0.6"),
        ({"is": "baseline", "value": "2", "as": "difference"}, seen("56"), "0.4"),
        ({"is": "baseline", "value": "40", "as": "percent-change"}, seen("62"), "0.5"),
    ],
)
def test_a_value_counts_gross_or_against_a_baseline(
    basis: dict[str, str], observation: Observation, adjustment: str
) -> None:
    assert third(observation, kpis=[kpi(basis=basis)]) == adjustment


@pytest.mark.parametrize("design", ["randomised-trial", "difference-in-differences"])
def test_an_effect_counts_where_it_is_significant(design: str) -> None:
    trial = {"is": "impact", "design": design, "evaluate": "estimate", "significance": "0.05"}
    at: dict[str, Any] = {"ci95_lower": Decimal(51), "p_value": Decimal("0.05")}
    above: dict[str, Any] = {"ci95_lower": Decimal(51), "p_value": Decimal("0.051")}
    score = [component(linear(threshold="0", target="100"))]
    assert third(seen("56", **at), kpis=[kpi(basis=trial)], components=score) == "0.56"
    assert third(seen("56", **above), kpis=[kpi(basis=trial)], components=score) == "0"
    assert third(seen("56"), kpis=[kpi(basis=trial)], components=score) == "0"  # no p-value
    lower = {**trial, "evaluate": "ci95-lower"}
    assert third(seen("56", **at), kpis=[kpi(basis=lower)], components=score) == "0.51"


@pytest.mark.parametrize(
    "thin", [{"people": 29}, {"people": None}, {"coverage_percent": Decimal("89.9")}]
)
def test_a_small_cohort_or_thin_coverage_is_not_evidence(thin: dict[str, Any]) -> None:
    assert third(seen("60", **thin)) == "0"
    assert third(seen("60", people=30, coverage_percent=Decimal(90))) == "1"


SHOCK = kpi(
    "unemployment",
    unit="points",
    lowest="-10",
    highest="30",
    basis={"is": "baseline", "value": "4", "as": "difference"},
)


@pytest.mark.parametrize(
    ("unemployment", "effect", "expected"),
    [
        ("6.9", {"is": "hold"}, ["0.6", "1"]),
        ("7", {"is": "hold"}, ["0.6", "0.6"]),
        ("7", {"is": "score", "score": "0.5"}, ["0.6", "0.5"]),
    ],
)
def test_a_catastrophe_holds_the_coupon_or_gives_a_score(
    unemployment: str, effect: dict[str, str], expected: list[str]
) -> None:
    clause = {"kpi": "unemployment", "at_least": "3", "effect": effect}
    found = coupons(
        sheet(kpis=[kpi(), SHOCK], catastrophe=clause),
        seen("56"),
        seen("4", kpi="unemployment"),
        seen("60", FIRST_HALF, "2028-08-01"),
        seen(unemployment, FIRST_HALF, "2028-08-01", kpi="unemployment"),
    )
    assert adjustments(found)[2:4] == expected


# ── ends ──────────────────────────────────────────────────────────────────────────────────────


def test_a_guarantor_makes_up_principal_to_its_share() -> None:
    lost = component(digital("jobs", "below", "55"), {"is": "principal", "percent": "-95"})
    guarantor = {"name": "Foundation", "principal_percent": "10"}
    terms = sheet(guarantee={"principal_percent": "10", "guarantor": guarantor}, components=[lost])
    last = coupons(terms, *[seen("54", halves(2031, 1), "2031-08-01")])[-1]
    assert [last.redemption_percent, last.guarantor_percent] == [10, 5]
    kept = coupons(terms, *[seen("55", halves(2031, 1), "2031-08-01")])[-1]
    assert [kept.redemption_percent, kept.guarantor_percent] == [100, 0]


def test_an_outcome_can_terminate_the_bond() -> None:
    clause = {
        "when": digital("jobs", "at-least", "60"), "from_period": 4, "redemption_percent": "100",
    }  # fmt: skip
    found = coupons(sheet(termination=clause), *EVERY_WINDOW)
    assert len(found) == 4
    assert found[-1].redemption_percent == 100
    assert found[-1].earned.terminated


def test_a_mandatory_tender_ends_the_bond_and_a_call_right_does_not() -> None:
    tender = {"on": "2030-02-15", "percent": "99", "mandatory": True}
    guarantee = {"principal_percent": "99"}
    found = coupons(sheet(early_redemption=tender, guarantee=guarantee))
    assert len(found) == 6
    assert found[-1].redemption_percent == 99
    assert len(coupons(sheet(early_redemption={**tender, "mandatory": False}))) == 10


PEOPLE = kpi("people", unit="count", highest="10000", minimum_people=0)


def test_a_cohort_shortfall_shrinks_the_bonus_or_ends_the_bond() -> None:
    clause = {"kpi": "people", "minimum": 400, "effect": "prorate"}
    rows = [seen("60"), seen("300", kpi="people")]
    assert third(*rows, kpis=[kpi(), PEOPLE], cohort_shortfall=clause) == "0.75"
    enough = [seen("60"), seen("400", kpi="people")]
    assert third(*enough, kpis=[kpi(), PEOPLE], cohort_shortfall=clause) == "1"
    ends = sheet(
        kpis=[kpi(), PEOPLE],
        cohort_shortfall={**clause, "effect": "terminate"},
        termination={"from_period": 1, "redemption_percent": "100"},
    )
    assert len(coupons(ends, *rows)) == 3


# ── rounding, replay and trace ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("mode", "value", "adjustment"),
    [
        ("half-even", "50.005", "0"),
        ("half-even", "50.015", "0.002"),
        ("half-up", "50.005", "0.001"),
        ("half-up", "50.015", "0.002"),
        ("down", "50.019", "0.001"),
    ],
)
def test_scores_and_rates_are_rounded_where_and_how_the_terms_say(
    mode: str, value: str, adjustment: str
) -> None:
    assert third(seen(value), rounding={"mode": mode}) == adjustment
    coarse = third(seen("54.9"), rounding={"mode": mode, "score_places": 1, "rate_places": 3})
    assert coarse == ("0.4" if mode == "down" else "0.5")


def test_interest_is_rounded_to_the_cent_once() -> None:
    found = determine_coupons(
        sheet(), [seen("53.33")], Decimal(3), 10_000, date(2028, 3, 1)
    ).coupons
    # 3.333 % of $100 for half a year is $1.6665
    assert found[2].interest_cents == 167


def test_a_determination_replays_to_the_same_bytes_whatever_the_order_of_the_rows() -> None:
    rows = [seen("56"), CORRECTION, *EVERY_WINDOW[2:]]
    terms = sheet(revisions={"is": "true-up", "materiality_percent": "0"})
    day = date(2040, 1, 1)
    first = determine_coupons(terms, rows, Decimal(3), 100_000_000, day)
    again = determine_coupons(terms, rows[::-1], Decimal(3), 100_000_000, day)
    assert first.content == again.content
    other = determine_coupons(terms, rows[:-1], Decimal(3), 100_000_000, day)
    assert other.observations_sha256 != first.observations_sha256


def test_what_is_verified_later_cannot_change_what_was_determined() -> None:
    early = determine_coupons(
        sheet(), EVERY_WINDOW, Decimal(3), 100_000_000, date(2029, 3, 1)
    ).coupons
    late = coupons(sheet(), *EVERY_WINDOW)
    assert [c.document() for c in early] == [c.document() for c in late[: len(early)]]


def test_every_number_of_a_coupon_stands_in_its_trace_with_row_and_term() -> None:
    coupon: Any = coupons(sheet(), seen("56"))[2].document()
    trace = {step["name"]: step for step in coupon["trace"]}
    assert trace["kpi/jobs/observed"]["row"] == 2
    assert trace["component/jobs-bonus/score"]["value"] == "0.6"
    assert trace["adjustment"]["value"] == coupon["adjustment_percent"]
    assert trace["coupon"]["value"] == coupon["coupon_percent"]
    assert trace["interest_cents"]["value"] == str(coupon["interest_cents"])
    assert all(step["term"] and step["how"] for step in trace.values())
