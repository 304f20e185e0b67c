"""LEVELS.csv: what each program reached in each year, and the levels it is held against.

program_year,program,indicator,actual,negotiated,factor
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from lmb.outcomes.indicators.scores import Level, ScoreRules
from lmb.values.columns import Column, Reader, blank_or, choice, integer
from lmb.values.tables import Row, read_table

STATEWIDE = "statewide"
"""Stands in `program` for an indicator that all programs share."""

_NUMBER = r"-?(0|[1-9][0-9]{0,11})(\.[0-9]{1,12})?"
_PLAIN = re.compile(_NUMBER)
_QUOTIENT = re.compile(r"(0|[1-9][0-9]{0,11})/([1-9][0-9]{0,11})")


def plain_number(text: str) -> Fraction:
    """A plain decimal number, exact. Raises ValueError for anything else."""
    if not _PLAIN.fullmatch(text):
        raise ValueError("not a plain number")
    return Fraction(text)


def actual_level(text: str) -> Fraction:
    """What was reached: `16244/24000` is a rate and becomes per cent, exact; a plain number is
    in the unit of the level it is held against. Raises ValueError for anything else."""
    quotient = _QUOTIENT.fullmatch(text)
    if quotient is None:
        return plain_number(text)
    rate = Fraction(int(quotient[1]), int(quotient[2]))
    if rate > 1:
        raise ValueError("more in the numerator than in the denominator")
    return 100 * rate


ACTUAL = Reader(actual_level, "a rate like 16244/24000 or a number like 67.7")
NUMBER = Reader(plain_number, "a number like 75.2")


def load_levels(file: str, content: bytes, rules: ScoreRules) -> dict[int, tuple[Level, ...]]:
    """The levels of each program year, oldest first. Raises InputError with every problem."""
    year = Column("program_year", integer(2016, 2199))
    program = Column("program", choice(*rules.programs, STATEWIDE))
    indicator = Column("indicator", choice(*rules.indicators))
    actual, negotiated = Column("actual", ACTUAL), Column("negotiated", NUMBER)
    factor = Column("factor", blank_or(NUMBER))
    table = read_table(file, content, (year, program, indicator, actual, negotiated, factor))
    table.report_duplicates(year, program, indicator)
    for row in table.rows:
        if row.has(program, indicator):
            shared = row[indicator] in rules.statewide_indicators
            if shared != (row[program] == STATEWIDE):
                expected = f"{STATEWIDE} for an indicator all programs share, and only there"
                table.report(row.number, "program", repr(row[program]), expected)
        if row.has(actual) and row[actual] < 0:
            table.report(row.number, "actual", str(row[actual]), "0 or more")
        if row.has(negotiated, factor) and row[negotiated] + (row[factor] or 0) <= 0:
            found = "an adjusted level that is not above 0"
            table.report(row.number, "negotiated", found, "negotiated + factor above 0")

    def read(row: Row) -> tuple[int, Level]:
        adjusted = row[negotiated] + (row[factor] or 0)
        return row[year], Level(row[program], row[indicator], row[actual], adjusted)

    return _by_year(table.accept(read))


def _by_year(rows: Sequence[tuple[int, Level]]) -> dict[int, tuple[Level, ...]]:
    years = sorted({year for year, _ in rows})
    return {year: tuple(level for each, level in rows if each == year) for year in years}
