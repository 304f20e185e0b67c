"""One request, one effect: what was answered under an idempotency key is answered again.

A lock on the key lasts as long as the transaction that carries the request out; what it did and
what it answered stand or fall together. So nothing is left behind by a server that dies. A request
that was refused changed nothing and is not kept.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from django.db import connection
from django.http import HttpRequest, HttpResponse

from lmb.api import models
from lmb.api.problems import (
    IN_PROGRESS,
    KEY_MISSING,
    KEY_REUSED,
    ProblemError,
)
from lmb.people.acting import ActingClient

HEADER = "Idempotency-Key"
REPEATED = "Idempotency-Replayed"
KEY = re.compile(r"[!-~]{1,128}")


def key_of(request: HttpRequest) -> str:
    """The key a request brings. Raises ProblemError for none, or one that cannot be."""
    key = request.headers.get(HEADER, "")
    if not KEY.fullmatch(key):
        raise ProblemError(KEY_MISSING, KEY_MISSING.advice)
    return key


def fingerprint(request: HttpRequest) -> str:
    """What makes two requests the same: method, path and body, to the byte."""
    digest = hashlib.sha256()
    for part in (str(request.method).encode(), request.path.encode(), request.body):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def before(client: ActingClient, key: str, printed: str) -> HttpResponse | None:
    """The answer that was given to this request before; None when it is to be carried out, by
    whoever holds the lock from now to the end of the transaction.

    Raises ProblemError for a key in use at this moment, or used for something else.
    """
    lock = hashlib.sha256(f"{client.cell}.{client.client} {key}".encode()).digest()[:8]
    with connection.cursor() as cursor:
        number = int.from_bytes(lock, "big", signed=True)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        (is_ours,) = cursor.fetchone()
    if not is_ours:
        raise ProblemError(IN_PROGRESS, IN_PROGRESS.advice, headers={"Retry-After": "1"})
    row = models.Answer.objects.filter(cell=client.cell, client=client.client, key=key).first()
    if row is None:
        return None
    if row.fingerprint != printed:
        raise ProblemError(KEY_REUSED, KEY_REUSED.advice)
    response = HttpResponse(row.content, status=row.status, content_type="application/json")
    response[REPEATED] = "true"
    return response


def keep(
    client: ActingClient, key: str, printed: str, response: HttpResponse, at: datetime
) -> None:
    """Keep an answer with what it tells of."""
    models.Answer.objects.create(
        cell=client.cell,
        client=client.client,
        key=key,
        fingerprint=printed,
        status=response.status_code,
        content=response.content.decode(),
        recorded_at=at,
    )
