"""The noncontingent bond method: every worked example of 26 CFR 1.1275-4(b), and the sum over a
life that must be the cash. The regulation rounds its examples to the dollar or the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.tax import (
    Accrual,
    Adjustment,
    Disposition,
    Fixing,
    Holding,
    ProjectedPayment,
    ProjectedSchedule,
    accrue,
    projected_schedule,
)
from lmb.values.half_years import plus_months

MONTHS = 6


def day(text: str) -> date:
    return date.fromisoformat(text)


def payment(due: str, promised: str, contingent: str | None = None) -> ProjectedPayment:
    amount = None if contingent is None else Decimal(contingent)
    return ProjectedPayment(day(due), Decimal(promised), amount)


def fixing(fixed: str, due: str, amount: str) -> Fixing:
    return Fixing(day(fixed), day(due), Decimal(amount))


def dollars(*amounts: Decimal) -> list[float]:
    return [float(amount) for amount in amounts]


def whole_dollars(*amounts: Decimal) -> list[int]:
    return [round(amount) for amount in amounts]


def accrual(
    issued: str, price: str, yield_percent: str, per_year: int, *payments: ProjectedPayment
) -> ProjectedSchedule:
    return ProjectedSchedule(
        day(issued), Decimal(price), Decimal(yield_percent), per_year, payments
    )


# ── (b)(4)(vi): the schedule ──────────────────────────────────────────────────────────────────


def test_the_schedule_of_example_2_yields_its_comparable_yield() -> None:
    expected = [
        payment("1997-12-31", "20000", "0"),
        payment("1998-12-31", "20000", "70000"),
        payment("1999-12-31", "20000", "75600"),
        payment("2000-12-31", "1020000", "83850"),
    ]
    published = ProjectedSchedule(
        day("1996-12-31"), Decimal(1_000_000), Decimal("7.5"), 1, tuple(expected)
    )
    assert abs(published.present_value() - 1_000_000) < 200
    scaled = projected_schedule(
        day("1996-12-31"), Decimal(1_000_000), Decimal("7.5"), expected, compounding_per_year=1
    )
    assert abs(scaled.present_value() - 1_000_000) < Decimal("1e-40")
    # Relative expected values stay: each is moved by the same small factor.
    ratios = {
        (after.contingent or 0) / before.contingent
        for after, before in zip(scaled.payments, expected, strict=True)
        if before.contingent
    }
    assert max(ratios) - min(ratios) < Decimal("1e-25")
    assert abs(max(ratios) - 1) < Decimal("0.001")


def test_a_schedule_that_cannot_yield_the_comparable_yield_is_refused() -> None:
    only_promised = [payment("2025-01-15", "3"), payment("2025-07-15", "103")]
    with pytest.raises(ValueError, match="no multiple of them"):
        projected_schedule(day("2024-07-15"), Decimal(100), Decimal(7), only_promised)
    too_much = [payment("2025-01-15", "5", "1"), payment("2025-07-15", "105", "1")]
    with pytest.raises(ValueError, match="no multiple of them"):
        projected_schedule(day("2024-07-15"), Decimal(100), Decimal(7), too_much)


# ── (b)(7)(vi): adjustments ───────────────────────────────────────────────────────────────────

EXAMPLE_1 = accrual(
    "1996-12-31",
    "1000",
    "10",
    1,
    payment("1997-12-31", "375", "125"),
    payment("1998-12-31", "600", "60"),
)


def example_1(last: str) -> Accrual:
    fixings = [
        fixing("1997-12-31", "1997-12-31", "0"),
        fixing("1998-12-31", "1998-12-31", last),
    ]
    return accrue(EXAMPLE_1, fixings, MONTHS)


def test_example_1_of_adjustments() -> None:
    whole = example_1("100")
    holding = Holding(whole, day("1996-12-31"), Decimal(1000), day("1998-12-31"))
    first, second = holding.years()
    assert dollars(first.accrued, first.adjusted) == [100, -125]
    assert dollars(first.interest_income, first.ordinary_loss, first.carryforward) == [0, 0, 25]
    assert whole.adjusted_issue_price(day("1997-12-31")) == 600
    assert dollars(second.accrued, second.adjusted, second.interest_income) == [60, 15, 75]
    assert second.carryforward == 0
    retired = holding.retired()
    assert retired == Disposition()


def test_example_2_a_carryforward_lowers_what_a_sale_brings() -> None:
    holding = Holding(example_1("100"), day("1996-12-31"), Decimal(1000), day("1998-01-01"))
    assert [year.year for year in holding.years()] == [1997, 1998]
    # One day of 1998 accrues 16 cents, which the regulation leaves out.
    sold = holding.sold(Decimal(630))
    assert float(sold.interest_income) == pytest.approx(5, abs=0.01)
    assert dollars(sold.ordinary_loss, sold.capital_loss, sold.capital_gain) == [0, 0, 0]


def test_example_3_a_carryforward_at_retirement_is_a_capital_loss() -> None:
    holding = Holding(example_1("15"), day("1996-12-31"), Decimal(1000), day("1998-12-31"))
    _, second = holding.years()
    assert dollars(second.adjusted, second.interest_income, second.carryforward) == [-70, 0, 10]
    retired = holding.retired()
    assert dollars(retired.ordinary_loss, retired.capital_loss) == [0, 10]


# ── (b)(8)(iv): character ─────────────────────────────────────────────────────────────────────


def test_example_2_of_character_a_loss_is_ordinary_as_far_as_interest_was_included() -> None:
    schedule = accrual("1996-12-31", "1000", "9.54", 1, payment("1998-12-31", "1000", "200"))
    holding = Holding(
        accrue(schedule, [], MONTHS), day("1996-12-31"), Decimal(1000), day("1997-12-31")
    )
    assert round(holding.basis()) == 1095
    sold = holding.sold(Decimal(1050))
    assert whole_dollars(sold.ordinary_loss, sold.capital_loss) == [45, 0]
    sold = holding.sold(Decimal(990))
    assert whole_dollars(sold.ordinary_loss, sold.capital_loss) == [95, 10]


# ── (b)(9)(i): another basis than the adjusted issue price ────────────────────────────────────


def test_example_1_of_a_second_holder() -> None:
    schedule = accrual("1996-12-31", "1000", "10.25", 2, payment("1999-12-31", "1000", "350"))
    whole = accrue(schedule, [fixing("1999-12-31", "1999-12-31", "400")], MONTHS)
    assert round(whole.adjusted_issue_price(day("1998-06-30"))) == 1162
    extra = Adjustment(day("1999-12-30"), day("1999-12-31"), Decimal(-243))
    holding = Holding(whole, day("1998-06-30"), Decimal(1405), day("1999-12-31"), (extra,))
    first, second = holding.years()
    assert round(first.interest_income) == 60
    assert whole_dollars(second.accrued, second.adjusted) == [128, -193]
    assert whole_dollars(second.interest_income, second.ordinary_loss) == [0, 60]
    assert round(second.carryforward) == 5
    retired = holding.retired()
    assert whole_dollars(retired.ordinary_loss, retired.capital_loss) == [0, 5]


# ── (b)(9)(ii): fixed early ───────────────────────────────────────────────────────────────────


def test_the_example_of_a_payment_fixed_early() -> None:
    schedule = accrual(
        "1996-12-31",
        "1000",
        "10",
        1,
        payment("1999-12-31", "0", "250"),
        payment("2002-12-31", "1000", "439"),
    )
    whole = accrue(schedule, [fixing("1998-09-30", "1999-12-31", "300")], MONTHS)
    (jump,) = whole.early
    # The regulation rounds both present values before it subtracts: a cent, and its followers.
    cent = pytest.approx
    assert float(jump.amount) == cent(44.39, abs=0.01)
    assert round(whole.interest(day("1997-12-31"), day("1998-09-30")), 2) == Decimal("81.51")
    assert float(whole.adjusted_issue_price(day("1998-09-30"))) == cent(1225.90, abs=0.01)
    assert round(whole.interest(day("1998-09-30"), day("1998-12-31")), 2) == Decimal("29.56")
    holding = Holding(whole, day("1996-12-31"), Decimal(1000), day("1998-12-31"))
    first, second = holding.years()
    assert first.interest_income == 100
    assert float(second.interest_income) == cent(155.46, abs=0.01)
    assert float(holding.basis()) == cent(1255.46, abs=0.01)


def test_when_all_that_are_left_become_fixed_their_adjustments_are_spread() -> None:
    """As a bonus fixed once for all coupons to come: each counts over its own half-year."""
    ends = [plus_months(day("2024-07-15"), 6 * number) for number in range(1, 5)]
    expected = [
        ProjectedPayment(end, Decimal(2) + (100 if end == ends[-1] else 0), Decimal("0.5"))
        for end in ends
    ]
    schedule = projected_schedule(day("2024-07-15"), Decimal(100), Decimal(5), expected)
    fixings = [Fixing(day("2024-12-02"), end, Decimal(1)) for end in ends]
    whole = accrue(schedule, fixings, MONTHS)
    assert whole.early == ()
    # The next coupon is due within six months: it stays contingent and adjusts when it is due.
    spans = [(each.after, each.until) for each in whole.adjustments]
    assert spans[0] == (day("2025-01-14"), ends[0])
    assert spans[1:] == list(pairwise(ends))
    assert whole.contingent_after(day("2024-12-02"))
    assert not whole.contingent_after(ends[0])
    sold = Holding(whole, day("2024-07-15"), Decimal(100), day("2025-07-15")).sold(Decimal(105))
    # What is still spread over days to come is interest, the rest a capital gain.
    left = whole.adjusted(day("2025-07-15"), ends[-1])
    assert sold.interest_income == left
    assert sold.capital_gain > 0


@pytest.mark.parametrize(
    ("fixings", "why"),
    [
        ([fixing("1997-12-31", "1997-12-30", "1")], "is due no contingent payment"),
        ([fixing("1997-12-31", "1997-12-31", "1")] * 2, "fix each of them once"),
        ([fixing("1998-01-01", "1997-12-31", "1")], "when it is due at the latest"),
        ([fixing("1996-12-31", "1997-12-31", "1")], "after the issue"),
    ],
)
def test_a_fixing_that_does_not_fit_is_refused(fixings: list[Fixing], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        accrue(EXAMPLE_1, fixings, MONTHS)


def test_a_schedule_that_cannot_be_is_refused() -> None:
    one = payment("1997-12-31", "1100")
    sound = accrual("1996-12-31", "1000", "10", 1, one)
    for changes in (
        {"payments": ()},
        {"payments": (one, one)},
        {"issued_on": day("1997-12-31")},
        {"issue_price": Decimal(0)},
        {"yield_percent": Decimal(0)},
        {"compounding_per_year": 5},
    ):
        with pytest.raises(ValueError, match=r"schedule has|must both be|do not divide"):
            replace(sound, **changes)


# ── the whole life ────────────────────────────────────────────────────────────────────────────

bonuses = st.integers(0, 300).map(lambda cents: Decimal(cents) / 100)


@given(
    st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    st.lists(st.tuples(bonuses, bonuses, st.integers(0, 800)), min_size=1, max_size=12),
    st.integers(0, 1500),
)
def test_over_the_life_of_a_bond_all_figures_add_up_to_the_cash(
    issued_on: date, drawn: list[tuple[Decimal, Decimal, int]], premium: int
) -> None:
    """Expected and paid bonuses of any size, fixed at any time before they are due."""
    due = [plus_months(issued_on, 6 * number) for number in range(1, len(drawn) + 1)]
    promised = [Decimal(2) + (100 if end == due[-1] else 0) for end in due]
    expected = [
        ProjectedPayment(end, amount, bonus + Decimal("0.01"))
        for end, amount, (bonus, _, _) in zip(due, promised, drawn, strict=True)
    ]
    schedule = projected_schedule(
        issued_on, Decimal(100), Decimal(4) + Decimal(premium + 1) / 100, expected
    )
    fixings = [
        Fixing(max(date.fromordinal(end.toordinal() - early), plus_one(issued_on)), end, paid)
        for end, (_, paid, early) in zip(due, drawn, strict=True)
    ]
    whole = accrue(schedule, fixings, MONTHS)
    assert abs(whole.adjusted_issue_price(due[-1])) < Decimal("1e-30")
    holding = Holding(whole, issued_on, Decimal(100), due[-1])
    years, end = holding.years(), holding.retired()
    taxed = sum(year.interest_income - year.ordinary_loss for year in years)
    taxed += end.interest_income + end.capital_gain - end.ordinary_loss - end.capital_loss
    cash = sum(promised) + sum(paid for _, paid, _ in drawn) - 100
    assert abs(taxed - cash) < Decimal("1e-20")
    for year in years:
        assert min(year.interest_income, year.ordinary_loss, year.carryforward) >= 0
        assert year.interest_income == 0 or year.ordinary_loss == 0


def plus_one(day_before: date) -> date:
    return date.fromordinal(day_before.toordinal() + 1)
