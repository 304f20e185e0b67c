"""`lmb outcomes file`, `sign`, `challenge` …: determinations on file, in the books' database."""

from __future__ import annotations

import getpass
import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from lmb.cli.ledger import books_option
from lmb.cli.outcomes_determine import FILE, FOLDER
from lmb.cli.progress import say
from lmb.config.clock import SystemClock
from lmb.config.runtime import database, migrate
from lmb.ledger import queries as ledger
from lmb.ledger.service import Books
from lmb.ledger.statements import books as open_books
from lmb.ledger.statements import cell_of_books
from lmb.outcomes import queries, queries_own_record
from lmb.outcomes import service_statements as service
from lmb.outcomes.determination.package import read_inputs
from lmb.outcomes.determination.terms import read_terms
from lmb.outcomes.queries import StatementOnFile
from lmb.people import queries as people
from lmb.people.acting import Acting
from lmb.people.assurance import Assurance
from lmb.people.sessions import house
from lmb.values.canonical import canonical_bytes
from lmb.values.clock import fiscal_date
from lmb.values.errors import RefusedError

DAY = click.DateTime(["%Y-%m-%d"])
person_option = click.option(
    "--person", required=True, type=click.UUID, help="The key of whoever does it."
)
membership_option = click.option(
    "--membership", type=click.UUID, help="The membership they act in, for an organisation."
)


@click.command(
    "file",
    epilog="Example: lmb outcomes file --terms terms.json --inputs cohort-3/"
    ' --because "wages of 2026Q2 are in"',
)
@click.option("--terms", required=True, type=FILE, help="JSON of the terms, as hashed at issue.")
@click.option("--inputs", required=True, type=FOLDER, help="Folder of records.csv and secret.txt.")
@click.option("--because", required=True, help="Why it is made now; kept with it.")
@click.option("--published-on", type=DAY, metavar="DATE", help="Day of publication; today.")
@click.option("--corrects", metavar="SHA256", help="The signed statement that it supersedes.")
@click.option("--answers", multiple=True, type=click.UUID, help="A challenge; may be repeated.")
@books_option
def file_statement(
    terms: Path,
    inputs: Path,
    because: str,
    published_on: datetime | None,
    corrects: str | None,
    answers: tuple[UUID, ...],
    books: str | None,
) -> None:
    """Count frozen records with both engines and put the statement on file, to be signed."""
    read_in, frozen = read_terms(terms.name, terms.read_bytes()), read_inputs(inputs)
    with _books(books) as opened:
        statement = service.file_statement(
            opened,
            read_in,
            frozen,
            actor=getpass.getuser(),
            because=because,
            published_on=fiscal_date(opened.now()) if not published_on else published_on.date(),
            supersedes=corrects,
            answers=answers,
        )
        told = _document(queries.statement_on_file(opened.cell, statement.sha256), opened)
    click.echo(json.dumps(told, indent=2))


@click.command(epilog="Example: lmb outcomes statements")
@books_option
def statements(books: str | None) -> None:
    """List the newest statements on file: where each stands, who signed, who challenged."""
    with _books(books) as opened:
        found = [_document(each, opened) for each in queries.statements(opened.cell)]
    click.echo(json.dumps(found, indent=2))


@click.command(
    epilog="Example: lmb outcomes sign 3fd0…a1 --proposal 01b76da9-d400-74dd-85a7-5b81d67dcbd5"
    " --person 01a2ce8b-d400-74dd-85a7-5b81d67dcbd5"
    " --membership 01a2ce8c-d400-74dd-85a7-5b81d67dcbd5"
)
@click.argument("statement", metavar="SHA256")
@click.option("--proposal", required=True, type=click.UUID, help="What two persons signed.")
@person_option
@membership_option
@books_option
def sign(
    statement: str, proposal: UUID, person: UUID, membership: UUID | None, books: str | None
) -> None:
    """Carry out what two persons signed with their passkeys; print the transfer that proves it.

    The signatures themselves are given on the pages, where a passkey can be asked for.
    """
    with _books(books) as opened:
        by = _acting(opened, person, membership)
        click.echo(str(service.sign_statement(opened, by, proposal, statement)))


