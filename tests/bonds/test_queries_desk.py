"""What the first screens of investor and Treasury show, beside what is then paid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from lmb.bonds import queries_desk as desk_queries
from lmb.bonds import service_auction as auctions
from lmb.bonds import service_coupons, service_payments
from lmb.bonds import service_registry as holders
from lmb.bonds.auction.sealed import OpenedBid, commitment
from lmb.bonds.linked.plan import fiscal_year
from lmb.bonds.queries_desk import RoomState
from lmb.values.clock import moment
from tests.bonds.desk import FULL_BOOK, announced, competitive, jobs_desk, verified

pytestmark = pytest.mark.django_db


def test_an_investor_sees_par_accrued_and_the_range_of_the_next_coupon() -> None:
    desk = jobs_desk()
    holders.settle(desk.at(date(1976, 2, 17)).books, desk.bond)
    (held,) = desk_queries.positions(desk.books.cell, "north", date(1976, 5, 17))
    assert (held.par_cents, held.available_cents) == (350_000, 350_000)
    # 92 of the 182 days from 15 February to 15 August, of 4 % for the half-year.
    assert held.accrued_cents == 7077
    coming = held.next_coupon
    assert coming is not None
    assert (coming.period, coming.pays_on) == (1, date(1976, 8, 16))
    assert (coming.base_percent, coming.most_bonus_percent) == (Decimal(8), Decimal(0))
    assert desk_queries.positions(desk.books.cell, "nobody", date(1976, 5, 17)) == []


def test_the_range_of_a_bonus_closes_when_it_is_determined() -> None:
    desk = jobs_desk()
    holders.settle(desk.at(date(1976, 2, 17)).books, desk.bond)
    verified(desk, "57.5", date(1977, 2, 1))
    before = desk_queries.position(desk.bond, "north", date(1977, 2, 16))
    assert before.accrued_cents is None
    assert before.next_coupon is not None
    assert (before.next_coupon.least_bonus_percent, before.next_coupon.most_bonus_percent) == (
        Decimal(0),
        Decimal(1),
    )
    service_coupons.determine_coupon(desk.at(date(1977, 2, 11)).books, desk.bond, 3)
    after = desk_queries.position(desk.bond, "north", date(1977, 2, 16))
    assert after.next_coupon is not None
    assert after.next_coupon.determined
    assert after.next_coupon.least_bonus_percent == Decimal("0.75")
    assert after.next_coupon.most_bonus_percent == Decimal("0.75")
    assert after.accrued_cents == 85  # one of 181 days at 8.75 %


def test_debt_service_lies_between_least_and_most_and_ends_in_what_was_paid() -> None:
    desk = jobs_desk()
    assert desk_queries.debt_service([announced("other").bond]) == []
    holders.settle(desk.at(date(1976, 2, 17)).books, desk.bond)
    before = {year.year: year for year in desk_queries.debt_service([desk.bond])}
    assert sorted(before) == list(range(1976, 1982))
    assert before[1977].least_cents <= 80_000 <= before[1977].most_cents
    assert before[1981].most_cents >= 1_000_000 + 45_000
    for number, pays_on in enumerate(
        (period.pays_on for period in desk.bond.terms.schedule.periods()), start=1
    ):
        if number == 3:
            verified(desk, "60", date(1977, 3, 1))
        service_payments.pay_determined(desk.at(pays_on).books, desk.bond, number)
    for year in desk_queries.debt_service([desk.bond]):
        assert year.paid_cents == year.least_cents == year.most_cents
        assert before[year.year].least_cents <= year.paid_cents <= before[year.year].most_cents
    assert fiscal_year(desk.bond.terms.matures_on) == 1981


def test_the_auction_room_tells_how_far_an_auction_has_come() -> None:
    desk = announced()
    cusip, day = desk.bond.cusip, desk.bond.terms.auction_on

    def room() -> desk_queries.AuctionRoom:
        return desk_queries.auction_room(desk.bond, desk.books.now())

    assert desk_queries.auction_room(desk.bond, moment(date(1976, 1, 2))).state == "announced"
    assert room().state is RoomState.OPEN
    auctions.enter_bids(desk.at(day, 11).books, desk.bond, FULL_BOOK)
    late = competitive("west", 100)
    hidden = OpenedBid(late, bytes(32))
    seal = commitment(cusip, 1, hidden)
    auctions.seal_bid(desk.at(day, 12, 30).books, desk.bond, "west", late.kind, seal)
    assert room().state is RoomState.COMPETITIVE_ONLY
    auctions.close_auction(desk.at(day, 13).books, desk.bond)
    closed = room()
    assert closed.state is RoomState.CLOSED
    assert (closed.competitive_bids, closed.competitive_cents) == (3, 950_000)
    assert (closed.noncompetitive_bids, closed.noncompetitive_cents) == (1, 50_000)
    assert (closed.sealed, closed.unopened) == (1, 1)
    auctions.open_bid(desk.books, desk.bond, seal, hidden)
    auctions.hold_auction(desk.books, desk.bond)
    held = room()
    assert held.state is RoomState.HELD
    assert held.result is not None
    assert held.unopened == 0
    holders.settle(desk.at(desk.bond.terms.issue_on).books, desk.bond, ["south"])
    settled = room()
    assert settled.state is RoomState.SETTLED
    assert [one.award.bidder for one in settled.unpaid] == ["south"]
