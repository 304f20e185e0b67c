"""Small wage files, written the way an employer's system would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lmb.facts.importers.wage_files.layouts import WageLayout
from lmb.facts.importers.wage_files.persons import PersonKey

KEY = PersonKey("2024-a", b"k" * 32)


class Report(NamedTuple):
    """One employer's report of a quarter: SSN and cents of each worker."""

    employer: str
    year: int
    month: str
    pay: Sequence[tuple[str, int]]


REPORTS = (
    Report("123456789", 2024, "03", [("078051120", 914_250), ("219099999", 0)]),
    Report("987654321", 2024, "06", [("078051120", 1)]),
)


def line(layout: WageLayout, role: str, **fields: str | int) -> bytes:
    """A record with these fields, numbers filled up with zeros."""
    code = layout.code_of(role)
    text = bytearray(code.encode().ljust(layout.record_length))
    for name, place in layout.records[code.encode()].fields.items():
        width = place.stop - place.start
        text[place] = str(fields[name]).zfill(width).encode()
    return bytes(text) + b"\n"


def lines(layout: WageLayout, reports: Sequence[Report] = REPORTS) -> list[bytes]:
    """A whole file with the totals that belong to it."""
    found = [line(layout, "transmitter")]
    for report in reports:
        year, month, employer = report.year, report.month, report.employer
        found.append(line(layout, "employer", employer=employer, year=year, month=month))
        period = f"{report.month}{report.year}"
        found += [
            line(layout, "wage", ssn=ssn, cents=cents, period=period) for ssn, cents in report.pay
        ]
        total = sum(cents for _, cents in report.pay)
        found.append(line(layout, "employer_total", count=len(report.pay), cents=total))
    pay = [cents for report in reports for _, cents in report.pay]
    totals = {"count": len(pay), "cents": sum(pay), "employers": len(reports)}
    return [*found, line(layout, "final", **totals)]


def quarter(report: Report) -> str:
    return f"{report.year}Q{int(report.month) // 3}"


def csv_file(reports: Sequence[Report] = REPORTS) -> bytes:
    """The same wages as CSV."""
    rows = ["record,employer,quarter,ssn,cents,count"]
    for report in reports:
        place = f"{report.employer},{quarter(report)}"
        rows += [f"wage,{place},{ssn},{cents}," for ssn, cents in report.pay]
        rows.append(f"total,{place},,{sum(cents for _, cents in report.pay)},{len(report.pay)}")
    pay = [cents for report in reports for _, cents in report.pay]
    return "".join(f"{row}\n" for row in [*rows, f"final,,,,{sum(pay)},{len(pay)}"]).encode()


def xml_file(reports: Sequence[Report] = REPORTS) -> bytes:
    """The same wages as XML."""
    pay = [cents for report in reports for _, cents in report.pay]
    rows = [f'<wageReport employers="{len(reports)}" count="{len(pay)}" cents="{sum(pay)}">']
    for report in reports:
        total = sum(cents for _, cents in report.pay)
        rows.append(
            f'<employer count="{len(report.pay)}" cents="{total}" number="{report.employer}"'
            f' quarter="{quarter(report)}">'
        )
        rows += [f'<wage ssn="{ssn}" cents="{cents}"/>' for ssn, cents in report.pay]
        rows.append("</employer>")
    return "".join(f"{row}\n" for row in [*rows, "</wageReport>"]).encode()
