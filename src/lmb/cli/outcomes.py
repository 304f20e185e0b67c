"""`lmb outcomes`: what became of people: measured from files alone, and determinations on file."""

from __future__ import annotations

import click

from lmb.cli.outcomes_check import check
from lmb.cli.outcomes_determine import determine, row_proof
from lmb.cli.outcomes_estimate import estimate
from lmb.cli.outcomes_indicators import indicators
from lmb.cli.outcomes_periods import periods
from lmb.cli.outcomes_planning import commit, draw, power
from lmb.cli.outcomes_report import report
from lmb.cli.outcomes_score import score
from lmb.cli.outcomes_scorecard import scorecard
from lmb.cli.outcomes_statements import (
    challenge,
    counted,
    entry,
    file_statement,
    sign,
    statements,
    uphold,
)


@click.group()
def outcomes() -> None:
    """Indicators and estimates from files, re-runnable by anyone to the same bytes."""


for command in (
    *(estimate, indicators, score, check, periods, report, scorecard),
    *(commit, draw, power),
    *(determine, row_proof),
    *(file_statement, statements, sign, challenge, uphold, entry, counted),
):
    outcomes.add_command(command)
