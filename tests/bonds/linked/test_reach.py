"""A sheet that could break a promise is refused, and the proof covers whatever can happen."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

from lmb.bonds.coupon import interest_cents
from lmb.bonds.linked.coupons import CouponDetermination, determine_coupons
from lmb.bonds.linked.document import load_linked_sheet
from lmb.bonds.linked.kpis_file import Observation
from lmb.bonds.linked.limits import rounding_cents
from lmb.bonds.linked.plan import Window, determination_plan, fiscal_year
from lmb.bonds.linked.reach import most_by_fiscal_year, sheet_reach
from lmb.bonds.linked.sheet import Covers, LinkedSheet
from lmb.values.errors import InputError
from tests.bonds.linked.support import (
    EXAMPLE_NAMES,
    component,
    digital,
    document,
    example,
    halves,
    kpi,
    linear,
    problems,
    seen,
    sheet,
)

# ── refusals ──────────────────────────────────────────────────────────────────────────────────

DOWN = component(linear(), {"is": "rate", "percent": "-0.500"})


def refused(**changes: Any) -> tuple[str | None, str]:
    """The field and the words of the one refusal of a sheet."""
    (problem,) = problems(**changes)
    return problem.column, str(problem)


def accepted(**changes: Any) -> bool:
    return not problems(**changes)


def test_a_step_down_below_the_guaranteed_base_is_refused() -> None:
    field, words = refused(limits={"floor_percent": "-1.000"}, components=[DOWN])
    assert field == "guarantee.coupon_percent"
    assert "an adjustment down to -0.5 % in period 3" in words
    assert "rule of the guaranteed minimum, term-sheet.md, section 2.7" in words


def test_the_same_step_down_is_sound_where_the_floor_cuts_it_or_the_guarantee_allows_it() -> None:
    assert accepted(components=[DOWN])  # the floor is 0
    lower: dict[str, Any] = {
        "guarantee": {"coupon_percent": "2.500"},
        "limits": {"floor_percent": "-1.000"},
    }
    assert accepted(**lower, components=[DOWN])
    field, words = refused(
        guarantee={"coupon_percent": "2.501"},
        limits={"floor_percent": "-1.000"},
        components=[DOWN],
    )
    assert field == "guarantee.coupon_percent"
    assert "a coupon down to 2.5 % in period 3" in words


def test_a_true_up_could_take_more_than_the_components_can() -> None:
    allowed: dict[str, Any] = {
        "guarantee": {"coupon_percent": "2.500"},
        "limits": {"floor_percent": "-1.000"},
    }
    true_up = {"is": "true-up", "materiality_percent": "0"}
    field, words = refused(**allowed, components=[DOWN], revisions=true_up)
    assert field == "guarantee.coupon_percent"
    assert "a coupon down to 2 % in period 4" in words


def test_what_can_never_happen_is_no_reason_to_refuse() -> None:
    marks = component(
        {"is": "not", "of": digital("jobs", "at-least", "55")}, {"is": "rate", "percent": "-0.5"}
    )
    above = [kpi(lowest="55", missing={"is": "value", "value": "60"})]
    loose: dict[str, Any] = {"limits": {"floor_percent": "-1"}, "components": [marks]}
    assert accepted(**loose, kpis=above)
    assert refused(**loose)[0] == "guarantee.coupon_percent"


def test_principal_below_the_guarantee_is_refused_and_a_guarantor_can_save_it() -> None:
    lost = component(digital("jobs", "below", "55"), {"is": "principal", "percent": "-95"})
    field, words = refused(components=[lost])
    assert (field, "down to 5 % of par" in words) == ("guarantee.principal_percent", True)
    tenth = {"principal_percent": "10"}
    assert refused(components=[lost], guarantee=tenth)[0] == "guarantee.principal_percent"
    guarantor = {"name": "Foundation", "principal_percent": "10"}
    assert accepted(components=[lost], guarantee={**tenth, "guarantor": guarantor})


def test_a_termination_below_the_guaranteed_principal_is_refused() -> None:
    clause = {
        "when": digital("jobs", "below", "20"), "from_period": 4, "redemption_percent": "99.5",
    }  # fmt: skip
    assert refused(termination=clause)[0] == "guarantee.principal_percent"


def test_investors_never_owe_more_than_the_guarantee_says() -> None:
    owed = component(
        digital("jobs", "below", "40"), {"is": "once", "cents": -500, "on": "2030-02-15"}
    )
    assert refused(components=[owed])[0] == "guarantee.investors_pay_cents"
    assert accepted(components=[owed], guarantee={"investors_pay_cents": 500})


def appropriation(covers: str, **cents: int) -> dict[str, Any]:
    rows = [{"fiscal_year": int(year[1:]), "cents": amount} for year, amount in cents.items()]
    return {"appropriation": {"covers": covers, "by_fiscal_year": rows}}


YEARS = [f"y{year}" for year in range(2027, 2033)]


def test_more_than_the_appropriation_is_refused_by_fiscal_year_to_the_cent() -> None:
    # 1 % on $1,000,000 for two half-years, and a cent for each of 10,000 lots and payments.
    enough = dict.fromkeys(YEARS, 1_000_000 + 2 * 10_000)
    assert accepted(limits=appropriation("adjustments", **enough))
    short = {**enough, "y2029": enough["y2029"] - 1}
    field, words = refused(limits=appropriation("adjustments", **short))
    assert field == "limits.appropriation.by_fiscal_year"
    assert "up to $10,200.00 of adjustments in fiscal year 2029" in words
    assert "at most the $10,199.99 appropriated (rule of the appropriation cap" in words
    assert len(problems(limits=appropriation("interest", **enough))) == 6
    assert "fiscal year 2032" in refused(limits=appropriation("debt-service", **{
        **dict.fromkeys(YEARS, 5_000_000), "y2032": 100_000_000,
    }))[1]  # fmt: skip


def test_a_budget_bounds_what_a_year_can_need() -> None:
    most = dict.fromkeys(YEARS, 500_000)
    assert len(problems(limits=appropriation("adjustments", **most))) == 5  # 2027 needs nothing
    assert accepted(limits={**appropriation("adjustments", **most), "budget_cents": 500_000})


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_every_example_keeps_its_promises(name: str) -> None:
    assert sheet_reach(example(name)).periods


# ── the proof holds whatever happens ──────────────────────────────────────────────────────────

UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""Shrinking a whole bond's life takes minutes and says little more."""

