"""What a client is, and the words this API uses."""

from __future__ import annotations

from http import HTTPMethod
from typing import Any
from uuid import UUID

from pydantic import Field

from lmb.api import limits
from lmb.api.operations import (
    ANY_CLIENT,
    OPERATIONS,
    PUBLIC,
    ApiRequest,
    Shape,
    client_of,
    operation,
)
from lmb.api.problems import PROBLEM_TYPES
from lmb.people.clients import client_id
from lmb.people.scopes import SCOPES_OF, Scope

TAG = "Your client"


class Client(Shape):
    """Who asks, and what they may do."""

    client: str = Field(description="Its client id.")
    organisation: UUID
    code: str = Field(description="The organisation's number in its own register.")
    state: str | None
    role: str
    scopes: list[str]
    requests_per_second: float
    requests_at_once: int


class ScopeWord(Shape):
    scope: str
    roles: list[str] = Field(description="Roles whose clients can have it.")
    operations: list[str]


class ProblemWord(Shape):
    type: str
    status: int
    title: str
    advice: str


class Words(Shape):
    """Every scope and every type of problem."""

    scopes: list[ScopeWord]
    problems: list[ProblemWord]


@operation(
    HTTPMethod.GET,
    "/client",
    ANY_CLIENT,
    Client,
    tag=TAG,
    summary="Show your client",
    example={
        "client": "1.0192ce8b-d400-74dd-85a7-5b81d67dcbd5",
        "organisation": "0192ce8b-d400-7b1d-9c0f-2f0e6a7d1c55",
        "code": "Alder Fund",
        "state": None,
        "role": "investor",
        "scopes": ["accounts:read", "holdings:read"],
        "requests_per_second": 100,
        "requests_at_once": 200,
    },
)
def show_client(request: ApiRequest) -> Any:
    """Whom your key or token stands for. Ask this first."""
    client = client_of(request)
    return Client(
        client=client_id(client.cell, client.client),
        organisation=client.organisation,
        code=client.code,
        state=client.state,
        role=client.role.value,
        scopes=sorted(scope.value for scope in client.scopes),
        requests_per_second=limits.CLIENT.rate_per_second,
        requests_at_once=limits.CLIENT.burst,
    )


@operation(
    HTTPMethod.GET,
    "/words",
    PUBLIC,
    Words,
    tag=TAG,
    summary="List scopes and problems",
    example={
        "scopes": [
            {
                "scope": "work:attest",
                "roles": ["employer"],
                "operations": ["attest_hire", "attest_work"],
            }
        ],
        "problems": [
            {
                "type": "/api/v1/problems/rate-limited",
                "status": 429,
                "title": "Too many requests",
                "advice": "Wait as long as the header Retry-After says.",
            }
        ],
    },
)
def list_words(request: ApiRequest) -> Any:
    """What each scope lets a client do, and what each problem means and asks for."""
    return Words(
        scopes=[
            ScopeWord(
                scope=scope.value,
                roles=sorted(role.value for role, scopes in SCOPES_OF.items() if scope in scopes),
                operations=sorted(
                    name for name, known in OPERATIONS.items() if known.access.scope is scope
                ),
            )
            for scope in Scope
        ],
        problems=[
            ProblemWord(
                type=kind.uri, status=int(kind.status), title=kind.title, advice=kind.advice
            )
            for kind in PROBLEM_TYPES.values()
        ],
    )
