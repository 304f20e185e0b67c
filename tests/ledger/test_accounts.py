"""What may move between which accounts, as a little ledger each."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connections, transaction

from lmb.ledger import service
from tests.ledger.books import Ledger

ACCOUNTS = """
    open world
    open wallet limit=debits<=credits
    open school
    grant post world wallet 100 -> ok
"""


@pytest.fixture
def ledger(db: None) -> Ledger:
    ledger = Ledger()
    ledger.run(ACCOUNTS)
    return ledger


def test_exceeds_balance_where_debits_may_not_outgrow_credits(ledger: Ledger) -> None:
    ledger.run("""
        all post wallet school 101 -> exceeds_balance
        set-aside hold wallet school 60 -> ok
        rest post wallet school 41 -> exceeds_balance
        more hold wallet school 41 -> exceeds_balance
        exact post wallet school 40 -> ok
        balance wallet 60 out=60
    """)


def test_exceeds_balance_where_credits_may_not_outgrow_debits(ledger: Ledger) -> None:
    ledger.run("""
        open loan limit=credits<=debits
        early post world loan 1 -> exceeds_balance
        lend post loan school 50 -> ok
        too-much post world loan 51 -> exceeds_balance
        promise hold world loan 30 -> ok
        over hold world loan 21 -> exceeds_balance
        repay post world loan 20 -> ok
        balance loan -30 in=30
    """)


def test_unit_mismatch(ledger: Ledger) -> None:
    ledger.run("""
        open bonds unit=912828XX0
        pay post world bonds 1 -> unit_mismatch
        keep hold wallet bonds 1 -> unit_mismatch
    """)


def test_the_largest_amount_is_valid(ledger: Ledger) -> None:
    ledger.run("""
        open treasury
        all post treasury school 9223372036854775807 -> ok
        balance school 9223372036854775807
    """)


def test_same_account(ledger: Ledger) -> None:
    ledger.run("""
        round post wallet wallet 1 -> same_account
        still hold wallet wallet 1 -> same_account
    """)


def test_unknown_account(ledger: Ledger) -> None:
    ledger.run("""
        a post wallet nobody 1 -> unknown_account
        b post nobody wallet 1 -> unknown_account
        c hold nobody wallet 1 -> unknown_account
    """)


def test_period_closed_up_to_and_with_its_last_moment(ledger: Ledger) -> None:
    ledger.run("""
        close 2026-12-31
        a post wallet school 1 effective=2026-12-30 -> period_closed
        b post wallet school 1 effective=2026-12-31 -> period_closed
        c post wallet school 1 effective=2026-12-31T00:00:01 -> ok
        close 2026-06-30
        d post wallet school 1 effective=2026-12-30 -> period_closed
    """)


def test_account_expired_pays_only_into_an_expiry(ledger: Ledger) -> None:
    ledger.run("""
        open credit limit=debits<=credits expires=2027-02-01
        give post world credit 10 -> ok
        clock 2027-01-31T23:59:59
        last post credit school 1 -> ok
        clock 2027-02-01
        late post credit school 1 -> account_expired
        keep hold credit school 1 -> account_expired
        lapse post credit world 9 kind=expiry -> ok
        balance credit 0
    """)


def test_account_not_open(fresh_database: object) -> None:
    ledger = Ledger()
    ledger.run(ACCOUNTS)
    ledger.run("seat hold wallet world 5 -> ok")
    with connections["owner"].cursor() as owner:
        owner.execute("UPDATE ledger_account SET state = 'frozen' WHERE code = 'wallet'")
        owner.execute("UPDATE ledger_account SET state = 'closed' WHERE code = 'school'")
    ledger.run("""
        a post wallet world 1 -> account_not_open
        b post world school 1 -> account_not_open
        c hold world wallet 1 -> account_not_open
        d capture seat 1 -> account_not_open
        e void seat -> ok
    """)


def test_from_a_locked_account_nothing_new_leaves(fresh_database: object) -> None:
    ledger = Ledger()
    ledger.run(ACCOUNTS)
    ledger.run("seat hold wallet world 5 -> ok")
    order = service.instruct(
        ledger.books, kind="lock", subject="wallet", document={}, actor="its owner"
    )
    assert service.lock_accounts(ledger.books, ["wallet"], order=order, locked=True) == 1
    assert service.lock_accounts(ledger.books, ["wallet"], order=order, locked=True) == 0
    ledger.run("""
        a post wallet world 1 -> account_locked
        b hold wallet world 1 -> account_locked
        c post world wallet 1 -> ok
        d capture seat 2 -> ok
        e void seat -> ok
        f post wallet world 1 kind=grant-return -> ok
    """)
    with pytest.raises(IntegrityError, match="by an order on file"), transaction.atomic():
        service.lock_accounts(ledger.books, ["wallet"], order=order, locked=False)
    undo = service.instruct(
        ledger.books, kind="unlock", subject="wallet", document={}, actor="its owner"
    )
    assert service.lock_accounts(ledger.books, ["wallet"], order=undo, locked=False) == 1
    ledger.run("g post wallet world 1 -> ok")


def test_fund_mismatch(ledger: Ledger) -> None:
    ledger.run("""
        open bond-a fund=bond-a
        open bond-b fund=bond-b
        raise post world bond-a 10 -> ok
        swap post bond-a bond-b 1 -> fund_mismatch
        keep hold bond-a bond-b 1 -> fund_mismatch
        spend post bond-a school 10 -> ok
    """)


def test_purpose_mismatch(ledger: Ledger) -> None:
    ledger.run("""
        open pool fund=bond-a
        open training fund=bond-a purpose=training
        open childcare fund=bond-a purpose=childcare
        raise post world pool 10 -> ok
        bind post pool training 10 -> ok
        divert post training childcare 1 -> purpose_mismatch
        loosen post training pool 1 -> purpose_mismatch
        spend post training school 10 -> ok
    """)


def test_overflow_leaves_the_sums_as_they_were(ledger: Ledger) -> None:
    ledger.run("""
        open treasury
        most post treasury school 9223372036854775800 -> ok
        few post treasury school 7 -> ok
        one post treasury school 1 -> overflow
        seat hold treasury school 10 -> ok
        take capture seat 10 -> overflow
        balance school 9223372036854775807 in=10
        undo void seat -> ok
        balance treasury -9223372036854775807
    """)
