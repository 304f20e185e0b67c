"""`lmb people anchor-log` and `check-log`: that nobody can clean the log of who looked at whom."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lmb.cli.progress import say
from lmb.config.clock import SystemClock
from lmb.config.runtime import database, migrate
from lmb.ledger.statements import books as open_books
from lmb.ledger.statements import cell_of_books
from lmb.people import access_anchors
from lmb.values.canonical import canonical_bytes

HEADS_BYTES_MAX = 1_000_000

books_option = click.option(
    "--books", metavar="NAME", help="Whose log; needed where there are several."
)
json_option = click.option(
    "as_json", "--json", is_flag=True, help="Print one JSON document and nothing else."
)


@click.command("anchor-log", epilog="Example: lmb people anchor-log > heads-2027-03-01.json")
@books_option
def anchor_log(books: str | None) -> None:
    """Enter where the log of looks stands into the books, and print it.

    It becomes a leaf of the proof log; keep what is printed elsewhere too, to check by it.
    """
    with database(progress=say):
        migrate(progress=say)
        kept = open_books(cell_of_books(books), SystemClock())
        movement, document = access_anchors.anchor(kept)
    click.echo(canonical_bytes(document))
    click.echo(f"entered as {movement}; its receipt: lmb proofs receipt {movement}", err=True)


@click.command("check-log", epilog="Example: lmb people check-log --heads heads-2027-03-01.json")
@books_option
@click.option(
    "--heads",
    "files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="What anchor-log printed before; may be given again.",
)
@json_option
@click.pass_context
def check_log(
    context: click.Context, books: str | None, files: tuple[Path, ...], as_json: bool
) -> None:
    """Recompute the log of looks and name what was changed, taken out or written anew.

    It is held to the anchors in the books, which `lmb audit` holds to the proof log, and to files
    of heads. Exit code 0 when all is as it was written, 1 when anything is not.
    """
    with database(progress=say):
        migrate(progress=say)
        cell = cell_of_books(books)
        kept = [
            access_anchors.read_heads(file.name, file.read_bytes()[:HEADS_BYTES_MAX], cell)
            for file in files
        ]
        found = access_anchors.check(cell, kept)
        looks = sum(head.seq for head in access_anchors.heads_now(cell))
    if as_json:
        faults = [
            {"lane": one.lane, "first": one.first, "last": one.last, "what": one.what}
            for one in found
        ]
        click.echo(json.dumps({"looks": looks, "faults": faults}, indent=2))
    else:
        for one in found:
            numbers = str(one.first) if one.first == one.last else f"{one.first} to {one.last}"
            click.echo(f"lane {one.lane}, look {numbers}: {one.what}")
        click.echo(f"{looks:,} looks, {len(found)} faults", err=True)
    context.exit(1 if found else 0)
