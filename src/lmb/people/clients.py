"""The only functions that let programs act for organisations, and give and take their keys.

    register ─▶ client ─▶ issue_secret   shown once, kept as a hash
                      └─▶ add_public_key the private half stays with the organisation
    admit    from what a request shows to who acts

An operator calls the first three on the word of whoever administers the organisation.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from lmb.people import models
from lmb.people.acting import ActingClient
from lmb.people.roles import ROLES_OF, SECOND_PERSON_ROLES, OrganisationKind, Role
from lmb.people.scopes import SCOPES_OF, Scope
from lmb.people.sessions import house
from lmb.values.errors import NotFoundError, RefusedError
from lmb.values.identifiers import Randomness, drawn_uuid7

SECRET_BYTES = 32
PREFIX_BYTES = 6
KEY_LASTS_MAX = timedelta(days=366)
KEYS_MAX = 10
"""Open keys of one client: enough to change them one by one."""
CLIENTS_SHOWN_MAX = 500
RSA_BITS_MIN = 2048

_SECRET = re.compile(r"lmb[kt]_([0-9]{1,10})_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class NewClient:
    """A program as it is registered."""

    program: str
    role: Role
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that was just drawn. `text` is shown this once; its hash alone is kept.

    The text names its cell, so that no directory of all keys is needed, and a prefix by which it
    is found and can be told apart in a list.
    """

    cell: int
    prefix: str
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who acts, and by which of their keys."""

    key: UUID
    client: ActingClient


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key of a client, to verify its signature with before it is admitted."""

    jwk: dict[str, Any]
    admitted: Admitted


@dataclass(frozen=True, slots=True)
class KeyOnFile:
    """A key as it stands: its prefix, never more of it."""

    id: UUID
    prefix: str
    is_secret: bool
    recorded_at: datetime
    expires_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClientOnFile:
    """A client with its keys, newest first."""

    cell: int
    id: UUID
    organisation: UUID
    program: str
    role: str
    scopes: tuple[str, ...]
    recorded_at: datetime
    ended_at: datetime | None
    keys: tuple[KeyOnFile, ...]


def client_id(cell: int, client: UUID) -> str:
    """What a client calls itself at the token endpoint (RFC 6749)."""
    return f"{cell}.{client}"


def read_client_id(text: str) -> tuple[int, UUID] | None:
    """Cell and key of a client by what it calls itself; None for what cannot be one."""
    cell, _, client = text.partition(".")
    if not (cell.isascii() and cell.isdecimal() and len(cell) <= 10 and int(cell) < 2**31):
        return None
    try:
        return int(cell), UUID(client)
    except ValueError:
        return None


def draw_secret(randomness: Randomness, cell: int, kind: str) -> Secret:
    """A new secret: `k` for a key, `t` for an access token."""
    body = base64.urlsafe_b64encode(randomness(SECRET_BYTES)).rstrip(b"=").decode()
    prefix = randomness(PREFIX_BYTES).hex()
    return Secret(cell, prefix, f"lmb{kind}_{cell}_{prefix}_{body}")


def read_secret(text: str, kind: str) -> Secret | None:
    """A secret as a request shows it; None for what cannot be one."""
    match = _SECRET.fullmatch(text)
    if match is None or text[3] != kind or int(match[1]) >= 2**31:
        return None
    return Secret(int(match[1]), match[2], text)


