"""Inflation-protected securities: the worked examples of Appendix B, I.B, III and V."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lmb.bonds.pricing.indexed import (
    index_ratio,
    indexed_interest_cents,
    indexed_price,
    redemption_cents,
    reference_cpi,
    stripped_interest_cents,
    substitute_cpi,
)
from lmb.bonds.schedule import InterestSchedule
from lmb.values.errors import NotFoundError
from tests.bonds.pricing.cases import day

EARLY_1996 = {(1996, 1): Decimal("154.40"), (1996, 2): Decimal("154.90")}


def test_a_reference_cpi_lies_between_those_of_two_months_and_is_cut_then_rounded() -> None:
    assert str(reference_cpi(EARLY_1996, day("1996-04-15"))) == "154.63333"
    assert str(reference_cpi(EARLY_1996, day("1996-04-16"))) == "154.65000"


def test_an_index_ratio_is_cut_then_rounded() -> None:
    assert str(index_ratio(Decimal("154.65000"), Decimal("154.63333"))) == "1.00011"
    # Rounded without the cut it would be 1.00002.
    assert str(index_ratio(Decimal("100.00149996"), Decimal(100))) == "1.00001"


def test_a_cpi_that_is_not_there_is_named() -> None:
    with pytest.raises(NotFoundError, match="the CPI of 1996-03 is not there"):
        reference_cpi(EARLY_1996, day("1996-05-15"))


def test_a_missing_cpi_is_replaced_at_the_pace_of_the_last_twelve_months() -> None:
    known = {(2025, 9): Decimal("324.800"), (2024, 9): Decimal("315.301")}
    one = substitute_cpi(known, (2025, 10), 1)
    two = substitute_cpi(known, (2025, 11), 2)
    assert round(one, 3) == Decimal("325.604")
    # Two months at that pace are one month twice.
    assert abs(two - one * one / Decimal("324.800")) < Decimal("1e-24")


def test_a_new_issue_is_priced_as_in_the_worked_example() -> None:
    schedule = InterestSchedule(day("1999-01-15"), day("1999-07-15"), day("2009-01-15"))
    found = indexed_price(
        schedule, Decimal("3.875"), Decimal("3.898"), day("1999-01-15"), Decimal(1)
    )
    assert str(found.settlement) == str(found.real_price) == "99.811030"


def test_a_reopening_is_priced_as_in_the_worked_example() -> None:
    ratio = index_ratio(Decimal("163.29032"), Decimal("161.55484"))
    assert str(ratio) == "1.01074"
    schedule = InterestSchedule(day("1998-01-15"), day("1998-07-15"), day("2008-01-15"))
    found = indexed_price(schedule, Decimal("3.625"), Decimal("3.65"), day("1998-10-15"), ratio)
    assert str(found.real_price) == "99.797017"
    assert str(found.price) == "100.868837"
    assert str(found.real_accrued) == "0.906250"
    assert str(found.accrued) == "0.915983"
    assert str(found.settlement) == "101.784820"


def test_interest_is_paid_on_the_adjusted_principal() -> None:
    ratio = index_ratio(Decimal("166.2"), Decimal(164))
    assert indexed_interest_cents(100_000_00, Decimal("3.875"), ratio) == 1_963_48


def test_redemption_is_the_adjusted_principal_and_never_less_than_par() -> None:
    assert redemption_cents(100_00, Decimal("1.01341")) == 101_34
    assert redemption_cents(100_00, Decimal("0.98")) == 100_00


def test_a_stripped_interest_component_is_valued_and_paid_as_in_the_worked_example() -> None:
    found = stripped_interest_cents(
        1_000_000_00, Decimal("3.875"), Decimal("164.00000"), Decimal("168.24516")
    )
    assert found == (11_814_02, 19_876_52)
