"""A programme's books with a client of each role, and how a test asks the API."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client

from lmb.people import clients, models, service
from lmb.people.clients import NewClient
from lmb.people.roles import OrganisationKind, Role
from lmb.people.scopes import SCOPES_OF, Scope
from lmb.people.service import NewPerson
from lmb.people.sessions import house
from tests.people.support import repeating

ROOT = "/api/v1"
ORGANISATIONS: dict[Role, tuple[OrganisationKind, str]] = {
    Role.PROVIDER: (OrganisationKind.PROVIDER, "welding-school"),
    Role.EMPLOYER: (OrganisationKind.EMPLOYER, "mill"),
    Role.INVESTOR: (OrganisationKind.INVESTOR, "north-pension"),
    Role.STATE_BOARD: (OrganisationKind.STATE_BOARD, "OH"),
    Role.AGENCY: (OrganisationKind.AGENCY, "labor"),
    Role.TREASURY: (OrganisationKind.AGENCY, "treasury"),
    Role.AUDITOR: (OrganisationKind.AGENCY, "audit-office"),
}
"""An organisation for each role a program can have, by the codes of the small programme."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A client of an organisation and the key it shows."""

    cell: int
    client: UUID
    organisation: UUID
    key: str
    prefix: str

    @property
    def client_id(self) -> str:
        return clients.client_id(self.cell, self.client)


def register_all(cell: int, at: datetime) -> tuple[dict[Role, Registered], UUID]:
    """A client with every scope for each role, and the administrator of them all."""
    draw = repeating("api")
    service.register(cell, [NewPerson(name, "OH", "OH-07") for name in ("ada", "bea")], at)
    with house():
        ada = models.Person.objects.get(cell=cell, reference="ada").id
        bea = models.Person.objects.get(cell=cell, reference="bea").id
        return {
            role: register_organisation(draw, cell, role, kind, code, (ada, bea), at)
            for role, (kind, code) in ORGANISATIONS.items()
        }, ada


def register_organisation(
    draw: Any,
    cell: int,
    role: Role,
    kind: OrganisationKind,
    code: str,
    administrators: tuple[UUID, UUID],
    at: datetime,
) -> Registered:
    organisation = UUID(bytes=draw(16))
    models.Organisation.objects.create(
        cell=cell,
        id=organisation,
        kind=kind,
        code=code,
        name=code,
        state="OH" if role is Role.STATE_BOARD else None,
        recorded_by=administrators[0],
        recorded_at=at,
    )
    for person in administrators:
        models.Membership.objects.create(
            cell=cell,
            id=UUID(bytes=draw(16)),
            person=person,
            organisation=organisation,
            role=role,
            administers=True,
            starts_at=at,
            granted_by=person,
            recorded_at=at,
        )
    return registered(draw, cell, organisation, role, SCOPES_OF[role], administrators, at)


def registered(
    draw: Any,
    cell: int,
    organisation: UUID,
    role: Role,
    scopes: frozenset[Scope],
    administrators: tuple[UUID, UUID],
    at: datetime,
) -> Registered:
    """A new client of an organisation that is there."""
    by, approved_by = administrators
    new = NewClient("Program", role, scopes)
    client = clients.register(draw, cell, organisation, new, by=by, approved_by=approved_by, at=at)
    secret = clients.issue_secret(draw, cell, client, timedelta(days=30), by=by, at=at)
    return Registered(cell, client, organisation, secret.text, secret.prefix)


def get(path: str, by: Registered | None = None, **headers: str) -> HttpResponse:
    """Ask for something, as a client if one is named."""
    found = Client().get(ROOT + path, headers={**shown(by), **headers})
    return cast(HttpResponse, found)


def post(
    path: str,
    body: object,
    by: Registered | None = None,
    *,
    key: str | None = "key-1",
    content_type: str = "application/json",
    **headers: str,
) -> HttpResponse:
    """Send a document, or bytes as they are, under an idempotency key."""
    told = body if isinstance(body, bytes) else json.dumps(body).encode()
    repeated = {} if key is None else {"Idempotency-Key": key}
    found = Client().post(
        ROOT + path,
        told,
        content_type=content_type,
        headers={**shown(by), **repeated, **headers},
    )
    return cast(HttpResponse, found)


def shown(by: Registered | None) -> dict[str, str]:
    return {} if by is None else {"X-API-Key": by.key}


def problem(answered: HttpResponseBase) -> str:
    """Which problem an answer is; it must be one, whole."""
    response = cast(HttpResponse, answered)
    document = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json", response.content
    assert document["status"] == response.status_code
    assert {"type", "title", "detail"} <= set(document)
    return str(document["type"]).rpartition("/")[2]
