"""What every operation goes through, and the list of them all.

An operation is a function that is given what was read and returns what is shown. Around it, in this
order: who asks and how often, whether they may, what the request says; then, in a transaction that
sees what the client may see, the operation itself; then the answer is kept or tagged.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPMethod, HTTPStatus
from typing import Any, cast

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.decorators import decorate_view
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation as NinjaOperation
from pydantic import BaseModel, ConfigDict

from lmb.api import admission, limits, problems, reading, repeats
from lmb.api.problems import FORBIDDEN, INVALID, Fault, ProblemError, ProblemType
from lmb.people.acting import ActingClient
from lmb.people.roles import Role
from lmb.people.scopes import SCOPES_OF, Scope
from lmb.people.sessions import acting, house
from lmb.values.errors import LmbError

logger = logging.getLogger(__name__)

View = Callable[..., Any]
Run = Callable[..., HttpResponse]


class Shape(BaseModel):
    """What an operation reads or shows: exactly these fields."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


class ApiRequest(HttpRequest):
    """A request that was admitted. `acting` is None where anybody may ask."""

    acting: ActingClient | None


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask: everyone, every client, or clients with a scope."""

    needs_client: bool
    scope: Scope | None = None

    def allows(self, role: Role) -> bool:
        """Whether clients of a role may, when they have all scopes of it."""
        return self.scope is None or self.scope in SCOPES_OF[role]


PUBLIC = Access(False)
ANY_CLIENT = Access(True)


def scoped(scope: Scope) -> Access:
    """Clients that were registered with a scope."""
    return Access(True, scope)


@dataclass(frozen=True, slots=True)
class Operation:
    """What is said of an operation beside what its function says."""

    name: str
    method: HTTPMethod
    path: str
    access: Access
    summary: str
    tag: str
    changes: bool
    commits: bool
    computes: bool
    content_type: str | None
    bytes_max: int
    problems: tuple[ProblemType, ...]
    example: Any
    body_example: Any
    query: frozenset[str]


OPERATIONS: dict[str, Operation] = {}
"""Every operation by its name."""

ROUTER = Router()


def operation(
    method: HTTPMethod,
    path: str,
    access: Access,
    shows: Any,
    *,
    tag: str,
    summary: str,
    status: HTTPStatus = HTTPStatus.OK,
    changes: bool = False,
    commits: bool = False,
    computes: bool = False,
    content_type: str | None = None,
    bytes_max: int = reading.BODY_BYTES_MAX,
    problems: Sequence[ProblemType] = (),
    example: Any = None,
    body_example: Any = None,
    extra: Mapping[str, Any] | None = None,
) -> Callable[[View], View]:
    """Make a function an operation. `shows` is the type of its answer; one that `changes` something
    is carried out once for each idempotency key, one that `commits` opens its own transactions
    where it needs any, one that `computes` is asked less often. Its docstring is the
    description."""

    def register(view: View) -> View:
        name = view.__name__
        if name in OPERATIONS:
            raise ValueError(f"there are two operations {name}")
        ROUTER.api_operation(
            [method.value],
            path,
            response={int(status): shows},
            operation_id=name,
            summary=summary,
            tags=[tag],
            openapi_extra=dict(extra or {}),
        )(view)
        known = OPERATIONS[name] = Operation(
            name=name,
            method=method,
            path=path,
            access=access,
            summary=summary,
            tag=tag,
            changes=changes,
            commits=commits,
            computes=computes,
            content_type=content_type or (reading.JSON if reading.takes_body(method) else None),
            bytes_max=bytes_max,
            problems=tuple(problems),
            example=example,
            body_example=body_example,
            query=_query_names(ROUTER.path_operations[path].operations[-1]),
        )
        decorate_view(_around(known))(view)
        return view

    return register


def _query_names(bound: NinjaOperation) -> frozenset[str]:
    """The query parameters an operation knows."""
    return frozenset(
        name
        for model in bound.models
        if model.__ninja_param_source__ == "query"
        for name in getattr(model, "__ninja_flatten_map__", ())
    )


def _around(facts: Operation) -> Callable[[Run], Run]:
    def decorate(run: Run) -> Run:
        def answered(request: HttpRequest, **parts: Any) -> HttpResponse:
            try:
                return _answered(facts, run, cast(ApiRequest, request), parts)
            except Exception as error:
                return failed(request, error)

        return answered

    return decorate


def _answered(
    facts: Operation, run: Run, request: ApiRequest, parts: Mapping[str, Any]
) -> HttpResponse:
    at = admission.now()
    client = request.acting = admission.admit(request, at)
    _check_permission(facts.access, client)
    if facts.computes and client is not None:
        admission.LEASES.take(limits.COMPUTATIONS, f"{client.cell}.{client.client}", at)
    reading.check_query(request.GET, facts.query)
    reading.read_body(request, facts.content_type, facts.bytes_max)
    try:
        response = _carried_out(facts, run, request, parts, at)
    except _UndoneError as undone:
        response = undone.response
    if request.method in (HTTPMethod.GET, HTTPMethod.HEAD):
        return _tagged(request, response, client)
    return _private(response)


def _carried_out(
    facts: Operation, run: Run, request: ApiRequest, parts: Mapping[str, Any], at: datetime
) -> HttpResponse:
    """Run an operation in a transaction that sees what its client may see. One that is refused
    takes back with it whatever it did before. Raises _UndoneError then."""
    client = request.acting
    if facts.commits:
        return run(request, **parts)
    # What everyone may see is read as the house, and each public operation leaves out what is not.
    with house() if client is None or not facts.access.needs_client else acting(client, at):
        if client is None or not facts.changes:
            return _sound(run(request, **parts))
        key, printed = repeats.key_of(request), repeats.fingerprint(request)
        kept = repeats.before(client, key, printed)
        if kept is not None:
            return kept
        response = _sound(run(request, **parts))
        repeats.keep(client, key, printed, response, at)
        return response


class _UndoneError(Exception):
    """Takes an answer out of a transaction that must not stand."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response
        super().__init__()


