"""`lmb publish`: what may leave the house about groups of people; needs no database."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lmb.cli.row_filter import file_argument, output_option, read_input, write_output
from lmb.publish.policy import DisclosurePolicy
from lmb.publish.tables import CountTable, read_counts

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)

smallest_option = click.option(
    "--smallest", type=int, metavar="N", help="The smallest count shown; that of the rule."
)


@click.group()
def publish() -> None:
    """Tables of counts: small groups hidden so that nobody can work them out."""


@publish.command(epilog="Example: lmb publish suppress counts.csv --output published.csv")
@file_argument
@click.option("--released", type=FILE, help="What was released of this table before.")
@smallest_option
@output_option
def suppress(file: Path, released: Path | None, smallest: int | None, output: Path | None) -> None:
    """Hide the small counts of a table, and as few others as keep them hidden.

    FILE is CSV, - or nothing is standard input. The protected table goes to standard output; with
    --output into a file, and a receipt in JSON to standard output.
    """
    from lmb.publish.release import protect_table

    policy = _policy(smallest)
    table = read_counts(*read_input(file), hidden=False)
    before = None if released is None else read_counts(*read_input(released), hidden=True)
    release = protect_table(table, policy, before)
    write_output(release.content, output)
    if output is not None:
        receipt = {
            "rule": _rule(policy),
            "counts": release.counts,
            "shown": len(release.protected.shown),
            "hidden_as_small": release.protected.small,
            "hidden_to_protect_them": release.protected.further,
            "programs_solved": release.protected.programs_solved,
        }
        click.echo(json.dumps(receipt, indent=2))


@publish.command(epilog="Example: lmb publish check published.csv")
@file_argument
@smallest_option
@click.pass_context
def check(context: click.Context, file: Path, smallest: int | None) -> None:
    """Attack a table as it was published and print what it tells of small groups, as JSON.

    Nothing but the table is looked at. Exit code 2 where it tells anything.
    """
    from lmb.publish.release import check_table

    policy = _policy(smallest)
    table: CountTable = read_counts(*read_input(file), hidden=True)
    findings = check_table(table, policy)
    document = {
        "rule": _rule(policy),
        "rows": len(table.rows),
        "findings": [{"row": each.line, "what": each.what, "told": each.told} for each in findings],
    }
    click.echo(json.dumps(document, indent=2))
    context.exit(2 if findings else 0)


def _policy(smallest: int | None) -> DisclosurePolicy:
    policy = DisclosurePolicy.newest()
    return policy if smallest is None else policy.with_people_min(smallest)


def _rule(policy: DisclosurePolicy) -> dict[str, str | int]:
    return {"id": "disclosure-control", "version": policy.version, "smallest": policy.people_min}
