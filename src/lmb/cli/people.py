"""`lmb people`: for operators: what a breach exposed, who looked at whom, and the vault's keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import click
from rich.console import Console
from rich.table import Table

from lmb.cli.ledger import Moment
from lmb.cli.people_clients import api_client
from lmb.cli.people_log import anchor_log, check_log
from lmb.cli.people_sign_in import sign_in_key
from lmb.cli.progress import say
from lmb.config import vault_keys
from lmb.config.runtime import database, migrate
from lmb.people import access_log, exposure, rotation
from lmb.people.access_log import Look
from lmb.people.exposure import Exposed
from lmb.people.queries import cell_of_person
from lmb.people.sessions import house

json_option = click.option(
    "as_json", "--json", is_flag=True, help="Print one JSON document and nothing else."
)
limit_option = click.option(
    "--limit",
    type=click.IntRange(1, access_log.LOOKS_SHOWN_MAX),
    default=100,
    show_default=True,
    help="At most so many.",
)
before_option = click.option(
    "--before", type=click.UUID, metavar="ID", help="Only those before this one."
)


@click.group()
def people() -> None:
    """People's records: who could see them, who did, and the keys they are sealed with."""


people.add_command(api_client)
people.add_command(anchor_log)
people.add_command(check_log)
people.add_command(sign_in_key)


@people.command(
    "exposure",
    epilog="Example: lmb people exposure --principal 01a2ce8b-d400-74dd-85a7-5b81d67dcbd5"
    " --from 2027-03-01 --to 2027-03-08T12:00:00Z",
)
@click.option(
    "--principal", type=click.UUID, required=True, help="The key of the person whose account it is."
)
@click.option("--from", "begin", type=Moment(), required=True, help="When it was in wrong hands.")
@click.option("--to", "end", type=Moment(), required=True, help="Until when, this moment included.")
@json_option
def exposure_report(principal: UUID, begin: datetime, end: datetime, as_json: bool) -> None:
    """List every person and field that an account could have read in a window of time, by the
    memberships, delegations, consents and cases in force then, and what it did read."""
    with _database():
        found = list(exposure.exposed(principal, begin, end))
    if as_json:
        _print_json(persons=list(map(_exposed_document, found)))
        return
    table = Table("person", "state", "could read", "by", "did read", "looks", "last look")
    for one in found:
        table.add_row(
            str(one.person),
            one.state or "",
            ", ".join(one.could),
            ", ".join(one.rights),
            ", ".join(one.did),
            str(one.looks),
            one.last_at.isoformat() if one.last_at else "",
        )
    Console().print(table)
    seen = sum(1 for one in found if one.looks)
    click.echo(f"{len(found)} persons could be read, {seen} were", err=True)


@people.command(epilog="Example: lmb people looks 01a2ce8b-d400-74dd-85a7-5b81d67dcbd5")
@click.argument("person", type=click.UUID)
@before_option
@limit_option
@json_option
def looks(person: UUID, before: UUID | None, limit: int, as_json: bool) -> None:
    """List who looked at a person's record, newest first."""
    with _database(), house():
        found = access_log.looks_at(cell_of_person(person), person, before=before, limit=limit)
    _print_looks(found, as_json)


@people.command(epilog="Example: lmb people disclosures 01a2ce8b-d400-74dd-85a7-5b81d67dcbd5")
@click.argument("person", type=click.UUID)
@before_option
@limit_option
@json_option
def disclosures(person: UUID, before: UUID | None, limit: int, as_json: bool) -> None:
    """List to whom something of a person's record was disclosed and for what interest: the record
    that 34 CFR 99.32 asks for."""
    with _database(), house():
        found = access_log.disclosures(cell_of_person(person), person, before=before, limit=limit)
    _print_looks(found, as_json)


@people.command("rotate-keys", epilog="Example: lmb people rotate-keys --drop-old")
@click.option("--resume", is_flag=True, help="Make no new keys; finish with the current ones.")
@click.option("--drop-old", is_flag=True, help="Forget the old keys when everything is through.")
def rotate_keys(resume: bool, drop_old: bool) -> None:
    """Wrap every person's key under a new master key and renew the blind index.

    Interrupted, it goes on with --resume; the vault can be used all the while.
    """
    path = vault_keys.key_file()
    with _database():
        keys = vault_keys.load(path) if resume else vault_keys.add_keys(path)
        wrapped = rotation.rewrap(keys.vault)
        renewed = rotation.renew_index(keys.vault)
        if drop_old:
            vault_keys.drop_old_keys(path)
    click.echo(
        f"wrapped {wrapped} keys under {keys.vault.master.current}, "
        f"renewed the index of {renewed} persons"
    )


def _print_looks(found: list[Look], as_json: bool) -> None:
    if as_json:
        _print_json(looks=[_plain(asdict(look)) for look in found])
        return
    table = Table("when", "who", "role", "for", "why", "by what right", "record", "fields")
    for look in found:
        table.add_row(
            look.at.isoformat(),
            str(look.principal),
            look.role,
            look.organisation or "",
            look.reason or look.purpose,
            look.basis,
            look.record,
            ", ".join(look.fields),
        )
    Console().print(table)


def _exposed_document(one: Exposed) -> dict[str, Any]:
    return _plain(asdict(one))


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in document.items()}


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


@contextmanager
def _database() -> Iterator[None]:
    with database(progress=say):
        migrate(progress=say)
        yield


def _print_json(**document: Any) -> None:
    click.echo(json.dumps(document, indent=2))
