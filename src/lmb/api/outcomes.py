"""Computations on what a client sends. Nothing of it is stored."""

from __future__ import annotations

import tempfile
from datetime import date
from fractions import Fraction
from http import HTTPMethod
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from lmb.api.operations import ApiRequest, Shape, operation, scoped
from lmb.api.problems import INVALID, Fault, ProblemError
from lmb.outcomes.indicators.columns import period_columns, wage_columns
from lmb.outcomes.indicators.duckdb_engine import engine, measure
from lmb.outcomes.indicators.levels_csv import ACTUAL, NUMBER
from lmb.outcomes.indicators.rules import IndicatorRules, Window
from lmb.outcomes.indicators.scores import RULE, Level, ScoreRules
from lmb.outcomes.indicators.tables import PERIOD_BREACHES, load
from lmb.people.scopes import Scope
from lmb.rules.parameters import in_force
from lmb.values.columns import Reader
from lmb.values.quarters import ProgramYear

TAG = "Outcomes"
TABLES_BYTES_MAX = 1_000_000
Number = Annotated[str, Field(max_length=40)]
Day = Annotated[date, Field(ge=date(2016, 7, 1), le=date(2199, 12, 31))]


class LevelGiven(Shape):
    """What was reached, and what it is held against. A rate given as a quotient is held in per cent
    against levels in per cent; any other number is in the unit of its level."""

    program_year: Annotated[int, Field(strict=True, ge=2016, le=2199)]
    actual: Number = Field(description="16244/24000, 67.7 or 4350.")
    negotiated: Number = Field(description="The negotiated level, such as 75.2.")
    factor: Number = Field("0", description="The adjustment factor.")


class ScoreShown(Shape):
    """A score, cut off behind the first decimal and never rounded (TEGL 11-19)."""

    score_percent: str
    numerator: str
    denominator: str
    individual_failure: bool
    rule: str
    rule_version: str


class PeriodsGiven(Shape):
    """Two tables as CSV, with the columns of the reference on indicators, and the days counted.
    The days of skill gains are those of exit where they are left out."""

    periods: Annotated[str, Field(min_length=1, description="Periods of participation.")]
    wages: Annotated[str, Field(min_length=1, description="Pay by person, employer, quarter.")]
    exits_from: Day
    exits_to: Day
    gains_from: Day | None = None
    gains_to: Day | None = None


@operation(
    HTTPMethod.POST,
    "/outcomes/score",
    scoped(Scope.OUTCOMES_COMPUTE),
    ScoreShown,
    tag=TAG,
    summary="Score a level",
    body_example={
        "program_year": 2023,
        "actual": "16244/24000",
        "negotiated": "75.2",
        "factor": "0",
    },
    example={
        "score_percent": "90.0",
        "numerator": "20305",
        "denominator": "22560",
        "individual_failure": False,
        "rule": "performance-scores",
        "rule_version": "1",
    },
)
def score_level(request: ApiRequest, body: LevelGiven) -> Any:
    """How an actual level stands to the adjusted one, by the rules of its program year."""
    actual = _read("actual", ACTUAL, body.actual)
    adjusted = _read("negotiated", NUMBER, body.negotiated) + _read("factor", NUMBER, body.factor)
    if adjusted <= 0 or actual < 0:
        fault = Fault("/body/negotiated", "an adjusted level above 0, and 0 or more reached")
        raise ProblemError(INVALID, "1 fault; nothing was done", faults=[fault])
    parameters = in_force(RULE, _last_day(body.program_year))
    rules = ScoreRules.of(parameters)
    found = Level("", "", actual, adjusted).score
    return ScoreShown(
        score_percent=str(found.percent),
        numerator=str(found.value.numerator),
        denominator=str(found.value.denominator),
        individual_failure=found.percent < rules.individual_percent_min,
        rule=RULE,
        rule_version=parameters.version,
    )


@operation(
    HTTPMethod.POST,
    "/outcomes/indicators",
    scoped(Scope.OUTCOMES_COMPUTE),
    dict[str, Any],
    tag=TAG,
    summary="Count the six indicators",
    bytes_max=TABLES_BYTES_MAX,
    commits=True,
    computes=True,
    body_example={
        "periods": "period_id,person_id,program,entry_date,exit_date,…\n",
        "wages": "person_id,employer_id,quarter,cents,source\n",
        "exits_from": "2023-07-01",
        "exits_to": "2024-06-30",
    },
    example={
        "exits": "2023-07-01..2024-06-30",
        "employment_q2": {"numerator": 16244, "denominator": 24000, "rate_percent": 67.7},
    },
)
def count_indicators(request: ApiRequest, body: PeriodsGiven) -> Any:
    """The federal performance indicators of WIOA section 116, as the command `lmb outcomes
    indicators` counts them. Both tables are checked whole first; every fault is told with its row
    and column. Nothing is stored."""
    exits = _window("exits", body.exits_from, body.exits_to)
    gains = exits
    if body.gains_from is not None or body.gains_to is not None:
        first, last = body.gains_from or exits.first, body.gains_to or exits.last
        gains = _window("gains", first, last)
    rules = IndicatorRules.in_force_on(exits.last)
    with engine() as connection, tempfile.TemporaryDirectory(prefix="lmb-indicators-") as name:
        folder = Path(name)
        for table, text in (("periods", body.periods), ("wages", body.wages)):
            (folder / f"{table}.csv").write_text(text, encoding="utf-8")
        columns = period_columns(rules, [])
        load(
            connection,
            "periods",
            folder / "periods.csv",
            columns,
            folder,
            PERIOD_BREACHES,
            "period_id",
        )
        load(connection, "wages", folder / "wages.csv", wage_columns(rules), folder)
        measured = measure(connection, rules, exits, gains, [])
    return {
        "exits": str(exits),
        "msg": str(gains),
        "rule": {"id": "wioa-indicators", "version": rules.version, "sha256": rules.sha256},
        **measured.total.document(),
    }


def _window(name: str, first: date, last: date) -> Window:
    try:
        return Window(first, last)
    except ValueError as error:
        fault = Fault(f"/body/{name}_to", str(error))
        raise ProblemError(INVALID, "1 fault; nothing was done", faults=[fault]) from None


def _last_day(program_year: int) -> date:
    return ProgramYear(program_year).last_day


def _read(name: str, reader: Reader[Fraction], text: str) -> Fraction:
    try:
        return reader.read(text)
    except ValueError:
        fault = Fault(f"/body/{name}", reader.expected)
        raise ProblemError(INVALID, "1 fault; nothing was done", faults=[fault]) from None