@house()
def register(
    randomness: Randomness,
    cell: int,
    organisation: UUID,
    new: NewClient,
    *,
    by: UUID,
    approved_by: UUID | None = None,
    at: datetime,
) -> UUID:
    """Let a program act for an organisation, on the word of `by`, who administers it.

    Raises RefusedError for anyone else, a role the organisation does not give, scopes the role
    does not have, or a role of government without a second administrator; NotFoundError for an
    unknown organisation.
    """
    row = models.Organisation.objects.filter(cell=cell, id=organisation).first()
    if row is None:
        raise NotFoundError(f"there is no organisation {organisation} in cell {cell}")
    if new.role not in ROLES_OF[OrganisationKind(row.kind)] or new.role not in SCOPES_OF:
        raise RefusedError(f"{row.name} is of kind {row.kind}; its programs are not {new.role}")
    beyond = sorted(new.scopes - SCOPES_OF[new.role])
    if beyond or not new.scopes:
        possible = ", ".join(sorted(SCOPES_OF[new.role]))
        raise RefusedError(f"a program of role {new.role} has some of these scopes: {possible}")
    _refuse_stranger(cell, organisation, by)
    if new.role in SECOND_PERSON_ROLES:
        if approved_by is None or approved_by == by:
            raise RefusedError(f"the role {new.role} is given by two persons; name the second")
        _refuse_stranger(cell, organisation, approved_by)
    identifier = drawn_uuid7(at, randomness)
    models.ApiClient.objects.create(
        cell=cell,
        id=identifier,
        organisation=organisation,
        role=new.role,
        program=new.program,
        scopes=sorted(new.scopes),
        registered_by=by,
        approved_by=approved_by,
        recorded_at=at,
    )
    return identifier


@house()
def issue_secret(
    randomness: Randomness, cell: int, client: UUID, lasts: timedelta, *, by: UUID, at: datetime
) -> Secret:
    """Give a client a new secret, which is returned this once.

    Raises RefusedError for whoever does not administer its organisation, a time too long, or too
    many keys; NotFoundError for a client that is not registered or has ended.
    """
    secret = draw_secret(randomness, cell, "k")
    _add_key(randomness, secret.prefix, cell, client, lasts, by, at, sha256=secret.sha256)
    return secret


@house()
def add_public_key(
    randomness: Randomness,
    cell: int,
    client: UUID,
    jwk: str,
    lasts: timedelta,
    *,
    by: UUID,
    at: datetime,
) -> str:
    """Put a client's public key on file and return the prefix it is listed by.

    Raises RefusedError for a text that is no public RSA key of RSA_BITS_MIN bits or more and no
    P-256 key, and as `issue_secret` does.
    """
    public = json.dumps(_public_jwk(jwk), sort_keys=True)
    prefix = randomness(PREFIX_BYTES).hex()
    _add_key(randomness, prefix, cell, client, lasts, by, at, jwk=public)
    return prefix


@house()
def revoke_key(
    cell: int, client: UUID, prefix: str, *, by: UUID, because: str, at: datetime
) -> None:
    """End a key at once. Raises NotFoundError when it is not open, RefusedError for a stranger."""
    row = _open_client(cell, client)
    _refuse_stranger(cell, row.organisation, by)
    ended = models.ApiKey.objects.filter(
        cell=cell, client=client, prefix=prefix, ended_at=None
    ).update(ended_at=at, ended_by=by, ended_because=because)
    if not ended:
        raise NotFoundError(f"client {client} has no open key {prefix}")


@house()
def end(cell: int, client: UUID, *, by: UUID, because: str, at: datetime) -> None:
    """End a client and with it all its keys and tokens, at once."""
    row = _open_client(cell, client)
    _refuse_stranger(cell, row.organisation, by)
    models.ApiClient.objects.filter(cell=cell, id=client).update(
        ended_at=at, ended_by=by, ended_because=because
    )


def of_organisation(cell: int, organisation: UUID) -> list[ClientOnFile]:
    """The clients of an organisation, newest first, with their keys."""
    rows = models.ApiClient.objects.filter(cell=cell, organisation=organisation)
    clients = list(rows.order_by("-id")[:CLIENTS_SHOWN_MAX])
    keys: dict[UUID, list[KeyOnFile]] = {row.id: [] for row in clients}
    for key in models.ApiKey.objects.filter(cell=cell, client__in=list(keys)).order_by("-id"):
        keys[key.client].append(
            KeyOnFile(
                id=key.id,
                prefix=key.prefix,
                is_secret=key.sha256 is not None,
                recorded_at=key.recorded_at,
                expires_at=key.expires_at,
                ended_at=key.ended_at,
            )
        )
    return [
        ClientOnFile(
            cell=row.cell,
            id=row.id,
            organisation=row.organisation,
            program=row.program,
            role=row.role,
            scopes=tuple(row.scopes),
            recorded_at=row.recorded_at,
            ended_at=row.ended_at,
            keys=tuple(keys[row.id]),
        )
        for row in clients
    ]