NAMES = ("jobs", "wages", "people")
MARKS = st.integers(0, 100).map(str)
SCORES = st.sampled_from(["0", "0.3", "0.5", "1"])
RATES = st.sampled_from(["-2.000", "-0.750", "0.333", "1.000", "2.500"])


def leaves() -> st.SearchStrategy[dict[str, Any]]:
    names = st.sampled_from(NAMES[:2])
    compare = st.sampled_from(["at-least", "above", "at-most", "below"])
    tiers = st.lists(st.integers(0, 100), min_size=1, max_size=3, unique=True).flatmap(
        lambda starts: st.lists(
            st.sampled_from(["-1", "-0.4", "0", "0.5", "1"]),
            min_size=len(starts),
            max_size=len(starts),
        ).map(
            lambda scores: [
                {"from": str(start), "score": score}
                for start, score in zip(sorted(starts), scores, strict=True)
            ]
        )
    )
    return st.one_of(
        st.just({"is": "always"}),
        st.fixed_dictionaries(
            {"is": st.just("linear"), "kpi": names, "threshold": MARKS, "target": MARKS}
        ),
        st.fixed_dictionaries(
            {"is": st.just("digital"), "kpi": names, "compare": compare, "value": MARKS}
        ),
        st.fixed_dictionaries({"is": st.just("tiers"), "kpi": names, "tiers": tiers}),
    )