@click.command(
    epilog='Example: lmb outcomes challenge 3fd0…a1 --record p17 --reason "two stubs are missing"'
    " --evidence stubs.pdf --person 01a2ce8b-d400-74dd-85a7-5b81d67dcbd5"
)
@click.argument("statement", metavar="SHA256")
@click.option("--record", "keys", multiple=True, required=True, help="Whose record; repeatable.")
@click.option("--reason", required=True, help="What is wrong with it.")
@click.option("--evidence", required=True, type=FILE, help="The evidence; its SHA-256 is kept.")
@person_option
@membership_option
@books_option
def challenge(
    statement: str,
    keys: tuple[str, ...],
    reason: str,
    evidence: Path,
    person: UUID,
    membership: UUID | None,
    books: str | None,
) -> None:
    """File a challenge to a statement within its window; print its number."""
    with evidence.open("rb") as content:
        sha256 = hashlib.file_digest(content, "sha256").hexdigest()
    with _books(books) as opened:
        filed = service.challenge(
            secrets.token_bytes,
            _acting(opened, person, membership),
            statement,
            keys,
            reason=reason,
            evidence_sha256=sha256,
            at=opened.now(),
        )
    click.echo(str(filed))


@click.command(
    epilog="Example: lmb outcomes uphold 01b76da9-d400-74dd-85a7-5b81d67dcbd5"
    ' --because "the stubs are of another quarter" --person 01a2ce8b-d400-74dd-85a7-5b81d67dcbd5'
    " --membership 01a2ce8c-d400-74dd-85a7-5b81d67dcbd5"
)
@click.argument("number", metavar="CHALLENGE", type=click.UUID)
@click.option("--because", required=True, help="Why the statement stays; its claimant reads it.")
@person_option
@membership_option
@books_option
def uphold(
    number: UUID, because: str, person: UUID, membership: UUID | None, books: str | None
) -> None:
    """Answer a challenge without a correction: the statement stays as it is."""
    with _books(books) as opened:
        service.uphold(_acting(opened, person, membership), number, because, opened.now())


@click.command(epilog="Example: lmb outcomes entry 3fd0…a1 > entry.json")
@click.argument("statement", metavar="SHA256")
@books_option
def entry(statement: str, books: str | None) -> None:
    """Print the document by which a signed statement entered the books, and name its transfer.

    `lmb-verify` tells its SHA-256 for the receipt of that transfer (`lmb proofs receipt`).
    """
    with _books(books) as opened:
        signed = queries.statement_on_file(opened.cell, statement).signed
        if signed is None:
            raise RefusedError(f"statement {statement} is not signed, so it is in no log")
        found = ledger.instruction(signed.instruction)
    assert found is not None
    click.echo(canonical_bytes(found.document), nl=False)
    click.echo(f"transfer {signed.transfer}", err=True)


@click.command(epilog="Example: lmb outcomes counted 01a2ce8b-d400-74dd-85a7-5b81d67dcbd5")
@click.argument("person", type=click.UUID)
@click.option("--proof", metavar="SHA256", help="Print the proof for this statement instead.")
def counted(person: UUID, proof: str | None) -> None:
    """What was counted about a person: each signed statement that had their record, and how it
    counted; with --proof, what `lmb-verify determination` checks."""
    with _database():
        cell = people.cell_of_person(person)
        today = fiscal_date(open_books(cell, SystemClock()).now())
        told: Any = (
            queries_own_record.row_proof(cell, proof, person)
            if proof
            else _plain([asdict(e) for e in queries_own_record.counted_about(cell, person, today)])
        )
    click.echo(json.dumps(told, indent=2))


def _acting(books: Books, person: UUID, membership: UUID | None) -> Acting:
    """Somebody at this terminal: known by their key alone, so nothing that asks for more goes."""
    at_terminal = Assurance(1, 1, frozenset(), books.now(), False, "terminal")
    if membership is None:
        return people.acting_as_self(books.cell, person, at_terminal)
    return people.acting_as_member(books.cell, person, membership, at_terminal)


def _document(statement: StatementOnFile, books: Books) -> dict[str, Any]:
    standing = queries.standing(books.cell, statement.sha256, fiscal_date(books.now()))
    challenges = queries.challenges(books.cell, statement.sha256)
    told = {name: value for name, value in asdict(statement).items() if name != "document"}
    told |= {"title": statement.title, "standing": standing, "due_cents": statement.due_cents}
    found: dict[str, Any] = _plain({**told, "challenges": [asdict(each) for each in challenges]})
    return found


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return list(map(_plain, value))
        case datetime() | date():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value


@contextmanager
def _database() -> Iterator[None]:
    with database(progress=say):
        migrate(progress=say)
        yield


@contextmanager
def _books(name: str | None) -> Iterator[Books]:
    with _database(), house():
        yield open_books(cell_of_books(name), SystemClock())
