"""`lmb demo`, `lmb run` and `lmb serve`: carry a programme out and show what came of it."""

from __future__ import annotations

from pathlib import Path

import click

from lmb.bonds.queries import bond
from lmb.cli.demonstration import exported_files
from lmb.cli.log_keys import log_keys
from lmb.cli.progress import Steps, say
from lmb.cli.publishing import published_beside
from lmb.cli.summary import print_json, print_summary
from lmb.cli.trusting import witness_note
from lmb.config.personas import trying_out
from lmb.config.runtime import database, gather_statistics, migrate
from lmb.config.server import serve as serve_pages
from lmb.settlement.programme import File, Programme, ProgrammeFiles, load_programme
from lmb.settlement.report import report
from lmb.settlement.service import run as run_programme
from lmb.settlement.steps import steps
from lmb.values.errors import EnvironmentProblem

BYTES_MAX = 256 * 2**20
"""No file of a programme is larger; a larger one is refused before it is read."""

json_option = click.option(
    "as_json", "--json", is_flag=True, help="Print one JSON document and nothing else."
)
host_option = click.option("--host", default="127.0.0.1", show_default=True)
port_option = click.option("--port", default=8000, show_default=True, help="The first port to try.")
serve_option = click.option("--serve", is_flag=True, help="Then serve the pages.")
file_type = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(epilog="Example: lmb demo --json | python3 -m json.tool")
@json_option
@click.option(
    "--export",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the four files the demonstration runs on into DIR instead of running it.",
)
@serve_option
@host_option
@port_option
def demo(as_json: bool, export: Path | None, serve: bool, host: str, port: int) -> None:
    """Run one bond from auction to final coupon on the National Supported Work trial."""
    files = exported_files()
    if export is not None:
        _export(files, export)
        return
    programme = load_programme(
        ProgrammeFiles(*(File(name, content) for name, content in files.items()))
    )
    _carry_out(programme, as_json, (host, port) if serve else None, personas=True)


@click.command(
    epilog="Example: lmb demo --export trial && lmb run --terms trial/terms.json "
    "--bids trial/bids.csv --people trial/people.csv --earnings trial/earnings.csv"
)
@click.option("--terms", type=file_type, required=True, help="The term sheet, JSON.")
@click.option("--bids", type=file_type, required=True, help="The order book, CSV.")
@click.option("--people", type=file_type, required=True, help="The lottery, CSV.")
@click.option("--earnings", type=file_type, required=True, help="Work records, CSV.")
@json_option
@serve_option
@host_option
@port_option
def run(
    terms: Path,
    bids: Path,
    people: Path,
    earnings: Path,
    as_json: bool,
    serve: bool,
    host: str,
    port: int,
) -> None:
    """Run a bond on files of your own.

    All four are checked first; a problem anywhere means that nothing is written.
    """
    files = ProgrammeFiles(*map(_read, (terms, bids, people, earnings)))
    _carry_out(load_programme(files), as_json, (host, port) if serve else None)


@click.command(epilog="Example: lmb serve --port 8080")
@host_option
@port_option
def serve(host: str, port: int) -> None:
    """Serve the pages of what has been run, until Ctrl-C.

    Where the keys of a log are kept here, it is kept published beside: every 5 s, with an audit
    every hour (see lmb proofs publish).
    """
    with database(progress=say):
        migrate(progress=say)
        with published_beside():
            serve_pages(host, port)


def _carry_out(
    programme: Programme, as_json: bool, address: tuple[str, int] | None, *, personas: bool = False
) -> None:
    with database(progress=say):
        migrate(progress=say)
        with Steps(len(steps(programme))) as progress:
            books = run_programme(programme, progress.done)
        result = report(bond(books.cell, programme.terms.cusip))
        if as_json:
            print_json(result)
        else:
            print_summary(result)
            note = witness_note(books.cell)
            if note is not None:
                click.echo(f"\n  {note[0].upper()}{note[1:]}.")
        if address is not None:
            log_keys(books.cell)
            if personas and trying_out(books.cell, programme, address[0]):
                click.echo("Every role can be tried: open /personas/ on the pages.", err=as_json)
            gather_statistics()
            with published_beside():
                serve_pages(*address)


def _export(files: dict[str, bytes], folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
            click.echo(str(folder / name))
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot write to {folder}: {error.strerror}; name another folder"
        ) from error


def _read(path: Path) -> File:
    size = path.stat().st_size
    if size > BYTES_MAX:
        raise EnvironmentProblem(
            f"{path} has {size:,} bytes, more than the {BYTES_MAX:,} one file may have; split the "
            "programme"
        )
    try:
        return File(path.name, path.read_bytes())
    except OSError as error:
        raise EnvironmentProblem(f"cannot read {path}: {error.strerror}") from error
