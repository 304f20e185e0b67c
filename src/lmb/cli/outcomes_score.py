"""`lmb outcomes score`: performance scores, cut off as the guidance cuts them, and sanctions."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import click

from lmb.outcomes.indicators.levels_csv import ACTUAL, NUMBER, load_levels
from lmb.outcomes.indicators.scores import (
    RULE,
    Failure,
    Level,
    Score,
    Scorecard,
    ScoreRules,
    sanctioned,
    scorecard,
)
from lmb.rules.parameters import in_force, versions
from lmb.values.columns import Reader
from lmb.values.errors import EnvironmentProblem
from lmb.values.quarters import ProgramYear

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FILE_BYTES_MAX = 16 * 2**20


def _number(
    reader: Reader[Fraction],
) -> Callable[[click.Context, click.Parameter, str | None], Fraction | None]:
    def read(
        _context: click.Context, _option: click.Parameter, text: str | None
    ) -> Fraction | None:
        if text is None:
            return None
        try:
            return reader.read(text)
        except ValueError as error:
            raise click.BadParameter(f"{text!r}: {error}; expected {reader.expected}") from error

    return read


@click.command(
    epilog="Example: lmb outcomes score --actual 16244/24000 --negotiated 75.2 --factor 0"
)
@click.argument("levels", type=FILE, required=False)
@click.option("--actual", callback=_number(ACTUAL), help="Reached: 16244/24000, 67.7 or 4350.")
@click.option("--negotiated", callback=_number(NUMBER), help="The negotiated level: 75.2.")
@click.option("--factor", callback=_number(NUMBER), help="The adjustment factor; 0 if left out.")
def score(
    levels: Path | None,
    actual: Fraction | None,
    negotiated: Fraction | None,
    factor: Fraction | None,
) -> None:
    """Score one actual level, or all of LEVELS.csv, and print JSON.

    A rate given as a quotient is held in per cent against levels in per cent; any other number is
    in the unit of its level. Scores are cut off behind the first decimal, never rounded.
    """
    if levels is None:
        if actual is None or negotiated is None:
            raise click.UsageError("give LEVELS.csv, or both --actual and --negotiated")
        _print(_one(actual, negotiated, factor or Fraction(0)))
        return
    if (actual, negotiated, factor) != (None, None, None):
        raise click.UsageError("LEVELS.csv has all levels: give no option beside it")
    if levels.stat().st_size > FILE_BYTES_MAX:
        raise EnvironmentProblem(f"{levels} is larger than {FILE_BYTES_MAX:,} bytes; split it")
    _print(_all(levels))


def _one(actual: Fraction, negotiated: Fraction, factor: Fraction) -> dict[str, Any]:
    adjusted = negotiated + factor
    if adjusted <= 0 or actual < 0:
        raise click.UsageError("an adjusted level above 0 and an actual level of 0 or more")
    rules = ScoreRules.of(versions(RULE)[-1])
    found = Level("", "", actual, adjusted).score
    return {
        "adjusted_level": _level(adjusted),
        "score_percent": float(found.percent),
        "score_unrounded": {"numerator": found.value.numerator, "of": found.value.denominator},
        "individual_failure": found.percent < rules.individual_percent_min,
    }


def _all(path: Path) -> dict[str, Any]:
    latest = ScoreRules.of(versions(RULE)[-1])
    by_year = load_levels(path.name, path.read_bytes(), latest)
    years: list[dict[str, Any]] = []
    failures: list[tuple[Failure, ...]] = []
    previous: int | None = None
    for year, levels in by_year.items():
        rules = ScoreRules.of(in_force(RULE, ProgramYear(year).last_day))
        if previous is not None and year != previous + 1:
            failures.clear()
        card = scorecard(levels, rules)
        failures.append(card.failures)
        years.append(
            {
                "program_year": year,
                **_card(card),
                "sanctioned_for": [_failure(each) for each in sanctioned(failures, rules)],
                "sanction_percent": _level(rules.sanction_percent),
            }
        )
        previous = year
    return {"program_years": years}


def _card(card: Scorecard) -> dict[str, Any]:
    return {
        "individual": [
            {"program": program, "indicator": indicator, "score_percent": _percent(found)}
            for (program, indicator), found in card.individual.items()
        ],
        "program_scores": {name: _percent(found) for name, found in card.programs.items()},
        "indicator_scores": {name: _percent(found) for name, found in card.indicators.items()},
        "failures": [_failure(each) for each in card.failures],
    }


def _failure(failure: Failure) -> dict[str, str]:
    named = {"program": failure.program, "indicator": failure.indicator}
    return {"kind": failure.kind, **{name: value for name, value in named.items() if value}}


def _percent(found: Score) -> float:
    """One decimal: the shortest text of this float is the decimal itself."""
    return float(found.percent)


def _level(value: Fraction) -> float:
    return float(Decimal(value.numerator) / value.denominator)


def _print(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, indent=2))
