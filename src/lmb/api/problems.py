"""Errors as programs are told them (RFC 9457): each has a type, and each type a page of its own.

A detail says what is wrong and what to do next. It never says whether something that is not the
caller's exists, nor which part of a credential was wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from lmb.values.errors import (
    ConflictError,
    EnvironmentProblem,
    InputError,
    LmbError,
    NotFoundError,
    Problem,
    RefusedError,
)

CONTENT_TYPE = "application/problem+json"
PLACE = "/api/v1/problems/"
FAULTS_SHOWN_MAX = 50


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of error: its status, and what whoever meets it does."""

    name: str
    status: HTTPStatus
    title: str
    advice: str

    @property
    def uri(self) -> str:
        return PLACE + self.name


MALFORMED = ProblemType(
    "malformed-request",
    HTTPStatus.BAD_REQUEST,
    "The request cannot be read",
    "Send one JSON document in UTF-8, with each name once and no numbers JSON does not have. The "
    "detail says where reading stopped.",
)
KEY_MISSING = ProblemType(
    "idempotency-key-missing",
    HTTPStatus.BAD_REQUEST,
    "This operation needs an idempotency key",
    "Send the header Idempotency-Key with 1 to 128 printable characters that you draw anew for "
    "each thing you want done, and the same again when you repeat a request whose answer got lost.",
)
UNAUTHENTICATED = ProblemType(
    "unauthenticated",
    HTTPStatus.UNAUTHORIZED,
    "The request does not show who you are",
    "Send a key in the header X-API-Key, or an access token in the header Authorization, and not "
    "both. Check that it is whole, has not expired and was not revoked.",
)
FORBIDDEN = ProblemType(
    "forbidden",
    HTTPStatus.FORBIDDEN,
    "Your client may not do this",
    "The detail names the scope that is missing. Whoever administers your organisation can "
    "register a client that has it, if your organisation's role does.",
)
NOT_FOUND = ProblemType(
    "not-found",
    HTTPStatus.NOT_FOUND,
    "There is no such thing for you",
    "Check the identifier. What belongs to somebody else is answered as if it were not there.",
)
METHOD = ProblemType(
    "method-not-allowed",
    HTTPStatus.METHOD_NOT_ALLOWED,
    "This address does not take this method",
    "The header Allow lists the methods it takes.",
)
CONFLICT = ProblemType(
    "conflict",
    HTTPStatus.CONFLICT,
    "It is on file otherwise",
    "The same thing was told before with other content. The detail says what to correct instead.",
)
IN_PROGRESS = ProblemType(
    "request-in-progress",
    HTTPStatus.CONFLICT,
    "A request with this idempotency key is being carried out",
    "Wait as long as the header Retry-After says, then send the same request again.",
)
LENGTH = ProblemType(
    "length-required",
    HTTPStatus.LENGTH_REQUIRED,
    "The request does not say how long it is",
    "Send a Content-Length; bodies in chunks are not read.",
)
TOO_LARGE = ProblemType(
    "too-large",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "The body is too large",
    "Send less at once; the detail names the limit.",
)
MEDIA_TYPE = ProblemType(
    "unsupported-media-type",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "The body is of a type this operation does not read",
    "Send the content type that the detail names, uncompressed and in UTF-8.",
)
INVALID = ProblemType(
    "invalid-request",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The request can be read, but not carried out as it is",
    "`errors` lists each fault with the place it stands at and what was expected. Nothing was "
    "done.",
)
KEY_REUSED = ProblemType(
    "idempotency-key-reused",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "This idempotency key was used for another request",
    "Draw a new key for each thing you want done.",
)
REFUSED = ProblemType(
    "refused",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "A rule says no",
    "The detail names the rule. Nothing was done.",
)
RATE = ProblemType(
    "rate-limited",
    HTTPStatus.TOO_MANY_REQUESTS,
    "Too many requests",
    "Wait as long as the header Retry-After says.",
)
FAILED = ProblemType(
    "internal-error",
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "Something failed on our side",
    "Nothing was done. Send the same request with the same idempotency key again later.",
)
UNAVAILABLE = ProblemType(
    "unavailable",
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The books cannot be reached at the moment",
    "Nothing was done. Wait as long as the header Retry-After says, then send the same request "
    "again.",
)

PROBLEM_TYPES: Mapping[str, ProblemType] = {
    kind.name: kind
    for kind in (
        MALFORMED,
        KEY_MISSING,
        UNAUTHENTICATED,
        FORBIDDEN,
        NOT_FOUND,
        METHOD,
        CONFLICT,
        IN_PROGRESS,
        LENGTH,
        TOO_LARGE,
        MEDIA_TYPE,
        INVALID,
        KEY_REUSED,
        REFUSED,
        RATE,
        FAILED,
        UNAVAILABLE,
    )
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a request: where (`/body/hired_on`, `/query/limit`), and what."""

    place: str
    expected: str


class ProblemError(Exception):
    """Ends an operation with a problem instead of an answer."""

    def __init__(
        self,
        kind: ProblemType,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = kind
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        super().__init__(detail)

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "type": self.kind.uri,
            "title": self.kind.title,
            "status": int(self.kind.status),
            "detail": self.detail,
        }
        if self.faults:
            found["errors"] = [
                {"place": fault.place, "expected": fault.expected}
                for fault in self.faults[:FAULTS_SHOWN_MAX]
            ]
        return found


def answer(problem: ProblemError) -> HttpResponse:
    """A problem as it is sent."""
    response = HttpResponse(
        json.dumps(problem.document(), ensure_ascii=False),
        status=problem.kind.status,
        content_type=CONTENT_TYPE,
        headers=problem.headers,
    )
    response["Cache-Control"] = "no-store"
    return response


def unauthenticated() -> ProblemError:
    """The one answer to every credential that opens nothing, whyever."""
    return ProblemError(
        UNAUTHENTICATED, UNAUTHENTICATED.advice, headers={"WWW-Authenticate": 'Bearer realm="lmb"'}
    )


def of_error(error: LmbError) -> ProblemError:
    """An error of ours as a program is told it: the same sentence as on a page."""
    match error:
        case InputError():
            faults = [
                Fault(_place(found), f"{found.expected}; found {found.found}")
                for found in error.problems
            ]
            count = len(faults)
            noun = "fault" if count == 1 else "faults"
            return ProblemError(INVALID, f"{count} {noun}; nothing was done", faults=faults)
        case NotFoundError():
            return ProblemError(NOT_FOUND, str(error))
        case ConflictError():
            return ProblemError(CONFLICT, str(error))
        case RefusedError():
            return ProblemError(REFUSED, str(error))
        case EnvironmentProblem():
            return ProblemError(UNAVAILABLE, UNAVAILABLE.advice, headers={"Retry-After": "5"})
        case _:
            return ProblemError(REFUSED, str(error))


def _place(problem: Problem) -> str:
    """Where in the body: the text that held the file, the row, the column."""
    parts = ["", "body", problem.file.partition(".")[0]]
    if problem.row is not None:
        parts.append(f"row {problem.row}")
    if problem.column is not None:
        parts.append(problem.column)
    return "/".join(parts)