def _sound(response: HttpResponse) -> HttpResponse:
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        raise _UndoneError(response)
    return response


def _check_permission(access: Access, client: ActingClient | None) -> None:
    if client is None:
        if access.needs_client:
            raise problems.unauthenticated()
    elif access.scope is not None and access.scope not in client.scopes:
        raise ProblemError(FORBIDDEN, f"this needs the scope {access.scope}")


def _tagged(
    request: HttpRequest, response: HttpResponse, client: ActingClient | None
) -> HttpResponse:
    """An answer that can be asked for again by its tag: the same tag, nothing is sent."""
    if response.status_code != HTTPStatus.OK:
        return response
    tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    asked = request.headers.get("If-None-Match", "")
    if asked and _matches(asked, tag):
        response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
        del response["Content-Type"]
    response["ETag"] = tag
    response["Cache-Control"] = "no-cache" if client is None else "private, no-cache"
    response["Vary"] = "Authorization, X-API-Key"
    return response


def _matches(asked: str, tag: str) -> bool:
    """Weak comparison (RFC 9110 section 13.1.2)."""
    return asked.strip() == "*" or tag in (
        part.strip().removeprefix("W/") for part in asked.split(",")
    )


def _private(response: HttpResponse) -> HttpResponse:
    response.setdefault("Cache-Control", "no-store")
    return response


def failed(_request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Any error as a problem. What we did not expect is logged and told as nothing but that."""
    match error:
        case ProblemError():
            return problems.answer(error)
        case ValidationError():
            return problems.answer(_invalid(error))
        case HttpError():
            return problems.answer(ProblemError(problems.MALFORMED, problems.MALFORMED.advice))
        case LmbError():
            return problems.answer(problems.of_error(error))
        case OperationalError() | InterfaceError():
            logger.exception("the database cannot be reached")
            unavailable = ProblemError(
                problems.UNAVAILABLE, problems.UNAVAILABLE.advice, headers={"Retry-After": "5"}
            )
            return problems.answer(unavailable)
        case _:
            logger.error(
                "an operation failed", exc_info=error if isinstance(error, Exception) else None
            )
            return problems.answer(ProblemError(problems.FAILED, problems.FAILED.advice))


def _invalid(error: ValidationError) -> ProblemError:
    """What a request says beside what an operation asks for, each place with what is expected."""
    faults = []
    for found in error.errors:
        source, *inner = found["loc"]
        # ninja names the function's own argument first; a caller knows no such name.
        steps = inner[1:] if source == "body" else inner
        place = "/".join(["", str(source), *map(str, steps)])
        faults.append(Fault(place[:200], str(found["msg"])))
    count = len(faults)
    noun = "fault" if count == 1 else "faults"
    return ProblemError(INVALID, f"{count} {noun}; nothing was done", faults=faults)


def client_of(request: ApiRequest) -> ActingClient:
    """Who asks, where an operation needs a client."""
    if request.acting is None:
        raise problems.unauthenticated()
    return request.acting
