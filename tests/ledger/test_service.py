"""The Python door to the books: journals in, answers out, and what can be read afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lmb.ledger import queries, service
from lmb.ledger.entries import Answer, Capture, HoldFor, Journal, Post
from lmb.ledger.queries import BooksSummary
from lmb.values.errors import RefusedError
from tests.ledger.books import START, Ledger

ACCOUNTS = """
    open world
    open wallet limit=debits<=credits
    open school
    grant post world wallet 100 code=grant -> ok
"""


@pytest.fixture
def ledger(db: None) -> Ledger:
    ledger = Ledger()
    ledger.run(ACCOUNTS)
    return ledger


def journal(ledger: Ledger, key: str, *amounts: int) -> Journal:
    posts = [Post(f"{key}{n}", "wallet", "school", cents, "fee") for n, cents in enumerate(amounts)]
    return Journal(key, "enrolment", "registrar", ledger.cause, posts)


def test_post_answers_each_item_with_its_transfer(ledger: Ledger) -> None:
    ((first, second),) = service.post(ledger.books, [journal(ledger, "a", 1, 2)])
    assert (first.key, first.result, first.stands) == ("a0", "ok", True)
    assert second.transfer is not None
    found = queries.movement(second.transfer)
    assert found is not None
    assert (found.debit, found.credit, found.amount_cents) == ("wallet", "school", 2)
    assert (found.journal_kind, found.actor, found.code) == ("enrolment", "registrar", "fee")
    assert found.instruction == ledger.cause.id
    assert found.determination is None
    ((again, _),) = service.post(ledger.books, [journal(ledger, "a", 1, 2)])
    assert again == Answer(ledger.cell, "a0", "exists")


def test_post_refuses_without_raising(ledger: Ledger) -> None:
    answers = service.post(ledger.books, [journal(ledger, "a", 1, 200), journal(ledger, "b", 1)])
    assert [[answer.result for answer in found] for found in answers] == [
        ["linked_failed", "exceeds_balance"],
        ["ok"],
    ]
    assert answers[0][1].transfer is None
    assert not answers[0][1].stands


def test_post_or_refuse_names_the_item_that_was_refused(ledger: Ledger) -> None:
    with pytest.raises(RefusedError, match="the books refused a1: exceeds balance"):
        service.post_or_refuse(ledger.books, [journal(ledger, "a", 1, 200, 1)])


def test_many_journals_travel_in_batches_and_are_answered_in_order(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "BATCH_ITEMS", 3)
    told = [journal(ledger, key, *amounts) for key, *amounts in _amounts()]
    answers = service.post(ledger.books, told)
    assert [len(found) for found in answers] == [len(entry.items) for entry in told]
    assert all(answer.result == "ok" for found in answers for answer in found)
    ledger.run("balance school 11")


def _amounts() -> list[tuple[str, *tuple[int, ...]]]:
    return [("a", 1, 1), ("b", 1, 1), ("c", 1), ("d", 1, 1, 1, 1, 1), ("e", 1)]


def test_movements_are_found_by_cause_account_journal_and_code(ledger: Ledger) -> None:
    service.post(ledger.books, [journal(ledger, "a", 1, 2)])
    everything = queries.movements(ledger.cell)
    assert [movement.amount_cents for movement in everything] == [100, 1, 2]
    assert queries.movements_because_of(ledger.cell, ledger.cause.id) == everything
    assert queries.movements_of_account(ledger.cell, "school") == everything[1:]
    assert queries.movements_of_journals(ledger.cell, [everything[0].journal]) == everything[:1]
    assert queries.movements(ledger.cell, code="grant") == everything[:1]
    assert queries.journal_cell(everything[0].journal) == ledger.cell
    assert queries.sums_cents(ledger.cell)["fee"] == 3
    assert queries.movement(ledger.cause.id) is None


def test_posted_before_counts_what_took_effect_before_a_moment(ledger: Ledger) -> None:
    ledger.run("""
        a post wallet school 30 effective=2026-07-01 -> ok
        b post wallet school 20 effective=2027-07-01 -> ok
        c hold wallet school 50 effective=2026-07-01 -> ok
        d post school wallet 5 effective=2026-08-01 -> ok
    """)

    def posted(year: int, month: int) -> int:
        at = datetime(year, month, 1, tzinfo=UTC)
        return queries.posted_before(ledger.cell, "wallet", at)

    assert posted(2026, 7) == 0
    assert posted(2026, 8) == -30
    assert posted(2026, 9) == -25
    assert queries.posted_before(ledger.cell, "wallet", START + timedelta(seconds=1)) == 75
    assert posted(2027, 8) == 55


def test_summary_counts_dollars_and_finds_no_unbalanced_account(ledger: Ledger) -> None:
    ledger.run("""
        open issuer unit=912828XX0
        open holder unit=912828XX0
        issue post issuer holder 5000 -> ok
        seat hold wallet school 40 -> ok
        a capture seat 15 final=yes -> ok
    """)
    assert queries.summary(ledger.cell) == BooksSummary(
        transfers=5, accounts=5, debits_cents=115, credits_cents=115, unbalanced_accounts=0
    )


def test_a_hold_is_captured_by_the_transfer_that_opened_it(ledger: Ledger) -> None:
    hold = HoldFor("seat", "wallet", "school", 40, "tuition")
    ((opened,),) = service.post(
        ledger.books, [Journal("accept", "offer", "person", ledger.cause, [hold])]
    )
    assert opened.transfer is not None
    capture = Capture("enrolled", opened.transfer, 15, "tuition", final=True)
    service.post_or_refuse(
        ledger.books, [Journal("enrol", "enrolment", "registrar", ledger.cause, [capture])]
    )
    ledger.run("balance wallet 85")
    assert [balance.code for balance in queries.balances(ledger.cell, kind="test", unit="USD")] == [
        "school",
        "wallet",
        "world",
    ]


def test_closing_the_books_refuses_what_would_take_effect_before(ledger: Ledger) -> None:
    service.close_through(ledger.books, START)
    ((answer,),) = service.post(ledger.books, [journal(ledger, "a", 1)])
    assert answer.result == "period_closed"
