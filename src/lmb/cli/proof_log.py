"""`lmb proofs` on the log of the books: receipts, checkpoints, exports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click

from lmb.cli.log_keys import log_keys
from lmb.cli.progress import say
from lmb.config.runtime import database, migrate
from lmb.ledger.queries import movement
from lmb.ledger.statements import cell_of_books
from lmb.proofs import queries
from lmb.proofs.errors import MalformedError
from lmb.proofs.export import export_log, export_openings
from lmb.proofs.policy import POLICY_BYTES_MAX, Policy, parse_policy
from lmb.proofs.publication import Publication, publish, witness_addresses
from lmb.proofs.trust import policy_in_force
from lmb.values.errors import InputError, NotFoundError, Problem

POLICY_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
BOOKS_HELP = "Name of the books; needed only where there are several."
WITNESSES_HELP = (
    "Policy file (C2SP tlog-policy) with witnesses and addresses, not the one in force."
)


@click.command(epilog="Example: lmb proofs receipt 0051c9c0-b280-75ab-8b23-da1cbf7349e0 > paid.txt")
@click.argument("transfer", type=click.UUID)
@click.option("--policy", type=POLICY_FILE, help=WITNESSES_HELP)
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file instead.")
def receipt(transfer: UUID, policy: Path | None, output: Path | None) -> None:
    """Write the receipt of a transfer: a text to keep, which lmb-verify checks offline.

    Where no checkpoint covers the transfer yet, one is issued first.
    """
    with log_database():
        found = movement(transfer)
        if found is None:
            raise NotFoundError(f"there is no transfer {transfer} in the books")
        if not queries.is_covered(transfer):
            _publish(found.cell, policy)
        content = queries.receipt(transfer).content
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_bytes(content)
        click.echo(f"wrote {output}", err=True)


@click.command(epilog="Example: lmb proofs checkpoint --policy witnesses.policy")
@click.option("--books", help=BOOKS_HELP)
@click.option("--policy", type=POLICY_FILE, help=WITNESSES_HELP)
def checkpoint(books: str | None, policy: Path | None) -> None:
    """Log every transfer, sign the log, ask the witnesses to cosign it; print the checkpoint.

    The log's signing keys are made at the first use and kept in this clone's data. What others
    need to know of them is told as lines of a policy file.
    """
    with log_database():
        published = _publish(cell_of_books(books), policy)
    click.echo(published.on_file.note.content, nl=False)


@click.command(epilog="Example: lmb proofs export audit --openings")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--books", help=BOOKS_HELP)
@click.option("--openings", is_flag=True, help="Also what leaves stand for: for auditors only.")
def export(folder: Path, books: str | None, openings: bool) -> None:
    """Write the log as files that lmb-verify checks, up to its newest checkpoint.

    Without --openings the files name nobody and may be published.
    """
    with log_database():
        cell = cell_of_books(books)
        size = export_log(cell, folder)
        if openings:
            export_openings(cell, size, folder)
    click.echo(f"wrote a log of {size} leaves to {folder}", err=True)


@contextmanager
def log_database() -> Iterator[None]:
    """The database with its tables up to date."""
    with database(progress=say):
        migrate(progress=say)
        yield


def _publish(cell: int, policy: Path | None) -> Publication:
    keys = log_keys(cell)
    known = asked_witnesses(cell, policy)
    published = publish(cell, keys, witness_addresses(known), lambda: datetime.now(UTC))
    for key in keys:
        click.echo(f"log {key.verifier.text}", err=True)
    for refusal in published.refusals:
        click.echo(f"not cosigned: {refusal}", err=True)
    stated = published.on_file
    click.echo(
        f"{stated.checkpoint.size} leaves, cosigned by {stated.witnessed} witnesses", err=True
    )
    return published


def asked_witnesses(cell: int, path: Path | None) -> Policy:
    """The policy of a file, else the one in force, else one without witnesses."""
    if path is not None:
        return read_policy(path)
    trusted = policy_in_force(cell)
    return Policy() if trusted is None else trusted.policy


def read_policy(path: Path) -> Policy:
    """The policy of a file. Raises InputError."""
    return _parsed(path, policy_content(path))


def policy_content(path: Path) -> bytes:
    """The bytes of a policy file that can be read as one. Raises InputError."""
    with path.open("rb") as file:
        content = file.read(POLICY_BYTES_MAX + 1)
    _parsed(path, content)
    return content


def _parsed(path: Path, content: bytes) -> Policy:
    try:
        return parse_policy(content)
    except MalformedError as error:
        raise InputError([Problem(path.name, None, None, str(error), "a trust policy")]) from error
