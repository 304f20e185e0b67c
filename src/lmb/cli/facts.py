"""`lmb facts`: what happened, put on file: wages from files, and what waits to be decided."""

from __future__ import annotations

import getpass
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import click

from lmb.cli.ledger import books_option
from lmb.cli.progress import say
from lmb.config import vault_keys
from lmb.config.clock import SystemClock
from lmb.config.runtime import database, migrate
from lmb.facts import queries_wages as queries
from lmb.facts import service_wage_decisions as decisions
from lmb.facts import service_wages as service
from lmb.facts.importers.successions import load_successions
from lmb.facts.importers.wage_files.collecting import WageFile
from lmb.facts.importers.wage_files.delimited import load_csv_wages, load_keyed_wages
from lmb.facts.importers.wage_files.fixed_width import load_wages
from lmb.facts.importers.wage_files.layouts import shipped_layout
from lmb.facts.importers.wage_files.persons import Hashing
from lmb.facts.importers.wage_files.xml_reports import load_xml_wages
from lmb.facts.models import WageLoad, WageSetAside, WageSource
from lmb.facts.service_wages import Cause, Received, WageReceipt
from lmb.ledger.service import Books
from lmb.ledger.statements import books as open_books
from lmb.ledger.statements import cell_of_books
from lmb.people import vault
from lmb.people.identifiers import IndexKind
from lmb.people.keys import VaultKeys
from lmb.people.queries import persons_known_as
from lmb.people.sessions import house
from lmb.values.errors import EnvironmentProblem

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
SMALL_FILE_BYTES_MAX = 64 * 2**20

READERS: dict[str, Callable[[str, BinaryIO, Hashing], WageFile]] = {
    "icesa": lambda name, file, key: load_wages(name, file, shipped_layout("icesa"), key),
    "efw2": lambda name, file, key: load_wages(name, file, shipped_layout("efw2"), key),
    "csv": load_csv_wages,
    "xml": load_xml_wages,
    "keys": lambda name, file, _key: load_keyed_wages(name, file),
}

because_option = click.option("--because", required=True, help="Why; kept with what is done.")


@click.group()
def facts() -> None:
    """What happened, in two times: when it was so, and when it was learned."""


@facts.command(
    "load-wages",
    epilog="Example: lmb facts load-wages wages.txt --format icesa --source ui"
    ' --because "report of 2024Q3"',
)
@click.argument("file", type=FILE)
@click.option("--format", "form", type=click.Choice(list(READERS)), required=True, help="Of FILE.")
@click.option("--source", type=click.Choice(WageSource.values), required=True, help="Whose record.")
@click.option("--amends", is_flag=True, help="Other amounts supersede those on file.")
@because_option
@books_option
def load_wages_file(
    file: Path, form: str, source: str, amends: bool, because: str, books: str | None
) -> None:
    """Put the wages of people here on file, from a file whose totals add up; print the receipt.

    Of people who are not known here nothing is kept but their number. Records that cannot be
    anybody's, or that contradict what is on file, are set aside (`lmb facts set-aside`).
    """
    with _books(books) as opened:
        keys = vault_keys.of_this_clone().vault
        with file.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
            content.seek(0)
            wages = READERS[form](file.name, content, vault.SsnHashing(keys))
        put = service.amend_wages if amends else service.load_wages
        receipt = put(
            opened.cell,
            wages,
            _roster(keys, opened.cell, wages, form),
            Received(file.name, sha256, form, source),
            Cause(getpass.getuser(), because),
            opened.now(),
        )
    _print(receipt)


@facts.command(epilog="Example: lmb facts loads")
@books_option
def loads(books: str | None) -> None:
    """List the newest files of wages that were put on file, with what became of their records."""
    with _books(books) as opened:
        found = [_row(load, _LOAD) for load in queries.loads(opened.cell)]
    click.echo(json.dumps(found, indent=2))


