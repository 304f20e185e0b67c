"""The API in words for people: the document, one page of all operations, a page of each problem.
Rendered here, without script."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lmb.api import document, problems
from lmb.api.api import OPERATIONS
from lmb.api.problems import NOT_FOUND, PROBLEM_TYPES, ProblemError, ProblemType


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of a sentence; one that stood between backticks is code."""

    text: str
    is_code: bool


@dataclass(frozen=True, slots=True)
class ShownParameter:
    """What an address or its query is given."""

    name: str
    is_query: bool
    description: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class ShownOperation:
    """An operation as the page shows it."""

    name: str
    method: str
    address: str
    summary: str
    description: tuple[Words, ...]
    who: str
    needs_key: bool
    request: str
    answer: str
    status: str
    parameters: tuple[ShownParameter, ...]
    problems: tuple[ProblemType, ...]


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    tag = document.tag()
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = HttpResponse(document.content(), content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """All operations on one page, by what they are about."""
    found = document.document()
    groups: dict[str, list[ShownOperation]] = {}
    for address, methods in found["paths"].items():
        for method, said in methods.items():
            groups.setdefault(said["tags"][0], []).append(_shown(method, address, said))
    context = {
        "title": found["info"]["title"],
        "version": found["info"]["version"],
        "groups": groups,
        "problems": list(PROBLEM_TYPES.values()),
    }
    return render(request, "lmb_api/docs.html", context)


@require_safe
def problem(request: HttpRequest, name: str) -> HttpResponse:
    """What a type of problem means and asks for."""
    kind = PROBLEM_TYPES.get(name)
    if kind is None:
        return problems.answer(
            ProblemError(NOT_FOUND, "there is no such type of problem; /api/v1/words lists them")
        )
    return render(request, "lmb_api/problem.html", {"kind": kind})


def _shown(method: str, address: str, said: dict[str, Any]) -> ShownOperation:
    known = OPERATIONS[said["operationId"]]
    if known.access.scope is not None:
        who = f"clients with the scope {known.access.scope}"
    else:
        who = "every client" if known.access.needs_client else "everyone"
    return ShownOperation(
        name=known.name,
        method=method.upper(),
        address=address,
        summary=known.summary,
        description=_words(said.get("description", "")),
        who=who,
        needs_key=known.changes,
        request=_json(known.body_example),
        answer=_json(known.example),
        status=next(iter(said["responses"])),
        parameters=tuple(
            ShownParameter(one["name"], one["in"] == "query", _words(_description(one)))
            for one in said.get("parameters", ())
            if one["in"] in ("path", "query")
        ),
        problems=tuple(document.problems_of(known)),
    )


def _description(parameter: dict[str, Any]) -> str:
    return str(parameter.get("description") or parameter["schema"].get("description", ""))


def _words(text: str) -> tuple[Words, ...]:
    return tuple(
        Words(part, is_code=number % 2 == 1) for number, part in enumerate(text.split("`")) if part
    )


def _json(example: Any) -> str:
    return "" if example is None else json.dumps(example, indent=2, ensure_ascii=False)
