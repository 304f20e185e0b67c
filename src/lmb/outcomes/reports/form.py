"""A filled form as values: sheets of lines of figures. Pure.

A figure is told in one way everywhere: counts as whole numbers, rates in per cent to a tenth with
their numerator and denominator beside them, money in dollars and cents, each half to even.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from lmb.outcomes.indicators.results import Rate
from lmb.values.errors import NotFoundError
from lmb.values.rounding import PRECISION_DIGITS, half_even

COUNT, PERCENT, DOLLARS, TEXT = "count", "percent", "dollars", "text"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet. `item` is the form's own number, blank where it was not seen."""

    name: str
    label: str
    kind: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet: one figure for each column, None where there is none to tell."""

    name: str
    section: str
    label: str
    figures: tuple[int | Decimal | str | None, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell with its name, `sheet/line/column`."""

    name: str
    line: Line
    column: Column
    value: int | Decimal | str | None

    @property
    def text(self) -> str:
        return "" if self.value is None else str(self.value)


@dataclass(frozen=True, slots=True)
class Form:
    """A filled form. `not_reported` are lines left blank because the file has no such column."""

    number: str
    title: str
    period: str
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...]
    not_reported: tuple[str, ...] = ()

    def figures(self) -> Iterator[tuple[Sheet, Figure]]:
        """Every cell, in the order of the form."""
        for sheet in self.sheets:
            for line in sheet.lines:
                for figure in line_figures(sheet, line):
                    yield sheet, figure

    def figure(self, name: str) -> Figure:
        """The cell of a name. Raises NotFoundError."""
        for _, figure in self.figures():
            if figure.name == name:
                return figure
        raise NotFoundError(
            f"{self.number} has no cell {name!r}; cells are named sheet/line/column, as in its CSV"
        )


def line_figures(sheet: Sheet, line: Line) -> Iterator[Figure]:
    for column, value in zip(sheet.columns, line.figures, strict=True):
        yield Figure(f"{sheet.name}/{line.name}/{column.name}", line, column, value)


def rate_columns(name: str, label: str, item: str = "") -> Sequence[Column]:
    """The three columns a rate is told in."""
    return (
        Column(f"{name}.rate", f"{label}: rate", PERCENT, item),
        Column(f"{name}.numerator", f"{label}: numerator", COUNT, item),
        Column(f"{name}.denominator", f"{label}: denominator", COUNT, item),
    )


def rate_figures(rate: Rate) -> tuple[Decimal | None, int, int]:
    return rate.percent, rate.numerator, rate.denominator


def dollars(cents: Fraction | int | None) -> Decimal | None:
    """Dollars and whole cents, half to even; None of nothing."""
    if cents is None:
        return None
    cents = Fraction(cents)
    with localcontext(prec=PRECISION_DIGITS):
        return half_even(Decimal(cents.numerator) / cents.denominator / 100, 2)
