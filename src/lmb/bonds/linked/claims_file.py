"""Reading claims under a rate card: one CSV row for each outcome of a person.

person,kpi,proved_on
"""

from __future__ import annotations

from lmb.bonds.linked.claims import Claim
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.values.columns import Column, choice, iso_date, text
from lmb.values.tables import Limits, Row, read_table

ROWS_MAX = 1_000_000
PERSON_CHARACTERS_MAX = 64

PERSON = Column("person", text(PERSON_CHARACTERS_MAX))
PROVED_ON = Column("proved_on", iso_date())


def load_claims(file_name: str, content: bytes, sheet: LinkedSheet) -> tuple[Claim, ...]:
    """The claims in a CSV file, in its order. Raises InputError with every problem of the file.

    An outcome claimed twice is no problem of the file: it is counted once, and told.
    """
    kpi = Column("kpi", choice(*(kpi.id for kpi in sheet.kpis)))
    table = read_table(file_name, content, (PERSON, kpi, PROVED_ON), Limits(rows_max=ROWS_MAX))

    def build(row: Row) -> Claim:
        return Claim(row[PERSON], row[kpi], row[PROVED_ON])

    return table.accept(build)
