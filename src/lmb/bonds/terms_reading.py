"""Reading JSON documents a person gives, strictly: what every term sheet and model file shares.

bytes ──parse──▶ document ──validator(schema)──▶ what the schema refuses
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, cast

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from lmb.values.columns import iso_date, text
from lmb.values.errors import Problem

BYTES_MAX = 2**20
PROBLEMS_MAX = 1_000
"""Problems beyond these are counted, not listed."""

LEVELS_MAX = 40
"""No document of ours has half as many lists and objects in one another."""

_FOUND_CHARACTERS_MAX = 60

JsonObject = Mapping[str, Any]
"""An object as the JSON reader gives it; every use of one is after the schema."""


class Finding(NamedTuple):
    """What is wrong with one field: its JSON path, what was found, what was expected."""

    path: str
    found: str
    expected: str


def parse(content: bytes) -> tuple[JsonObject | None, list[Finding]]:
    """The JSON object in a file, and what stands in the way of reading it as one."""
    if len(content) > BYTES_MAX:
        return None, [Finding("", f"{len(content):,} bytes", f"at most {BYTES_MAX:,} bytes")]
    repeated: list[Finding] = []

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            repeated.extend(
                Finding(shown(name)[1:-1], f"the key {count} times in one object", "it once")
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
        return None, [*repeated, Finding("", shown(document), "a JSON object")]
    if _is_deeper(document, LEVELS_MAX):
        found = f"more than {LEVELS_MAX} levels of lists and objects"
        return None, [*repeated, Finding("", found, f"at most {LEVELS_MAX}")]
    return document, repeated


def _is_deeper(document: object, levels: int) -> bool:
    """Whether lists and objects stand in one another deeper than so many levels. What follows
    walks documents by recursion, which depth without end would break."""
    layer = [document]
    for _ in range(levels + 1):
        layer = [
            child
            for node in layer
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return any(isinstance(node, dict | list) for node in layer)


def validator(schema: JsonObject) -> Draft202012Validator:
    """Checks documents against a schema, with our formats: `lmb-line` and strict dates."""
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
    return cast(Draft202012Validator, whole(schema, format_checker=formats))


def _match_whole(
    validator: object, pattern: str, value: object, subschema: object
) -> Iterator[ValidationError]:
    if isinstance(value, str) and not re.fullmatch(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def problems(file_name: str, wrong: Sequence[Finding]) -> list[Problem]:
    """The findings as problems of a file; those beyond the limit are counted in the last."""
    listed = [
        Problem(file_name, None, path or None, found, expected)
        for path, found, expected in wrong[:PROBLEMS_MAX]
    ]
    if len(wrong) > PROBLEMS_MAX:
        more = f"{len(wrong) - PROBLEMS_MAX:,} more problems"
        listed.append(Problem(file_name, None, None, more, "none; these are not listed"))
    return listed


def joined(path: str, name: str) -> str:
    """The JSON path of a field within another."""
    return f"{path}.{name}" if path else name


def shown(value: object) -> str:
    """A JSON value in one short line."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    written = str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
    # JSON can spell half a surrogate pair, which no terminal or page can show.
    written = written.encode("utf-8", "backslashreplace").decode()
    if len(written) > _FOUND_CHARACTERS_MAX:
        return written[:_FOUND_CHARACTERS_MAX] + "…"
    return written
