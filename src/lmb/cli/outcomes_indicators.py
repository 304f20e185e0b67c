"""`lmb outcomes indicators`: the six federal indicators of two files, by two engines."""

from __future__ import annotations

import json
import re
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
import duckdb

from lmb.cli.ledger import Moment, books_option
from lmb.cli.progress import say
from lmb.config.runtime import database, migrate
from lmb.facts.importers.successions import last_successors, load_successions
from lmb.facts.queries_wages import successions_on_file, wages_known_at
from lmb.ledger.statements import cell_of_books
from lmb.outcomes.indicators import polars_engine
from lmb.outcomes.indicators.columns import period_columns, wage_columns
from lmb.outcomes.indicators.duckdb_engine import engine, measure, people_exited
from lmb.outcomes.indicators.extensions import measure_extensions
from lmb.outcomes.indicators.on_file import read_wages
from lmb.outcomes.indicators.results import Measured
from lmb.outcomes.indicators.rules import IndicatorRules, Window
from lmb.outcomes.indicators.sql import Statement
from lmb.outcomes.indicators.succession import apply_successions
from lmb.outcomes.indicators.tables import PERIOD_BREACHES, load
from lmb.people.sessions import house
from lmb.values.errors import EnvironmentProblem, RefusedError

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
SUCCESSORS_BYTES_MAX = 64 * 2**20
COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


class Days(click.ParamType[Window]):
    """Two dates with two dots between, both included."""

    name = "FIRST..LAST"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Window:
        if isinstance(value, Window):
            return value
        first, dots, last = str(value).partition("..")
        try:
            return Window(date.fromisoformat(first), date.fromisoformat(last))
        except ValueError as error:
            reason = str(error) if dots else "no .. between two dates"
            self.fail(f"{value!r} is no window like 2023-07-01..2024-06-30: {reason}", param, ctx)


def _columns(_context: click.Context, _option: click.Parameter, value: str | None) -> list[str]:
    names = [] if value is None else value.split(",")
    for name in names:
        if not COLUMN.fullmatch(name):
            raise click.BadParameter(f"{name!r} is no column name: letters, digits and _ alone")
    return names


@click.command(
    epilog="Example: lmb outcomes indicators --periods periods.csv --wages wages.csv "
    "--exits 2023-07-01..2024-06-30 --by program"
)
@click.option("--periods", type=FILE, required=True, help="Periods of participation.")
@click.option("--wages", type=FILE, help="Pay by person, employer and quarter.")
@click.option("--known-at", type=Moment(), help="Pay on file as known then, instead of --wages.")
@books_option
@click.option("--exits", type=Days(), required=True, help="The days of exit that are counted.")
@click.option("--msg", type=Days(), help="The days of skill gains; those of --exits if left out.")
@click.option("--by", callback=_columns, metavar="A,B", help="Also by these columns of PERIODS.")
@click.option("--successors", type=FILE, help="Employers that go on under another number.")
@click.option("--extensions", is_flag=True, help="Also completion, work soon after, wage change.")
@click.option("--check", is_flag=True, help="Count with both engines; refuse if they disagree.")
def indicators(
    periods: Path,
    wages: Path | None,
    known_at: datetime | None,
    books: str | None,
    exits: Window,
    msg: Window | None,
    by: list[str],
    successors: Path | None,
    extensions: bool,
    check: bool,
) -> None:
    """Count the six WIOA indicators of two files (CSV or Parquet) and print them as JSON.

    Both files are checked first; a problem anywhere means that nothing is counted (exit code 2).
    With --known-at, pay and successors of employers are those on file in the books' database.
    """
    if (wages is None) == (known_at is None):
        raise click.UsageError("give either --wages FILE or --known-at MOMENT")
    gains = msg or exits
    rules = IndicatorRules.in_force_on(exits.last)
    with engine() as connection, tempfile.TemporaryDirectory(prefix="lmb-indicators-") as name:
        folder = Path(name)
        columns = period_columns(rules, by)
        load(connection, "periods", periods, columns, folder, PERIOD_BREACHES, "period_id")
        pay, chains = folder / "wages.parquet", {}
        if wages is not None:
            load(connection, "wages", wages, wage_columns(rules), folder)
        else:
            assert known_at is not None
            chains = _pay_on_file(connection, books, known_at, folder)
        if successors is not None:
            chains = last_successors({**chains, **_successions(successors)})
        if chains:
            pay = apply_successions(connection, chains, pay)
        measured = measure(connection, rules, exits, gains, by)
        if check:
            parts = (folder / "periods.parquet", pay)
            _refuse_difference(measured, polars_engine.measure(*parts, rules, exits, gains, by))
        people = people_exited(connection, exits)
        own = measure_extensions(connection, Statement(rules, exits, gains)) if extensions else None
    document: dict[str, Any] = {
        "exits": str(exits),
        "msg": str(gains),
        "rule": {"id": "wioa-indicators", "version": rules.version, "sha256": rules.sha256},
        **measured.total.document(),
        "people_exited": people,
        "engines": ["duckdb", "polars"] if check else ["duckdb"],
    }
    if own is not None:
        document["extensions"] = own.document()
    if by:
        document["groups"] = [
            {"group": dict(zip(by, key, strict=True)), **group.document()}
            for key, group in measured.groups.items()
        ]
    click.echo(json.dumps(document, indent=2))


def _pay_on_file(
    connection: duckdb.DuckDBPyConnection, books: str | None, known_at: datetime, folder: Path
) -> dict[str, str]:
    """Make the relation `wages` of the pay on file; return the successors of employers."""
    with database(progress=say):
        migrate(progress=say)
        cell = cell_of_books(books)
        read_wages(connection, wages_known_at(cell, known_at), folder)
        with house():
            told = successions_on_file(cell, known_at)
    return last_successors({first: each.successor for first, each in told.items()})


def _successions(path: Path) -> dict[str, str]:
    if path.stat().st_size > SUCCESSORS_BYTES_MAX:
        raise EnvironmentProblem(f"{path} is larger than {SUCCESSORS_BYTES_MAX:,} bytes")
    return load_successions(path.name, path.read_bytes())


def _refuse_difference(first: Measured, second: Measured) -> None:
    if first != second:
        raise RefusedError(
            f"the two engines disagree: DuckDB counts {first.total.document()}, Polars "
            f"{second.total.document()}; nothing may be paid on either, report both files"
        )
