"""Filters of the command line: a file or standard input in, a file or standard output out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lmb.values.errors import EnvironmentProblem

STANDARD_INPUT = "standard input"
BYTES_MAX = 256 * 2**20
PARQUET_MARK = b"PAR1"

file_argument = click.argument(
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
    default="-",
    required=False,
)
output_option = click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    metavar="FILE",
    help="Write here, whole or not at all, instead of to standard output.",
)


def read_input(file: Path) -> tuple[str, bytes]:
    """The name to call it by and the content of a file, or of standard input for `-`.

    Raises EnvironmentProblem for more than a file may have; of standard input no more is read.
    """
    if str(file) == "-":
        name, content = STANDARD_INPUT, sys.stdin.buffer.read(BYTES_MAX + 1)
    else:
        with file.open("rb") as stream:
            name, content = file.name, stream.read(BYTES_MAX + 1)
    if len(content) > BYTES_MAX:
        raise EnvironmentProblem(
            f"{name} has more than the {BYTES_MAX:,} bytes a file may have; split it"
        )
    return name, content


def write_output(content: bytes, output: Path | None) -> None:
    """Write a result whole: to a file that is there only when it is complete, or to standard
    output. Raises EnvironmentProblem where Parquet would go to a terminal."""
    if output is not None:
        partial = output.with_name(output.name + ".partial")
        partial.write_bytes(content)
        partial.replace(output)
        return
    if content.startswith(PARQUET_MARK) and sys.stdout.isatty():
        raise EnvironmentProblem("a Parquet file is no text for a terminal; name one by --output")
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
