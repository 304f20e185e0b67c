"""The OpenAPI document: what ninja knows of the operations, and all that it does not."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from http import HTTPMethod, HTTPStatus
from typing import Any

from ninja.openapi.schema import get_schema

from lmb.api import problems, reading
from lmb.api.api import API, OPERATIONS, TITLE, VERSION
from lmb.api.operations import Operation
from lmb.api.problems import ProblemType

PREFIX = "/api/v1"
DESCRIPTION = """\
Money is whole cents, rates are decimal texts, days are days in Washington, moments are in UTC.

**Who asks.** Public operations take requests from anyone. For the others an organisation \
registers a client, which shows a key in `X-API-Key`, or an access token from \
`POST /oauth/token` in `Authorization`. `GET /client` says whom a credential stands for.

**Errors** are problems (RFC 9457); each `type` is the address of a page that says what to do.

**Repeating.** An operation that changes something needs an `Idempotency-Key`. The same request \
with the same key is answered alike and carried out once; a refused request changed nothing, and \
its key can be used again. Keys are remembered for seven days.

**Lists** come in pages of at most 200. `next` of one page is `cursor` of the following one.

**Not modified.** What is read carries an `ETag`; send it as `If-None-Match` and an answer that is \
still the same is `304` without a body.

**Limits.** Each client and each network may ask so often; beyond that the answer is `429` with \
`Retry-After`.
"""

SECURITY_SCHEMES: dict[str, Any] = {
    "ApiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "A key of a client, as it was shown once.",
    },
    "AccessToken": {
        "type": "oauth2",
        "description": "A token from the token endpoint, in the header Authorization (Bearer).",
        "flows": {
            "clientCredentials": {"tokenUrl": f"{PREFIX}/oauth/token", "scopes": {}},
        },
    },
    "ClientSecretBasic": {
        "type": "http",
        "scheme": "basic",
        "description": "At the token endpoint: client id and key.",
    },
}

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "The kind of problem, and its page."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong here and what to do next."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["place", "expected"],
                "properties": {
                    "place": {"type": "string", "description": "Such as /body/hired_on."},
                    "expected": {"type": "string"},
                },
            },
        },
    },
}

OAUTH_ERROR: dict[str, Any] = {
    "allOf": [{"$ref": "#/components/schemas/Problem"}],
    "type": "object",
    "title": "TokenRefused",
    "required": ["error", "error_description"],
    "properties": {"error": {"type": "string"}, "error_description": {"type": "string"}},
}

RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
}


@cache
def document() -> dict[str, Any]:
    """The whole document."""
    found = json.loads(json.dumps(get_schema(API, PREFIX + "/")))
    found["openapi"] = "3.1.0"
    found["info"] = {
        "title": TITLE,
        "version": VERSION,
        "description": DESCRIPTION,
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    }
    found["servers"] = [{"url": "/"}]
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = PROBLEM_SCHEMA
    schemas["TokenRefused"] = OAUTH_ERROR
    scopes = {known.access.scope.value: "" for known in OPERATIONS.values() if known.access.scope}
    for name in scopes:
        scopes[name] = ", ".join(
            known.summary for known in OPERATIONS.values() if known.access.scope == name
        )
    schemes = json.loads(json.dumps(SECURITY_SCHEMES))
    schemes["AccessToken"]["flows"]["clientCredentials"]["scopes"] = dict(sorted(scopes.items()))
    found["components"]["securitySchemes"] = schemes
    for methods in found["paths"].values():
        for said in methods.values():
            _complete(said, OPERATIONS[said["operationId"]])
    return dict(found)


@cache
def content() -> bytes:
    """The document's bytes."""
    return json.dumps(document(), ensure_ascii=False, indent=1).encode()


@cache
def tag() -> str:
    """The ETag of the document."""
    return f'"{hashlib.sha256(content()).hexdigest()[:32]}"'


def problems_of(known: Operation) -> list[ProblemType]:
    """Every problem an operation may answer with, by status."""
    found = [problems.RATE, problems.FAILED, problems.UNAVAILABLE, problems.UNAUTHENTICATED]
    found += [problems.INVALID, problems.MALFORMED, problems.REFUSED]
    if known.access.scope is not None:
        found.append(problems.FORBIDDEN)
    if known.content_type is not None:
        found += [problems.TOO_LARGE, problems.MEDIA_TYPE, problems.LENGTH]
    if known.changes:
        found += [problems.KEY_MISSING, problems.KEY_REUSED, problems.IN_PROGRESS]
    found += known.problems
    return sorted(set(found), key=lambda kind: (kind.status, kind.name))


def _complete(said: dict[str, Any], known: Operation) -> None:
    """Say of an operation what goes for all like it."""
    if "security" not in said:
        said["security"] = _security(known)
    said["x-problems"] = [kind.uri for kind in problems_of(known)]
    for answer in said["responses"].values():
        for media in answer.get("content", {}).values():
            if known.example is not None:
                media["example"] = known.example
        if known.method is HTTPMethod.GET:
            answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
    if known.method is HTTPMethod.GET:
        said["responses"]["304"] = {"description": "Not modified since that ETag."}
        _parameter(said, "If-None-Match", "An ETag; the same again is answered with 304.", False)
    if known.changes:
        _parameter(said, "Idempotency-Key", "Drawn anew for each thing to be done.", True)
    if known.body_example is not None and known.content_type == reading.JSON:
        said["requestBody"]["content"][reading.JSON]["example"] = known.body_example
    _problem_responses(said, known)


def _security(known: Operation) -> list[dict[str, list[str]]]:
    scopes = [] if known.access.scope is None else [known.access.scope.value]
    ways: list[dict[str, list[str]]] = [{"ApiKey": []}, {"AccessToken": scopes}]
    return ways if known.access.needs_client else [{}, *ways]


def _parameter(said: dict[str, Any], name: str, description: str, required: bool) -> None:
    schema: dict[str, Any] = {"type": "string"}
    if required:
        schema.update(minLength=1, maxLength=128, pattern="^[!-~]{1,128}$")
    said.setdefault("parameters", []).append(
        {
            "in": "header",
            "name": name,
            "required": required,
            "description": description,
            "schema": schema,
        }
    )


def _problem_responses(said: dict[str, Any], known: Operation) -> None:
    by_status: dict[HTTPStatus, list[ProblemType]] = {}
    for kind in problems_of(known):
        by_status.setdefault(kind.status, []).append(kind)
    for status, kinds in by_status.items():
        media: dict[str, Any] = {
            problems.CONTENT_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {
                    kind.name: {
                        "value": {
                            "type": kind.uri,
                            "title": kind.title,
                            "status": int(kind.status),
                            "detail": kind.advice,
                        }
                    }
                    for kind in kinds
                },
            }
        }
        if known.name == "give_token" and status in (
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.UNAUTHORIZED,
        ):
            media[reading.JSON] = {"schema": {"$ref": "#/components/schemas/TokenRefused"}}
        answer: dict[str, Any] = {
            "description": "; ".join(kind.title for kind in kinds),
            "content": media,
        }
        if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            answer["headers"] = RETRY_AFTER
        said["responses"][str(int(status))] = answer
