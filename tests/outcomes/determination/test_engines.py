"""Two engines over one cohort, a million people under `make torture`: equal to the unit."""

from __future__ import annotations

from lmb.outcomes.determination import sql_engine
from lmb.outcomes.determination.tally import tally
from tests.effort import Effort
from tests.outcomes.determination.cohorts import frozen, lines, terms


def test_both_engines_count_the_same(effort: Effort) -> None:
    people = effort.amount(brief=2_000, long=1_000_000)
    cohort = frozen(lines(people, seed=effort.seed))
    content = cohort.content
    for missing in ("leave-out", "zero"):
        agreed = terms(missing=missing)
        first = tally(agreed, cohort.records)
        for threads in (1, 2):
            assert sql_engine.tally(agreed, content, threads=threads) == first
    effort.tell(f"{people:,} people, {len(cohort.records):,} records, 1 and 2 threads")
