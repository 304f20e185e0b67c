"""`lmb outcomes determine` and `row-proof`: a determination as a folder anyone can check."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from lmb.outcomes.determination.package import read, read_inputs, write
from lmb.outcomes.determination.statement import determine as determine_outcome
from lmb.outcomes.determination.terms import read_terms

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
DEFAULT_FOLDER = "determination"


@click.command(epilog="Example: lmb outcomes determine --terms terms.json --inputs cohort-3/")
@click.option("--terms", required=True, type=FILE, help="JSON of the terms, as hashed at issue.")
@click.option("--inputs", required=True, type=FOLDER, help="Folder of records.csv and secret.txt.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where to write; INPUTS/determination."
)
@click.option("--published-on", metavar="DATE", help="Day of publication; freeze_on of the terms.")
@click.option("--corrects", type=FOLDER, help="Folder of the determination this one supersedes.")
@click.option("--answers", multiple=True, help="Number of a challenge it answers; may be repeated.")
def determine(
    terms: Path,
    inputs: Path,
    out: Path | None,
    published_on: str | None,
    corrects: Path | None,
    answers: tuple[str, ...],
) -> None:
    """Determine an outcome from frozen records; print the statement and write the folder.

    Two engines must agree. Check the folder with `lmb-verify determination`.
    """
    read_in = read_terms(terms.name, terms.read_bytes())
    try:
        published = date.fromisoformat(published_on) if published_on else read_in.freeze_on
    except ValueError as error:
        raise click.UsageError(f"--published-on is {published_on!r}, not a day") from error
    before = None if corrects is None else read(corrects)
    statement = determine_outcome(read_in, read_inputs(inputs), published, before, answers)
    write(statement, corrects, out or inputs / DEFAULT_FOLDER)
    click.echo(json.dumps({"statement_sha256": statement.sha256, **statement.document}, indent=2))


@click.command("row-proof", epilog="Example: lmb outcomes row-proof determination --person p17")
@click.argument("folder", type=FOLDER)
@click.option("--person", required=True, help="The person's key in the records.")
def row_proof(folder: Path, person: str) -> None:
    """Print the proof that a person's records were counted; it says nothing of anybody else."""
    statement = read(folder)
    proofs = [asdict(proof) for proof in statement.frozen.proofs_of(person)]
    root = statement.document["records"]["merkle_root"]
    document = {"format": "lmb-row-proof/1", "statement_sha256": statement.sha256}
    click.echo(json.dumps({**document, "merkle_root": root, "rows": proofs}, indent=2))
