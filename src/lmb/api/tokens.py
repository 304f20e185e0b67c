"""The only functions that give access tokens, take assertions once, and tell what a token opens."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db import connection

from lmb.api import models
from lmb.people import clients
from lmb.people.clients import Admitted, Secret
from lmb.people.scopes import Scope
from lmb.people.sessions import house
from lmb.values.identifiers import Randomness

TOKEN_LASTS = timedelta(minutes=15)
FORGOTTEN_AT_ONCE = 100


@house()
def give(
    randomness: Randomness, admitted: Admitted, scopes: frozenset[Scope], at: datetime
) -> Secret:
    """A new access token for a key, with some or all of its client's scopes; returned this once."""
    secret = clients.draw_secret(randomness, admitted.client.cell, "t")
    models.AccessToken.objects.create(
        cell=secret.cell,
        prefix=secret.prefix,
        client=admitted.client.client,
        key=admitted.key,
        sha256=secret.sha256,
        scopes=sorted(scopes),
        expires_at=at + TOKEN_LASTS,
    )
    forget(at)
    return secret


@house()
def take_once(admitted: Admitted, jti: str, expires_at: datetime) -> bool:
    """Whether an assertion comes for the first time; from now on it does not."""
    client = admitted.client
    _, created = models.UsedAssertion.objects.get_or_create(
        cell=client.cell,
        client=client.client,
        jti_sha256=hashlib.sha256(jti.encode()).hexdigest(),
        defaults={"expires_at": expires_at},
    )
    return created


def admit(secret: Secret, at: datetime) -> Admitted | None:
    """Who an access token was given to; None for one that opens nothing, whyever."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, client, role, organisation, code, state, scopes"
            " FROM api_admit_token(%s, %s, %s, %s)",
            [secret.cell, secret.prefix, secret.sha256, at],
        )
        row = cursor.fetchone()
    return None if row is None else clients.admitted(secret.cell, row)


def note_use(admitted: Admitted, at: datetime) -> None:
    """Remember that a key is in use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_note_use(%s, %s, %s)", [admitted.client.cell, admitted.key, at])


def forget(at: datetime) -> None:
    """Forget some of what has served: tokens, assertions and answers that are over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_forget(%s, %s)", [at, FORGOTTEN_AT_ONCE])
