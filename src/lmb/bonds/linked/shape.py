"""What a schema refuses in a document, in words: field, what was found, what was expected, section.

A choice between forms (`oneOf`) is told by the field `is`: only the form that was meant is
reported, not every form that was not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, cast

from jsonschema import Draft202012Validator, ValidationError

from lmb.bonds.terms_reading import Finding, JsonObject, joined, shown, validator

KIND = "is"
"""The field that tells which form of a choice an object has."""


@cache
def schema(name: str) -> JsonObject:
    """A JSON Schema of this package (draft 2020-12) by file name."""
    loaded: JsonObject = json.loads(
        (resources.files("lmb.bonds") / name).read_text(encoding="utf-8")
    )
    return loaded


def shape_findings(
    document: JsonObject, schema_name: str, sections: Mapping[str, str]
) -> list[Finding]:
    """Everything the schema refuses, each once. `sections` names, by top field, the section of
    the reference page that an expectation cites; "" is for all others."""
    root = schema(schema_name)
    found: dict[Finding, None] = {}
    for error in _validator(schema_name).iter_errors(document):
        for finding in _findings_of(error, root):
            cited = f"{finding.expected} ({section_of(finding.path, sections)})"
            found[finding._replace(expected=cited)] = None
    return list(found)


@cache
def _validator(schema_name: str) -> Draft202012Validator:
    return validator(schema(schema_name))


def section_of(path: str, sections: Mapping[str, str]) -> str:
    """The section of the reference page that explains a field."""
    return sections.get(path.partition(".")[0], sections[""])


def _findings_of(error: ValidationError, root: JsonObject) -> Iterator[Finding]:
    path = ".".join(_step(part) for part in error.absolute_path)
    subschema = cast(JsonObject, error.schema)
    if error.validator == "oneOf":
        yield from _choice_findings(error, root, path)
    elif error.validator == "required":
        for name in subschema["required"]:
            if name not in cast(JsonObject, error.instance):
                description = subschema["properties"][name]["description"]
                yield Finding(joined(path, name), "nothing", description)
    elif error.validator == "additionalProperties":
        known = subschema["properties"]
        for name in cast(JsonObject, error.instance):
            if name not in known:
                unknown = joined(path, shown(name)[1:-1])
                yield Finding(unknown, "an unknown field", f"one of {', '.join(known)}")
    else:
        yield Finding(path, _shown(error.instance), _description(error, root))


def _choice_findings(error: ValidationError, root: JsonObject, path: str) -> Iterator[Finding]:
    forms = [_resolved(form, root) for form in cast(list[JsonObject], error.validator_value)]
    names: dict[str, list[int]] = {}
    for index, form in enumerate(forms):
        for name in _kinds(form):
            names.setdefault(name, []).append(index)
    instance = error.instance
    kind = instance.get(KIND) if isinstance(instance, dict) else None
    if not isinstance(instance, dict):
        yield Finding(path, shown(instance), _description(error, root))
    elif KIND not in instance:
        yield Finding(joined(path, KIND), "nothing", f"one of {', '.join(names)}")
    elif not isinstance(kind, str) or kind not in names:
        yield Finding(joined(path, KIND), shown(kind), f"one of {', '.join(names)}")
    else:
        meant = names[kind][0]
        for inner in error.context or ():
            if inner.schema_path[0] == meant:
                yield from _findings_of(inner, root)


def _kinds(form: JsonObject) -> Iterable[str]:
    kind = form["properties"][KIND]
    return kind["enum"] if "enum" in kind else (kind["const"],)


def _description(error: ValidationError, root: JsonObject) -> str:
    """The description nearest to the place of an error on the way down from the root."""
    node: Any = root
    nearest = root["description"]
    step: Any
    for step in error.absolute_schema_path:
        # The path leaves references out.
        node = node[step] if isinstance(node, list) else _resolved(node, root)[step]
        if isinstance(node, dict) and isinstance(node.get("description"), str):
            nearest = node["description"]
    return str(nearest)


def _resolved(node: JsonObject, root: JsonObject) -> JsonObject:
    reference = node.get("$ref")
    if reference is None:
        return node
    return cast(JsonObject, root["$defs"][str(reference).removeprefix("#/$defs/")])


def _step(part: object) -> str:
    """A step of a path; places in lists count from 1, as people count."""
    return str(part + 1) if isinstance(part, int) else str(part)


def _shown(value: object) -> str:
    return f"a list of {len(value)}" if isinstance(value, list) else shown(value)
