"""Reading observations of indicators: one CSV row for each published and verified value.

    kpi,observed_from,observed_to,vintage,value,people,coverage_percent,ci95_lower,p_value,verified_on,verifier

A correction is a later row of the same indicator, window and vintage; nothing is overwritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lmb.bonds.linked.plan import Window
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.values.canonical import Document
from lmb.values.columns import Column, blank_or, choice, decimal_number, integer, iso_date, text
from lmb.values.tables import Limits, Row, Table, read_table

VALUE_MOST = Decimal(10) ** 12
ROWS_MAX = 10_000

_VALUE = decimal_number(6, lowest=-VALUE_MOST, highest=VALUE_MOST)

FROM = Column("observed_from", iso_date())
TO = Column("observed_to", iso_date())
VINTAGE = Column("vintage", integer(1, 9))
VALUE = Column("value", blank_or(_VALUE))
PEOPLE = Column("people", blank_or(integer(0, 10**9)))
COVERAGE = Column(
    "coverage_percent", blank_or(decimal_number(6, lowest=Decimal(0), highest=Decimal(100)))
)
CI95_LOWER = Column("ci95_lower", blank_or(_VALUE))
P_VALUE = Column("p_value", blank_or(decimal_number(6, lowest=Decimal(0), highest=Decimal(1))))
VERIFIED_ON = Column("verified_on", iso_date())
VERIFIER = Column("verifier", text())


@dataclass(frozen=True, slots=True)
class Observation:
    """One verified publication of an indicator's value for a window.

    `row` is its line in the file; a value of None says that it was looked for and not found.
    """

    row: int
    kpi: str
    window: Window
    vintage: int
    value: Decimal | None
    people: int | None
    coverage_percent: Decimal | None
    ci95_lower: Decimal | None
    p_value: Decimal | None
    verified_on: date
    verifier: str

    def document(self) -> dict[str, Document]:
        """All of it, numbers as they were written."""
        return {
            "row": self.row,
            "kpi": self.kpi,
            "observed_from": self.window.first_day.isoformat(),
            "observed_to": self.window.last_day.isoformat(),
            "vintage": self.vintage,
            "value": _written(self.value),
            "people": self.people,
            "coverage_percent": _written(self.coverage_percent),
            "ci95_lower": _written(self.ci95_lower),
            "p_value": _written(self.p_value),
            "verified_on": self.verified_on.isoformat(),
            "verifier": self.verifier,
        }


def observation_from_document(document: Mapping[str, Any]) -> Observation:
    """An observation as it was written down."""
    return Observation(
        row=document["row"],
        kpi=document["kpi"],
        window=Window(
            date.fromisoformat(document["observed_from"]),
            date.fromisoformat(document["observed_to"]),
        ),
        vintage=document["vintage"],
        value=_read(document["value"]),
        people=document["people"],
        coverage_percent=_read(document["coverage_percent"]),
        ci95_lower=_read(document["ci95_lower"]),
        p_value=_read(document["p_value"]),
        verified_on=date.fromisoformat(document["verified_on"]),
        verifier=document["verifier"],
    )


def load_observations(
    file_name: str, content: bytes, sheet: LinkedSheet
) -> tuple[Observation, ...]:
    """The observations in a CSV file, in the order in which they were verified.

    Raises InputError with every problem of the file: an unknown indicator, a window that ends
    before it starts or after it was verified, a row given twice.
    """
    kpi = Column("kpi", choice(*(kpi.id for kpi in sheet.kpis)))
    columns = (
        kpi, FROM, TO, VINTAGE, VALUE, PEOPLE, COVERAGE, CI95_LOWER, P_VALUE, VERIFIED_ON, VERIFIER,
    )  # fmt: skip
    table = read_table(file_name, content, columns, Limits(rows_max=ROWS_MAX))
    _check_days(table)
    table.report_duplicates(kpi, FROM, TO, VINTAGE, VERIFIED_ON)

    def build(row: Row) -> Observation:
        return Observation(
            row=row.number,
            kpi=row[kpi],
            window=Window(row[FROM], row[TO]),
            vintage=row[VINTAGE],
            value=row[VALUE],
            people=row[PEOPLE],
            coverage_percent=row[COVERAGE],
            ci95_lower=row[CI95_LOWER],
            p_value=row[P_VALUE],
            verified_on=row[VERIFIED_ON],
            verifier=row[VERIFIER],
        )

    return in_order(table.accept(build))


def in_order(observations: Sequence[Observation]) -> tuple[Observation, ...]:
    """Observations as they were verified; those of one day by indicator, window and vintage, so
    that the order of the rows in the file decides nothing. Raises ValueError for two of one day."""
    keys = Counter((o.verified_on, o.kpi, o.window, o.vintage) for o in observations)
    for (day, kpi, window, vintage), count in keys.items():
        if count > 1:
            raise ValueError(
                f"{kpi}, {window}, vintage {vintage} is verified {count} times on {day}"
            )
    return tuple(sorted(observations, key=lambda o: (o.verified_on, o.kpi, o.window, o.vintage)))


def _check_days(table: Table) -> None:
    for row in table.rows:
        if row.has(FROM, TO) and row[FROM] > row[TO]:
            expected = (
                f"not after observed_to ({row[TO]}) (rule of dates, term-sheet.md, section 3)"
            )
            table.report(row.number, FROM.name, str(row[FROM]), expected)
        if row.has(TO, VERIFIED_ON) and row[VERIFIED_ON] <= row[TO]:
            expected = f"after observed_to ({row[TO]}) (rule of dates, term-sheet.md, section 3)"
            table.report(row.number, VERIFIED_ON.name, str(row[VERIFIED_ON]), expected)


def _written(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def _read(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)
