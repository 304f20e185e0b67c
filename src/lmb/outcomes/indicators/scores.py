"""Scores of performance against adjusted levels, and when they lead to a sanction. Pure.

    actual / adjusted ──▶ individual scores ──average──▶ program score, indicator score
                                  └── each TRUNCATED to a tenth when told, never rounded

Averages are taken over untruncated scores (RSA-TAC-20-02 of 2025-01-06, Attachment I).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any, cast

from lmb.rules.parameters import ParameterSet
from lmb.values.rounding import PRECISION_DIGITS, round_down

RULE = "wioa-sanctions"
SCORE_PLACES = 1


@dataclass(frozen=True, slots=True)
class ScoreRules:
    """One dated version of the rule `wioa-sanctions`: thresholds in per cent."""

    programs: tuple[str, ...]
    indicators: tuple[str, ...]
    statewide_indicators: tuple[str, ...]
    individual_percent_min: Fraction
    overall_percent_min: Fraction
    failures_for_sanction: int
    sanction_percent: Fraction

    @classmethod
    def of(cls, parameters: ParameterSet) -> ScoreRules:
        """The typed form of one version; raises KeyError for a parameter that is missing."""
        values = cast(Mapping[str, Any], parameters.values)
        return cls(
            programs=tuple(map(str, values["programs"])),
            indicators=tuple(map(str, values["indicators"])),
            statewide_indicators=tuple(map(str, values["statewide_indicators"])),
            individual_percent_min=Fraction(values["individual_percent_min"]),
            overall_percent_min=Fraction(values["overall_percent_min"]),
            failures_for_sanction=int(values["failures_for_sanction"]),
            sanction_percent=Fraction(values["sanction_percent"]),
        )


@dataclass(frozen=True, slots=True)
class Score:
    """Actual over adjusted level, exact."""

    value: Fraction

    @property
    def percent(self) -> Decimal:
        """As told: per cent, cut off behind the first decimal."""
        return truncated_percent(self.value)


@dataclass(frozen=True, slots=True)
class Level:
    """One indicator of one program: what was reached, and the adjusted level it is held against.

    Both in the same unit: rates in per cent, medians in dollars as reported.
    """

    program: str
    indicator: str
    actual: Fraction
    adjusted: Fraction

    def __post_init__(self) -> None:
        """Raises ValueError for a level nobody could be held against."""
        if self.adjusted <= 0 or self.actual < 0:
            raise ValueError(
                f"{self.program}, {self.indicator}: an actual level of {self.actual} against an "
                f"adjusted level of {self.adjusted} has no score"
            )

    @property
    def score(self) -> Score:
        return Score(self.actual / self.adjusted)


@dataclass(frozen=True, slots=True, order=True)
class Failure:
    """A score below its threshold: `kind` individual, program or indicator, and whose it is."""

    kind: str
    program: str
    indicator: str


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All scores of a state in one program year, and what fails."""

    individual: Mapping[tuple[str, str], Score]
    programs: Mapping[str, Score]
    indicators: Mapping[str, Score]
    failures: tuple[Failure, ...]


def adjusted_level(negotiated: Fraction, estimate_0: Fraction, estimate_1: Fraction) -> Fraction:
    """The negotiated level plus the adjustment factor: the statistical model's estimate after the
    program year less its estimate before it (RSA-TAC-20-02, Attachment II)."""
    return negotiated + (estimate_1 - estimate_0)


def scorecard(levels: Sequence[Level], rules: ScoreRules) -> Scorecard:
    """The scores of a state. Raises ValueError where a program has an indicator twice."""
    individual: dict[tuple[str, str], Score] = {}
    for level in levels:
        key = (level.program, level.indicator)
        if key in individual:
            raise ValueError(f"{level.program} has {level.indicator} twice")
        individual[key] = level.score
    shared = rules.statewide_indicators
    of_programs: dict[str, list[Score]] = {}
    of_indicators: dict[str, list[Score]] = {}
    for (program, indicator), score in individual.items():
        of_indicators.setdefault(indicator, []).append(score)
        if indicator not in shared:
            of_programs.setdefault(program, []).append(score)
    programs = {program: _average(scores) for program, scores in of_programs.items()}
    indicators = {indicator: _average(scores) for indicator, scores in of_indicators.items()}
    return Scorecard(
        individual, programs, indicators, _failures(individual, programs, indicators, rules)
    )


def sanctioned(years: Sequence[Iterable[Failure]], rules: ScoreRules) -> tuple[Failure, ...]:
    """The failures that recur in as many consecutive program years as a sanction needs, the last
    year given being the one decided on."""
    recent = [set(failures) for failures in years[-rules.failures_for_sanction :]]
    if len(recent) < rules.failures_for_sanction:
        return ()
    return tuple(sorted(set.intersection(*recent)))


def truncated_percent(value: Fraction) -> Decimal:
    """A fraction as per cent, cut off behind the first decimal."""
    with localcontext(prec=PRECISION_DIGITS):
        exact = Decimal(100 * value.numerator) / value.denominator
    return round_down(exact, SCORE_PLACES)


def _average(scores: Sequence[Score]) -> Score:
    return Score(sum((score.value for score in scores), Fraction(0)) / len(scores))


def _failures(
    individual: Mapping[tuple[str, str], Score],
    programs: Mapping[str, Score],
    indicators: Mapping[str, Score],
    rules: ScoreRules,
) -> tuple[Failure, ...]:
    """Scores are compared exactly as they are told: truncated."""

    def below(score: Score, least: Fraction) -> bool:
        return Fraction(score.percent) < least

    found = [
        Failure("individual", program, indicator)
        for (program, indicator), score in individual.items()
        if indicator not in rules.statewide_indicators
        and below(score, rules.individual_percent_min)
    ]
    found += [
        Failure("program", program, "")
        for program, score in programs.items()
        if below(score, rules.overall_percent_min)
    ]
    found += [
        Failure("indicator", "", indicator)
        for indicator, score in indicators.items()
        if below(score, rules.overall_percent_min)
    ]
    return tuple(sorted(found))
