"""Reading a term sheet a person gives: all of its problems at once, or the terms.

bytes ──JSON, no duplicate keys──▶ document ──schema──▶ fields ──checks──▶ TermSheet
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import cast

from jsonschema import Draft202012Validator, ValidationError

from lmb.bonds.dated_rules import outcome_coupon_rules_on
from lmb.bonds.terms import (
    Evaluation,
    Indicator,
    MissingData,
    OutcomeTerms,
    TermSheet,
    TrainingTerms,
    Tranches,
)
from lmb.bonds.terms_checks import Fields, RulesOn, findings
from lmb.bonds.terms_reading import (
    Finding,
    JsonObject,
    joined,
    leaves,
    parse,
    problems,
    shown,
    validator,
)
from lmb.values.errors import InputError


def load_term_sheet(
    file_name: str, content: bytes, rules_on: RulesOn = outcome_coupon_rules_on
) -> TermSheet:
    """The terms in a JSON file. Raises InputError with every problem of the file.

    The limits on every bond are those `rules_on` gives for the day the bond is announced.
    """
    document, wrong = parse(content)
    if document is not None:
        by_shape, readable = _check_shape(document)
        wrong += [*by_shape, *findings(Fields(readable), rules_on)]
    if wrong or document is None:
        raise InputError(problems(file_name, wrong))
    return term_sheet_from_document(document)


def term_sheet_from_document(document: JsonObject) -> TermSheet:
    """The terms of a document that was checked before, such as one kept with its fingerprint."""
    return TermSheet(
        title=document["title"],
        cusip=document["cusip"],
        offering_cents=document["offering_cents"],
        minimum_cents=document["minimum_cents"],
        multiple_cents=document["multiple_cents"],
        announced_on=date.fromisoformat(document["announced_on"]),
        auction_on=date.fromisoformat(document["auction_on"]),
        issue_on=date.fromisoformat(document["issue_on"]),
        dated_on=date.fromisoformat(document["dated_on"]),
        first_interest_on=date.fromisoformat(document["first_interest_on"]),
        matures_on=date.fromisoformat(document["matures_on"]),
        outcome=_outcome(document["outcome"]),
        training=_training(document["training"]),
    )


@cache
def schema() -> JsonObject:
    """The JSON Schema of the format (draft 2020-12)."""
    file = resources.files("lmb.bonds") / "term_sheet.schema.json"
    loaded: JsonObject = json.loads(file.read_text(encoding="utf-8"))
    return loaded


@cache
def descriptions() -> Mapping[str, str]:
    """What every field holds, with its unit, by JSON path."""
    return dict(_described(schema(), ""))


def _outcome(document: JsonObject) -> OutcomeTerms:
    missing_data = document["missing_data"]
    return OutcomeTerms(
        indicator=Indicator(document["indicator"]),
        evaluate=Evaluation(document["evaluate"]),
        baseline_from=date.fromisoformat(document["baseline_from"]),
        baseline_to=date.fromisoformat(document["baseline_to"]),
        observed_from=date.fromisoformat(document["observed_from"]),
        observed_to=date.fromisoformat(document["observed_to"]),
        publication_lag_days=document["publication_lag_days"],
        determined_on=date.fromisoformat(document["determined_on"]),
        threshold_dollars=Decimal(document["threshold_dollars"]),
        target_dollars=Decimal(document["target_dollars"]),
        bonus_at_target_percent=Decimal(document["bonus_at_target_percent"]),
        bonus_floor_percent=Decimal(document["bonus_floor_percent"]),
        bonus_cap_percent=Decimal(document["bonus_cap_percent"]),
        rounding_places=document["rounding_places"],
        missing_data=MissingData(
            minimum_coverage_percent=Decimal(missing_data["minimum_coverage_percent"]),
            minimum_people_per_arm=missing_data["minimum_people_per_arm"],
            score=Decimal(missing_data["score"]),
        ),
    )


def _training(document: JsonObject) -> TrainingTerms:
    return TrainingTerms(
        state=document["state"],
        board=document["board"],
        provider_id=document["provider"]["id"],
        provider_name=document["provider"]["name"],
        program_id=document["program"]["id"],
        program_title=document["program"]["title"],
        grant_cents=document["grant_cents"],
        tuition_cents=document["tuition_cents"],
        tranches=Tranches(**document["tranches"]),
        spend_until=date.fromisoformat(document["spend_until"]),
    )


def _check_shape(document: JsonObject) -> tuple[list[Finding], dict[str, object]]:
    """What the schema refuses, and the single values it does not."""
    wrong: dict[Finding, None] = {}
    for error in _validator().iter_errors(document):
        wrong.update(dict.fromkeys(_findings_of(error)))
    refused = {finding.path for finding in wrong}
    readable = {
        path: value
        for path, value in leaves(document, "")
        if path in descriptions() and path not in refused
    }
    return list(wrong), readable


@cache
def _validator() -> Draft202012Validator:
    return validator(schema())


def _findings_of(error: ValidationError) -> Iterator[Finding]:
    path = ".".join(str(part) for part in error.absolute_path)
    subschema = cast(JsonObject, error.schema)
    if error.validator == "required":
        for name in subschema["required"]:
            if name not in cast(JsonObject, error.instance):
                missing = joined(path, name)
                yield Finding(missing, "nothing", descriptions()[missing])
    elif error.validator == "additionalProperties":
        known = subschema["properties"]
        for name in cast(JsonObject, error.instance):
            if name not in known:
                unknown = joined(path, shown(name)[1:-1])
                yield Finding(unknown, "an unknown field", f"one of {', '.join(known)}")
    else:
        yield Finding(path, shown(error.instance), descriptions()[path])


def _described(node: JsonObject, path: str) -> Iterator[tuple[str, str]]:
    for name, child in node["properties"].items():
        child_path = joined(path, name)
        yield child_path, child["description"]
        reference = child.get("$ref", "").removeprefix("#/$defs/")
        target = schema()["$defs"][reference] if reference else child
        if "properties" in target:
            yield from _described(target, child_path)
