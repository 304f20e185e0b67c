"""`lmb outcomes draw`, `commit` and `power`: before a trial begins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TextIO

import click

from lmb.outcomes.lottery import Entrant, ceremony_of, commitment, roster_sha256
from lmb.outcomes.lottery import draw as draw_lottery
from lmb.outcomes.power import (
    Trial,
    minimal_detectable_effect,
    power_at,
    simulate,
    step_probabilities,
)
from lmb.values.columns import Column, text
from lmb.values.errors import InputError, Problem
from lmb.values.tables import Limits, read_table

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
PERSON, BLOCK = Column("person", text()), Column("block", text())


@click.command(epilog="Example: lmb outcomes commit --party Treasury --roster roster.csv < secret")
@click.option("--party", required=True, help="Who commits.")
@click.option("--roster", required=True, type=FILE, help="CSV with the columns person and block.")
@click.argument("secret", type=click.File(), default="-")
def commit(party: str, roster: Path, secret: TextIO) -> None:
    """Print a party's commitment to a secret of 64 hexadecimal digits, from a file or from
    standard input."""
    click.echo(commitment(party, secret.read().strip(), roster_sha256(_roster(roster))))


@click.command(epilog="Example: lmb outcomes draw --roster roster.csv --ceremony ceremony.json")
@click.option("--roster", required=True, type=FILE, help="CSV with the columns person and block.")
@click.option("--ceremony", type=FILE, help="JSON of the ceremony; without it the hash is printed.")
def draw(roster: Path, ceremony: Path | None) -> None:
    """Print who is offered training, as CSV: person and 1 or 0; the same for anyone who asks.

    Without a ceremony, prints the roster's hash, which is published first.
    """
    entrants = _roster(roster)
    if ceremony is None:
        click.echo(roster_sha256(entrants))
        return
    drawn = draw_lottery(entrants, ceremony_of(_json(ceremony)))
    click.echo("person,offered")
    for person, offered in drawn.items():
        click.echo(f"{person},{int(offered)}")


@click.command(
    epilog="Example: lmb outcomes power --treated 300 --control 400 --deviation 5500 --effect 900 "
    "--steps 0,500,1500 --simulate 10000"
)
@click.option("--treated", required=True, type=int, help="People offered training.")
@click.option("--control", required=True, type=int, help="People not offered it.")
@click.option("--deviation", required=True, type=float, help="The outcome's standard deviation.")
@click.option("--explained", default=0.0, help="Share of its variance that covariates explain.")
@click.option("--take-up", default=1.0, help="Share of those offered who take it up.")
@click.option("--cluster-size", default=1.0, help="People in each cluster.")
@click.option("--cluster-correlation", default=0.0, help="Intraclass correlation.")
@click.option("--effect", type=float, help="A true effect of taking training up.")
@click.option("--steps", help="Thresholds of the coupon's steps, ascending, with commas between.")
@click.option("--lower-end", is_flag=True, help="The bond looks at the interval's lower end.")
@click.option("--simulate", "trials", type=int, help="Check by so many simulated trials.")
@click.option("--seed", default=1, show_default=True, help="Of the simulation.")
def power(**options: Any) -> None:
    """Print the smallest effect a trial can find, and the chance of each step of a coupon."""
    effect, steps, trials, seed, lower = (
        options.pop(name) for name in ("effect", "steps", "trials", "seed", "lower_end")
    )
    trial = Trial(**options)
    found: dict[str, Any] = {
        "standard_error": trial.standard_error,
        "minimal_detectable_effect": minimal_detectable_effect(trial),
    }
    if effect is not None:
        thresholds = _thresholds(steps)
        found["power"] = power_at(trial, effect)
        found["steps"] = step_probabilities(trial, effect, thresholds, lower_end=lower)
        if trials is not None:
            result = simulate(trial, effect, thresholds, trials, seed, lower_end=lower)
            found["simulated"] = {
                "trials": result.trials,
                "coverage": result.coverage,
                "power": result.power,
                "steps": list(result.steps),
            }
    click.echo(json.dumps(found, indent=2))


def _thresholds(steps: str | None) -> list[float]:
    try:
        return [float(step) for step in (steps or "0").split(",")]
    except ValueError as error:
        raise click.UsageError(f"--steps is {steps!r}, not numbers with commas between") from error


def _roster(path: Path) -> tuple[Entrant, ...]:
    table = read_table(path.name, path.read_bytes(), [PERSON, BLOCK], Limits(2**30, 10_000_000))
    return table.accept(lambda row: Entrant(row[PERSON], row[BLOCK]))


def _json(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except ValueError as error:
        raise InputError([Problem(path.name, None, None, str(error), "a JSON object")]) from error
    if not isinstance(document, dict):
        raise InputError([Problem(path.name, None, None, "no object", "a JSON object")])
    return document
