"""Papers of a bond in the books tell what the books hold, on the day they are asked for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest

from lmb.bonds import queries, queries_payments, service_unclaimed
from lmb.bonds import queries_registry as registry
from lmb.bonds import service_registry as holders
from lmb.bonds.papers.holdings import BondPosition
from lmb.bonds.papers.tax import TaxStatement
from lmb.bonds.queries import BondOnFile
from lmb.bonds.queries_holdings import holdings_of
from lmb.bonds.queries_papers import (
    award_of,
    coupon_of,
    held_auction,
    redemption_of,
    tax_of,
    trade_of,
)
from lmb.bonds.registry.trade import Trade
from lmb.ledger import queries as ledger
from lmb.settlement.impact import impact_of, published_impact
from lmb.settlement.report import report
from lmb.settlement.service import run
from lmb.values.errors import NotFoundError, RefusedError
from tests.bonds.desk import Desk, announced
from tests.bonds.payments.test_service import PAYS_ON, pay_first
from tests.bonds.registry.test_service import LATER, issued
from tests.settlement.small import CUSIP, small_programme

pytestmark = pytest.mark.django_db

NEW_YEAR, NEW_YEARS_EVE = date(1976, 1, 1), date(1976, 12, 31)


def position(
    desk: Desk, account: str, last: date = NEW_YEARS_EVE, first: date = NEW_YEAR
) -> BondPosition:
    (found,) = holdings_of(desk.books.cell, account, first, last).positions
    return found


def traded(reference: str = "T-1", dollars: int = 1_000) -> Desk:
    """North sells to south on May 3, to be settled on May 4."""
    desk = issued().at(LATER)
    trade = Trade(reference, "north", "south", dollars * 100, Decimal("99.5"), LATER)
    holders.agree_trade(desk.books, desk.bond, trade)
    return desk


def finished() -> BondOnFile:
    """The small programme, carried out to redemption."""
    books = run(small_programme(), lambda step: None)
    return queries.bond(books.cell, CUSIP)


# ── auctions and trades ───────────────────────────────────────────────────────────────────────


def test_an_award_is_confirmed_over_all_bids_of_its_bidder() -> None:
    desk = issued()
    (on_file,) = [one for one in queries.awards(desk.bond) if one.bidder == "east"]
    told = award_of(desk.bond, "east")
    assert told.total_cents == on_file.price_cents + on_file.accrued_cents
    assert told.face_cents == 250_000
    assert told.bid_yields_percent == (Decimal("8.000"),)
    assert award_of(desk.bond, "ana").bid_yields_percent == ()
    with pytest.raises(NotFoundError, match="zoe was awarded nothing at auction 1 of LMB760AA3"):
        award_of(desk.bond, "zoe")


def test_results_are_those_of_the_book_and_only_after_the_auction() -> None:
    held = held_auction(issued().bond)
    assert held.result.awarded_cents == 1_000_000
    assert held.auction_on == date(1976, 2, 3)
    with pytest.raises(NotFoundError, match="has not been held"):
        held_auction(announced("before").bond)


def test_a_trade_is_confirmed_to_its_parties_as_it_was_agreed() -> None:
    desk = traded()
    on_file = registry.trade(desk.bond, "T-1")
    for account in ("north", "south"):
        told = trade_of(desk.bond, "T-1", account)
        assert told.principal_cents == on_file.principal_cents == 99_500
        assert told.accrued_cents == on_file.accrued_cents > 0
        assert (told.traded_on, told.settles_on) == (LATER, date(1976, 5, 4))
        assert told.bonus is None
    with pytest.raises(NotFoundError, match="ana is no party of trade T-1"):
        trade_of(desk.bond, "T-1", "ana")


# ── holdings ──────────────────────────────────────────────────────────────────────────────────


def test_a_statement_tells_what_an_account_held_moved_and_was_paid() -> None:
    desk = traded()
    assert position(desk, "north").set_aside_cents == 100_000
    holders.settle_trade(desk.at(date(1976, 5, 4)).books, desk.bond, "T-1")
    pay_first(desk)
    north, south = position(desk, "north"), position(desk, "south")
    assert (north.opening_cents, north.closing_cents, north.set_aside_cents) == (0, 250_000, 0)
    assert [(one.what, one.face_cents) for one in north.moved] == [
        ("delivery", 350_000),
        ("sold", -100_000),
    ]
    price = registry.trade(desk.bond, "T-1")
    assert north.moved[1].money_cents == price.principal_cents + price.accrued_cents
    assert [one.what for one in south.moved] == ["delivery", "bought"]
    assert [(one.on, one.kind, one.number, one.base_cents) for one in north.paid] == [
        (PAYS_ON, "interest", 1, 10_000)
    ]
    assert sum(lot.face_cents for lot in north.lots) == 250_000
    (award,) = [one for one in queries.awards(desk.bond) if one.bidder == "north"]
    cost_cents = award.price_cents * 100_000 // 350_000
    assert [one.gain_cents for one in north.disposals] == [99_500 - cost_cents]
    assert north.next_payment_on == date(1977, 2, 15)


def test_a_statement_of_earlier_days_knows_nothing_later_and_the_next_goes_on_from_it() -> None:
    desk = traded()
    holders.settle_trade(desk.at(date(1976, 5, 4)).books, desk.bond, "T-1")
    before = position(desk, "north", last=LATER)
    assert (before.closing_cents, before.set_aside_cents) == (350_000, 100_000)
    assert (len(before.moved), before.disposals) == (1, ())
    assert sum(lot.face_cents for lot in before.lots) == 350_000
    after = position(desk, "north", first=date(1976, 5, 4))
    assert after.opening_cents == before.closing_cents
    assert after.closing_cents == 250_000


def test_all_statements_together_hold_what_is_outstanding() -> None:
    desk = traded()
    holders.settle_trade(desk.at(date(1976, 5, 4)).books, desk.bond, "T-1")
    for last in (date(1976, 2, 17), LATER, NEW_YEARS_EVE):
        held = [
            position(desk, name, last).closing_cents for name in ("ana", "east", "north", "south")
        ]
        assert sum(held) == queries.outstanding_cents(desk.bond) == 1_000_000


def test_money_that_waits_is_not_paid_until_it_is_claimed() -> None:
    desk = issued()
    service_unclaimed.stop_payments(desk.books, "ana", "mail came back")
    pay_first(desk)
    waiting = position(desk, "ana")
    assert len(coupon_of(desk.bond, "ana", 1).transfers) == 1
    assert (waiting.waits_cents, waiting.paid) == (2_000, ())
    service_unclaimed.resume_payments(desk.books, "ana", "new address")
    service_unclaimed.pay_unclaimed(desk.at(date(1976, 9, 1)).books, desk.bond, "ana", "c1")
    claimed = position(desk, "ana")
    assert claimed.waits_cents == 0
    assert [(one.kind, one.base_cents) for one in claimed.paid] == [("claimed", 2_000)]
    assert position(desk, "ana", last=date(1976, 8, 31)).waits_cents == 2_000


def test_a_payment_that_came_back_is_told_as_such() -> None:
    desk = issued()
    paid = pay_first(desk)
    service_unclaimed.return_payment(desk.books, desk.bond, paid, "ana", "account closed")
    told = position(desk, "ana")
    assert [(one.kind, one.base_cents) for one in told.paid] == [
        ("interest", 2_000),
        ("returned", -2_000),
    ]
    assert told.waits_cents == 2_000


def test_days_the_wrong_way_round_and_unknown_accounts_are_named() -> None:
    desk = issued()
    with pytest.raises(RefusedError, match="from 1976-12-31 to 1976-01-01 has no day"):
        holdings_of(desk.books.cell, "ana", NEW_YEARS_EVE, NEW_YEAR)
    with pytest.raises(NotFoundError, match="there is no securities account zoe"):
        holdings_of(desk.books.cell, "zoe", NEW_YEAR, NEW_YEARS_EVE)


# ── what is paid ──────────────────────────────────────────────────────────────────────────────


def test_a_coupon_is_what_the_run_paid_and_says_why() -> None:
    bond = finished()
    first, last = (queries_payments.run(bond, "interest", number) for number in (1, 10))
    assert first is not None
    assert last is not None
    early, late = (coupon_of(bond, "a-saver", number) for number in (1, 10))
    assert early.paid == queries_payments.entitlement(first, "a-saver")
    assert late.paid == queries_payments.entitlement(last, "a-saver")
    assert (early.base_percent, early.bonus_percent) == (Fraction(8), Fraction(0))
    assert (late.base_percent, late.bonus_percent) == (Fraction(8), Fraction(1))
    assert late.paid.base_cents + late.paid.bonus_cents == 50_000 * 9 // 200
    rules = [one.rule for one in late.said]
    assert rules == ["earnings-gain", "outcome-coupon"]
    assert late.said[-1].identifier == str(last.cause.id)
    assert [one.rule for one in early.said] == ["outcome-coupon"]
    assert late.steps[-1].name == "redemption"
    moved = [ledger.movement(UUID(one)) for one in late.transfers]
    told = [(one.code, one.amount_cents) for one in moved if one is not None]
    assert told == [("interest", 2_000), ("bonus", 250)]
    assert len(early.transfers) == 1


def test_a_coupon_that_was_not_paid_and_a_stranger_are_named() -> None:
    desk = issued()
    with pytest.raises(NotFoundError, match="period 1 of bond LMB760AA3 has not been paid"):
        coupon_of(desk.bond, "ana", 1)
    pay_first(desk)
    with pytest.raises(NotFoundError, match="zoe held nothing on the record date"):
        coupon_of(desk.bond, "zoe", 1)


def test_a_redemption_is_told_before_it_is_ordered_and_to_each_holder_after() -> None:
    desk = issued()
    told = redemption_of(desk.bond)
    assert (told.total_cents, told.pays_on) == (1_000_000, date(1981, 2, 17))
    assert told.noticed_on == date(1981, 2, 13)
    with pytest.raises(NotFoundError, match="has not been ordered"):
        redemption_of(desk.bond, "ana")
    bond = finished()
    ordered = redemption_of(bond, "a-saver")
    assert ordered.outstanding_cents == 530_000
    assert ordered.holder is not None
    assert ordered.holder.base_cents == 50_000
    assert ordered.redemption.percent == Fraction(100)


# ── tax and impact ────────────────────────────────────────────────────────────────────────────


def year_of_tax(bond: BondOnFile, year: int) -> TaxStatement:
    return tax_of(bond, "a-saver", year, Decimal("8.25"), Decimal("0.5"))


def test_what_is_reported_over_the_years_is_what_was_paid_over_them() -> None:
    bond = finished()
    reported = sum(year_of_tax(bond, year).discount_cents for year in range(1976, 1982))
    statement = holdings_of(bond.cell, "a-saver", NEW_YEAR, date(1981, 12, 31))
    (held,) = statement.positions
    cost_cents = held.moved[0].money_cents
    # One cent of rounding a year at most.
    assert abs(reported - (statement.paid_cents - cost_cents)) <= 6


def test_a_bonus_counts_from_the_year_it_was_determined_in() -> None:
    bond = finished()
    before, after = year_of_tax(bond, 1978), year_of_tax(bond, 1979)
    assert before.lots[0].year is not None
    assert before.lots[0].year.adjusted == 0
    assert after.lots[0].year is not None
    assert after.lots[0].year.adjusted > 0
    assert [lot.face_cents for lot in after.lots] == [50_000]


def test_a_year_nothing_was_held_in_and_a_yield_that_makes_no_schedule_are_named() -> None:
    bond = finished()
    with pytest.raises(NotFoundError, match="a-saver held nothing of bond LMB760AA3 in 1982"):
        year_of_tax(bond, 1982)
    with pytest.raises(RefusedError, match="correct the yield or the expected bonuses"):
        tax_of(bond, "a-saver", 1979, Decimal(3), Decimal("0.5"))


def test_the_impact_report_counts_what_the_books_paid_for() -> None:
    told = impact_of(report(finished()))
    assert (told.offered, told.enrolled, told.completed, told.placed) == (4, 3, 2, 1)
    assert told.spent_cents == 190_000
    assert (told.cost_per_enrolled_cents, told.cost_per_placed_cents) == (63_333, 190_000)
    assert told.measured is not None
    assert told.measured.gain_dollars == Decimal("500.00")
    assert told.bonus is not None
    assert told.bonus.bonus_percent == 1
    assert told.as_of == date(1981, 2, 17)
    with pytest.raises(NotFoundError, match="has not been held"):
        impact_of(report(announced("impact").bond))


def test_a_report_that_would_tell_of_few_people_is_not_shown() -> None:
    with pytest.raises(RefusedError, match="fewer than 10 people"):
        published_impact(report(finished()))
