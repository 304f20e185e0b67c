"""Floating rate notes: the worked examples of Appendix B, IV, and two real auctions."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from lmb.bonds.pricing.bills import discount_rate_percent
from lmb.bonds.pricing.floating import (
    FloatingRateNote,
    IndexStep,
    accrued_interest,
    daily_interest,
    floating_price,
    index_rate_percent,
    interest_payment,
    locked_out,
)
from lmb.values.rounding import half_up
from tests.bonds.pricing.cases import day
from tests.bonds.pricing.public_auctions import DAY, read

INDEX = Decimal("0.095022819")
NOTE = FloatingRateNote(day("2012-07-31"), day("2014-07-31"), Decimal("0.120"))


def test_an_index_rate_is_that_of_the_worked_example() -> None:
    assert index_rate_percent(Decimal("0.095"), 91) == INDEX


def test_a_new_note_at_its_spread_is_at_par() -> None:
    found = floating_price(NOTE, NOTE.dated_on, INDEX, Decimal("0.120"))
    assert found.exact_with_accrued == Decimal("100.000000203")
    assert str(found.price) == "100.000000"


def test_a_negative_margin_makes_a_premium_and_interest_stays_at_nothing() -> None:
    note = FloatingRateNote(NOTE.dated_on, NOTE.matures_on, Decimal("-0.150"))
    assert daily_interest(note.spread_percent, INDEX) == 0
    assert str(floating_price(note, note.dated_on, INDEX, Decimal("-0.150")).price) == "100.111551"


def test_a_reopened_note_is_priced_as_in_the_worked_example() -> None:
    accrued = (
        1 * Decimal("0.000597286")
        + 6 * Decimal("0.000638974")
        + 7 * Decimal("0.000611181")
        + 7 * Decimal("0.000638974")
        + 7 * Decimal("0.000625078")
        + 3 * Decimal("0.000625077")
    )
    found = floating_price(
        NOTE, day("2012-08-31"), Decimal("0.105027876"), Decimal("0.100"), accrued
    )
    assert found.exact_with_accrued == Decimal("100.058172550")
    assert str(found.accrued) == "0.019433"
    assert str(found.price) == "100.038740"


def test_a_note_issued_after_its_dated_date_is_priced_as_in_the_worked_example() -> None:
    note = FloatingRateNote(day("2011-12-31"), day("2013-12-31"), Decimal("1.000"))
    index = Decimal("0.025001580")
    steps = [IndexStep(day("2011-12-27"), index)]
    accrued = accrued_interest(note, steps, day("2012-01-03"))
    assert accrued == Decimal("0.008541681")
    found = floating_price(note, day("2012-01-03"), index, Decimal("1.000"), accrued)
    assert found.exact_with_accrued == Decimal("100.008520864")
    assert str(found.price) == "99.999979"


def test_interest_payments_are_those_of_the_worked_examples() -> None:
    steps = [IndexStep(day("2012-07-31"), INDEX)]
    assert interest_payment(NOTE, steps, day("2012-10-31")) == Decimal("0.054950312")
    assert interest_payment(NOTE, steps, day("2014-04-30")) == Decimal("0.053158454")
    later = [IndexStep(day("2012-08-31"), Decimal("0.105027876"))]
    assert interest_payment(NOTE, steps + later, day("2014-07-31")) == Decimal("0.057507084")


def test_a_rate_that_would_change_in_a_lockout_changes_the_day_after_it() -> None:
    rate = Decimal("0.1")
    for first_day, expected in (
        ("2012-08-28", "2012-08-28"),  # a Tuesday, before the lockout of Friday the 31st
        ("2012-08-29", "2012-09-01"),
        ("2012-08-31", "2012-09-01"),
        ("2012-09-01", "2012-09-01"),
    ):
        (step,) = locked_out([IndexStep(day(first_day), rate)], [day("2012-08-31")])
        assert step.from_day == day(expected)


def test_of_two_changes_on_one_day_the_later_auction_stands() -> None:
    steps = [IndexStep(day("2012-08-29"), Decimal("0.1")), IndexStep(day("2012-08-30"), Decimal(2))]
    (step,) = locked_out(steps, [day("2012-08-31")])
    assert step == (day("2012-09-01"), Decimal(2))


@pytest.mark.parametrize(
    ("dated", "settlements", "matures", "spread", "margin", "accrued", "price"),
    [
        # The notice of 2015-12-23 (CUSIP 912828M23) gives both figures.
        (
            "2015-10-31",
            "2015-11-02 2015-11-27 2015-12-28",
            "2017-10-31",
            "0.168",
            "0.330",
            "0.056846705",
            "99.698968",
        ),
        # Reported of 2017-12-27 (CUSIP 9128283B4): margin, spread and price.
        (
            "2017-10-31",
            "2017-10-31 2017-11-24 2017-12-29",
            "2019-10-31",
            "0.048",
            "0.035",
            "0.215447528",
            "100.023603",
        ),
    ],
)
def test_a_real_reopening_comes_out_to_the_last_digit_with_its_lockouts(
    dated: str,
    settlements: str,
    matures: str,
    spread: str,
    margin: str,
    accrued: str,
    price: str,
    shared_data: Path,
) -> None:
    locked_days = [day(each) for each in settlements.split()]
    settles_on = locked_days[-1]
    steps = []
    for row in read(shared_data, "auction_prices_1992_2024.csv"):
        if row["security_term"] == "13-Week" and "2015" <= row["auction_date"] < str(settles_on):
            issue_on, matures_on = day(row["issue_date"]), day(row["maturity_date"])
            rate = discount_rate_percent(issue_on, matures_on, Decimal(row["price_per100"]))
            index = index_rate_percent(half_up(rate, 3), (matures_on - issue_on).days)
            steps.append(IndexStep(day(row["auction_date"]) + DAY, index))
    in_force = locked_out(steps, locked_days)
    note = FloatingRateNote(day(dated), day(matures), Decimal(spread))
    found = accrued_interest(note, in_force, settles_on)
    assert found == Decimal(accrued)
    index = max(step for step in in_force if step.from_day <= settles_on).index_rate_percent
    assert str(floating_price(note, settles_on, index, Decimal(margin), found).price) == price


def test_what_cannot_be_reckoned_is_refused() -> None:
    steps = [IndexStep(day("2012-08-01"), INDEX)]
    with pytest.raises(ValueError, match="no index rate is given for 2012-07-31"):
        accrued_interest(NOTE, steps, day("2012-09-30"))
    with pytest.raises(ValueError, match="no index rate is given"):
        accrued_interest(NOTE, [], day("2012-09-30"))
    for outside in ("2012-07-30", "2014-07-31"):
        with pytest.raises(ValueError, match="no interest accrues"):
            accrued_interest(NOTE, steps, day(outside))
    with pytest.raises(ValueError, match="2012-10-30 is no interest date"):
        interest_payment(NOTE, steps, day("2012-10-30"))
    long = FloatingRateNote(day("1900-01-31"), day("2199-01-31"), INDEX)
    with pytest.raises(ValueError, match="more than 400 quarters"):
        long.period_start(day("1950-01-31"))