@facts.command(
    "set-aside", epilog="Example: lmb facts set-aside 01b76da9-d400-74dd-85a7-5b81d67dcbd5"
)
@click.argument("load", type=click.UUID)
@books_option
def set_aside(load: UUID, books: str | None) -> None:
    """List the wages of a load that wait for somebody to decide, each with its reason."""
    with _books(books) as opened:
        found = [_row(wage, _ASIDE) for wage in queries.open_set_aside(opened.cell, load)]
    click.echo(json.dumps(found, indent=2))


@facts.command(
    "decide-wages",
    epilog="Example: lmb facts decide-wages 01b76da9-d400-74dd-85a7-5b81d67dcbd5 decisions.csv"
    ' --because "the employer sent the numbers"',
)
@click.argument("load", type=click.UUID)
@click.argument("file", type=FILE)
@because_option
@books_option
def decide_wages(load: UUID, file: Path, because: str, books: str | None) -> None:
    """Decide about wages that were set aside: take each for a person, or drop it.

    FILE is a CSV of row,decision,number,person; the numbers in it are compared and not kept.
    """
    read_in = decisions.read_decisions(file.name, _small(file))
    with _books(books) as opened:
        keys, cell = vault_keys.of_this_clone().vault, opened.cell
        hashing = vault.SsnHashing(keys)
        hashed = {one.number: hashing.hashed(one.number) for one in read_in if one.number}
        known = vault.find_many(keys, cell, IndexKind.SSN, set(hashed.values()))
        receipt = decisions.decide(
            cell,
            load,
            read_in,
            {number: known[digest] for number, digest in hashed.items() if digest in known},
            persons_known_as(cell, {one.person for one in read_in if one.person}),
            Cause(getpass.getuser(), because),
            opened.now(),
        )
    _print(receipt)


@facts.command(
    "load-successors",
    epilog='Example: lmb facts load-successors successors.csv --because "state list of 2025"',
)
@click.argument("file", type=FILE)
@because_option
@books_option
def load_successors(file: Path, because: str, books: str | None) -> None:
    """Put on file which employers go on under another number; print how many are new or changed."""
    read_in = load_successions(file.name, _small(file))
    with _books(books) as opened:
        told = service.tell_successions(
            opened.cell, read_in, source=because, recorded_at=opened.now()
        )
    click.echo(str(told))


_LOAD = (
    *("id", "file", "sha256", "format", "source", "amends", "records", "total_cents", "matched"),
    *("unmatched", "quarantined", "told_anew", "amended", "actor", "because", "recorded_at"),
)
_ASIDE = ("row", "reason", "person", "employer", "quarter", "cents")


def _roster(keys: VaultKeys, cell: int, wages: WageFile, form: str) -> service.Roster:
    """Who stands under the numbers, or keys, of a file."""
    if form != "keys":
        return vault.find_many(keys, cell, IndexKind.SSN, set(wages.persons))
    known = persons_known_as(cell, {key.decode() for key in set(wages.persons)})
    return {key.encode(): {person} for key, person in known.items()}


def _small(file: Path) -> bytes:
    if file.stat().st_size > SMALL_FILE_BYTES_MAX:
        raise EnvironmentProblem(f"{file} is larger than {SMALL_FILE_BYTES_MAX:,} bytes")
    return file.read_bytes()


def _print(receipt: WageReceipt) -> None:
    click.echo(json.dumps({**asdict(receipt), "load": str(receipt.load)}, indent=2))


def _row(row: WageLoad | WageSetAside, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(name, getattr(row, name)) for name in names}


def _plain(name: str, value: Any) -> Any:
    if name == "quarter":
        return f"{value // 4}Q{value % 4 + 1}"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


@contextmanager
def _books(name: str | None) -> Iterator[Books]:
    with database(progress=say):
        migrate(progress=say)
        with house():
            yield open_books(cell_of_books(name), SystemClock())
