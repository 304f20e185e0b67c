"""The only functions that put measures on file."""

from __future__ import annotations

from uuid import UUID

from lmb.bonds.linked.measured import measured_windows
from lmb.bonds.queries import BondOnFile
from lmb.facts import queries as facts
from lmb.ledger.service import Books
from lmb.outcomes.measure import RULE, earnings_gain
from lmb.rules.determination import Input, determine
from lmb.rules.parameters import in_force
from lmb.rules.service import record
from lmb.rules.sessions import house
from lmb.values.clock import fiscal_date

ACTOR = "outcomes"


def measure_subject(bond: BondOnFile) -> str:
    """What the measure's determination is about."""
    return f"bond/{bond.cusip}/measure"


@house()
def measure(books: Books, bond: BondOnFile) -> UUID:
    """Measure a bond's outcome from the facts known now; returns the determination."""
    known_at = books.now()
    attestations = facts.attestations(books.cell, "assigned", known_at=known_at)
    windows = measured_windows(bond.terms)
    records = [
        record_on_file
        for first, last in windows
        for record_on_file in facts.work_records(books.cell, first, last, known_at=known_at)
    ]
    determination = determine(
        earnings_gain,
        in_force(RULE, fiscal_date(known_at)),
        measure_subject(bond),
        [
            Input("terms", bond.id, bond.terms.document()),
            *(Input("attestation", fact.id, fact.document()) for fact in attestations),
            *(Input("work-record", fact.id, fact.document()) for fact in records),
        ],
    )
    return record(books.cell, determination, actor=ACTOR, recorded_at=books.now())
