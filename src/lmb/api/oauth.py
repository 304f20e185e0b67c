"""The token endpoint: OAuth 2.0 client credentials (RFC 6749 section 4.4), by a secret
(`client_secret_basic`) or by a signature (`private_key_jwt`, RFC 7523).

Its errors are those of RFC 6749 section 5.2, which clients' libraries know, with the members of a
problem beside them. Whatever is wrong with a credential is `invalid_client`.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from http import HTTPMethod, HTTPStatus
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest, HttpResponse, QueryDict
from pydantic import Field

from lmb.api import admission, assertions, tokens
from lmb.api.operations import PUBLIC, ApiRequest, Shape, operation
from lmb.api.problems import INVALID, RATE, UNAUTHENTICATED, ProblemError
from lmb.people import clients
from lmb.people.clients import Admitted
from lmb.people.scopes import Scope

FORM = "application/x-www-form-urlencoded"
BASIC = "Basic "
FIELDS = ("grant_type", "scope", "client_id", "client_assertion_type", "client_assertion")


class Token(Shape):
    """An access token. Send it as `Authorization: Bearer …` until it expires, then ask anew."""

    access_token: str
    token_type: str
    expires_in: int = Field(description="Seconds.")
    scope: str = Field(description="What it may be used for, parted by spaces.")


@dataclass(frozen=True, slots=True)
class _RefusalError(Exception):
    """Why no token is given, in the words of RFC 6749."""

    error: str
    detail: str
    status: HTTPStatus = HTTPStatus.BAD_REQUEST


GENERIC = _RefusalError(
    "invalid_client",
    "no client proved itself; check its id, its secret or key, and that neither has expired",
    HTTPStatus.UNAUTHORIZED,
)

REQUEST_SCHEMA: dict[str, Any] = {
    "required": True,
    "content": {
        FORM: {
            "schema": {
                "type": "object",
                "required": ["grant_type"],
                "properties": {
                    "grant_type": {"const": "client_credentials"},
                    "scope": {
                        "type": "string",
                        "description": "Some of the client's scopes, parted by spaces; all of them "
                        "when left out.",
                    },
                    "client_assertion_type": {"const": assertions.TYPE},
                    "client_assertion": {
                        "type": "string",
                        "maxLength": assertions.BYTES_MAX,
                        "description": "A JWT signed with RS256 or ES256: iss and sub are the "
                        "client id, aud is the address of this endpoint, exp at most five minutes "
                        "ahead, jti new each time.",
                    },
                },
            },
            "example": {"grant_type": "client_credentials", "scope": "accounts:read"},
        }
    },
}


@operation(
    HTTPMethod.POST,
    "/oauth/token",
    PUBLIC,
    Token,
    tag="Your client",
    summary="Get an access token",
    # A failure is counted though nothing else of the request stands.
    commits=True,
    content_type=FORM,
    bytes_max=16_384,
    problems=[UNAUTHENTICATED],
    extra={"requestBody": REQUEST_SCHEMA, "security": [{}, {"ClientSecretBasic": []}]},
    example={
        "access_token": "lmbt_1_5f2d0c9e7a41_kP0m…",
        "token_type": "Bearer",
        "expires_in": 900,
        "scope": "accounts:read",
    },
)
def give_token(request: ApiRequest) -> Any:
    """A short-lived token for a client that proves itself: by its id and a key's secret in the
    header Authorization (Basic), or by an assertion signed with its private key."""
    at = admission.now()
    try:
        form = _form(request)
        admitted = _client(request, form, at)
        granted = _scopes(form.get("scope", ""), admitted)
    except _RefusalError as refusal:
        return _refused(request, refusal, at)
    token = tokens.give(secrets.token_bytes, admitted, granted, at)
    document = Token(
        access_token=token.text,
        token_type="Bearer",
        expires_in=int(tokens.TOKEN_LASTS.total_seconds()),
        scope=" ".join(sorted(granted)),
    )
    response = HttpResponse(document.model_dump_json(), content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response


def _form(request: HttpRequest) -> dict[str, str]:
    try:
        given = QueryDict(request.body, encoding="utf-8")
    except (UnicodeDecodeError, ValueError):
        raise _RefusalError("invalid_request", "the form cannot be read") from None
    twice = [name for name in FIELDS if len(given.getlist(name)) > 1]
    if twice:
        raise _RefusalError("invalid_request", f"{twice[0]} stands twice")
    # RFC 6749 section 3.2: what is not known is ignored here, and only here.
    form = {name: given[name] for name in FIELDS if name in given}
    kind = form.get("grant_type")
    if kind is None:
        raise _RefusalError("invalid_request", "grant_type is missing")
    if kind != "client_credentials":
        raise _RefusalError("unsupported_grant_type", "grant_type is client_credentials here")
    return form


def _client(request: HttpRequest, form: dict[str, str], at: datetime) -> Admitted:
    header = request.headers.get("Authorization")
    assertion = form.get("client_assertion")
    if header is not None and assertion is not None:
        raise _RefusalError("invalid_request", "a client proves itself in one way, not in two")
    if assertion is not None:
        if form.get("client_assertion_type") != assertions.TYPE:
            raise _RefusalError("invalid_request", f"client_assertion_type is {assertions.TYPE}")
        endpoint = request.build_absolute_uri(request.path)
        found = assertions.admit(assertion, endpoint, at)
    else:
        found = None if header is None else _by_secret(header, at)
    if found is None:
        raise GENERIC
    if form.get("client_id") not in (None, _name(found)):
        raise GENERIC
    return found


def _by_secret(header: str, at: datetime) -> Admitted | None:
    """RFC 6749 section 2.3.1: both halves are form-encoded before they are joined."""
    if not header.startswith(BASIC):
        return None
    try:
        name, _, password = (
            base64.b64decode(header[len(BASIC) :], validate=True).decode().partition(":")
        )
    except (binascii.Error, ValueError):
        return None
    secret = clients.read_secret(unquote_plus(password), "k")
    found = None if secret is None else clients.admit(secret, at)
    return found if found is not None and _name(found) == unquote_plus(name) else None


def _name(admitted: Admitted) -> str:
    return clients.client_id(admitted.client.cell, admitted.client.client)


def _scopes(asked: str, admitted: Admitted) -> frozenset[Scope]:
    if not asked:
        return admitted.client.scopes
    try:
        wanted = frozenset(map(Scope, asked.split(" ")))
    except ValueError:
        wanted = frozenset()
    if not wanted or not wanted <= admitted.client.scopes:
        listed = " ".join(sorted(admitted.client.scopes))
        raise _RefusalError("invalid_scope", f"this client has the scopes {listed}")
    return wanted


def _refused(request: HttpRequest, refusal: _RefusalError, at: datetime) -> HttpResponse:
    kind, headers = INVALID, {}
    if refusal is GENERIC:
        problem = admission.failure(request, at)
        if problem.kind is RATE:
            raise problem
        kind, headers = UNAUTHENTICATED, {"WWW-Authenticate": 'Basic realm="lmb"'}
    problem = ProblemError(kind, refusal.detail)
    document = {
        **problem.document(),
        "status": int(refusal.status),
        "error": refusal.error,
        "error_description": refusal.detail,
    }
    response = HttpResponse(
        json.dumps(document),
        status=refusal.status,
        content_type="application/json",
        headers=headers,
    )
    response["Cache-Control"] = "no-store"
    return response
