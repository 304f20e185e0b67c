"""Filling a form: each figure is put down together with the periods it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from lmb.outcomes.indicators.results import Rate
from lmb.outcomes.reports.cohort import Cohort, Figures, Origin
from lmb.outcomes.reports.form import (
    COUNT,
    DOLLARS,
    Column,
    Form,
    Line,
    Sheet,
    dollars,
    line_figures,
    rate_columns,
    rate_figures,
)
from lmb.values.errors import NotFoundError


class Told(NamedTuple):
    """A figure, and what it counts: one origin, or those of numerator and denominator; none where
    it was given and not counted."""

    value: int | Decimal | str | None
    numerator: Origin | None = None
    denominator: Origin | None = None


class Lineage(NamedTuple):
    """The ids of the periods behind a figure, in order; `denominator` only of a quotient."""

    numerator: tuple[str, ...]
    denominator: tuple[str, ...] | None


Origins = dict[str, tuple[Origin, Origin | None]]


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled form over the cohort it was filled from."""

    form: Form
    cohort: Cohort
    origins: Origins

    def lineage(self, name: str) -> Lineage:
        """The periods behind the cell of a name. Raises NotFoundError for a cell that is not there
        or counts no periods."""
        figure = self.form.figure(name)
        if name not in self.origins:
            raise NotFoundError(
                f"{self.form.number}, cell {name} ({figure.column.label}) counts no periods: it is "
                "blank, was given, or is computed of what was given"
            )
        numerator, denominator = self.origins[name]
        below = None if denominator is None else self.cohort.periods(denominator)
        return Lineage(self.cohort.periods(numerator), below)


class SheetFilling:
    """One sheet on its way: lines are added, origins go into `origins`."""

    def __init__(self, name: str, title: str, columns: Sequence[Column], origins: Origins) -> None:
        self.empty = Sheet(name, title, tuple(columns), ())
        self.lines: list[Line] = []
        self._origins = origins

    def add(self, name: str, section: str, label: str, told: Sequence[Told]) -> None:
        line = Line(name, section, label, tuple(each.value for each in told))
        self.lines.append(line)
        for figure, each in zip(line_figures(self.empty, line), told, strict=True):
            if each.numerator is not None and each.value is not None:
                self._origins[figure.name] = (each.numerator, each.denominator)

    def sheet(self) -> Sheet:
        empty = self.empty
        return Sheet(empty.name, empty.title, empty.columns, tuple(self.lines))


INDICATOR_COLUMNS = (
    *rate_columns("employment_q2", "Employment rate, second quarter after exit"),
    *rate_columns("employment_q4", "Employment rate, fourth quarter after exit"),
    Column("median_q2", "Median earnings, second quarter after exit", DOLLARS),
    *rate_columns("credential", "Credential attainment"),
    *rate_columns("skill_gain", "Measurable skill gains"),
)
SERVED_COLUMNS = (
    Column("served", "Participants served", COUNT),
    Column("exited", "Participants exited", COUNT),
)


def counted(figures: Figures, name: str, keys: Mapping[str, str], condition: str) -> Told:
    """`served` or `exited`."""
    return Told(getattr(figures, name), Origin(name, keys, condition))


def told_rate(name: str, rate: Rate, keys: Mapping[str, str], condition: str) -> list[Told]:
    """A rate with its numerator and denominator."""
    above = Origin(f"{name}_numerator", keys, condition)
    below = Origin(f"{name}_denominator", keys, condition)
    percent, numerator, denominator = rate_figures(rate)
    return [Told(percent, above, below), Told(numerator, above), Told(denominator, below)]


def told_indicators(figures: Figures, keys: Mapping[str, str], condition: str) -> list[Told]:
    """The figures of INDICATOR_COLUMNS."""
    rates = figures.rates
    return [
        *told_rate("employment_q2", rates["employment_q2"], keys, condition),
        *told_rate("employment_q4", rates["employment_q4"], keys, condition),
        Told(dollars(figures.median_q2_cents), Origin("median_q2", keys, condition)),
        *told_rate("credential", rates["credential"], keys, condition),
        *told_rate("skill_gain", rates["skill_gain"], keys, condition),
    ]


def blank(columns: Sequence[Column]) -> list[Told]:
    return [Told(None) for _ in columns]
