"""The exact Treasury price of a note, one by one, beside QuantLib's floating-point price.

Ours is decimal to 60 digits and right to the last published digit; QuantLib is the oracle of the
tests. Both start from dates, so schedule and accrued interest are included.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import QuantLib as ql  # noqa: N813 - as everyone writes it

from lmb.bonds.pricing import price_per_100
from lmb.bonds.schedule import InterestSchedule

NOTES = 300
ROUNDS = 5


def main() -> None:
    notes = [
        (date(2022 + number % 3, 2, 15), 5 + number % 16, Decimal(number % 40) / 8 + 1)
        for number in range(NOTES)
    ]
    ours = _seconds(lambda: [_ours(*note) for note in notes])
    theirs = _seconds(lambda: [_theirs(*note) for note in notes])
    print(f"  ours      {NOTES / ours:10,.0f} prices/s")
    print(f"  QuantLib  {NOTES / theirs:10,.0f} prices/s")
    print(f"  ours takes {ours / theirs:.2f} times as long")


def _ours(issued_on: date, years: int, coupon: Decimal) -> Decimal:
    schedule = InterestSchedule(
        issued_on, issued_on.replace(month=8), issued_on.replace(year=issued_on.year + years)
    )
    return price_per_100(schedule, coupon, coupon + Decimal("0.05"), issued_on)


def _theirs(issued_on: date, years: int, coupon: Decimal) -> float:
    issue = ql.Date(issued_on.day, issued_on.month, issued_on.year)
    schedule = ql.Schedule(
        issue,
        ql.Date(issued_on.day, issued_on.month, issued_on.year + years),
        ql.Period(ql.Semiannual),
        ql.NullCalendar(),
        ql.Unadjusted,
        ql.Unadjusted,
        ql.DateGeneration.Backward,
        False,
    )
    counter = ql.ActualActual(ql.ActualActual.ISMA, schedule)
    rate = float(coupon) / 100
    bond = ql.FixedRateBond(0, 100.0, schedule, [rate], counter)
    return float(
        ql.BondFunctions.cleanPrice(
            bond, rate + 0.0005, counter, ql.SimpleThenCompounded, ql.Semiannual, issue
        )
    )


def _seconds(work: Callable[[], object]) -> float:
    """The least of several rounds: what the work takes when nothing else disturbs it."""
    least = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - start)
    return least