def admit(secret: Secret, at: datetime) -> Admitted | None:
    """Who a key's secret belongs to; None for one that opens nothing, whyever."""
    rows = _call(
        "SELECT key, client, role, organisation, code, state, scopes"
        " FROM people_api_admit(%s, %s, %s, %s)",
        [secret.cell, secret.prefix, secret.sha256, at],
    )
    return admitted(secret.cell, rows[0]) if rows else None


def public_keys(cell: int, client: UUID, at: datetime) -> list[PublicKey]:
    """The public keys by which a client may sign for itself; none for an unknown client."""
    rows = _call(
        "SELECT key, %s::uuid, role, organisation, code, state, scopes, jwk"
        " FROM people_api_keys_of(%s, %s, %s)",
        [client, cell, client, at],
    )
    return [PublicKey(json.loads(row[-1]), admitted(cell, row[:-1])) for row in rows]


def admitted(cell: int, row: Sequence[Any]) -> Admitted:
    """Who acts, from key, client, role, organisation, code, state and scopes."""
    key, client, role, organisation, code, state, scopes = row
    acting = ActingClient(
        cell, client, Role(role), organisation, code, state, frozenset(map(Scope, scopes))
    )
    return Admitted(key, acting)


def _call(sql: str, parameters: Sequence[str | int | UUID | datetime]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _add_key(
    randomness: Randomness,
    prefix: str,
    cell: int,
    client: UUID,
    lasts: timedelta,
    by: UUID,
    at: datetime,
    **material: str,
) -> None:
    row = _open_client(cell, client)
    _refuse_stranger(cell, row.organisation, by)
    if not timedelta() < lasts <= KEY_LASTS_MAX:
        raise RefusedError(f"a key lasts at most {KEY_LASTS_MAX.days} days; make another then")
    keys = models.ApiKey.objects.filter(cell=cell, client=client, ended_at=None)
    if keys.filter(expires_at__gt=at).count() >= KEYS_MAX:
        raise RefusedError(f"a client has at most {KEYS_MAX} keys; revoke one first")
    models.ApiKey.objects.create(
        cell=cell,
        id=drawn_uuid7(at, randomness),
        client=client,
        prefix=prefix,
        expires_at=at + lasts,
        issued_by=by,
        recorded_at=at,
        **material,
    )


def _open_client(cell: int, client: UUID) -> models.ApiClient:
    row = (
        models.ApiClient.objects.select_for_update()
        .filter(cell=cell, id=client, ended_at=None)
        .first()
    )
    if row is None:
        raise NotFoundError(f"there is no client {client} in cell {cell}, or it has ended")
    return row


def _refuse_stranger(cell: int, organisation: UUID, person: UUID) -> None:
    administers = models.Membership.objects.filter(
        cell=cell, person=person, organisation=organisation, administers=True, ended_at=None
    )
    if not administers.exists():
        raise RefusedError(f"{person} does not administer this organisation; ask whoever does")


def _public_jwk(text: str) -> dict[str, Any]:
    """The public half of a JWK, whichever half was given, with nothing else beside it."""
    refusal = RefusedError(
        f"give a JWK of a public RSA key of at least {RSA_BITS_MIN} bits or a P-256 key"
    )
    try:
        document = json.loads(text)
        kind = document.get("kty") if isinstance(document, dict) else None
        key = RSAKey.import_key(document) if kind == "RSA" else ECKey.import_key(document)
    except (ValueError, KeyError, TypeError, JoseError):
        raise refusal from None
    public = key.as_dict(private=False)
    names: Collection[str] = ("kty", "n", "e") if kind == "RSA" else ("kty", "crv", "x", "y")
    kept = {name: public[name] for name in names}
    weak = kind == "RSA" and key.raw_value.key_size < RSA_BITS_MIN
    if weak or kept.get("crv", "P-256") != "P-256" or key.is_private:
        raise refusal
    return kept
