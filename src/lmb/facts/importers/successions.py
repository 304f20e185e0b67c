"""Employers that follow one another: who is the same employer under a new number.

SUCCESSORS.csv: predecessor,successor

Serving employers asks for the same employer in two quarters. A number that changed because a
business was taken over or merged is not a change of employer; the text is silent, so whoever
counts gives the table. Chains are followed to their end.
"""

from __future__ import annotations

from collections.abc import Mapping

from lmb.values.columns import Column, text
from lmb.values.tables import read_table

EMPLOYER_CHARACTERS_MAX = 64

PREDECESSOR = Column("predecessor", text(EMPLOYER_CHARACTERS_MAX))
SUCCESSOR = Column("successor", text(EMPLOYER_CHARACTERS_MAX))


def load_successions(file: str, content: bytes) -> dict[str, str]:
    """The last successor of each employer that has one. Raises InputError with every problem:
    also for an employer with two successors, and for a chain that comes back to itself."""
    table = read_table(file, content, (PREDECESSOR, SUCCESSOR))
    table.report_duplicates(PREDECESSOR)
    readable = [row for row in table.rows if row.has(PREDECESSOR, SUCCESSOR)]
    steps = {row[PREDECESSOR]: row[SUCCESSOR] for row in readable}
    for row in readable:
        if _last(row[PREDECESSOR], steps) is None:
            found = f"{row[SUCCESSOR]!r}, which leads back to {row[PREDECESSOR]!r}"
            table.report(row.number, SUCCESSOR.name, found, "a chain that ends")
    table.accept(lambda row: row)
    return last_successors(steps)


def last_successors(steps: Mapping[str, str]) -> dict[str, str]:
    """The end of each employer's chain of successors; those whose chain has no end, or who follow
    themselves, are left out."""
    return {
        first: last
        for first in steps
        if (last := _last(first, steps)) is not None and last != first
    }


def _last(first: str, steps: Mapping[str, str]) -> str | None:
    """The end of a chain, None where it has none."""
    seen = {first}
    employer = first
    while employer in steps:
        employer = steps[employer]
        if employer in seen:
            return None
        seen.add(employer)
    return employer
