"""The one-indicator sheet as an outcome-linked one: the same bonus for the same periods."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.bonus import OutcomeEvidence, outcome_bonus
from lmb.bonds.coupon import bonus_periods
from lmb.bonds.linked.coupons import determine_coupons
from lmb.bonds.linked.kpis_file import Observation
from lmb.bonds.linked.plan import Window
from lmb.bonds.linked.version_1 import linked_sheet, load_sheet
from lmb.bonds.terms_file import load_term_sheet
from lmb.values.errors import InputError, RefusedError
from tests.bonds.linked.support import EXAMPLES
from tests.bonds.support import OUTCOME_RULES, changed

CENTS = st.decimals(-9_000, 9_000, places=2)


@given(
    estimate=CENTS,
    width=st.decimals(0, 2_000, places=2),
    coverage=st.sampled_from(["89.9", "90", "100"]),
    people=st.sampled_from([29, 30, 185]),
    evaluate=st.sampled_from(["estimate", "ci95-lower"]),
)
def test_the_same_evidence_gives_the_same_bonus_for_the_same_periods(
    estimate: Decimal, width: Decimal, coverage: str, people: int, evaluate: str
) -> None:
    terms = load_term_sheet("terms.json", changed(outcome__evaluate=evaluate))
    evidence = OutcomeEvidence(estimate, estimate - width, Decimal(coverage), people, 260)
    bonus = outcome_bonus(terms.outcome, evidence, 6).bonus_percent
    paying = {
        period.number
        for period in bonus_periods(
            terms.schedule, terms.outcome.determined_on, OUTCOME_RULES.lockout_business_days
        )
    }
    row = Observation(
        row=2,
        kpi="earnings-gain",
        window=Window(terms.outcome.observed_from, terms.outcome.observed_to),
        vintage=1,
        value=estimate,
        people=people,
        coverage_percent=Decimal(coverage),
        ci95_lower=estimate - width,
        p_value=None,
        verified_on=terms.outcome.determined_on,
        verifier="Evaluator",
    )
    found = determine_coupons(
        linked_sheet(terms), [row], Decimal("7.375"), 200_000_000, date(1985, 1, 1)
    ).coupons
    assert len(found) == 10
    for coupon in found:
        expected = bonus if coupon.earned.plan.period.number in paying else 0
        assert coupon.adjustment_percent == expected


def test_a_bonus_floor_has_no_equal() -> None:
    terms = load_term_sheet("terms.json", changed(outcome__bonus_floor_percent="0.250"))
    with pytest.raises(RefusedError, match="no equal in version 2"):
        linked_sheet(terms)


def test_either_version_is_read_by_its_schema_field() -> None:
    assert load_sheet("1.json", changed()).kpis[0].id == "earnings-gain"
    assert load_sheet("2.json", (EXAMPLES / "dc-water.json").read_bytes()).cusip == "EIB160AA3"
    for content in (b"{}", b"[]", json.dumps({"schema": "other"}).encode()):
        with pytest.raises(InputError):
            load_sheet("x.json", content)
