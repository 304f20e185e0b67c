"""`lmb outcomes check`: the edit checks of participant records, and their quarantine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click

from lmb.facts.importers.pirl.layout import load_layout, shipped, versions
from lmb.facts.importers.pirl.reading import Finding, PirlFile, Receipt
from lmb.values.quarters import Quarter

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
LAYOUT_BYTES_MAX = 2**20


class QuarterOption(click.ParamType[Quarter]):
    """A calendar quarter on the command line."""

    name = "quarter"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Quarter:
        if isinstance(value, Quarter):
            return value
        found = re.fullmatch(r"([0-9]{4})Q([1-4])", str(value))
        if found is None:
            self.fail(f"{value!r} is no quarter like 2024Q4", param, ctx)
        return Quarter(int(found[1]), int(found[2]))


@click.command(epilog="Example: lmb outcomes check pirl.csv --report 2024Q4 --part checked")
@click.argument("file", type=FILE)
@click.option("--layout", "version", help="Version of the layout; the newest if left out.")
@click.option("--elements", type=FILE, help="Your own table of elements, for the whole layout.")
@click.option("--report", type=QuarterOption(), help="Quarter of the report: what is overdue.")
@click.option(
    "--part",
    type=click.Path(path_type=Path, exists=False),
    metavar="DIR",
    help="Write accepted.csv, quarantine.csv and reasons.csv into a new folder.",
)
@click.pass_context
def check(
    context: click.Context,
    file: Path,
    version: str | None,
    elements: Path | None,
    report: Quarter | None,
    part: Path | None,
) -> None:
    """Check the records of a participant file (PIRL, CSV) and print a receipt as JSON.

    The file has no header, one field for each element of the layout; or a header of element
    numbers, in any order. Exit code 2 when a row is rejected.
    """
    version = version or versions()[-1]
    if elements is None:
        layout = shipped(version)
    else:
        with elements.open("rb") as content:
            layout = load_layout(elements.name, content.read(LAYOUT_BYTES_MAX), version)
    records = PirlFile(file, layout, report)
    receipt = records.check() if part is None else records.part(part)
    click.echo(json.dumps(_document(receipt), indent=2))
    context.exit(2 if receipt.rejected else 0)


def _document(receipt: Receipt) -> dict[str, Any]:
    return {
        "file": receipt.file,
        "sha256": receipt.sha256,
        "layout": receipt.layout,
        "rows": receipt.rows,
        "accepted": receipt.accepted,
        "rejected": receipt.rejected,
        "warned": receipt.warned,
        "failed_checks": dict(receipt.failed),
        "checks_left_out": list(receipt.left_out),
        "findings": list(map(_finding, receipt.findings)),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "row": finding.row,
        "elements": list(finding.elements),
        "check": finding.check,
        "severity": finding.severity,
        "found": finding.found,
        "message": finding.message,
    }
