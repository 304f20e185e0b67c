"""`lmb outcomes periods`: periods of participation from service events, as known on a day."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

import click

from lmb.outcomes.indicators.columns import event_columns
from lmb.outcomes.indicators.duckdb_engine import engine
from lmb.outcomes.indicators.rules import IndicatorRules
from lmb.outcomes.indicators.tables import Breach, load
from lmb.outcomes.periods import ParticipationRules, make_periods
from lmb.values.tables import table_bytes

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
HEADER = ("period_id", "person_id", "program", "entry_date", "exit_date")
BREACHES = (
    Breach(
        "kind <> 'planned' AND kind <> 'withdrawn' AND recorded_on < happened_on",
        "recorded_on",
        "a date not before happened_on: only a planned service lies ahead",
    ),
    Breach(
        "kind = 'withdrawn' AND supersedes IS NULL",
        "supersedes",
        "the event that is withdrawn",
    ),
)
ROWS_AT_ONCE = 10_000


def _programs(_context: click.Context, _option: click.Parameter, value: str | None) -> list[str]:
    return [] if value is None else value.split(",")


@click.command(
    epilog="Example: lmb outcomes periods events.csv --as-of 2024-12-31 "
    "--common-exit adult,dislocated,wagner_peyser"
)
@click.argument("events", type=FILE)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="As known at the end of this day.",
)
@click.option(
    "--common-exit", callback=_programs, metavar="A,B", help="Programs that leave together."
)
def periods(events: Path, as_of: datetime, common_exit: list[str]) -> None:
    """Make periods of participation of service events (CSV or Parquet), and print them as CSV.

    A period without an exit date is still open: 90 days have not passed, or a service is planned.
    """
    day = as_of.date()
    rules, programs = ParticipationRules.in_force_on(day), IndicatorRules.in_force_on(day).programs
    unknown = [program for program in common_exit if program not in programs]
    if unknown:
        raise click.BadParameter(
            f"{unknown[0]!r} is no program: {', '.join(programs)}", param_hint="--common-exit"
        )
    with engine() as connection, tempfile.TemporaryDirectory(prefix="lmb-periods-") as name:
        columns = event_columns(programs, rules.kinds)
        load(connection, "events", events, columns, Path(name), BREACHES, "event_id")
        make_periods(connection, rules, as_of=day, common_exit=common_exit)
        found = connection.execute(
            "SELECT concat_ws(':', person_id, program, CAST(entry_date AS VARCHAR)), person_id, "
            "program, CAST(entry_date AS VARCHAR), coalesce(CAST(exit_date AS VARCHAR), '') "
            "FROM periods_of_participation ORDER BY ALL"
        )
        click.echo(",".join(HEADER))
        while rows := found.fetchmany(ROWS_AT_ONCE):
            click.echo(table_bytes(rows[0], rows[1:]).decode(), nl=False)
