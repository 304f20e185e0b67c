"""Prices and yields of 10,000 notes in one call, beside QuantLib called bond by bond.

Both compute the same figures: clean price and accrued interest at a Treasury yield (the fraction
of a half-year by simple interest), and the yield at a price, QuantLib's to an accuracy of 1e-12.
"Prepared" starts from arrays, or from QuantLib's bonds, that are there already; "all in" starts
from dates and coupons. Ratios are of one run, each side at its least of several rounds, in time of
the processor: a busy machine would stretch the longer side more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import QuantLib as ql  # noqa: N813 - as everyone writes it

from lmb.bonds.pricing.array_terms import BondTerms, Floats
from lmb.bonds.pricing.array_yields import treasury_yield_percent
from lmb.bonds.pricing.arrays import PreparedBonds, prepare
from lmb.bonds.pricing.published import published_prices, published_yields

NOTES = 10_000
ROUNDS, OUR_ROUNDS = 3, 30
CONVENTION = (ql.SimpleThenCompounded, ql.Semiannual)


class Notes(NamedTuple):
    """Semiannual notes and bonds of 5 to 20 years, settled some time after their dated date."""

    terms: BondTerms
    yield_percent: Floats


def main() -> None:
    notes = _notes()
    theirs = [_their_bond(*row) for row in _rows(notes)]
    ours = prepare(notes.terms)
    price = ours.price(notes.yield_percent)
    _agree(notes, ours, theirs, price)
    print(f"  {'':34}{'QuantLib':>12}{'ours':>12}{'ratio':>8}")
    yields = notes.yield_percent
    _line(
        "yield → price + accrued, prepared",
        lambda: [_their_price(*pair) for pair in zip(theirs, yields.tolist(), strict=True)],
        lambda: (ours.price(yields), ours.accrued),
    )
    prices = price.tolist()
    _line(
        "price → yield, prepared",
        lambda: [_their_yield(*pair) for pair in zip(theirs, prices, strict=True)],
        lambda: treasury_yield_percent(ours, price),
    )
    _line(
        "terms → price, all in",
        lambda: [
            _their_price(_their_bond(*row), given)
            for row, given in zip(_rows(notes), yields.tolist(), strict=True)
        ],
        lambda: prepare(notes.terms).price(yields),
    )
    _line(
        "terms → yield, all in",
        lambda: [
            _their_yield(_their_bond(*row), given)
            for row, given in zip(_rows(notes), prices, strict=True)
        ],
        lambda: treasury_yield_percent(prepare(notes.terms), price),
    )
    _published(notes)


def _published(notes: Notes) -> None:
    """What right digits cost: rounded by rule, the doubtful ones computed again in Decimal."""
    prices = published_prices(notes.terms, notes.yield_percent).price_millionths / 10**6
    for what, work in (
        ("terms → published price", lambda: published_prices(notes.terms, notes.yield_percent)),
        ("terms → yield, twelve right decimals", lambda: published_yields(notes.terms, prices)),
    ):
        print(f"  {what:38}{'':8}{_seconds(work, ROUNDS):10.4f} s")


class _TheirBond(NamedTuple):
    bond: Any
    counter: Any
    settles_on: Any


def _notes() -> Notes:
    chance = np.random.default_rng(20261121)
    # On the 15th or on a month's last day, as Treasury's do.
    month = np.datetime64("2031-01") + chance.integers(0, 180, NOTES)
    month_end = (month + 1).astype("datetime64[D]") - 1
    middle = month.astype("datetime64[D]") + 14
    matures_on = np.where(chance.random(NOTES) < 0.5, middle, month_end)
    settles_on = np.datetime64("2025-06-01") + _days(chance.integers(0, 180, NOTES))
    dated_on = settles_on - _days(chance.integers(0, 900, NOTES))
    coupon = chance.integers(1, 80, NOTES) / 8
    yield_percent = np.round(coupon + chance.normal(0, 0.4, NOTES), 3)
    return Notes(BondTerms(settles_on, dated_on, matures_on, coupon), yield_percent)


def _days(count: Any) -> Any:
    return count.astype("timedelta64[D]")


def _rows(notes: Notes) -> Any:
    terms = notes.terms
    dates = (terms.settles_on, terms.dated_on, terms.matures_on)
    return zip(*(days.tolist() for days in dates), terms.coupon_percent.tolist(), strict=True)


def _their_bond(settles_on: date, dated_on: date, matures_on: date, coupon: float) -> _TheirBond:
    matures = _their_date(matures_on)
    schedule = ql.Schedule(
        *(_their_date(dated_on), matures, ql.Period(ql.Semiannual), ql.NullCalendar()),
        *(ql.Unadjusted, ql.Unadjusted, ql.DateGeneration.Backward, ql.Date.isEndOfMonth(matures)),
    )
    counter = ql.ActualActual(ql.ActualActual.ISMA, schedule)
    bond = ql.FixedRateBond(0, 100.0, schedule, [coupon / 100], counter)
    return _TheirBond(bond, counter, _their_date(settles_on))


def _their_price(note: _TheirBond, yield_percent: float) -> tuple[float, float]:
    bond, counter, settles_on = note
    price = ql.BondFunctions.cleanPrice(bond, yield_percent / 100, counter, *CONVENTION, settles_on)
    return price, bond.accruedAmount(settles_on)


def _their_yield(note: _TheirBond, price: float) -> float:
    bond, counter, settles_on = note
    given = ql.BondPrice(price, ql.BondPrice.Clean)
    rate = ql.BondFunctions.bondYield(
        bond, given, counter, *CONVENTION, settles_on, 1e-12, 100, 0.05
    )
    return 100 * float(rate)


def _their_date(day: date) -> Any:
    return ql.Date(day.day, day.month, day.year)


def _agree(notes: Notes, ours: PreparedBonds, theirs: list[_TheirBond], price: Floats) -> None:
    """Both sides say the same, or the ratio would say nothing."""
    answers = np.array(
        [_their_price(*pair) for pair in zip(theirs, notes.yield_percent.tolist(), strict=True)]
    )
    found = np.array([_their_yield(*pair) for pair in zip(theirs, price.tolist(), strict=True)])
    gaps = np.abs(answers[:, 0] - price), np.abs(answers[:, 1] - ours.accrued)
    print(
        f"  {NOTES:,} notes; greatest differences: price {gaps[0].max():.1e}, accrued "
        f"{gaps[1].max():.1e}, yield {np.abs(found - notes.yield_percent).max():.1e}"
    )


def _line(what: str, theirs: Callable[[], object], ours: Callable[[], object]) -> None:
    slow, fast = _seconds(theirs, ROUNDS), _seconds(ours, OUR_ROUNDS)
    print(f"  {what:34}{slow:10.4f} s{fast:10.6f} s{slow / fast:8,.0f}")


def _seconds(work: Callable[[], object], rounds: int) -> float:
    """The least of several rounds: what the work takes when nothing else disturbs it."""
    least = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        work()
        least = min(least, time.process_time() - start)
    return least


if __name__ == "__main__":
    main()
