"""A made-up state: people, periods of participation and wages, drawn by counter and seed.

No licensed file of persons exists, so tests and benchmarks run on this one. Every value is a hash
of (seed, what it is for, row): no generator holds a state, so neither threads nor chunks change a
byte, and row 7 of a million is row 7 of ten million. Rates were chosen to put people on every edge
of the rules, not to look like any state.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

PERIODS_PER_PERSON_TENTHS = 11
"""Eleven periods for ten people: one in ten comes back."""

QUARTER_FIRST, QUARTERS = 4 * 2022, 16
"""Wages are drawn for 2022Q1 to 2025Q4."""

# The mixing steps of MurmurHash3 over 32 bits, in arithmetic that cannot overflow 64.
_MACROS = """
CREATE OR REPLACE MACRO mixed(h, shift, factor) AS
    (xor(h, h >> shift) * factor) & 4294967295::UBIGINT;
CREATE OR REPLACE MACRO draw(seed, salt, n, below) AS CAST((mixed(mixed(
    (n::UBIGINT * 2654435761 + salt::UBIGINT * 2246822519 + seed::UBIGINT * 3266489917)
        & 4294967295::UBIGINT, 16, 2246822507::UBIGINT), 13, 3266489909::UBIGINT) >> 7)
    % below AS INTEGER);
"""


@dataclass(frozen=True, slots=True)
class Cohort:
    """Canonical Parquet files of one made-up state."""

    periods: Path
    wages: Path


def write_cohort(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, periods: int, seed: int
) -> Cohort:
    """Write so many periods, and about eight wage rows for each, as canonical Parquet."""
    cohort = Cohort(folder / "periods.parquet", folder / "wages.parquet")
    people = max(1, periods * 10 // PERIODS_PER_PERSON_TENTHS)
    connection.execute(_MACROS)
    for path, query in (
        (cohort.periods, _periods(periods, people, seed)),
        (cohort.wages, _wages(people, seed)),
    ):
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    return cohort


def _periods(periods: int, people: int, seed: int) -> str:
    def draw(salt: int, below: int) -> str:
        return f"draw({seed}, {salt}, n, {below})"

    return f"""
WITH drawn AS (
    SELECT n AS period_id, n % {people} AS person_id,
        ['adult', 'adult', 'adult', 'adult', 'adult', 'adult', 'dislocated', 'dislocated',
         'dislocated', 'youth', 'youth', 'youth', 'aefla', 'aefla', 'wagner_peyser',
         'wagner_peyser', 'wagner_peyser', 'wagner_peyser', 'wagner_peyser', 'vr']
            [1 + {draw(1, 20)}] AS program,
        ['CA', 'TX', 'FL', 'NY', 'PA', 'OH', 'WY'][1 + {draw(2, 7)}] AS state,
        CAST({draw(3, 2)} + 1 AS TINYINT) AS sex,
        DATE '2021-07-01' + {draw(4, 1300)} + 700 * CAST(n // {people} AS INTEGER) AS entry_date,
        {draw(5, 100)} AS luck, {draw(6, 500)} AS days, {draw(7, 200)} AS reason,
        {draw(8, 21)} AS training, {draw(9, 100)} AS school, {draw(10, 900)} AS diploma,
        {draw(11, 16)} AS credential, {draw(12, 900)} AS credential_days,
        {draw(13, 50)} AS on_the_edge, {draw(14, 100)} AS learns, {draw(15, 300)} AS learning_days,
        {draw(16, 100)} AS gains, {draw(17, 700)} AS gain_1, {draw(18, 700)} AS gain_2,
        {draw(19, 100)} AS waits, {draw(20, 100)} AS studies, n
    FROM range({periods}) AS numbers(n)),
stayed AS (SELECT *, CASE WHEN luck >= 8 THEN entry_date + 20 + days END AS exit_date FROM drawn)
SELECT period_id, person_id, program, state, sex, entry_date, exit_date,
    CAST(CASE WHEN luck >= 8 AND reason BETWEEN 1 AND 7 THEN reason ELSE 0 END AS TINYINT)
        AS exit_reason,
    CAST(greatest(training - 8, 0) AS TINYINT) AS training_type,
    school < CASE program WHEN 'youth' THEN 40 ELSE 8 END AS secondary,
    CASE WHEN school < 30 AND school % 5 < 3 THEN entry_date - 30 + diploma END AS diploma_date,
    CAST(greatest(credential - 7, 0) AS TINYINT) AS credential_type,
    CASE WHEN credential < 8 THEN NULL
        WHEN on_the_edge < 2 THEN exit_date + 365 + on_the_edge
        ELSE entry_date + credential_days END AS credential_date,
    CASE WHEN learns < 45 THEN entry_date + days % 60 END AS msg_enrolled_date,
    CASE WHEN learns < 25 THEN entry_date + days % 60 + learning_days END AS msg_completed_date,
    CAST(CASE WHEN gains < 50 THEN [] WHEN gains < 80 THEN [entry_date + gain_1]
        ELSE [entry_date + gain_1, entry_date + gain_2] END AS DATE[]) AS gain_dates,
    waits < 3 AS not_yet_q2, waits < 8 AS not_yet_q4,
    program = 'youth' AND studies < 20 AS education_q2,
    program = 'youth' AND studies BETWEEN 10 AND 30 AS education_q4
FROM stayed"""


def _wages(people: int, seed: int) -> str:
    employers = max(3, people // 20)

    def draw(salt: int, of: str, below: int) -> str:
        return f"draw({seed}, {salt}, {of}, {below})"

    return f"""
WITH quarters AS (
    SELECT person, slot, {draw(31, "person", 75)} + 20 AS habit,
        {draw(32, "n", 100)} AS luck, {draw(33, "person * 4 + slot // 5", employers)} AS employer,
        {draw(34, "n", 2_000_000)} AS pay, {draw(35, "n", 100)} AS kind,
        {draw(36, "n", employers)} AS other
    FROM (SELECT person, slot, person * {QUARTERS} + slot AS n
        FROM range({people}) AS persons(person), range({QUARTERS}) AS slots(slot))),
worked AS (SELECT * FROM quarters WHERE luck < habit)
SELECT person AS person_id, job.employer AS employer_id,
    CAST({QUARTER_FIRST} + slot AS INTEGER) AS quarter, CAST(job.cents AS BIGINT) AS cents,
    job.source AS source
FROM (SELECT person, slot, unnest(CASE
    WHEN kind < 84 THEN [{{'employer': employer, 'cents': 40000 + pay, 'source': 'ui'}}]
    WHEN kind < 86 THEN [{{'employer': employer, 'cents': 0, 'source': 'ui'}}]
    WHEN kind < 89 THEN [{{'employer': employer, 'cents': 40000 + pay, 'source': 'federal'}}]
    WHEN kind < 90 THEN [{{'employer': employer, 'cents': 40000 + pay, 'source': 'military'}}]
    WHEN kind < 92
        THEN [{{'employer': employer, 'cents': 40000 + pay, 'source': 'supplemental'}}]
    WHEN kind < 93 THEN [{{'employer': employer, 'cents': 40000 + pay, 'source': 'ui'}},
        {{'employer': other, 'cents': 90000 + pay, 'source': 'supplemental'}}]
    ELSE [{{'employer': employer, 'cents': 40000 + pay, 'source': 'ui'}},
        {{'employer': other, 'cents': 5000 + pay, 'source': 'ui'}}] END) AS job FROM worked)"""
