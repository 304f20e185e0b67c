"""What the books answer to a request, as a little ledger each."""

from __future__ import annotations

import pytest

from tests.ledger.books import Ledger, parse

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


def test_ok_moves_the_amount_from_debit_to_credit(ledger: Ledger) -> None:
    ledger.run("""
        tuition post wallet school 30 -> ok
        balance world -100
        balance wallet 70
        balance school 30
    """)


def test_exists_answers_the_same_request_again_and_moves_nothing(ledger: Ledger) -> None:
    ledger.run("""
        tuition post wallet school 30 -> ok
        clock 2027-02-01
        tuition post wallet school 30 -> exists
        balance wallet 70
    """)


@pytest.mark.parametrize(
    "line",
    [
        "tuition post wallet school 31",
        "tuition post wallet world 30",
        "tuition post world school 30",
        "tuition hold wallet school 30",
        "tuition post wallet school 30 code=other",
        "tuition post wallet school 30 kind=other",
        "tuition post wallet school 30 actor=another",
        "tuition post wallet school 30 effective=2026-12-31",
        "tuition post wallet school 30 cause=unknown",
    ],
)
def test_exists_with_different_content_moves_nothing(ledger: Ledger, line: str) -> None:
    ledger.run(f"""
        tuition post wallet school 30 -> ok
        {line} -> exists_with_different_content
        balance wallet 70
        tuition post wallet school 30 -> exists
    """)


def test_hold_closed_after_it_was_used_up_or_voided(ledger: Ledger) -> None:
    ledger.run("""
        first hold wallet school 10 -> ok
        whole capture first 10 -> ok
        again capture first 1 -> hold_closed
        undo void first -> hold_closed
        second hold wallet school 10 -> ok
        let-go void second -> ok
        late capture second 1 -> hold_closed
        twice void second -> hold_closed
        lapse expire second -> hold_closed
    """)


def test_hold_expired_from_the_moment_on_at_which_it_ends(ledger: Ledger) -> None:
    ledger.run("""
        seat hold wallet school 10 until=2027-03-01 -> ok
        clock 2027-02-28T23:59:59
        in-time capture seat 4 -> ok
        clock 2027-03-01
        late capture seat 4 -> hold_expired
        lapse expire seat -> ok
        balance wallet 96
        later capture seat 4 -> hold_expired
        undo void seat -> hold_expired
        twice expire seat -> hold_expired
    """)


def test_hold_not_expired_while_its_time_has_not_come(ledger: Ledger) -> None:
    ledger.run("""
        seat hold wallet school 10 until=2027-03-01 -> ok
        endless hold wallet school 10 -> ok
        early expire seat -> hold_not_expired
        never expire endless -> hold_not_expired
        balance wallet 100 out=20
    """)


def test_a_hold_past_its_time_can_still_be_voided(ledger: Ledger) -> None:
    ledger.run("""
        seat hold wallet school 10 until=2027-03-01 -> ok
        clock 2027-04-01
        undo void seat -> ok
        balance wallet 100
    """)


def test_exceeds_hold_takes_nothing(ledger: Ledger) -> None:
    ledger.run("""
        seat hold wallet school 10 -> ok
        some capture seat 7 -> ok
        more capture seat 4 -> exceeds_hold
        balance wallet 93 out=3
    """)


@pytest.mark.parametrize(
    "amount", ["0", "-1", "9223372036854775808", "1.5", '"10"', "true", "null", "1" + "0" * 400]
)
def test_invalid_amount(ledger: Ledger, amount: str) -> None:
    ledger.run(f"""
        seat hold wallet school 10 -> ok
        a post world wallet {amount} -> invalid_amount
        b hold world wallet {amount} -> invalid_amount
        c capture seat {amount} -> invalid_amount
        balance wallet 100 out=10
    """)


def test_linked_failed_for_all_but_the_first_that_was_refused(ledger: Ledger) -> None:
    ledger.run("""
        a post wallet school 40 -> linked_failed
        + b post wallet school 70 -> exceeds_balance
        + c post wallet school 0 -> linked_failed
        balance wallet 100
    """)


def test_linked_failed_for_new_keys_beside_known_ones(ledger: Ledger) -> None:
    ledger.run("""
        a post wallet school 40 -> ok
        a post wallet school 40 -> exists
        + b post wallet school 1 -> linked_failed
        b post wallet school 1 -> ok
        balance wallet 59
    """)


def test_unknown_hold(ledger: Ledger) -> None:
    ledger.run("""
        a capture nothing 1 -> unknown_hold
        b void nothing -> unknown_hold
        c expire nothing -> unknown_hold
        d capture grant 1 -> unknown_hold
    """)


def test_unknown_kind(ledger: Ledger) -> None:
    document = ledger.document([parse("a post wallet school 1 -> ok")])
    document["items"] = [{"key": "a", "kind": "borrow"}, {"key": "b"}]
    ((first, second),) = ledger.post([document])
    assert (first["result"], second["result"]) == ("unknown_kind", "linked_failed")


@pytest.mark.parametrize("option", ["cause=none", "cause=both", "actor="])
def test_no_cause(ledger: Ledger, option: str) -> None:
    ledger.run(f"""
        a post wallet school 1 {option} -> no_cause
        + b post wallet school 1 -> linked_failed
    """)


def test_unknown_cause(ledger: Ledger) -> None:
    ledger.run("a post wallet school 1 cause=unknown -> unknown_cause")


def test_a_cause_of_another_cell_is_unknown(ledger: Ledger) -> None:
    other = Ledger("other")
    other.run(ACCOUNTS)
    other.cause = ledger.cause
    other.run("a post wallet school 1 -> unknown_cause")


def test_journal_exists_refuses_other_items_under_its_name(ledger: Ledger) -> None:
    ledger.run("""
        a post wallet school 1 journal=term -> ok
        b post wallet school 1 journal=term -> journal_exists
        + c post wallet school 1 -> linked_failed
    """)


def test_a_journal_is_reversed_once_and_only_if_it_is_there(ledger: Ledger) -> None:
    ledger.run("""
        a post wallet school 30 -> ok
        b post school wallet 30 reverses=nothing -> unknown_journal
        c post school wallet 30 reverses=a -> ok
        d post school wallet 30 reverses=a -> journal_reversed
        balance wallet 100
    """)
