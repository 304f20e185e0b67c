"""Who asks, and whether not too often: the first thing a request meets."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils import timezone

from lmb.api import limits, tokens
from lmb.api.problems import ProblemError, unauthenticated
from lmb.people import clients
from lmb.people.acting import ActingClient
from lmb.people.clients import Admitted

KEY_HEADER = "X-API-Key"
TOKEN_PLACE = "/api/v1/oauth/token"
BEARER = "Bearer "
LEASES = limits.Leases()


def now() -> datetime:
    """The time of this machine, read here alone."""
    return timezone.now()


class DoorClock:
    """The same time, for books that ask a clock."""

    def now(self) -> datetime:
        return now()


def admit(request: HttpRequest, at: datetime) -> ActingClient | None:
    """The client that asks, None for somebody who shows nothing.

    Raises ProblemError for a credential that opens nothing, two of them, or too many requests.
    """
    key, bearer = request.headers.get(KEY_HEADER), request.headers.get("Authorization")
    if request.path == TOKEN_PLACE:
        # There the header carries what a token is given for, and the endpoint looks at it itself.
        bearer = None
    if key is None and bearer is None:
        LEASES.take(limits.NETWORK, _network(request), at)
        return None
    admitted = None if key is not None and bearer is not None else _admitted(key, bearer, at)
    if admitted is None:
        raise failure(request, at)
    client = admitted.client
    if LEASES.take(limits.CLIENT, f"{client.cell}.{client.client}", at):
        tokens.note_use(admitted, at)
    return client


def failure(request: HttpRequest, at: datetime) -> ProblemError:
    """The answer to a credential that opens nothing: once a network showed too many, that."""
    try:
        LEASES.take(limits.FAILURES, _network(request), at)
    except ProblemError as problem:
        return problem
    return unauthenticated()


def _admitted(key: str | None, bearer: str | None, at: datetime) -> Admitted | None:
    if key is not None:
        secret = clients.read_secret(key, "k")
        return None if secret is None else clients.admit(secret, at)
    if bearer is None or not bearer.startswith(BEARER):
        return None
    token = clients.read_secret(bearer.removeprefix(BEARER), "t")
    return None if token is None else tokens.admit(token, at)


def _network(request: HttpRequest) -> str:
    return limits.network_of(request.META.get("REMOTE_ADDR", ""))
