"""Terms that cannot be priced: every fault of every row, and no sound row accused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.pricing.array_terms import BondTerms, term_faults
from lmb.bonds.pricing.arrays import prepare
from lmb.bonds.schedule import InterestSchedule
from tests.bonds.pricing.cases import arrays, days, settlements


def terms(
    settles: str, dated: str, matures: str, coupon: float = 4, first: str = "NaT"
) -> BondTerms:
    return BondTerms(days(settles), days(dated), days(matures), np.array([coupon]), days(first))


@pytest.mark.parametrize(
    ("faulty", "field", "expected"),
    [
        (terms("2024-02-15", "2024-02-15", "2024-02-15"), "matures_on", "after the dated date"),
        (terms("2024-02-14", "2024-02-15", "2029-02-15"), "settles_on", "from the dated date"),
        (terms("2029-02-15", "2024-02-15", "2029-02-15"), "settles_on", "before maturity"),
        (terms("NaT", "2024-02-15", "2029-02-15"), "settles_on", "a day from"),
        (terms("2024-02-15", "0024-02-15", "2029-02-15"), "dated_on", "a day from"),
        (terms("2024-02-15", "2024-02-15", "9029-02-15"), "matures_on", "a day from"),
        (terms("2024-02-15", "2024-02-15", "2029-02-15", -1), "coupon_percent", "from 0"),
        (terms("2024-02-15", "2024-02-15", "2029-02-15", np.nan), "coupon_percent", "from 0"),
        (
            terms("2024-02-15", "2024-02-15", "2029-02-15", first="2024-08-14"),
            "first_interest_on",
            "whole number of half-years",
        ),
        (
            terms("2024-02-15", "2024-02-15", "2029-02-15", first="2025-02-15"),
            "first_interest_on",
            "less than two half-years",
        ),
        (
            terms("2024-02-15", "2024-02-15", "2029-02-15", first="2029-08-15"),
            "first_interest_on",
            "not after maturity",
        ),
        (
            terms("2024-02-15", "2024-02-15", "2029-02-15", first="0029-08-15"),
            "first_interest_on",
            "a day from",
        ),
    ],
)
def test_a_fault_is_told_with_its_field_and_rule(
    faulty: BondTerms, field: str, expected: str
) -> None:
    (fault,) = term_faults(faulty)
    assert (fault.row, fault.field) == (0, field)
    assert expected in fault.expected
    with pytest.raises(ValueError, match=f"row 0, {field}: found"):
        prepare(faulty)


def test_every_fault_of_every_row_is_told_in_order() -> None:
    given_terms = BondTerms(
        settles_on=days("2024-02-15 2024-01-01 2024-02-15"),
        dated_on=days("2024-02-15 2024-02-15 NaT"),
        matures_on=days("2029-02-15 2029-02-15 2029-02-15"),
        coupon_percent=np.array([4.0, -2.0, 2000.0]),
    )
    found = [(fault.row, fault.field) for fault in term_faults(given_terms)]
    assert found == [
        (1, "settles_on"),
        (1, "coupon_percent"),
        (2, "dated_on"),
        (2, "coupon_percent"),
    ]


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(0, 800), st.integers(-5, 9000))
def test_a_first_interest_date_is_refused_where_a_schedule_refuses_it(
    dated_on: date, to_first: int, to_maturity: int
) -> None:
    first = date.fromordinal(dated_on.toordinal() + to_first)
    matures_on = date.fromordinal(dated_on.toordinal() + to_maturity)
    try:
        InterestSchedule(dated_on, first, matures_on)
        sound = True
    except ValueError:
        sound = False
    day = str(dated_on)
    assert (term_faults(terms(day, day, str(matures_on), 4, str(first))) == []) == sound


@given(settlements())
def test_no_sound_bond_is_accused(settlement: tuple[InterestSchedule, date]) -> None:
    schedule, settles_on = settlement
    assert term_faults(arrays([schedule], [settles_on], [Decimal(4)])) == []
