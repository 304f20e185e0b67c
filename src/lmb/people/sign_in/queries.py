"""The only functions that tell people how they sign in: what there is, never the secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lmb.people import models
from lmb.people.acting import Acting
from lmb.people.sessions import house

LATEST = 20


@dataclass(frozen=True, slots=True)
class KnownPasskey:
    """A passkey as its person knows it. `synced`: it may be on several devices."""

    id: UUID
    label: str
    synced: bool
    registered_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaysIn:
    """How somebody signs in. `number` is None without an account at our own issuer; `issuers` are
    the others that vouch for them."""

    number: str | None
    passkeys: tuple[KnownPasskey, ...]
    password_set_at: datetime | None
    generator_since: datetime | None
    recovery_codes_left: int
    issuers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened to how somebody signs in or is paid: kind and moment."""

    kind: str
    at: datetime


@house()
def ways_in(by: Acting) -> WaysIn:
    """How whoever acts signs in themselves, whomever they act for."""
    mine = {"cell": by.cell, "person": by.person}
    live = {**mine, "ended_at": None}
    account = models.Account.objects.filter(**mine).first()
    generator = models.CodeGenerator.objects.filter(**live).first()
    keys = models.Authenticator.objects.filter(**live).order_by("recorded_at", "id")
    issuers = models.Identity.objects.filter(**live).order_by("recorded_at", "issuer")
    return WaysIn(
        number=None if account is None else account.number,
        passkeys=tuple(
            KnownPasskey(row.id, row.label, row.backup_eligible, row.recorded_at, row.used_at)
            for row in keys
        ),
        password_set_at=None if account is None else account.password_set_at,
        generator_since=None if generator is None else generator.recorded_at,
        recovery_codes_left=models.RecoveryCode.objects.filter(**live).count(),
        issuers=tuple(dict.fromkeys(row.issuer for row in issuers)),
    )


@house()
def notices(by: Acting) -> list[Notice]:
    """What lately happened to how somebody signs in or is paid, newest first."""
    rows = models.SecurityEvent.objects.filter(cell=by.cell, person=by.person)
    return [Notice(row.kind, row.happened_at) for row in rows.order_by("-happened_at")[:LATEST]]


@house()
def credentials_of(by: Acting) -> list[bytes]:
    """The identifiers of somebody's passkeys: which a browser may use, or must not make again."""
    rows = models.Authenticator.objects.filter(cell=by.cell, person=by.person, ended_at=None)
    return [bytes(row.credential) for row in rows]
