"""Holds: captured in parts, the rest released, as little ledgers."""

from __future__ import annotations

import pytest

from lmb.ledger import queries
from lmb.ledger.models import Hold
from tests.ledger.books import Ledger

ACCOUNTS = """
    open world
    open wallet limit=debits<=credits expires=2027-06-01
    open school
    grant post world wallet 100 -> ok
"""


@pytest.fixture
def ledger(db: None) -> Ledger:
    ledger = Ledger()
    ledger.run(ACCOUNTS)
    return ledger


def state(ledger: Ledger, key: str) -> tuple[str, int, int]:
    hold = Hold.objects.get(cell=ledger.cell, id=ledger.hold(key))
    return hold.state, hold.captured_cents, hold.released_cents


def test_a_hold_sets_aside_and_moves_nothing_yet(ledger: Ledger) -> None:
    ledger.run("""
        tuition hold wallet school 60 -> ok
        balance wallet 100 out=60
        balance school 0 in=60
    """)
    assert queries.balance(ledger.cell, "wallet").available_cents == 40
    assert state(ledger, "tuition") == ("open", 0, 0)


def test_several_partial_captures_close_the_hold_with_the_last_cent(ledger: Ledger) -> None:
    ledger.run("""
        tuition hold wallet school 60 -> ok
        enrolled capture tuition 18 -> ok
        completed capture tuition 18 -> ok
        balance wallet 64 out=24
    """)
    assert state(ledger, "tuition") == ("open", 36, 0)
    ledger.run("""
        placed capture tuition 24 -> ok
        balance wallet 40
        balance school 60
    """)
    assert state(ledger, "tuition") == ("captured", 60, 0)


def test_a_final_capture_releases_the_rest(ledger: Ledger) -> None:
    ledger.run("""
        tuition hold wallet school 60 -> ok
        enrolled capture tuition 18 -> ok
        dropped capture tuition 2 final=yes -> ok
        balance wallet 80
        balance school 20
        more capture tuition 1 -> hold_closed
        all post wallet school 80 -> ok
    """)
    assert state(ledger, "tuition") == ("captured", 20, 40)
    kinds = [movement.kind for movement in queries.movements(ledger.cell, hold__isnull=False)]
    assert kinds == ["hold", "capture", "capture", "void"]


def test_a_final_capture_of_exactly_the_rest_releases_nothing(ledger: Ledger) -> None:
    ledger.run("""
        tuition hold wallet school 60 -> ok
        placed capture tuition 60 final=yes -> ok
        balance wallet 40
    """)
    assert state(ledger, "tuition") == ("captured", 60, 0)
    assert not queries.movements(ledger.cell, kind="void")


def test_void_releases_what_was_not_captured(ledger: Ledger) -> None:
    ledger.run("""
        tuition hold wallet school 60 -> ok
        enrolled capture tuition 18 -> ok
        undo void tuition -> ok
        balance wallet 82
        balance school 18
    """)
    assert state(ledger, "tuition") == ("captured", 18, 42)


def test_a_hold_nothing_was_captured_from_ends_as_voided_or_expired(ledger: Ledger) -> None:
    ledger.run("""
        first hold wallet school 60 -> ok
        second hold wallet school 40 until=2027-03-01 -> ok
        undo void first -> ok
        clock 2027-03-01
        lapse expire second -> ok
        balance wallet 100
        balance school 0
    """)
    assert state(ledger, "first") == ("voided", 0, 60)
    assert state(ledger, "second") == ("expired", 0, 40)


def test_a_hold_survives_the_expiry_of_the_account_it_was_made_on(ledger: Ledger) -> None:
    ledger.run("""
        tuition hold wallet school 60 -> ok
        clock 2027-07-01
        more post wallet school 1 -> account_expired
        lapse post wallet world 40 kind=expiry -> ok
        placed capture tuition 60 -> ok
        balance wallet 0
        balance school 60
    """)


def test_a_hold_can_be_opened_and_captured_in_one_journal(ledger: Ledger) -> None:
    ledger.run("""
        tuition hold wallet school 60 -> ok
        + enrolled capture tuition 20 -> ok
        + undo void tuition -> ok
        balance wallet 80
    """)


def test_a_refused_capture_takes_back_the_hold_opened_beside_it(ledger: Ledger) -> None:
    ledger.run("""
        tuition hold wallet school 60 -> linked_failed
        + enrolled capture tuition 61 -> exceeds_hold
        balance wallet 100
        placed capture tuition 60 -> unknown_hold
    """)


def test_the_same_hold_with_its_end_spelt_otherwise_is_the_same_request(ledger: Ledger) -> None:
    ledger.run("tuition hold wallet school 60 until=2027-03-01 -> ok")
    document = ledger.document_of("tuition hold wallet school 60 until=2027-03-01")
    document["items"][0]["expires_at"] = "2027-02-28T19:00:00-05:00"
    assert ledger.results([document]) == [["exists"]]
    document["items"][0]["expires_at"] = "2027-03-01T00:00:01+00:00"
    assert ledger.results([document]) == [["exists_with_different_content"]]
