"""The export in the shape of the INDIGO data standard: its leaves, its choices, its figures."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

from lmb.bonds.papers.indigo import indigo_bytes, indigo_project
from tests.bonds.papers.samples import impact_told

PLAIN = {"id", "status", "notes"}
"""Names that the standard gives a plain text; every other leaf is an object with a value. (The id
of a payment plan is one, too.)"""


def leaves(node: Any, name: str = "") -> list[tuple[str, Any]]:
    if isinstance(node, dict) and set(node) != {"value"}:
        return [leaf for key, child in node.items() for leaf in leaves(child, key)]
    if isinstance(node, list):
        return [leaf for child in node for leaf in leaves(child, name)]
    return [(name, node)]


def test_every_leaf_is_a_value_object_as_the_standard_asks() -> None:
    for name, leaf in leaves(indigo_project(impact_told())):
        plain = isinstance(leaf, str)
        assert (plain and name in PLAIN) or (not plain and set(leaf) == {"value"}), name


def test_the_figures_are_those_of_the_report() -> None:
    told = impact_told()
    project = json.loads(indigo_bytes(told))
    finance = project["overall_project_finance"]
    sold = finance["total_investment_commitment"]["amount"]["exact"]["value"]
    assert sold == told.sold_cents / 100 == 10_000.00
    assert finance["total_outcome_payments_made"]["amount"]["value"] == 43.21
    (paid,) = project["outcome_payments"]
    assert paid["money"]["amount"]["value"] == 43.21
    (result,) = project["results"]
    assert result["number_engaged_in_impact_bond"]["value"] == 180
    assert result["number_with_positive_social_outcomes"]["value"] == 140
    assert "$1794.34 a year" in result["outcomes_achieved"]["value"]
    assert project["investments"][0]["maximum_potential_return"]["value"] == 10.5


def test_a_programme_goes_through_the_stages_of_the_standard() -> None:
    def stage(day: date) -> object:
        return indigo_project(replace(impact_told(), as_of=day))["stage_development"]["value"]

    assert stage(date(1977, 1, 1)) == "Implementation"
    assert stage(date(1979, 1, 1)) == "Service delivery complete"
    assert stage(date(1981, 2, 17)) == "Complete"


def test_without_a_measure_there_is_no_result_and_the_bytes_repeat() -> None:
    told = replace(impact_told(), measured=None)
    assert indigo_project(told)["results"] == []
    assert indigo_bytes(told) == indigo_bytes(told)
