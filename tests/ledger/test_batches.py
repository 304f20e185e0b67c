"""Batches: one answer per item, neighbours that stand alone, and a history without gaps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, DataError, IntegrityError, transaction

from lmb.ledger.models import Cell, Hold, Journal, Refusal, Transfer
from tests.ledger.books import START, Ledger, execute
from tests.ledger.invariants import broken

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


def rows(cell: int) -> list[int]:
    """How much is on file: journals, transfers, holds, answers."""
    tables = (Journal, Transfer, Hold, Refusal)
    return [table.objects.filter(cell=cell).count() for table in tables]


def sequence(cell: int) -> list[int]:
    found = Transfer.objects.filter(cell=cell).order_by("seq").values_list("seq", flat=True)
    return list(found)


def test_journals_of_a_batch_stand_alone(ledger: Ledger) -> None:
    ledger.run_at_once("""
        a post wallet school 60 -> ok
        b post wallet school 60 -> exceeds_balance
        + c post world school 1 -> linked_failed
        d post wallet school 40 -> ok
        a post wallet school 60 -> exists
        e post wallet school 1 -> exceeds_balance
    """)
    ledger.run("balance wallet 0")
    assert broken(ledger.cell) == []


def test_a_refused_journal_leaves_nothing_but_its_answers(ledger: Ledger) -> None:
    before = rows(ledger.cell)
    ledger.run("""
        a post wallet school 60 -> linked_failed
        + b hold wallet school 40 -> linked_failed
        + c post wallet school 1 -> exceeds_balance
    """)
    journals, transfers, holds, answers = before
    assert rows(ledger.cell) == [journals, transfers, holds, answers + 3]


def test_a_refused_key_stays_refused_when_it_would_pass_today(ledger: Ledger) -> None:
    ledger.run("""
        a post wallet school 150 -> exceeds_balance
        b post wallet nobody 1 -> unknown_account
        + c post wallet school 1 -> linked_failed
        more post world wallet 100 -> ok
        open nobody
        clock 2027-06-01
        a post wallet school 150 -> exceeds_balance
        b post wallet nobody 1 -> unknown_account
        c post wallet school 1 -> linked_failed
        c post wallet school 2 -> exists_with_different_content
        d post wallet school 150 -> ok
    """)


def test_sequence_has_no_gaps_after_refusals_and_exceptions(ledger: Ledger) -> None:
    ledger.run_at_once("""
        a post wallet school 10 -> ok
        b post world school 1 -> linked_failed
        + b2 post wallet school 500 -> exceeds_balance
        c hold wallet school 10 -> ok
        d capture c 4 final=yes -> ok
    """)
    with pytest.raises(DataError), transaction.atomic():
        ledger.post([ledger.document_of("e post wallet school 1"), {"items": [{"no": "key"}]}])
    ledger.run("f post wallet school 1 -> ok")
    assert sequence(ledger.cell) == [1, 2, 3, 4, 5, 6]
    assert Cell.objects.get(id=ledger.cell).seq_last == 6


def without_key(items: list[dict[str, Any]]) -> None:
    del items[1]["key"]


def with_empty_items(items: list[dict[str, Any]]) -> None:
    items.clear()


def with_one_key_twice(items: list[dict[str, Any]]) -> None:
    items[1]["key"] = items[0]["key"]


@pytest.mark.parametrize("spoil", [without_key, with_empty_items, with_one_key_twice])
def test_a_journal_whose_items_have_no_keys_of_their_own_is_refused_whole(
    ledger: Ledger, spoil: Any
) -> None:
    document = ledger.document_of("a post wallet school 1", "+ b post wallet school 1")
    spoil(document["items"])
    before = rows(ledger.cell)
    with pytest.raises(DataError, match="each with a key of its own"), transaction.atomic():
        ledger.post([document])
    assert rows(ledger.cell) == before


def test_a_journal_without_items_is_refused_among_sound_ones(ledger: Ledger) -> None:
    documents = [ledger.document_of(f"k{n} post world school 1") for n in range(6)]
    documents[3]["items"] = []
    with pytest.raises(DataError, match="each with a key of its own"), transaction.atomic():
        ledger.post(documents)
    assert broken(ledger.cell) == []


def test_an_amount_as_text_is_refused_among_sound_ones(ledger: Ledger) -> None:
    ledger.run_at_once("""
        a post world school 1 -> ok
        b post world school 1 -> ok
        c post world school "10" -> invalid_amount
        d post world school 1 -> ok
        e post world school 1 -> ok
    """)
    ledger.run("balance school 4")


def test_a_batch_has_at_most_8190_items(ledger: Ledger) -> None:
    lines = [f"+ k{number} post world school 1" for number in range(8191)]
    with (
        pytest.raises(DatabaseError, match="this one 8191"),
        transaction.atomic(),
    ):
        ledger.post([ledger.document_of(*lines)])
    half = ledger.document_of(*lines[:4096])
    with pytest.raises(DatabaseError, match="at most 8,190"), transaction.atomic():
        ledger.post([half, half])
    assert sequence(ledger.cell) == [1]


def test_a_batch_of_8190_items_is_taken(ledger: Ledger) -> None:
    # Refused at its first item, so that it is quick.
    lines = ["a post world school 0", *(f"+ k{n} post world school 1" for n in range(8189))]
    answers = ledger.results([ledger.document_of(*lines)])
    assert answers == [["invalid_amount", *["linked_failed"] * 8189]]


def test_a_call_opens_at_most_8190_accounts(ledger: Ledger) -> None:
    with pytest.raises(DatabaseError, match="at most 8,190 accounts"), transaction.atomic():
        execute(
            "SELECT ledger_open_accounts(%s, %s, to_jsonb(array_fill(1, ARRAY[8191])))",
            [ledger.cell, START],
        )


def test_an_empty_batch_answers_nothing(ledger: Ledger) -> None:
    assert ledger.results([]) == []


def test_the_clock_of_a_simulated_cell_cannot_go_back(ledger: Ledger) -> None:
    ledger.run("""
        clock 2027-02-01
        a post wallet school 1 -> ok
    """)
    earlier = START + timedelta(days=30)
    with pytest.raises(DataError, match="cannot go back"), transaction.atomic():
        ledger.post([ledger.document_of("b post wallet school 1")], at=earlier)
    replayed = ledger.post([ledger.document_of("a post wallet school 1")], at=earlier)
    assert replayed[0][0]["result"] == "exists"
    with pytest.raises(DataError, match="must tell the time"), transaction.atomic():
        ledger.post([ledger.document_of("b post wallet school 1")], at=None)


def test_a_real_cell_tells_the_time_itself(db: None) -> None:
    execute("SELECT ledger_open_cell(1, 'real books', false)")
    with pytest.raises(DataError, match="must not tell the time"), transaction.atomic():
        execute("SELECT ledger_post(1, %s, '[]')", [START])
    assert execute("SELECT ledger_post(1, NULL, '[]')::text") == "[]"


def test_posting_needs_an_open_cell(db: None) -> None:
    with pytest.raises(DatabaseError, match="open the cell first"):
        execute("SELECT ledger_post(99, NULL, '[]')")


def test_cells_are_books_of_their_own(ledger: Ledger) -> None:
    other = Ledger("other")
    other.run("""
        open world
        a post world wallet 1 -> unknown_account
        open wallet
        grant post world wallet 7 -> ok
        balance wallet 7
    """)
    ledger.run("balance wallet 100")
    with pytest.raises(IntegrityError, match="taken by other books"):
        execute("SELECT ledger_open_cell(%s, 'other', true)", [ledger.cell])
