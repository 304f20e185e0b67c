"""Wages on file, as known at a moment, as the relation `wages` the engines read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from lmb.facts.queries_wages import KnownWage

SCHEMA = pa.schema(
    [
        ("person_id", pa.string()),
        ("employer_id", pa.string()),
        ("quarter", pa.int32()),
        ("cents", pa.int64()),
        ("source", pa.string()),
    ]
)


def write_wages(batches: Iterable[Sequence[KnownWage]], path: Path) -> int:
    """Write wages (`lmb.facts.queries_wages.wages_known_at`) in canonical form, batch by batch;
    return how many there were."""
    rows = 0
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        for batch in batches:
            columns = [
                pa.array(column, field.type)
                for column, field in zip(zip(*batch, strict=True), SCHEMA, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=SCHEMA))
            rows += len(batch)
    return rows


def read_wages(
    connection: duckdb.DuckDBPyConnection, batches: Iterable[Sequence[KnownWage]], folder: Path
) -> Path:
    """Make the relation `wages` of wages on file, kept in `folder`; return its file."""
    path = folder / "wages.parquet"
    write_wages(batches, path)
    connection.from_parquet(str(path)).create_view("wages", replace=True)
    return path
