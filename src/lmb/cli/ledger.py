"""`lmb ledger`: look at the books, check them, write them out, post to them, and try them."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lmb.cli.progress import say
from lmb.config.runtime import database, migrate
from lmb.ledger.operations import read_operation
from lmb.ledger.script import run
from lmb.values.json_lines import json_lines

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def ledger() -> None:
    """The books: every account, transfer and promise, and a place to try them."""


@ledger.command(epilog="Example: lmb ledger script operations.jsonl")
@click.argument("file", type=FILE)
def script(file: Path) -> None:
    """Run operations on empty scratch books and print one JSON result a line.

    Nothing of it stays. FILE has one JSON operation a line: account, transfer, hold, capture,
    void, batch, spend, expire, clock or balance.
    """
    lines = json_lines(file.name, file.read_bytes())
    with database(progress=say):
        migrate(progress=say)
        for answer in run(map(read_operation, lines)):
            click.echo(json.dumps(answer))
