"""The second engine: the same tallies as one SQL text, from the bytes of the frozen table.

HUGEINT holds sums of squares of 10^15 over all rows that a table may have (2·10^36); DuckDB raises
an error rather than overflow. Integer sums do not depend on threads or order.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from lmb.outcomes.determination.tally import Arm, Tallies, Tally
from lmb.outcomes.determination.terms import Missing, Terms

CHOSEN = """
CREATE TEMP TABLE chosen AS
SELECT r.person, r.tranche, r.arm, r.block, r.status, r.outcome
FROM read_csv(?, header = true, all_varchar = true, delim = ',', quote = '', escape = '') r
JOIN (SELECT unnest(?::VARCHAR[]) AS source, unnest(range(?)) AS rank) s USING (source)
WHERE CAST(r.recorded_on AS DATE) <= CAST(? AS DATE)
QUALIFY row_number() OVER (
    PARTITION BY r.person ORDER BY s.rank, CAST(r.recorded_on AS DATE) DESC) = 1
"""

ARMS = """
SELECT tranche, block, arm, count(*), sum(value), sum(value * value)
FROM (
    SELECT tranche, block, arm,
           CASE status WHEN 'counted' THEN CAST(outcome AS HUGEINT) ELSE 0 END AS value
    FROM chosen
    WHERE status = 'counted' OR (? AND status = 'not_yet'))
GROUP BY ALL ORDER BY ALL
"""

LEFT_OUT = "SELECT tranche, status, count(*) FROM chosen WHERE status <> 'counted' GROUP BY ALL"


def tally(terms: Terms, table: bytes, threads: int = 2) -> Tallies:
    """The tallies of a frozen table's bytes."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as database:
        file = Path(folder) / "records.csv"
        file.write_bytes(table)
        database.execute(f"SET threads = {int(threads)}")
        sources = list(terms.sources)
        given = [str(file), sources, len(sources), terms.freeze_on.isoformat()]
        database.execute(CHOSEN, given)
        arms = database.execute(ARMS, [terms.missing is Missing.ZERO]).fetchall()
        left_out = {
            (tranche, status): people
            for tranche, status, people in database.execute(LEFT_OUT).fetchall()
        }
    return {
        tranche.id: Tally(
            arms=tuple(
                sorted(
                    ((block, arm), Arm(people, int(total), int(squares)))
                    for name, block, arm, people, total, squares in arms
                    if name == tranche.id
                )
            ),
            excluded=tuple(
                (reason, left_out.get((tranche.id, reason), 0)) for reason in terms.exclusions
            ),
            not_yet=left_out.get((tranche.id, "not_yet"), 0),
        )
        for tranche in terms.tranches
    }
