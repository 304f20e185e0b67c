"""Employers that go on under another number count as one: their pay is read under the last one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb


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
