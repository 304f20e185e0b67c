"""Outcome-linked sheets: what a file says, and every way it can be wrong, by field and rule."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lmb.bonds.linked.document import SCHEMA, load_linked_sheet, sheet_from_document
from lmb.bonds.linked.shape import schema
from lmb.config.paths import CLONE
from lmb.values.canonical import canonical_bytes
from tests.bonds.linked.support import (
    EXAMPLE_NAMES,
    EXAMPLES,
    component,
    digital,
    document,
    example,
    kpi,
    linear,
    problems,
    sheet,
)


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_every_example_is_sound_and_comes_back_as_it_was_written(name: str) -> None:
    content = (EXAMPLES / f"{name}.json").read_bytes()
    terms = load_linked_sheet(name, content)
    assert terms.content == canonical_bytes(json.loads(content))
    assert sheet_from_document(json.loads(terms.content)) == terms


def test_every_shipped_example_is_known_to_the_tests() -> None:
    shipped = sorted(file.name for file in EXAMPLES.iterdir())
    assert shipped == [f"{name}.json" for name in EXAMPLE_NAMES]


def test_only_the_labor_market_bond_can_be_announced() -> None:
    kinds = {name: example(name).programme for name in EXAMPLE_NAMES}
    assert {name for name, kind in kinds.items() if kind == "labor-market-bond"} == {
        "four-indicators"
    }


def test_the_schema_is_sound_closed_and_describes_every_field() -> None:
    root = schema(SCHEMA)
    Draft202012Validator.check_schema(root)
    text = json.dumps(root)
    assert text.count('"type": "object"') == text.count('"additionalProperties": false')
    undescribed = [
        name
        for node in _objects(root)
        for name, field in node.get("properties", {}).items()
        if len(field.get("description", "")) < 10
    ]
    assert undescribed == []


def test_the_reference_page_says_what_every_field_of_the_schema_holds() -> None:
    page = (CLONE / "docs" / "reference" / "term-sheet.md").read_text(encoding="utf-8")
    said = page.partition("\n## 2 ")[2]
    unsaid = [
        field["description"]
        for node in _objects(schema(SCHEMA))
        for field in node.get("properties", {}).values()
        if field["description"] not in said
    ]
    assert unsaid == []


def _objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, dict):
        return [node, *(found for child in node.values() for found in _objects(child))]
    if isinstance(node, list):
        return [found for child in node for found in _objects(child)]
    return []


# ── shape ─────────────────────────────────────────────────────────────────────────────────────

DEEP: dict[str, Any] = linear()
for _ in range(6):
    DEEP = {"is": "not", "of": DEEP}


@pytest.mark.parametrize(
    ("changes", "column", "section"),
    [
        ({"schema": "lmb-term-sheet/3"}, "schema", "2.1"),
        ({"programme": "other"}, "programme", "2.1"),
        ({"authorized_cents": "1"}, "authorized_cents", "2.1"),
        ({"colour": "blue"}, "colour", "2.1"),
        ({"kpis": []}, "kpis", "2.4"),
        ({"kpis": [kpi(unit="euros")]}, "kpis.1.unit", "2.4"),
        ({"kpis": [kpi(missing={"is": "guess"})]}, "kpis.1.missing.is", "2.4"),
        ({"kpis": [kpi(missing={"is": "score"})]}, "kpis.1.missing.score", "2.4"),
        ({"kpis": [kpi(missing={"score": "1"})]}, "kpis.1.missing.is", "2.4"),
        ({"kpis": [kpi(missing="score")]}, "kpis.1.missing", "2.4"),
        ({"kpis": [kpi(vintage=0)]}, "kpis.1.vintage", "2.4"),
        ({"components": [component({"is": "linear"})]}, "components.1.score.kpi", "2.5"),
        (
            {"components": [component(linear(threshold="5e1"))]},
            "components.1.score.threshold",
            "2.5",
        ),
        (
            {"components": [component({"is": "all", "of": [linear(), {"is": "some"}]})]},
            "components.1.score.of.2.is",
            "2.5",
        ),
        ({"components": [component(linear(), {"is": "rate"})]}, "components.1.pays.percent", "2.5"),
        ({"limits": {"cap_percent": 2}}, "limits.cap_percent", "2.2"),
        (
            {"determination": {"lockout_business_days": 0}},
            "determination.lockout_business_days",
            "2.3",
        ),
        ({"base_coupon": {"is": "fixed", "percent": "3%"}}, "base_coupon.percent", "2.2"),
    ],
)
def test_a_field_of_the_wrong_shape_is_named_with_its_section(
    changes: dict[str, Any], column: str, section: str
) -> None:
    found = {problem.column: str(problem) for problem in problems(**changes)}
    assert column in found
    assert f"(term-sheet.md, section {section})" in found[column]


def test_only_the_form_that_was_meant_is_reported() -> None:
    (problem,) = problems(kpis=[kpi(window={"is": "rolling", "length": "month", "lag": 0})])
    assert str(problem) == (
        'terms.json, kpis.1.window.length: found "month", expected how long a window is: quarter, '
        "half-year or year of the calendar (term-sheet.md, section 2.4)"
    )


@pytest.mark.parametrize("name", sorted(schema(SCHEMA)["required"]))
def test_every_field_that_is_required_is_missed(name: str) -> None:
    missed = [problem for problem in problems(**{name: ...}) if problem.found == "nothing"]
    assert [problem.column for problem in missed] == [name]


@pytest.mark.parametrize("levels", [21, 100, 200, 5_000])
def test_a_document_nested_without_end_is_refused_and_not_followed(levels: int) -> None:
    content = json.dumps(document(components=[component({"is": "x"})])).encode()
    deep = b'{"is":"not","of":' * levels + b'{"is":"always"}' + b"}" * levels
    (problem,) = problems_of(content.replace(b'{"is": "x"}', deep))
    assert "levels" in problem or "recursion" in problem


def problems_of(content: bytes) -> list[str]:
    from lmb.values.errors import InputError

    with pytest.raises(InputError) as caught:
        load_linked_sheet("terms.json", content)
    return [str(problem) for problem in caught.value.problems]


# ── sense ─────────────────────────────────────────────────────────────────────────────────────

WINDOW = {"is": "fixed", "from": "2028-01-01", "to": "2028-12-31"}
ONCE = {"is": "once", "cents": 5, "on": "2028-03-01"}
COUNT: dict[str, Any] = {"unit": "count", "minimum_people": 0}
CARD: dict[str, Any] = {
    "is": "rate-card",
    "prices": [{"kpi": "jobs", "cents": 5}],
    "people": 5,
    "person_cap_cents": 5,
    "contract_cap_cents": 5,
}
TIERS = [{"from": "5", "score": "0"}, {"from": "5", "score": "1"}]


@pytest.mark.parametrize(
    ("changes", "column", "rule"),
    [
        ({"cusip": "LMB270BB1"}, "cusip", "check digit"),
        ({"auction_on": "2027-02-13"}, "auction_on", "Federal Reserve Banks are open"),
        ({"first_interest_on": "2027-09-15"}, "first_interest_on", "half-years"),
        ({"matures_on": "2067-08-15"}, "matures_on", "rule of dates"),
        (
            {
                "announced_on": "1971-12-01",
                "auction_on": "1971-12-20",
                "issue_on": "1971-12-31",
                "dated_on": "1971-12-31",
                "first_interest_on": "1972-02-15",
                "matures_on": "1991-02-15",
            },
            "dated_on",
            "rule of dates",
        ),
        ({"authorized_cents": 99_990_000}, "authorized_cents", "rule of limits"),
        ({"authorized_cents": 100_000_001}, "authorized_cents", "rule of limits"),
        ({"kpis": [kpi(), kpi()]}, "kpis", "rule of linkage"),
        ({"components": [component(linear("pay"))]}, "components.1", "rule of linkage"),
        (
            {"kpis": [kpi(substitute={"kpi": "jobs", "times": "1", "plus": "0"})]},
            "kpis.1.substitute.kpi",
            "rule of linkage",
        ),
        ({"kpis": [kpi(lowest="100")]}, "kpis.1.lowest", "rule of linkage"),
        (
            {"kpis": [kpi(missing={"is": "value", "value": "101"})]},
            "kpis.1.missing.value",
            "rule of linkage",
        ),
        (
            {"kpis": [kpi(basis={"is": "baseline", "value": "0", "as": "percent-change"})]},
            "kpis.1.basis.value",
            "rule of linkage",
        ),
        (
            {"kpis": [kpi(window={**WINDOW, "to": "2027-12-31"})]},
            "kpis.1.window.from",
            "rule of dates",
        ),
        ({"components": [component(DEEP)]}, "components.1.score", "rule of scoring"),
        (
            {"components": [component(linear(target="50"))]},
            "components.1.score.target",
            "rule of scoring",
        ),
        (
            {"components": [component(digital("jobs", "above", "101"))]},
            "components.1.score.value",
            "rule of scoring",
        ),
        (
            {"components": [component({"is": "tiers", "kpi": "jobs", "tiers": TIERS})]},
            "components.1.score.tiers",
            "rule of scoring",
        ),
        (
            {
                "components": [
                    component({"is": "weighted", "parts": [{"weight": "0.9", "of": linear()}]})
                ]
            },
            "components.1.score.parts",
            "rule of scoring",
        ),
        (
            {"components": [component(linear(), from_period=11)]},
            "components.1.from_period",
            "rule of dates",
        ),
        (
            {"kpis": [kpi(publication_lag_days=1_830)]},
            "components.1",
            "rule of dates",
        ),
        ({"components": [component(linear(), ONCE)]}, "components.1.pays.on", "rule of dates"),
        (
            {"components": [component(linear(), {**ONCE, "on": "2027-08-15"})]},
            "components.1",
            "rule of dates",
        ),
        (
            {"components": [component({"is": "always"}, CARD)]},
            "components.1.pays.prices",
            "scoring",
        ),
        (
            {
                "kpis": [kpi(**COUNT)],
                "components": [component({"is": "always"}, CARD, lasts="life")],
            },
            "components.1.lasts",
            "rule of scoring",
        ),
        ({"limits": {"floor_percent": "2.001"}}, "limits.floor_percent", "rule of limits"),
        ({"limits": {"cap_percent": "2.0005"}}, "limits.cap_percent", "rule of limits"),
        (
            {"limits": {"coupon_cap_percent": "2.999"}},
            "limits.coupon_cap_percent",
            "rule of limits",
        ),
        (
            {"limits": {"floor_percent": "0.100", "budget_cents": 5}},
            "limits.floor_percent",
            "rule of limits",
        ),
        (
            {"limits": {"coupon_floor_percent": "3.100", "life_cap_per_100": "5"}},
            "limits.coupon_floor_percent",
            "rule of limits",
        ),
        (
            {"cohort_shortfall": {"kpi": "jobs", "minimum": 5, "effect": "prorate"}},
            "cohort_shortfall.kpi",
            "rule of clauses",
        ),
        (
            {
                "kpis": [kpi(), kpi("people", **COUNT)],
                "cohort_shortfall": {"kpi": "people", "minimum": 5, "effect": "terminate"},
            },
            "termination",
            "rule of clauses",
        ),
        (
            {"termination": {"from_period": 1, "redemption_percent": "100"}},
            "termination.when",
            "rule of clauses",
        ),
        (
            {"catastrophe": {"kpi": "jobs", "at_least": "101", "effect": {"is": "hold"}}},
            "catastrophe.at_least",
            "rule of clauses",
        ),
        (
            {"early_redemption": {"on": "2030-02-16", "percent": "100", "mandatory": True}},
            "early_redemption.on",
            "rule of dates",
        ),
    ],
)
def test_a_slip_of_sense_is_named_with_its_rule(
    changes: dict[str, Any], column: str, rule: str
) -> None:
    found = {problem.column: str(problem) for problem in problems(**changes)}
    assert column in found
    assert rule in found[column]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"currency": "GBP"}, "currency"),
        ({"guarantee": {"coupon_percent": "3.000"}}, "guarantee.coupon_percent"),
        ({"guarantee": {"principal_percent": "99"}}, "guarantee.principal_percent"),
        ({"guarantee": {"investors_pay_cents": 1}}, "guarantee.investors_pay_cents"),
        ({}, "limits.appropriation"),
        ({"determination": {"lockout_business_days": 1}}, "determination.lockout_business_days"),
        ({"matures_on": "2031-02-15"}, "matures_on"),
    ],
)
def test_a_labor_market_bond_keeps_to_its_programme(changes: dict[str, Any], column: str) -> None:
    assert column in {p.column for p in problems(programme="labor-market-bond", **changes)}


def test_all_problems_are_told_at_once() -> None:
    found = problems(cusip="LMB270BB1", title="", kpis=[kpi(unit="euros")])
    assert {problem.column for problem in found} == {"cusip", "title", "kpis.1.unit"}


def test_a_fingerprint_locks_the_terms() -> None:
    assert sheet().sha256 != sheet(title="Other").sha256
