"""EARNINGS.csv: work records, one per person, employer and period.

person,employer,from,to,hours,earnings_dollars
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from lmb.facts.importers.rows import EarningsRow, PersonRow
from lmb.values.columns import Column, blank_or, decimal_number, dollars, iso_date, text
from lmb.values.money import dollars_from_cents
from lmb.values.rates import decimal_text
from lmb.values.tables import Row, Table, read_table, table_bytes

RECORD_CENTS_MAX = 10**10
"""A hundred million dollars in one record is a slip of the decimal point, not pay."""

HOURS_PER_DAY = 24

PERSON = Column("person", text(64))
EMPLOYER = Column("employer", blank_or(text(64)))
FROM = Column("from", iso_date())
TO = Column("to", iso_date())
HOURS = Column("hours", blank_or(decimal_number(2, lowest=Decimal(0), highest=Decimal(999_999))))
EARNINGS = Column("earnings_dollars", dollars(cents_max=RECORD_CENTS_MAX))

COLUMNS = (PERSON, EMPLOYER, FROM, TO, HOURS, EARNINGS)


def load_earnings(
    file: str, content: bytes, people: Iterable[PersonRow] | None
) -> tuple[EarningsRow, ...]:
    """The work records of a file, ordered by person, period and employer.

    `people` are those records may be about; None where the file of people was itself refused, so
    that everything else is still checked. Raises InputError with every problem of the file.
    """
    table = read_table(file, content, COLUMNS)
    table.report_duplicates(PERSON, EMPLOYER, FROM, TO)
    if people is not None:
        _check_known(table, {person.person for person in people})
    for row in table.rows:
        _check_period(table, row)
    _check_overlaps(table)
    if not table.rows and not table.problems:
        table.report(None, None, "no work records", "at least one")
    return tuple(sorted(table.accept(_record), key=lambda record: record.sort_key))


def earnings_csv(records: Iterable[EarningsRow]) -> bytes:
    """The file `load_earnings` reads back, ordered by person, period and employer."""
    return table_bytes(
        [column.name for column in COLUMNS],
        [
            [
                record.person,
                record.employer or "",
                record.period_from.isoformat(),
                record.period_to.isoformat(),
                "" if record.hours is None else decimal_text(record.hours),
                str(dollars_from_cents(record.earnings_cents)),
            ]
            for record in sorted(records, key=lambda record: record.sort_key)
        ],
    )


def _record(row: Row) -> EarningsRow:
    return EarningsRow(
        person=row[PERSON],
        employer=row[EMPLOYER],
        period_from=row[FROM],
        period_to=row[TO],
        hours=row[HOURS],
        earnings_cents=row[EARNINGS],
    )


def _check_known(table: Table, known: set[str]) -> None:
    for row in table.rows:
        if row.has(PERSON) and row[PERSON] not in known:
            expected = "a person of the file of people"
            table.report(row.number, PERSON.name, repr(row[PERSON]), expected)


def _check_period(table: Table, row: Row) -> None:
    if not row.has(FROM, TO):
        return
    if row[TO] < row[FROM]:
        found = f"{row[TO]} before from {row[FROM]}"
        table.report(row.number, TO.name, found, "a date on or after from")
        return
    hours = row[HOURS] if row.has(HOURS) else None
    days = (row[TO] - row[FROM]).days + 1
    if hours is not None and hours > HOURS_PER_DAY * days:
        found = f"{decimal_text(hours)} hours in {days} days"
        table.report(row.number, HOURS.name, found, f"at most {HOURS_PER_DAY} hours a day")


def _check_overlaps(table: Table) -> None:
    """Pay of the same days from the same employer twice would count twice. Two records without
    an employer may be two employers, so only exact duplicates are refused there."""
    by_job: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in table.rows:
        if row.has(PERSON, EMPLOYER, FROM, TO) and row[FROM] <= row[TO]:
            employer = row[EMPLOYER]
            if employer is not None:
                by_job[row[PERSON], employer].append(row)
    for rows in by_job.values():
        rows.sort(key=lambda row: (row[FROM], row[TO]))
        reaching = rows[0]
        for row in rows[1:]:
            same_period = (row[FROM], row[TO]) == (reaching[FROM], reaching[TO])
            if row[FROM] <= reaching[TO] and not same_period:
                found = f"{row[FROM]}, within the period of row {reaching.number}"
                expected = "periods of one person and employer that do not overlap"
                table.report(row.number, FROM.name, found, expected)
            if row[TO] > reaching[TO]:
                reaching = row
