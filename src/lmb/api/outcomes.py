"""Computations on what a client sends. Nothing of it is stored."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from http import HTTPMethod
from typing import Annotated, Any

from pydantic import Field

from lmb.api.operations import ApiRequest, Shape, operation, scoped
from lmb.api.problems import INVALID, Fault, ProblemError
from lmb.outcomes.indicators.levels_csv import ACTUAL, NUMBER
from lmb.outcomes.indicators.scores import RULE, Level, ScoreRules
from lmb.people.scopes import Scope
from lmb.rules.parameters import in_force
from lmb.values.columns import Reader
from lmb.values.quarters import ProgramYear

Number = Annotated[str, Field(max_length=40)]


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


@operation(
    HTTPMethod.POST,
    "/outcomes/score",
    scoped(Scope.OUTCOMES_COMPUTE),
    ScoreShown,
    tag="Outcomes",
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


def _last_day(program_year: int) -> date:
    return ProgramYear(program_year).last_day


def _read(name: str, reader: Reader[Fraction], text: str) -> Fraction:
    try:
        return reader.read(text)
    except ValueError:
        fault = Fault(f"/body/{name}", reader.expected)
        raise ProblemError(INVALID, "1 fault; nothing was done", faults=[fault]) from None
