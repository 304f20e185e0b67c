"""Reads what a request brings, strictly: what is not understood is refused, not ignored."""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from http import HTTPMethod
from typing import Any

from django.http import HttpRequest, QueryDict
from ninja.parser import Parser

from lmb.api.problems import (
    INVALID,
    LENGTH,
    MALFORMED,
    MEDIA_TYPE,
    TOO_LARGE,
    Fault,
    ProblemError,
)

BODY_BYTES_MAX = 65_536
"""Of a request that does not say otherwise."""
DEPTH_MAX = 16
DIGITS_MAX = 30
JSON = "application/json"


class StrictParser(Parser):
    """Gives ninja the document that was read and checked before."""

    def parse_body(self, request: HttpRequest) -> Any:
        return request.document  # type: ignore[attr-defined]


def check_query(query: QueryDict, known: Collection[str]) -> None:
    """Refuse parameters nobody asked for, or that come twice, or with what is no text."""
    faults = []
    for name in query:
        values = query.getlist(name)
        place = f"/query/{name[:40]}"
        if name not in known:
            listed = ", ".join(sorted(known)) or "no parameters"
            faults.append(Fault(place, f"one of: {listed}"))
        elif len(values) > 1:
            faults.append(Fault(place, "one value"))
        elif not _is_text(values[0]):
            faults.append(Fault(place, "text without control characters"))
    if faults:
        raise ProblemError(INVALID, "the query has faults; nothing was done", faults=faults)


def read_body(request: HttpRequest, content_type: str | None, bytes_max: int) -> None:
    """Read the body as an operation takes it, or refuse it; what JSON says becomes
    `request.document`. `content_type` is None where there is to be no body."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
            raise ProblemError(LENGTH, LENGTH.advice)
        if length:
            raise ProblemError(MALFORMED, "Content-Length is no number")
    size = int(length or 0)
    if content_type is None:
        if size:
            raise ProblemError(MALFORMED, "this operation takes no body")
        return
    # Looked at before a byte of the body is.
    if size > bytes_max:
        raise ProblemError(TOO_LARGE, f"{size:,} bytes; at most {bytes_max:,} are read")
    if request.content_type != content_type or request.headers.get("Content-Encoding"):
        raise ProblemError(MEDIA_TYPE, f"send {content_type}, uncompressed")
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8"):
        raise ProblemError(MEDIA_TYPE, f"send {content_type} in UTF-8")
    if content_type == JSON:
        request.document = document(request.body)  # type: ignore[attr-defined]


def takes_body(method: str) -> bool:
    """Whether requests of a method bring something to read."""
    return method in (HTTPMethod.POST, HTTPMethod.PUT, HTTPMethod.PATCH)


def document(content: bytes) -> Any:
    """One JSON document. Raises ProblemError for bytes that are none, or whose meaning differs
    between readers: names twice, NaN, numbers or nesting without end, text that is none."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError(MALFORMED, f"the body is not UTF-8 at byte {error.start}") from None
    try:
        found = json.loads(
            text,
            object_pairs_hook=_named_once,
            parse_constant=_refuse_constant,
            parse_int=_bounded_int,
            parse_float=_bounded_float,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ProblemError(MALFORMED, f"the body is not JSON at {place}: {error.msg}") from None
    except RecursionError:
        raise ProblemError(MALFORMED, f"the body nests deeper than {DEPTH_MAX}") from None
    _check(found, 0)
    return found


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ProblemError(MALFORMED, f"the name {twice[:40]!r} stands twice in one object")
    return found


def _refuse_constant(word: str) -> Any:
    raise ProblemError(MALFORMED, f"{word} is no JSON")


def _bounded_int(digits: str) -> int:
    if len(digits) > DIGITS_MAX:
        raise ProblemError(MALFORMED, f"a number has more than {DIGITS_MAX} digits")
    return int(digits)


def _bounded_float(digits: str) -> float:
    found = float(digits)
    if len(digits) > DIGITS_MAX or not math.isfinite(found):
        raise ProblemError(MALFORMED, f"a number has more than {DIGITS_MAX} digits")
    return found


def _check(value: Any, depth: int) -> None:
    if depth > DEPTH_MAX:
        raise ProblemError(MALFORMED, f"the body nests deeper than {DEPTH_MAX}")
    if isinstance(value, dict):
        for name, inner in value.items():
            _check(name, depth + 1)
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)
    elif isinstance(value, str) and ("\0" in value or not _encodes(value)):
        raise ProblemError(MALFORMED, "a text holds a character that is none")


def _is_text(value: str) -> bool:
    return value.isprintable() and _encodes(value)


def _encodes(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
