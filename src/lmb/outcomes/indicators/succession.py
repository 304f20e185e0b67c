"""Employers that follow one another: who is the same employer under a new number.

SUCCESSORS.csv: predecessor,successor

Serving employers asks for the same employer in two quarters. A number that changed because a
business was taken over or merged is not a change of employer; the text is silent, so whoever
counts gives the table. Chains are followed to their end.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from lmb.outcomes.indicators.columns import KEY_CHARACTERS_MAX
from lmb.values.columns import Column, text
from lmb.values.tables import read_table

PREDECESSOR = Column("predecessor", text(KEY_CHARACTERS_MAX))
SUCCESSOR = Column("successor", text(KEY_CHARACTERS_MAX))


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
    return {first: last for first in steps if (last := _last(first, steps)) is not None}


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


def apply_successions(
    connection: duckdb.DuckDBPyConnection, successions: Mapping[str, str], wages: Path
) -> Path:
    """Write the relation `wages` again with each employer under its last successor's number, into
    a file beside `wages`; the relation is that file from then on."""
    connection.execute("CREATE OR REPLACE TEMP TABLE succession (old VARCHAR, new VARCHAR)")
    if successions:
        connection.executemany("INSERT INTO succession VALUES (?, ?)", list(successions.items()))
    target = wages.with_name(f"succeeded-{wages.name}")
    connection.execute(
        "COPY (SELECT wages.* REPLACE (coalesce(new, employer_id) AS employer_id) FROM wages "
        f"LEFT JOIN succession ON old = employer_id) TO '{target}' (FORMAT parquet)"
    )
    connection.from_parquet(str(target)).create_view("wages", replace=True)
    return target
