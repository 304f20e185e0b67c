"""Files of orders: posted whole or not at all, every bad line named, and once however often."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from lmb.ledger import models, order_files, service
from lmb.ledger.entries import NewAccount
from lmb.ledger.order_files import Carried, post_all, post_readable, read_orders
from lmb.ledger.queries import instruction_on
from lmb.ledger.statements import books
from lmb.values.clock import SimulatedClock
from lmb.values.errors import InputError
from tests.ledger.books import NOWHERE, START, Ledger, execute
from tests.ledger.invariants import broken

ACCOUNTS = """
    open world
    open wallet limit=debits<=credits
    open school
    open euros unit=EUR
"""


@pytest.fixture
def ledger(db: None) -> Ledger:
    ledger = Ledger()
    ledger.run(ACCOUNTS)
    return ledger


def transfer(key: str, debit: str, credit: str, cents: object, **more: object) -> dict[str, Any]:
    between = {"debit": debit, "credit": credit, "amount_cents": cents}
    return {"key": key, "actor": "registrar", "code": "grant", **between, **more}


def item(key: str, kind: str, **more: object) -> dict[str, Any]:
    return {"key": key, "kind": kind, "code": "tuition", **more}


def journal(key: str, *items: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"key": key, "kind": "enrolment", "actor": "registrar", "items": list(items), **more}


def lines(*documents: object) -> bytes:
    return "\n".join(map(json.dumps, documents)).encode()


def post(ledger: Ledger, *documents: object) -> list[Carried]:
    return post_all(books(ledger.cell, SimulatedClock(START)), "orders.jsonl", lines(*documents))


def results(carried: list[Carried]) -> list[list[str]]:
    return [[answer.result for answer in each.answers] for each in carried]


def moved_by(carried: Carried) -> models.Journal:
    transfer = carried.answers[0].transfer
    assert transfer is not None
    return models.Journal.objects.get(id=models.Transfer.objects.get(id=transfer).journal)


def problems(ledger: Ledger, *documents: object) -> list[str]:
    with pytest.raises(InputError) as caught:
        post(ledger, *documents)
    return [str(problem) for problem in caught.value.problems]


def test_transfers_and_journals_are_posted_once_however_often(ledger: Ledger) -> None:
    orders = (
        transfer("grant", "world", "wallet", 500),
        journal(
            "enrolled",
            item("accept", "hold", debit="wallet", credit="school", amount_cents=300),
            item("fee", "post", debit="wallet", credit="school", amount_cents=50),
        ),
    )
    assert results(post(ledger, *orders)) == [["ok"], ["ok", "ok"]]
    assert ledger.balances() >= {"balance wallet 450 out=300", "balance school 50 in=300"}
    assert results(post(ledger, *orders)) == [["exists"], ["exists", "exists"]]
    assert ledger.balances() >= {"balance wallet 450 out=300", "balance school 50 in=300"}
    assert broken(ledger.cell) == []


def test_a_hold_is_used_by_the_identifier_that_opening_it_answered(ledger: Ledger) -> None:
    post(ledger, transfer("grant", "world", "wallet", 500))
    between = {"debit": "wallet", "credit": "school"}
    until = "2027-01-01"
    opened = post(
        ledger,
        journal("h1", item("h1", "hold", amount_cents=30, **between)),
        journal("h2", item("h2", "hold", amount_cents=20, **between)),
        journal("h3", item("h3", "hold", amount_cents=10, expires_at=until, **between)),
    )
    first, second, third = (str(each.answers[0].transfer) for each in opened)
    used = post(
        ledger,
        journal("c1", item("c1", "capture", hold=first, amount_cents=5)),
        journal("c2", item("c2", "capture", hold=first, amount_cents=6, final=True)),
        journal("v2", item("v2", "void", hold=second)),
        journal("e3", item("e3", "expire", hold=third)),
    )
    assert results(used) == [["ok"]] * 4
    assert "balance school 11" in ledger.balances()


def test_an_order_without_a_cause_is_its_own(ledger: Ledger) -> None:
    (carried,) = post(ledger, transfer("grant", "world", "wallet", 2**60))
    order = instruction_on(ledger.cell, "order", "grant")
    assert order is not None
    assert order.actor == "registrar"
    assert order.document["items"][0]["amount_cents"] == str(2**60)
    assert moved_by(carried).instruction == order.id


def test_an_order_may_name_its_cause_when_it_takes_effect_and_what_it_reverses(
    ledger: Ledger,
) -> None:
    cause = str(ledger.cause.id)
    (carried,) = post(
        ledger,
        transfer(
            "a", "world", "wallet", 5, instruction=cause, effective_at="2026-06-30", kind="late"
        ),
    )
    first = moved_by(carried)
    assert (first.instruction, first.kind) == (ledger.cause.id, "late")
    assert first.effective_at.isoformat() == "2026-06-30T00:00:00+00:00"
    post(ledger, transfer("b", "wallet", "world", 5, reverses=str(first.id)))
    assert models.Journal.objects.get(reverses=first.id).kind == "transfer"
    unknown = transfer("c", "world", "wallet", 5, determination=str(NOWHERE))
    assert problems(ledger, unknown) == [
        "orders.jsonl, row 1, key c: found unknown_cause, expected ok"
    ]


def test_in_real_books_an_order_is_known_again_at_another_time(db: None) -> None:
    execute("SELECT ledger_open_cell(7, 'real', false)")
    service.define_unit("USD", "dollars")
    present = SimulatedClock(START)
    kept = books(7, present)
    service.open_accounts(kept, [NewAccount(code, "test", "tester") for code in ("a", "b")])
    content = lines(transfer("k", "a", "b", 5))
    assert results(post_all(kept, "orders.jsonl", content)) == [["ok"]]
    present.move_to(START + timedelta(days=1))
    assert results(post_all(kept, "orders.jsonl", content)) == [["exists"]]
    assert broken(7) == []


def test_every_bad_line_is_reported_and_nothing_is_posted(ledger: Ledger) -> None:
    with pytest.raises(InputError) as caught:
        post_all(
            books(ledger.cell, SimulatedClock(START)),
            "orders.jsonl",
            b"nonsense\n\n"
            + lines(
                transfer("good", "world", "wallet", 10),
                transfer("a", "world", "wallet", 0),
                transfer("b", "wallet", "school", 11),
                transfer("c", "world", "nobody", 1),
                transfer("d", "world", "world", 1),
                transfer("e", "world", "euros", 1),
                transfer("f", "school", "wallet", 2**63 - 1),
                transfer("good", "world", "wallet", 11),
                journal("g", item("g1", "post", debit="world", credit="wallet", amount_cents=1.5)),
            ),
        )
    assert [(each.row, each.column, each.found) for each in caught.value.problems] == [
        (1, None, "no JSON (Expecting value: line 1 column 1 (char 0))"),
        (4, "amount_cents", "0"),
        (5, "key b", "exceeds_balance"),
        (6, "key c", "unknown_account"),
        (7, "key d", "same_account"),
        (8, "key e", "unit_mismatch"),
        (9, "key f", "overflow"),
        (10, "key good", "exists_with_different_content"),
        (11, "items[0].amount_cents", '"1.5"'),
    ]
    assert "nothing was written" in str(caught.value)
    assert not models.Transfer.objects.exists()
    assert not models.Refusal.objects.exists()
    assert instruction_on(ledger.cell, "order", "good") is None


def test_the_good_lines_are_posted_where_that_is_asked_for(ledger: Ledger) -> None:
    content = b"nonsense\n" + lines(
        transfer("a", "world", "wallet", 10),
        transfer("b", "wallet", "school", 11),
        transfer("c", "wallet", "school", 10),
    )
    for told in ("ok", "exists"):
        carried, found = post_readable(
            books(ledger.cell, SimulatedClock(START)), "orders.jsonl", content
        )
        assert results(carried) == [[told], ["exceeds_balance"], [told]]
        assert [(each.row, each.column) for each in found] == [(1, None), (3, "key b")]
        assert "balance school 10" in ledger.balances()
    assert broken(ledger.cell) == []


def test_a_journal_stands_or_falls_as_a_whole(ledger: Ledger) -> None:
    whole = journal(
        "j",
        item("a", "post", debit="world", credit="wallet", amount_cents=5),
        item("b", "post", debit="wallet", credit="school", amount_cents=6),
    )
    assert problems(ledger, whole) == [
        "orders.jsonl, row 1, key a: found linked_failed, expected ok",
        "orders.jsonl, row 1, key b: found exceeds_balance, expected ok",
    ]


POSTED = item("a", "post", debit="world", credit="wallet", amount_cents=5)


@pytest.mark.parametrize(
    ("document", "column"),
    [
        (transfer("a", "world", "wallet", 5, colour="red"), "colour"),
        (transfer("a", "world", "wallet", 2**63), "amount_cents"),
        (transfer("a", "world", "wallet", True), "amount_cents"),
        (transfer("", "world", "wallet", 5), "key"),
        (transfer("a", "world", "wallet", 5, effective_at="soon"), "effective_at"),
        (transfer("a", "world", "wallet", 5, instruction="why"), "instruction"),
        (
            transfer("a", "b", "c", 5, instruction=str(NOWHERE), determination=str(NOWHERE)),
            "determination",
        ),
        ({"key": "a", "actor": "b", "debit": "c", "credit": "d", "amount_cents": 1}, "code"),
        (journal("j", reverses=7), "items"),
        (journal("j", POSTED, POSTED), "items"),
        (journal("j", {**POSTED, "final": True}), "items[0].final"),
        (journal("j", POSTED, {**POSTED, "key": "b", "kind": "gift"}), "items[1].kind"),
        (journal("j", item("a", "void", hold="h1")), "items[0].hold"),
        (journal("j", 7), "items[0]"),  # type: ignore[arg-type]
        ({**journal("j", POSTED), "code": "x"}, "code"),
    ],
)
def test_a_line_of_another_shape_is_refused_by_name(document: object, column: str) -> None:
    orders, found = read_orders("orders.jsonl", lines(document))
    assert orders == []
    assert [(each.row, each.column) for each in found] == [(1, column)]


def test_no_more_problems_are_listed_than_anyone_would_read(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_files, "PROBLEMS_MAX", 2)
    assert problems(ledger, 1, 2, 3, 4)[2:] == [
        "orders.jsonl: found 2 more problems, expected none; these are not listed"
    ]