def scores() -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        leaves(),
        lambda inner: st.one_of(
            st.fixed_dictionaries(
                {
                    "is": st.sampled_from(["all", "any"]),
                    "of": st.lists(inner, min_size=1, max_size=3),
                }
            ),
            st.fixed_dictionaries({"is": st.just("not"), "of": inner}),
            st.tuples(inner, inner).map(
                lambda two: {
                    "is": "weighted",
                    "parts": [{"weight": "0.35", "of": two[0]}, {"weight": "0.65", "of": two[1]}],
                }
            ),
        ),
        max_leaves=4,
    )


def parts() -> st.SearchStrategy[list[dict[str, Any]]]:
    pays = st.one_of(
        RATES.map(lambda rate: {"is": "rate", "percent": rate}),
        RATES.map(lambda rate: {"is": "principal", "percent": rate}),
        st.integers(-10_000, 10_000).map(
            lambda cents: {"is": "once", "cents": cents, "on": "2030-02-15"}
        ),
        st.just(
            {
                "is": "rate-card",
                "prices": [{"kpi": "people", "cents": 7_000}],
                "people": 90,
                "person_cap_cents": 7_000,
                "contract_cap_cents": 500_000,
            }
        ),
    )
    one = st.fixed_dictionaries(
        {"id": st.just("x"), "name": st.just("Part"), "score": scores(), "pays": pays},
        optional={"from_period": st.integers(1, 6), "lasts": st.sampled_from(["period", "life"])},
    )
    return st.lists(one, min_size=1, max_size=3).map(
        lambda found: [{**part, "id": f"part-{number}"} for number, part in enumerate(found)]
    )


def missing() -> st.SearchStrategy[dict[str, str]]:
    return st.one_of(
        SCORES.map(lambda score: {"is": "score", "score": score}),
        SCORES.map(lambda score: {"is": "last", "score": score}),
        MARKS.map(lambda value: {"is": "value", "value": value}),
    )


@st.composite
def sheets(draw: st.DrawFn) -> LinkedSheet:
    """Sheets with everything the language has, which promise nothing."""
    count = {"unit": "count", "minimum_people": 0, "minimum_coverage_percent": "0"}
    substitute = {"kpi": "jobs", "times": "2", "plus": "-30"}
    kpis = [
        kpi("jobs", missing=draw(missing())),
        kpi(
            "wages",
            missing=draw(missing()),
            substitute=substitute,
        ),
        kpi("people", **count, missing=draw(missing())),
    ]
    effect = st.one_of(
        st.just({"is": "hold"}), SCORES.map(lambda score: {"is": "score", "score": score})
    )
    clauses = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "catastrophe": effect.map(
                    lambda made: {"kpi": "wages", "at_least": "80", "effect": made}
                ),
                "cohort_shortfall": st.just(
                    {"kpi": "people", "minimum": 60, "effect": "prorate"}
                ),
                "termination": leaves()
                .filter(lambda leaf: leaf["is"] != "always")
                .map(
                    lambda leaf: {"when": leaf, "from_period": 5, "redemption_percent": "90"}
                ),
                "revisions": st.just({"is": "true-up", "materiality_percent": "0.100"}),
            },
        )
    )  # fmt: skip
    limits = draw(
        st.fixed_dictionaries(
            {
                "floor_percent": st.sampled_from(["-3.000", "-0.500", "0.000"]),
                "cap_percent": st.sampled_from(["0.400", "3.000"]),
            },
            optional={
                "coupon_cap_percent": st.just("4.500"),
                "life_cap_per_100": st.just("3.00"),
                "budget_cents": st.just(2_000_000),
            },
        )
    )
    made = document(
        kpis=kpis,
        components=draw(parts()),
        limits=limits,
        guarantee={
            "coupon_percent": "0",
            "principal_percent": "0",
            "investors_pay_cents": 1_000_000,
        },
        rounding={
            "score_places": draw(st.sampled_from([None, 0, 2])),
            "rate_places": 3,
            "mode": draw(st.sampled_from(["half-even", "half-up", "down"])),
        },
        determination={"mode": draw(st.sampled_from(["in-advance", "in-arrears"]))},
        **clauses,
    )
    try:
        return load_linked_sheet("terms.json", json.dumps(made).encode())
    except InputError:
        assume(False)
        raise


