"""`lmb proofs` on the log of the books: receipts, checkpoints, exports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click

from lmb.cli.progress import say
from lmb.config.paths import home
from lmb.config.runtime import database, migrate
from lmb.ledger.queries import movement
from lmb.ledger.statements import cell_of_books
from lmb.proofs import queries
from lmb.proofs.errors import MalformedError
from lmb.proofs.export import export_log, export_openings
from lmb.proofs.key_files import read_signing_keys, write_signing_keys
from lmb.proofs.keys import Algorithm, SigningKey, generate_signing_key
from lmb.proofs.policy import Policy, parse_policy
from lmb.proofs.publication import Publication, publish, witness_addresses
from lmb.values.errors import InputError, NotFoundError, Problem

DOMAIN = "labor-market-bonds.example"
"""Logs are named below it; `example` says that nobody serves them there (RFC 2606)."""

POLICY_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
BOOKS_HELP = "Name of the books; needed only where there are several."
WITNESSES_HELP = "Policy file (C2SP tlog-policy) with the witnesses to ask and their addresses."


@click.command(epilog="Example: lmb proofs receipt 0051c9c0-b280-75ab-8b23-da1cbf7349e0 > paid.txt")
@click.argument("transfer", type=click.UUID)
@click.option("--policy", type=POLICY_FILE, help=WITNESSES_HELP)
@click.option("--output", type=click.Path(path_type=Path), help="Write to this file instead.")
def receipt(transfer: UUID, policy: Path | None, output: Path | None) -> None:
    """Write the receipt of a transfer: a text to keep, which lmb-verify checks offline.

    Where no checkpoint covers the transfer yet, one is issued first.
    """
    with _database():
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
    with _database():
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
    with _database():
        cell = cell_of_books(books)
        size = export_log(cell, folder)
        if openings:
            export_openings(cell, size, folder)
    click.echo(f"wrote a log of {size} leaves to {folder}", err=True)


@contextmanager
def _database() -> Iterator[None]:
    with database(progress=say):
        migrate(progress=say)
        yield


def _publish(cell: int, policy: Path | None) -> Publication:
    keys = _log_keys(cell)
    known = Policy() if policy is None else read_policy(policy)
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


def _log_keys(cell: int) -> tuple[SigningKey, ...]:
    """The keys of a cell's log, made at the first use."""
    path = log_key_file(cell)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        origin = f"{DOMAIN}/books/{cell}"
        algorithms = (Algorithm.ED25519, Algorithm.ML_DSA_44_COSIGNATURE)
        write_signing_keys(path, [generate_signing_key(origin, each) for each in algorithms])
    return read_signing_keys(path)


def log_key_file(cell: int) -> Path:
    """Where the signing keys of a cell's log are kept in this clone's data."""
    return home() / "proofs" / f"{cell}.key"


def read_policy(path: Path) -> Policy:
    """The policy of a file. Raises InputError."""
    try:
        return parse_policy(path.read_bytes())
    except MalformedError as error:
        raise InputError([Problem(path.name, None, None, str(error), "a trust policy")]) from error
