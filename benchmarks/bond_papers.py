"""A thousand statements: each another holder's, as PDF, HTML and figures; beside the text alone.

Whoever prints a statement has to put its sentences and amounts together; so building the content is
the least a paper can cost, and the ratio says what setting it in type costs on top.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from datetime import date
from fractions import Fraction

from lmb.bonds.linked.phrases import Language
from lmb.bonds.papers.coupon import CouponStatement, coupon_statement
from lmb.bonds.papers.html import html_document
from lmb.bonds.papers.paper import Paper
from lmb.bonds.papers.pdf import pdf_document
from lmb.bonds.payments.shares import Payment, Rounding, entitlements
from lmb.bonds.schedule import InterestSchedule
from lmb.values.canonical import canonical_bytes

STATEMENTS = int(os.environ.get("STATEMENTS", "1000"))
SCHEDULE = InterestSchedule(date(2024, 2, 15), date(2024, 8, 15), date(2034, 2, 15))
BASE, BONUS = Fraction(17, 4), Fraction(5, 8)


def main() -> None:
    print(f"  {STATEMENTS:,} coupon statements, load {os.getloadavg()[0]:.1f}")
    papers = _papers()
    pdf_document(papers[0])  # the compiler and its fonts, loaded once
    build = _seconds(lambda: [coupon_statement(each, Language.ENGLISH) for each in _statements()])
    memory = _peak_mib()
    for name, make in (
        ("figures", lambda: [canonical_bytes(paper.figures()) for paper in papers]),
        ("HTML", lambda: [html_document(paper) for paper in papers]),
        ("PDF/UA", lambda: [pdf_document(paper) for paper in papers]),
    ):
        took = _seconds(make)
        print(f"{_row(name, took)} {took[1] / build[1]:9.1f} times the content by processor time")
    print(_row("content", build))
    print(f"  memory grew by {_peak_mib() - memory:,.0f} MiB, all files kept")
    assert pdf_document(papers[-1]) == pdf_document(_papers()[-1]), "the same bytes each time"


def _papers() -> list[Paper]:
    return [coupon_statement(each, Language.ENGLISH) for each in _statements()]


def _statements() -> list[CouponStatement]:
    """The tenth coupon of holders who have each another amount."""
    period = SCHEDULE.periods()[9]
    payment = Payment(BASE / 200, BONUS / 200)
    held = [(f"holder-{number:06}", 100_00 * (number + 1)) for number in range(STATEMENTS)]
    return [
        CouponStatement(
            cusip="LMB240AA4",
            title="Labor Market Bond of 2024, ten years",
            terms_sha256="0" * 64,
            period=period,
            periods=20,
            record_on=date(2029, 2, 14),
            base_percent=BASE,
            bonus_percent=BONUS,
            rounding=str(Rounding.PER_HOLDER),
            paid=paid,
            steps=(),
        )
        for paid in entitlements(held, payment, Rounding.PER_HOLDER)
    ]


def _row(name: str, took: tuple[float, float]) -> str:
    wall, processor = took
    each = 1000 * processor / STATEMENTS
    return f"  {name:8} {STATEMENTS / wall:8,.0f}/s by the clock, {each:7.2f} ms of processor each"


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of this process's processor time."""
    started = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - started[0], time.process_time() - started[1]


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
