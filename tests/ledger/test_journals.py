"""Journals: linked ones stand or fall together, of another each item alone; all share a cause."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from lmb.ledger import queries, service
from lmb.ledger.batches import parameters
from lmb.ledger.entries import Journal, Post, transfer_id
from lmb.ledger.models import Account, Refusal, Transfer
from lmb.ledger.models import Journal as JournalRow
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


def post_apart(ledger: Ledger, *items: Post, key: str = "payments") -> list[str]:
    """What the books answer to the items of one journal that is not linked."""
    journal = Journal(key, "payment", "desk", ledger.cause, items, linked=False)
    (answers,) = service.post(ledger.books, [journal])
    return [answer.result for answer in answers]


def fee(key: str, cents: int, debit: str = "wallet") -> Post:
    return Post(key, debit, "school", cents, "fee")


def test_items_of_an_unlinked_journal_stand_alone_and_share_its_row(ledger: Ledger) -> None:
    told = [fee("a", 60), fee("b", 60), fee("c", 30), fee("d", 5, "nobody"), fee("e", 10)]
    assert post_apart(ledger, *told) == ["ok", "exceeds_balance", "ok", "unknown_account", "ok"]
    row = JournalRow.objects.get(cell=ledger.cell, kind="payment")
    assert (row.linked, row.seq_first, row.seq_last) == (False, 2, 4)
    posted = queries.movements_of_journals(ledger.cell, [row.id])
    assert [(each.seq, each.amount_cents) for each in posted] == [(2, 60), (3, 30), (4, 10)]
    assert queries.movements_because_of(ledger.cell, ledger.cause.id)[1:] == posted
    assert broken(ledger.cell) == []


def test_an_unlinked_journal_that_is_repeated_answers_each_item_from_memory(
    ledger: Ledger,
) -> None:
    told = [fee("a", 60), fee("b", 60)]
    assert post_apart(ledger, *told) == ["ok", "exceeds_balance"]
    assert post_apart(ledger, *told) == ["exists", "exceeds_balance"]
    assert post_apart(ledger, fee("a", 61)) == ["exists_with_different_content"]


def test_a_key_twice_in_an_unlinked_journal_moves_once(ledger: Ledger) -> None:
    assert post_apart(ledger, fee("a", 1), fee("a", 1), fee("a", 2)) == [
        "ok",
        "exists",
        "exists_with_different_content",
    ]
    ledger.run("balance wallet 99")


def test_an_unlinked_journal_of_which_nothing_stands_leaves_no_row(ledger: Ledger) -> None:
    assert post_apart(ledger, fee("a", 101), fee("b", 0)) == ["exceeds_balance", "invalid_amount"]
    assert not JournalRow.objects.filter(cell=ledger.cell, kind="payment").exists()
    assert Refusal.objects.filter(cell=ledger.cell).count() == 2


def test_a_refusal_says_what_was_asked(ledger: Ledger) -> None:
    post_apart(ledger, fee("a", 101))
    asked = Refusal.objects.get(cell=ledger.cell, id=transfer_id(ledger.cell, "a")).asked
    assert (asked["debit"], asked["credit"], asked["amount"]) == ("wallet", "school", 101)


@pytest.mark.parametrize("key", ["a", "k,1", 'say "yes"', "back\\slash", "{}", "NULL", "ñandú 1"])
def test_a_key_may_be_any_text_and_names_its_transfer(ledger: Ledger, key: str) -> None:
    assert post_apart(ledger, fee(key, 1), fee(key + "!", 1)) == ["ok", "ok"]
    identifier = transfer_id(ledger.cell, key)
    assert identifier.version == 8
    assert Transfer.objects.filter(cell=ledger.cell, id=identifier).exists()
    assert execute("SELECT ledger_transfer_id(%s, %s)", [ledger.cell, key]) == identifier


def test_a_text_with_the_separator_of_names_is_no_key(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match=r"U\+001F"):
        parameters([Journal("j", "k", "a", ledger.cause, [fee("a\x1fb", 1)])], 1, START)


def test_an_account_s_history_is_a_chain_from_its_end(ledger: Ledger) -> None:
    post_apart(ledger, *(fee(f"k{n}", 1) for n in range(5)))
    account = Account.objects.get(cell=ledger.cell, code="wallet")
    entries = queries.entries_back(account, account.seq_last)
    assert [entry.seq for entry in entries] == [6, 5, 4, 3, 2, 1]
    assert [entry.seq for entry in queries.entries_back(account, 6, below=4, limit=2)] == [3, 2]
    assert queries.entries_back(account, 0) == []


def test_refusals_are_kept_for_13_months_and_may_then_be_forgotten(ledger: Ledger) -> None:
    def forgotten() -> int:
        return int(str(execute("SELECT ledger_forget_refusals(%s, 10)", [ledger.cell])))

    ledger.run("no post wallet school 101 -> exceeds_balance")
    for days, expected in ((300, 0), (100, 1)):
        ledger.clock.move_to(ledger.clock.now() + timedelta(days=days))
        ledger.run(f"day-{days} post world school 1 -> ok")
        assert forgotten() == expected
    ledger.run("no post wallet school 100 -> ok")


def test_a_young_refusal_is_kept_from_its_own_tables_owner(ledger: Ledger) -> None:
    ledger.run("no post wallet school 101 -> exceeds_balance")
    with pytest.raises(DatabaseError), transaction.atomic():
        execute("DELETE FROM ledger_refusal RETURNING 1")
    assert queries.movement(UUID(int=0)) is None
