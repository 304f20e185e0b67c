"""Reading a term sheet a person gives: all of its problems at once, or the terms.

bytes ──JSON, no duplicate keys──▶ document ──schema──▶ fields ──checks──▶ TermSheet
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, cast

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

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
from lmb.bonds.terms_checks import Fields, Finding, RulesOn, findings
from lmb.values.columns import iso_date, text
from lmb.values.errors import InputError, Problem

BYTES_MAX = 2**20
PROBLEMS_MAX = 1_000
"""Problems beyond these are counted, not listed."""

_FOUND_CHARACTERS_MAX = 60

JsonObject = Mapping[str, Any]
"""An object as the JSON reader gives it; every use of one is after the schema."""


def load_term_sheet(
    file_name: str, content: bytes, rules_on: RulesOn = outcome_coupon_rules_on
) -> TermSheet:
    """The terms in a JSON file. Raises InputError with every problem of the file.

    The limits on every bond are those `rules_on` gives for the day the bond is announced.
    """
    document, wrong = _parse(content)
    if document is not None:
        by_shape, readable = _check_shape(document)
        wrong += [*by_shape, *findings(Fields(readable), rules_on)]
    if wrong or document is None:
        raise InputError(_problems(file_name, wrong))
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


def _parse(content: bytes) -> tuple[JsonObject | None, list[Finding]]:
    """The JSON object in a file, and what stands in the way of reading it as one."""
    if len(content) > BYTES_MAX:
        return None, [Finding("", f"{len(content):,} bytes", f"at most {BYTES_MAX:,} bytes")]
    repeated: list[Finding] = []

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            repeated.extend(
                Finding(_shown(name)[1:-1], f"the key {count} times in one object", "it once")
                for name, count in counts.items()
                if count > 1
            )
        return found

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not a JSON number")

    try:
        document = json.loads(
            content.decode("utf-8-sig"),
            object_pairs_hook=unique,
            # Kept apart from integers: 100.0 is not a number of cents.
            parse_float=Decimal,
            parse_constant=refuse,
        )
    except (ValueError, RecursionError) as error:
        return None, [Finding("", str(error), "a JSON document in UTF-8")]
    if not isinstance(document, dict):
        return None, [*repeated, Finding("", _shown(document), "a JSON object")]
    return document, repeated


def _check_shape(document: JsonObject) -> tuple[list[Finding], dict[str, object]]:
    """What the schema refuses, and the single values it does not."""
    wrong: dict[Finding, None] = {}
    for error in _validator().iter_errors(document):
        wrong.update(dict.fromkeys(_findings_of(error)))
    refused = {finding.path for finding in wrong}
    readable = {
        path: value
        for path, value in _leaves(document, "")
        if path in descriptions() and path not in refused
    }
    return list(wrong), readable


@cache
def _validator() -> Draft202012Validator:
    formats = FormatChecker(formats=())
    line, day = text(), iso_date()

    @formats.checks("lmb-line", raises=ValueError)
    def is_line(value: object) -> bool:
        return not isinstance(value, str) or bool(line.read(value))

    @formats.checks("date", raises=ValueError)
    def is_date(value: object) -> bool:
        return not isinstance(value, str) or bool(day.read(value))

    # Python's $ also matches before a last line break; JSON Schema's does not.
    whole = extend(Draft202012Validator, {"pattern": _match_whole})  # type: ignore[no-untyped-call]
    return cast(Draft202012Validator, whole(schema(), format_checker=formats))


def _match_whole(
    validator: object, pattern: str, value: object, subschema: object
) -> Iterator[ValidationError]:
    if isinstance(value, str) and not re.fullmatch(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def _findings_of(error: ValidationError) -> Iterator[Finding]:
    path = ".".join(str(part) for part in error.absolute_path)
    subschema = cast(JsonObject, error.schema)
    if error.validator == "required":
        for name in subschema["required"]:
            if name not in cast(JsonObject, error.instance):
                missing = _joined(path, name)
                yield Finding(missing, "nothing", descriptions()[missing])
    elif error.validator == "additionalProperties":
        known = subschema["properties"]
        for name in cast(JsonObject, error.instance):
            if name not in known:
                shown = _joined(path, _shown(name)[1:-1])
                yield Finding(shown, "an unknown field", f"one of {', '.join(known)}")
    else:
        yield Finding(path, _shown(error.instance), descriptions()[path])


def _problems(file_name: str, wrong: list[Finding]) -> list[Problem]:
    problems = [
        Problem(file_name, None, path or None, found, expected)
        for path, found, expected in wrong[:PROBLEMS_MAX]
    ]
    if len(wrong) > PROBLEMS_MAX:
        more = f"{len(wrong) - PROBLEMS_MAX:,} more problems"
        problems.append(Problem(file_name, None, None, more, "none; these are not listed"))
    return problems


def _described(node: JsonObject, path: str) -> Iterator[tuple[str, str]]:
    for name, child in node["properties"].items():
        child_path = _joined(path, name)
        yield child_path, child["description"]
        reference = child.get("$ref", "").removeprefix("#/$defs/")
        target = schema()["$defs"][reference] if reference else child
        if "properties" in target:
            yield from _described(target, child_path)


def _leaves(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _leaves(child, _joined(path, name))
    else:
        yield path, value


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(value: object) -> str:
    """A JSON value in one short line."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    shown = str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
    # JSON can spell half a surrogate pair, which no terminal or page can show.
    shown = shown.encode("utf-8", "backslashreplace").decode()
    if len(shown) > _FOUND_CHARACTERS_MAX:
        return shown[:_FOUND_CHARACTERS_MAX] + "…"
    return shown
