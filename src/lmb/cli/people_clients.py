"""`lmb people api-client`: programs that act for organisations, and their keys."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from lmb.cli.progress import say
from lmb.config.clock import SystemClock
from lmb.config.runtime import database, migrate
from lmb.people import clients
from lmb.people.clients import ClientOnFile, NewClient
from lmb.people.queries import cell_of_organisation
from lmb.people.roles import Role
from lmb.people.scopes import SCOPES_OF, Scope
from lmb.people.sessions import house

JWK_BYTES_MAX = 10_000


class ClientId(click.ParamType[tuple[int, UUID]]):
    """What a client calls itself: its cell, a full stop, its key."""

    name = "client"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, UUID]:
        found = value if isinstance(value, tuple) else clients.read_client_id(str(value))
        if found is None:
            self.fail(f"{value!r} is no client id; `lmb people api-client list` shows them")
        return found


by_option = click.option(
    "--by",
    type=click.UUID,
    required=True,
    metavar="PERSON",
    help="Who administers the organisation and asked for it.",
)
days_option = click.option(
    "--days",
    type=click.IntRange(1, clients.KEY_LASTS_MAX.days),
    default=90,
    show_default=True,
    help="For how long the key opens anything.",
)
because_option = click.option("--because", required=True, metavar="WORDS", help="Why.")


@click.group("api-client")
def api_client() -> None:
    """Programs that act for organisations: register them, give and take their keys."""


@api_client.command(
    epilog="Example: lmb people api-client add --organisation 01a2ce8b-d400-74dd-85a7-5b81d67dcbd5"
    " --by 01a2ce8b-d400-7b1d-9c0f-2f0e6a7d1c55 --program Payroll --role employer"
    " --scope work:attest"
)
@click.option("--organisation", type=click.UUID, required=True, help="For whom it acts.")
@click.option("--program", required=True, metavar="NAME", help="What the program is called.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in SCOPES_OF]),
    required=True,
    help="In which role.",
)
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([scope.value for scope in Scope]),
    multiple=True,
    required=True,
    help="What it may do; give it once for each.",
)
@by_option
@click.option(
    "--approved-by",
    type=click.UUID,
    metavar="PERSON",
    help="The second administrator, for a role of government.",
)
def add(
    organisation: UUID,
    program: str,
    role: str,
    scopes: tuple[str, ...],
    by: UUID,
    approved_by: UUID | None,
) -> None:
    """Let a program act for an organisation, and print its client id."""
    new = NewClient(program, Role(role), frozenset(map(Scope, scopes)))
    with _database() as now:
        cell = cell_of_organisation(organisation)
        client = clients.register(
            secrets.token_bytes, cell, organisation, new, by=by, approved_by=approved_by, at=now
        )
    click.echo(clients.client_id(cell, client))


@api_client.command("key", epilog="Example: lmb people api-client key 1.01a2ce8b-… --by 01a2ce8b-…")
@click.argument("client", type=ClientId())
@by_option
@days_option
@click.option(
    "--public-key",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Put this public key (a JWK file) on file instead of drawing a secret.",
)
def add_key(client: tuple[int, UUID], by: UUID, days: int, public_key: Path | None) -> None:
    """Give a client a new key: a secret, which is printed this once, or the client's own public
    key, with which it signs."""
    lasts = timedelta(days=days)
    with _database() as now:
        if public_key is None:
            issued = clients.issue_secret(secrets.token_bytes, *client, lasts, by=by, at=now)
            click.echo("This secret is shown once and kept nowhere; store it now.", err=True)
            click.echo(issued.text)
        else:
            with public_key.open() as file:
                jwk = file.read(JWK_BYTES_MAX)
            added = clients.add_public_key(secrets.token_bytes, *client, jwk, lasts, by=by, at=now)
            click.echo(added)


@api_client.command("list", epilog="Example: lmb people api-client list 01a2ce8b-…")
@click.argument("organisation", type=click.UUID)
@click.option("as_json", "--json", is_flag=True, help="Print one JSON document and nothing else.")
def list_clients(organisation: UUID, as_json: bool) -> None:
    """List the programs of an organisation and their keys, by prefix, never whole."""
    with _database() as now, house():
        found = clients.of_organisation(cell_of_organisation(organisation), organisation)
    if as_json:
        click.echo(json.dumps({"clients": list(map(_document, found))}, indent=2))
        return
    for one in found:
        ended = "" if one.ended_at is None else f", ended {one.ended_at:%Y-%m-%d}"
        name = clients.client_id(one.cell, one.id)
        click.echo(f"{name}  {one.program}, {one.role}: {' '.join(one.scopes)}{ended}")
        for key in one.keys:
            kind = "secret" if key.is_secret else "public key"
            over = key.ended_at or (key.expires_at if key.expires_at <= now else None)
            until = f"ended {over:%Y-%m-%d}" if over else f"until {key.expires_at:%Y-%m-%d}"
            click.echo(f"    {key.prefix}  {kind}, {until}")


@api_client.command(
    epilog="Example: lmb people api-client revoke 1.01a2ce8b-… 0a1b2c3d4e5f --by 01a2ce8b-…"
    " --because 'a laptop was stolen'"
)
@click.argument("client", type=ClientId())
@click.argument("prefix")
@by_option
@because_option
def revoke(client: tuple[int, UUID], prefix: str, by: UUID, because: str) -> None:
    """End one key at once, and every token that was given for it."""
    with _database() as now:
        clients.revoke_key(*client, prefix, by=by, because=because, at=now)


@api_client.command(
    "end",
    epilog="Example: lmb people api-client end 1.01a2ce8b-… --by 01a2ce8b-… --because replaced",
)
@click.argument("client", type=ClientId())
@by_option
@because_option
def end_client(client: tuple[int, UUID], by: UUID, because: str) -> None:
    """End a program and all its keys at once."""
    with _database() as now:
        clients.end(*client, by=by, because=because, at=now)


def _document(one: ClientOnFile) -> dict[str, Any]:
    return {
        "client": clients.client_id(one.cell, one.id),
        "program": one.program,
        "role": one.role,
        "scopes": list(one.scopes),
        "recorded_at": one.recorded_at.isoformat(),
        "ended_at": one.ended_at and one.ended_at.isoformat(),
        "keys": [
            {
                "prefix": key.prefix,
                "kind": "secret" if key.is_secret else "public-key",
                "recorded_at": key.recorded_at.isoformat(),
                "expires_at": key.expires_at.isoformat(),
                "ended_at": key.ended_at and key.ended_at.isoformat(),
            }
            for key in one.keys
        ],
    }


@contextmanager
def _database() -> Iterator[datetime]:
    """A database that is up to date, and the time."""
    with database(progress=say):
        migrate(progress=say)
        yield SystemClock().now()