@st.composite
def histories(draw: st.DrawFn) -> Sequence[Observation]:
    """What may be observed: any value, sound or thin, in time or late, corrected or lost."""
    rows: list[Observation] = []
    taken: set[tuple[str, Window, date]] = set()
    for name in NAMES:
        for year in range(2027, 2032):
            for half in (1, 2):
                window = halves(year, half)
                for _ in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
                    late = draw(st.sampled_from([20, 31, 100, 400]))
                    verified = window.last_day + timedelta(days=late)
                    if (name, window, verified) in taken:
                        continue
                    taken.add((name, window, verified))
                    value = draw(st.one_of(st.none(), st.integers(-500, 1_500)))
                    rows.append(
                        seen(
                            None if value is None else str(Decimal(value) / 10),
                            window,
                            verified.isoformat(),
                            kpi=name,
                            people=draw(st.sampled_from([500, 500, 5])),
                        )
                    )
    return rows


@given(sheets(), histories())
@settings(max_examples=25, deadline=None, phases=UNSHRUNK)
def test_no_history_leads_out_of_what_was_proved(
    terms: LinkedSheet, rows: Sequence[Observation]
) -> None:
    reach = sheet_reach(terms)
    found = determine_coupons(
        terms, rows, Decimal(3), terms.offering_cents, date(2040, 1, 1)
    ).coupons
    for coupon, period in zip(found, reach.periods, strict=False):
        assert period.adjustment.low <= coupon.adjustment_percent <= period.adjustment.high
        assert period.coupon.low <= coupon.coupon_percent <= period.coupon.high
        assert period.once_cents.low <= coupon.earned.once_cents <= period.once_cents.high
    last = found[-1]
    assert last.redemption_percent is not None
    if last.earned.terminated:
        assert last.redemption_percent == 90
    else:
        assert reach.redemption.low <= last.redemption_percent <= reach.redemption.high
    _holds_by_fiscal_year(terms, found)


def _holds_by_fiscal_year(terms: LinkedSheet, found: Sequence[CouponDetermination]) -> None:
    """What is paid in any fiscal year, every lot a holder of its own, is within the proved most."""
    lots = terms.offering_cents // terms.multiple_cents
    reach = sheet_reach(terms)
    most = {covers: most_by_fiscal_year(terms, reach, covers) for covers in Covers}
    paid: dict[int, int] = {}
    adjusted: dict[int, int] = {}
    for coupon in found:
        period = coupon.earned.plan.period
        year = fiscal_year(period.pays_on)
        rates = (coupon.coupon_percent, coupon.base_percent)
        whole, base = (
            lots * interest_cents(period, terms.multiple_cents, _decimal(rate)) for rate in rates
        )
        once = max(coupon.once_cents, 0)
        paid[year] = paid.get(year, 0) + whole + once
        adjusted[year] = adjusted.get(year, 0) + whole - base + once
    for year, cents in paid.items():
        assert cents <= most[Covers.INTEREST][year]
        assert adjusted[year] <= most[Covers.ADJUSTMENTS][year]
    budget = terms.limits.budget_cents
    if budget is not None:
        once = sum(max(coupon.once_cents, 0) for coupon in found)
        assert sum(adjusted.values()) - once <= budget


def _decimal(rate: Fraction) -> Decimal:
    return Decimal(rate.numerator) / rate.denominator


def test_rounding_keeps_back_a_cent_for_each_lot() -> None:
    assert rounding_cents(sheet(), 100_000_000) == 10_000


def test_windows_are_known_before_anything_is_observed() -> None:
    plans = determination_plan(sheet())
    assert [plan.windows["jobs"] for plan in plans[:4]] == [
        None,
        None,
        Window(date(2027, 7, 1), date(2027, 12, 31)),
        Window(date(2028, 1, 1), date(2028, 6, 30)),
    ]
