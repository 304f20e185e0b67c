"""The registry on file: delivery against payment, transfers, trades, and what always adds up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lmb.bonds import accounts, queries
from lmb.bonds import queries_registry as registry
from lmb.bonds import service_auction as auctions
from lmb.bonds import service_registry as holders
from lmb.bonds.auction.announcement import Reopening
from lmb.bonds.registry.custody import Mode, SecuritiesAccount
from lmb.bonds.registry.lots import Acquired
from lmb.bonds.registry.trade import Trade
from lmb.ledger import queries as ledger
from lmb.ledger.entries import NewAccount
from lmb.ledger.service import open_accounts
from lmb.values.errors import ConflictError, LmbError, NotFoundError, RefusedError
from tests.bonds.desk import FULL_BOOK, Desk, announced, competitive

pytestmark = pytest.mark.django_db

ISSUE_ON = date(1976, 2, 17)
LATER = date(1976, 5, 3)


def issued() -> Desk:
    """A bond of $10,000 delivered: north and south $3,500 each, east $2,500, ana $500 directly."""
    desk = announced().auctioned(FULL_BOOK)
    holders.settle(desk.at(ISSUE_ON).books, desk.bond)
    return desk


def held(desk: Desk) -> dict[str, int]:
    """Whole dollars held, by account."""
    return {one.investor: one.par_cents // 100 for one in queries.holdings(desk.bond)}


def sold(desk: Desk, seller: str, buyer: str, dollars: int, price: str = "99.5") -> Trade:
    traded_on = desk.clock.now().date()
    reference = f"{seller}-{buyer}-{dollars}-{traded_on}"
    trade = Trade(reference, seller, buyer, dollars * 100, Decimal(price), traded_on)
    holders.agree_trade(desk.books, desk.bond, trade)
    return trade


def commercial(desk: Desk, *codes: str) -> None:
    holders.open_securities_accounts(
        desk.books, [SecuritiesAccount(code, Mode.COMMERCIAL) for code in codes]
    )


# ── the issue date ────────────────────────────────────────────────────────────────────────────


def test_bonds_are_delivered_against_payment_on_the_issue_date_and_not_before() -> None:
    desk = announced().auctioned(FULL_BOOK)
    with pytest.raises(RefusedError, match="settles on 1976-02-17"):
        holders.settle(desk.at(date(1976, 2, 16)).books, desk.bond)
    holders.settle(desk.at(ISSUE_ON).books, desk.bond)
    assert held(desk) == {"ana": 500, "east": 2_500, "north": 3_500, "south": 3_500}
    assert queries.outstanding_cents(desk.bond) == 1_000_000
    paid = -ledger.balance(desk.books.cell, accounts.investor("ana")).posted_cents
    award = next(one for one in queries.awards(desk.bond) if one.bidder == "ana")
    assert paid == award.price_cents + award.accrued_cents > 0


def test_who_bids_noncompetitively_holds_at_treasury_and_others_in_the_commercial_system() -> None:
    desk = issued()
    modes = registry.modes(desk.books.cell, ["ana", "north"])
    assert modes == {"ana": Mode.RETAIL_DIRECT, "north": Mode.COMMERCIAL}


def test_a_failed_payment_delivers_nothing_and_touches_nobody_else() -> None:
    desk = announced().auctioned(FULL_BOOK)
    holders.settle(desk.at(ISSUE_ON).books, desk.bond, unpaid=["north"])
    assert held(desk) == {"ana": 500, "east": 2_500, "south": 3_500}
    assert queries.outstanding_cents(desk.bond) == 650_000
    (waiting,) = registry.unpaid_awards(desk.bond)
    assert (waiting.award.bidder, waiting.ended) == ("north", None)
    # Settling again delivers what was due, and still not what nobody paid for.
    holders.settle(desk.books, desk.bond)
    assert "north" not in held(desk)


def test_an_award_paid_late_is_delivered_then_and_once() -> None:
    desk = announced().auctioned(FULL_BOOK)
    holders.settle(desk.at(ISSUE_ON).books, desk.bond, unpaid=["north"])
    holders.settle_late(desk.at(date(1976, 2, 18)).books, desk.bond, "north")
    assert held(desk)["north"] == 3_500
    assert [one.ended for one in registry.unpaid_awards(desk.bond)] == ["paid"]
    with pytest.raises(NotFoundError, match="no award of north"):
        holders.settle_late(desk.books, desk.bond, "north")


def test_an_award_cancelled_is_never_issued() -> None:
    desk = announced().auctioned(FULL_BOOK)
    holders.settle(desk.at(ISSUE_ON).books, desk.bond, unpaid=["north"])
    holders.cancel_unpaid(desk.books, desk.bond, "north")
    with pytest.raises(NotFoundError):
        holders.settle_late(desk.books, desk.bond, "north")
    assert queries.outstanding_cents(desk.bond) == 650_000
    with pytest.raises(NotFoundError, match="west was awarded nothing"):
        holders.settle(desk.books, desk.bond, unpaid=["west"])


def test_an_award_is_paid_late_or_cancelled_not_both_for_raw_sql_too() -> None:
    desk = announced().auctioned(FULL_BOOK)
    holders.settle(desk.at(ISSUE_ON).books, desk.bond, unpaid=["north"])
    holders.cancel_unpaid(desk.books, desk.bond, "north")
    copied = (
        "INSERT INTO bonds_award_event SELECT cell, bid, 'paid', bond, auction, recorded_at "
        "FROM bonds_award_event WHERE event = 'cancelled'"
    )
    _refused(copied, "bonds_award_event_ends_once")


def test_a_reopening_is_the_same_bond_in_the_same_accounts() -> None:
    desk = issued()
    reopening = Reopening(2, 500_000, date(1976, 5, 10), date(1976, 5, 11), date(1976, 5, 17))
    auctions.announce_reopening(desk.at(reopening.announced_on).books, desk.bond, reopening)
    bids = [competitive(name, 1_700, "7.500") for name in ("north", "south", "west")]
    auctions.enter_bids(desk.at(reopening.auction_on, 10).books, desk.bond, bids, 2)
    auctions.hold_auction(desk.at(reopening.auction_on, 13).books, desk.bond, 2)
    holders.settle(desk.at(reopening.issue_on).books, desk.bond, number=2)
    assert held(desk)["north"] == 3_500 + 1_700
    assert queries.outstanding_cents(desk.bond) == 1_000_000 + 3 * 170_000
    first, second = registry.lots(desk.bond, "north").lots
    assert (first.acquired_on, second.acquired_on) == (ISSUE_ON, reopening.issue_on)
    assert second.accrued_cents > 0


# ── accounts and chains ───────────────────────────────────────────────────────────────────────


def test_a_custodian_answers_for_all_it_holds_and_the_chain_adds_up() -> None:
    desk = issued().at(LATER)
    commercial(desk, "fed-bank", "fed-bank/broker", "fed-bank/broker/ben", "fed-bank/cyd")
    holders.transfer(desk.books, desk.bond, "t1", "north", "fed-bank/broker/ben", 200_000)
    holders.transfer(desk.books, desk.bond, "t2", "north", "fed-bank/cyd", 50_000)
    answers = registry.custody(desk.bond)
    assert answers["fed-bank"] == 250_000
    assert answers["fed-bank/broker"] == 200_000
    assert queries.outstanding_cents(desk.bond) == 1_000_000


def test_a_custodian_comes_before_those_it_holds_for() -> None:
    desk = announced()
    with pytest.raises(NotFoundError, match="no securities account fed-bank; open it first"):
        commercial(desk, "fed-bank/ben")
    with pytest.raises(RefusedError, match="comes back to itself"):
        commercial(desk, "a/b/a")
    commercial(desk, "fed-bank/ben", "fed-bank")
    with pytest.raises(ConflictError, match="fed-bank is commercial, not retail-direct"):
        holders.open_securities_accounts(
            desk.books, [SecuritiesAccount("fed-bank", Mode.RETAIL_DIRECT)]
        )


def test_the_database_keeps_chains_whole() -> None:
    desk = announced()
    insert = "INSERT INTO bonds_securities_account VALUES (%s, 'a/b', 'commercial', %s, now())"
    _refused(insert, "bonds_securities_account_custodian", [desk.books.cell, "a"])
    _refused(insert, "bonds_securities_account_is_its_chain", [desk.books.cell, None])


def test_nothing_but_holdings_and_their_issuer_counts_face_amount() -> None:
    """So the sum of holdings is what is outstanding, whoever opens accounts."""
    desk = announced()
    for account in (
        NewAccount("pool", "custody", "someone", unit="face:LMB760AA3"),
        NewAccount("h", "holding", "someone", unit="face:LMB760AA3"),
    ):
        with (
            pytest.raises(IntegrityError, match="only holdings and their issuer"),
            transaction.atomic(),
        ):
            open_accounts(desk.books, [account])


# ── transfers ─────────────────────────────────────────────────────────────────────────────────


def test_bonds_bought_directly_are_held_for_45_days() -> None:
    desk = issued()
    commercial(desk, "bank")
    last = ISSUE_ON + timedelta(days=44)
    with pytest.raises(RefusedError, match=r"ana may move \$0.00 .*held for 45 days .*363\.203"):
        holders.transfer(desk.at(last).books, desk.bond, "t1", "ana", "bank", 10_000)
    first = ISSUE_ON + timedelta(days=45)
    holders.transfer(desk.at(first).books, desk.bond, "t1", "ana", "bank", 10_000)
    assert held(desk)["ana"] == 400


def test_what_came_by_transfer_is_free_while_what_was_bought_is_held() -> None:
    desk = issued()
    holders.transfer(desk.books, desk.bond, "t1", "north", "ana", 100_000)
    with pytest.raises(RefusedError, match=r"ana may move \$1,000\.00"):
        holders.transfer(desk.books, desk.bond, "t2", "ana", "north", 100_100)
    holders.transfer(desk.books, desk.bond, "t2", "ana", "north", 100_000)
    assert held(desk)["ana"] == 500


def test_a_closed_book_moves_nothing_until_the_payment() -> None:
    # Paid on Monday 16 August 1976; closed from the 10th.
    desk = issued().at(date(1976, 8, 10))
    with pytest.raises(RefusedError, match="the book of ana is closed on 1976-08-10"):
        holders.transfer(desk.books, desk.bond, "t1", "ana", "north", 10_000)
    holders.transfer(desk.books, desk.bond, "t2", "south", "north", 10_000)
    holders.transfer(desk.at(date(1976, 8, 16)).books, desk.bond, "t1", "ana", "north", 10_000)


@pytest.mark.parametrize("cents", [5_000, 15_000, 0, -10_000])
def test_only_multiples_from_the_minimum_up_move(cents: int) -> None:
    desk = issued().at(LATER)
    with pytest.raises(RefusedError, match="cannot move from south"):
        holders.transfer(desk.books, desk.bond, "t1", "south", "north", cents)


def test_nobody_moves_more_than_is_held() -> None:
    desk = issued().at(LATER)
    with pytest.raises(RefusedError, match="exceeds balance"):
        holders.transfer(desk.books, desk.bond, "t1", "south", "north", 360_000)
    with pytest.raises(NotFoundError, match="no securities account nobody"):
        holders.transfer(desk.books, desk.bond, "t1", "south", "nobody", 10_000)


def test_a_transfer_carries_day_and_cost_with_it() -> None:
    desk = issued().at(LATER)
    commercial(desk, "bank")
    (before,) = registry.lots(desk.bond, "north").lots
    holders.transfer(desk.books, desk.bond, "t1", "north", "bank", before.face_cents)
    assert list(registry.lots(desk.bond, "bank").lots) == [before]
    assert list(registry.lots(desk.bond, "north").lots) == []


# ── trades ────────────────────────────────────────────────────────────────────────────────────


def test_a_trade_sets_bonds_aside_and_exchanges_them_for_money_the_next_day() -> None:
    desk = issued().at(LATER)
    trade = sold(desk, "north", "south", 1_000)
    assert held(desk)["north"] == 3_500
    assert registry.available_cents(desk.bond, "north") == 250_000
    with pytest.raises(RefusedError, match="settles on 1976-05-04, not before"):
        holders.settle_trade(desk.books, desk.bond, trade.reference)
    before = ledger.balance(desk.books.cell, accounts.investor("north")).posted_cents
    holders.settle_trade(desk.at(date(1976, 5, 4)).books, desk.bond, trade.reference)
    holders.settle_trade(desk.books, desk.bond, trade.reference)
    got = ledger.balance(desk.books.cell, accounts.investor("north")).posted_cents - before
    # $995 and 79 of 182 days at 4 % on $1,000: $17.36264 accrued.
    assert got == 99_500 + 1_736
    assert (held(desk)["north"], held(desk)["south"]) == (2_500, 4_500)
    assert registry.pending_trades(desk.bond) == []


def test_bonds_set_aside_cannot_be_sold_twice() -> None:
    desk = issued().at(LATER)
    sold(desk, "east", "south", 2_000)
    with pytest.raises(RefusedError, match="exceeds balance"):
        sold(desk, "east", "north", 600)
    assert len(registry.pending_trades(desk.bond)) == 1


def test_a_trade_that_fails_frees_the_bonds_and_can_not_settle_after() -> None:
    desk = issued().at(LATER)
    trade = sold(desk, "east", "south", 2_000)
    holders.fail_trade(desk.at(date(1976, 5, 4)).books, desk.bond, trade.reference)
    assert registry.available_cents(desk.bond, "east") == 250_000
    with pytest.raises(RefusedError, match="hold closed"):
        holders.settle_trade(desk.books, desk.bond, trade.reference)
    assert registry.pending_trades(desk.bond) == []


def test_the_same_trade_again_changes_nothing_and_another_is_a_conflict() -> None:
    desk = issued().at(LATER)
    trade = sold(desk, "east", "south", 2_000)
    holders.agree_trade(desk.books, desk.bond, trade)
    other = Trade(trade.reference, "east", "south", 10_000, Decimal(99), trade.traded_on)
    with pytest.raises(ConflictError, match="agreed otherwise"):
        holders.agree_trade(desk.books, desk.bond, other)


def test_a_trade_of_another_day_or_beyond_maturity_is_refused() -> None:
    desk = issued().at(LATER)
    early = Trade("x", "north", "south", 10_000, Decimal(100), date(1976, 5, 4))
    with pytest.raises(RefusedError, match="put it on file that day"):
        holders.agree_trade(desk.books, desk.bond, early)
    late = Trade("x", "north", "south", 10_000, Decimal(100), date(1981, 2, 13))
    with pytest.raises(RefusedError, match="out from 1976-02-17 until 1981-02-15"):
        holders.agree_trade(desk.books, desk.bond, late)


def test_lots_tell_what_was_paid_and_what_was_gained() -> None:
    desk = issued().at(LATER)
    trade = sold(desk, "north", "east", 1_000, "101")
    holders.settle_trade(desk.at(date(1976, 5, 4)).books, desk.bond, trade.reference)
    seller, buyer = (registry.lots(desk.bond, code) for code in ("north", "east"))
    (disposal,) = seller.disposals
    assert disposal.proceeds_cents == 101_000
    assert disposal.gain_cents == 101_000 - disposal.lot.cost_cents
    assert seller.face_cents == 250_000
    assert [(lot.how, lot.cost_cents) for lot in buyer.lots][1] == (Acquired.TRADE, 101_000)


# ── what always adds up ───────────────────────────────────────────────────────────────────────

CODES = ("north", "south", "east", "ana", "bank", "bank/ben")
Steps = list[tuple[str, str, str, int]]


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["transfer", "trade", "settle", "settle", "fail", "wait"]),
            st.sampled_from(CODES),
            st.sampled_from(CODES),
            st.integers(1, 40),
        ),
        max_size=14,
    )
)
def test_all_hold_what_is_outstanding_at_every_moment(steps: Steps) -> None:
    """Whatever is tried, and whatever is refused: after every single movement of the books the
    holdings add up to what was issued, nobody holds less than nothing, and lots agree."""
    with transaction.atomic():
        desk = issued().at(LATER)
        commercial(desk, "bank", "bank/ben")
        for number, step in enumerate(steps):
            _attempt(partial(_carry_out, desk, number, *step))
        _assert_holdings_add_up_throughout(desk)
        for code in CODES:
            lots = registry.lots(desk.bond, code)
            assert lots.face_cents == registry.position_cents(desk.bond, code)
        transaction.set_rollback(True)


def _carry_out(desk: Desk, number: int, kind: str, source: str, target: str, hundreds: int) -> None:
    pending = registry.pending_trades(desk.bond)
    if kind == "transfer":
        holders.transfer(desk.books, desk.bond, f"t{number}", source, target, hundreds * 100_00)
    elif kind == "trade":
        traded_on = desk.clock.now().date()
        price = Decimal(90 + hundreds) + Decimal("0.25")
        trade = Trade(f"s{number}", source, target, hundreds * 100_00, price, traded_on)
        holders.agree_trade(desk.books, desk.bond, trade)
    elif kind == "wait":
        desk.clock.move_to(desk.clock.now() + timedelta(days=hundreds))
    elif pending and kind == "settle":
        holders.settle_trade(desk.books, desk.bond, pending[0].reference)
    elif pending:
        holders.fail_trade(desk.books, desk.bond, pending[0].reference)


def _attempt(step: Callable[[], None]) -> None:
    try:
        with transaction.atomic():
            step()
    except LmbError:
        pass


def _assert_holdings_add_up_throughout(desk: Desk) -> None:
    unit = accounts.face_unit(desk.bond.cusip)
    balances: dict[str, int] = {}
    issuer = accounts.issued(desk.bond.cusip)
    for movement in ledger.movements(desk.books.cell, unit=unit, kind__in=ledger.POSTED):
        for account, cents in (
            (movement.debit, -movement.amount_cents),
            (movement.credit, movement.amount_cents),
        ):
            balances[account] = balances.get(account, 0) + cents
        assert min(cents for code, cents in balances.items() if code != issuer) >= 0
        assert sum(cents for code, cents in balances.items() if code != issuer) == -balances[issuer]
    assert -balances[issuer] == queries.outstanding_cents(desk.bond) == 1_000_000
    assert sum(held(desk).values()) == 10_000


def _refused(statement: str, constraint: str, values: list[Any] | None = None) -> None:
    with (
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)
