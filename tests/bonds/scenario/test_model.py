"""Scenario models from a file: checked whole, every problem named by field, rule and section."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lmb.bonds.linked.shape import schema
from lmb.bonds.scenario.model import SCHEMA
from lmb.config.paths import CLONE
from tests.bonds.linked.support import EXAMPLES, example, kpi, sheet
from tests.bonds.scenario.support import example_model, model_problems

JOBS = {"is": "normal", "mean": "55"}
TRIAL = {
    "is": "impact",
    "design": "randomised-trial",
    "evaluate": "estimate",
    "significance": "0.05",
}


def test_the_shipped_model_is_sound_for_the_shipped_sheet() -> None:
    assert example_model(example("four-indicators")).replicates == 16
    assert (EXAMPLES / "four-indicators.json").is_file()


@pytest.mark.parametrize(
    ("changes", "column", "section"),
    [
        ({"schema": "lmb-scenario-model/2"}, "schema", "section 2"),
        ({"seed": -1}, "seed", "section 2"),
        ({"correlation": "1.1"}, "correlation", "section 2"),
        ({"colour": "blue"}, "colour", "section 2"),
        ({"paths": 100}, "paths", "section 2"),
        ({"settle_on": "2027-02-15"}, "settle_on", "section 2"),
        ({"settle_on": "2028-02-11"}, "settle_on", "section 2"),
        ({"kpis": {"wages": JOBS}}, "kpis.jobs", "section 3"),
        ({"kpis": {"jobs": JOBS, "wages": JOBS}}, "kpis.wages", "section 3"),
        ({"kpis": {"jobs": {**JOBS, "is": "cauchy"}}}, "kpis.jobs.is", "section 3"),
        ({"kpis": {"jobs": {**JOBS, "mean": 55}}}, "kpis.jobs.mean", "section 3"),
        ({"kpis": {"jobs": {"is": "logit", "mean": "100"}}}, "kpis.jobs.mean", "section 3"),
        ({"kpis": {"jobs": {"is": "lognormal", "mean": "0"}}}, "kpis.jobs.mean", "section 3"),
        ({"kpis": {"jobs": {**JOBS, "persistence": "1"}}}, "kpis.jobs.persistence", "section 3"),
        ({"stress": [{"common_shock": "-2"}]}, "stress.1.name", "section 4"),
        (
            {"benefits": [{"name": "Pay", "kpi": "wages", "cents_per_unit": 1}]},
            "benefits.1.kpi",
            "section 3",
        ),
    ],
)
def test_a_wrong_field_is_named_with_its_section(
    changes: dict[str, Any], column: str, section: str
) -> None:
    found = model_problems(sheet(), **changes)
    assert column in found
    assert f"scenario-pricing.md, {section}" in found[column]


def test_a_p_value_needs_a_standard_error() -> None:
    terms = sheet(kpis=[kpi(basis=TRIAL)])
    assert list(model_problems(terms)) == ["kpis.jobs.standard_error"]
    assert not model_problems(terms, kpis={"jobs": {**JOBS, "standard_error": "2"}})


def test_the_schema_is_sound_closed_and_told_on_the_reference_page() -> None:
    root = schema(SCHEMA)
    Draft202012Validator.check_schema(root)
    page = (CLONE / "docs" / "reference" / "scenario-pricing.md").read_text(encoding="utf-8")
    untold = [
        name
        for node in (root, *root["$defs"].values())
        for name, field in node.get("properties", {}).items()
        if field["description"] not in page
    ]
    assert untold == []
