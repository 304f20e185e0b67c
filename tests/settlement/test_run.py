"""A programme from auction to redemption, worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lmb.bonds import queries as bonds
from lmb.bonds import service_auction as auctions
from lmb.bonds import service_payments as payments
from lmb.bonds import service_registry as holders
from lmb.ledger import queries as ledger
from lmb.ledger.entries import Cause, Journal, Post
from lmb.ledger.service import Books, post
from lmb.outcomes.service import measure
from lmb.settlement.programme import Programme
from lmb.settlement.report import Report, report
from lmb.settlement.service import run
from lmb.settlement.steps import close_observation, redeem, steps
from lmb.training.service import settle_placement
from lmb.values.clock import moment
from tests.settlement.small import CUSIP, EARNINGS, changed_terms, small_programme

pytestmark = pytest.mark.django_db


def carried_out(programme: Programme) -> tuple[Books, Report]:
    books = run(programme, lambda step: None)
    return books, report(bonds.bond(books.cell, CUSIP))


def test_every_figure_is_what_a_pencil_gives() -> None:
    _, result = carried_out(small_programme())
    assert result.auction is not None
    assert result.outcome is not None
    assert result.bonus is not None
    # $500 to the saver; $4,500 wanted of $5,100 bid at 8 %: 88.24 %, $1,500.08 up to $1,600 each.
    assert result.auction.awarded_cents == 50_000 + 3 * 160_000
    assert result.auction.coupon_percent == 8
    # The gain of $500 of a target of $1,000 earns half of 2 %, on the last three of ten coupons.
    assert result.outcome.estimate_dollars == Decimal("500.00")
    assert result.bonus.score == Decimal("0.5")
    assert result.bonus.bonus_bps == 100
    par_cents = 530_000
    assert result.money.interest_cents == 10 * par_cents * 4 // 100
    assert result.money.bonus_cents == 3 * par_cents // 200
    assert result.money.principal_cents == par_cents
    # w1 earns the provider all of $1,000, w2 all but placement, w3 the enrolment tranche alone.
    assert result.money.providers_cents == 100_000 + 60_000 + 30_000
    assert result.wallets.granted_cents == 4 * 120_000
    assert result.wallets.returned_cents == 4 * 120_000 - 190_000
    assert result.wallets.held_cents == 0


def test_what_came_in_is_what_went_out_and_every_account_balances() -> None:
    books, result = carried_out(small_programme())
    assert result.money.sources_cents == result.money.uses_cents
    received = (
        result.money.interest_cents
        + result.money.bonus_cents
        + result.money.principal_cents
        + result.money.providers_cents
        + result.money.treasury_net_cents
    )
    paid = result.money.investors_paid_cents + result.money.interest_appropriated_cents
    assert received == paid
    assert result.books.unbalanced_accounts == 0
    for unit in ("USD", f"face:{CUSIP}"):
        assert sum(b.posted_cents for b in ledger.balances(books.cell, unit=unit)) == 0
    world = [b for b in ledger.balances(books.cell) if not b.code.startswith("world/")]
    assert {b.posted_cents for b in world} == {0}


def test_holdings_equal_what_is_outstanding_after_every_step() -> None:
    programme = small_programme()
    checked: list[int] = []

    def check(_: object) -> None:
        cell = ledger.cell_number(programme.name)
        assert cell is not None
        bond = bonds.bond(cell, CUSIP)
        held = sum(holding.par_cents for holding in bonds.holdings(bond))
        assert held == bonds.outstanding_cents(bond)
        checked.append(held)

    run(programme, check)
    assert checked[0] == 0
    assert max(checked) == 530_000
    assert checked[-1] == 0


def test_books_are_closed_through_the_period_that_was_paid() -> None:
    books, result = carried_out(small_programme())
    order = ledger.instruction_on(books.cell, "deposit", CUSIP)
    assert order is not None
    late = Journal(
        "late",
        "test",
        "tester",
        Cause.instruction(order.id),
        [Post("late", "world/treasury", "world/appropriation", 1, "test")],
        effective_at=moment(result.bond.terms.matures_on, 0),
    )
    ((answer,),) = post(books, [late])
    assert answer.result == "period_closed"


def test_running_a_finished_programme_again_moves_nothing() -> None:
    programme = small_programme()
    books, first = carried_out(programme)
    before = ledger.summary(books.cell)
    _, second = carried_out(programme)
    assert second == first
    assert ledger.summary(books.cell) == before


def test_each_service_pays_once_when_called_again() -> None:
    programme = small_programme()
    books, first = carried_out(programme)
    bond = bonds.bond(books.cell, CUSIP)
    auctions.hold_auction(books, bond)
    holders.settle(books, bond)
    for period in bonds.periods(bond):
        payments.pay_coupon(books, bond, period.number)
    measure(books, bond)
    settle_placement(books, bond)
    close_observation(books, programme)
    redeem(books, programme)
    assert report(bond) == first


def test_too_few_work_records_leave_the_guaranteed_coupon() -> None:
    earnings = "".join(
        line for line in EARNINGS.splitlines(keepends=True) if not line.startswith("c4")
    )
    _, result = carried_out(small_programme(earnings=earnings))
    assert result.bonus is not None
    assert result.bonus.bonus_bps == 0
    assert "87.5 %" in " ".join(result.bonus.explanation)
    assert result.money.bonus_cents == 0
    assert result.money.interest_cents == 10 * 530_000 * 4 // 100


def test_work_records_that_arrive_after_the_determination_are_not_used() -> None:
    late = "w1,late,1979-07-01,1979-12-31,,9999\n"
    programme = small_programme(earnings=EARNINGS + late)
    _, result = carried_out(programme)
    assert result.outcome is not None
    assert result.outcome.estimate_dollars == Decimal("500.00")
    assert all(str(step.at.date()) != "1980-06-29" for step in steps(programme))


def test_bonus_can_be_paid_on_the_lower_bound_instead_of_the_estimate() -> None:
    terms = changed_terms(kpis__1__basis__evaluate="ci95-lower")
    _, result = carried_out(small_programme(terms=terms))
    assert result.outcome is not None
    assert result.bonus is not None
    assert result.outcome.ci95_dollars[0] < 0
    assert result.bonus.bonus_bps == 0


def test_two_programmes_keep_books_that_do_not_touch() -> None:
    first_books, first = carried_out(small_programme())
    other = small_programme(terms=changed_terms(title="Another small bond"))
    second_books, _ = carried_out(other)
    assert first_books.cell != second_books.cell
    assert report(bonds.bond(first_books.cell, CUSIP)) == first
