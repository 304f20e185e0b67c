"""Raw SQL as the application role: the posting function keeps every promise by itself."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, DataError, IntegrityError, transaction

from tests.ledger.books import NOWHERE, Ledger, execute
from tests.ledger.invariants import broken

Document = dict[str, Any]


@pytest.fixture
def ledger(db: None) -> Ledger:
    ledger = Ledger()
    ledger.run("""
        open world
        open wallet limit=debits<=credits
        open school
        grant post world wallet 100 -> ok
    """)
    return ledger


def post(ledger: Ledger, *journals: Document) -> list[list[str]]:
    reply = execute(
        "SELECT ledger_post(%s, %s, %s)::text",
        [ledger.cell, ledger.clock.now(), json.dumps(journals)],
    )
    return [[item["result"] for item in entry["items"]] for entry in json.loads(reply)]


def a_journal(ledger: Ledger, cents: object = 10, **changes: object) -> Document:
    """A journal written by hand, as an attacker would; None leaves a part out."""
    told: Document = {
        "id": "00000000-0000-7000-8000-000000000001",
        "kind": "raid",
        "actor": "mallory",
        "instruction": str(ledger.cause.id),
        "items": [
            {
                "key": "raid",
                "kind": "post",
                "debit": "wallet",
                "credit": "school",
                "amount_cents": cents,
            }
        ],
        **changes,
    }
    return {name: value for name, value in told.items() if value is not None}


def test_a_journal_written_by_hand_passes_when_it_is_sound(ledger: Ledger) -> None:
    assert post(ledger, a_journal(ledger)) == [["ok"]]
    ledger.run("balance wallet 90")


@pytest.mark.parametrize(
    ("changes", "result"),
    [
        ({"instruction": None}, "no_cause"),
        ({"determination": str(NOWHERE)}, "no_cause"),
        ({"instruction": None, "determination": str(NOWHERE)}, "unknown_cause"),
        ({"instruction": str(NOWHERE)}, "unknown_cause"),
        ({"actor": None}, "no_cause"),
        ({"actor": ""}, "no_cause"),
    ],
)
def test_nothing_moves_without_a_cause_and_an_actor(
    ledger: Ledger, changes: Document, result: str
) -> None:
    assert post(ledger, a_journal(ledger, **changes)) == [[result]]
    ledger.run("balance wallet 100")


@pytest.mark.parametrize("cents", [-10, 0, 0.5, "10", [10], None, {"cents": 10}])
def test_amounts_that_are_none_move_nothing(ledger: Ledger, cents: object) -> None:
    assert post(ledger, a_journal(ledger, cents)) == [["invalid_amount"]]
    ledger.run("balance wallet 100")


def test_nobody_overdraws_by_splitting_a_sum(ledger: Ledger) -> None:
    journal = a_journal(ledger)
    (item,) = journal["items"]
    journal["items"] = [{**item, "key": f"part {n}", "amount_cents": 30} for n in range(4)]
    assert post(ledger, journal) == [["linked_failed"] * 3 + ["exceeds_balance"]]
    ledger.run("balance wallet 100")


def test_nothing_is_posted_twice_under_other_names(ledger: Ledger) -> None:
    assert post(ledger, a_journal(ledger), a_journal(ledger)) == [["ok"], ["exists"]]
    renamed = a_journal(ledger, id="00000000-0000-7000-8000-000000000003")
    assert post(ledger, renamed) == [["exists"]]
    ledger.run("balance wallet 90")


@pytest.mark.parametrize("changes", [{"id": None}, {"kind": None}, {"id": "no identifier"}])
def test_a_journal_that_is_no_journal_is_an_error(ledger: Ledger, changes: Document) -> None:
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        post(ledger, a_journal(ledger, **changes))
    assert broken(ledger.cell) == []


@pytest.mark.parametrize(
    "journals", ["null", "{}", '"journal"', "[1]", "[null]", "[{}]", '[{"items": {}}]']
)
def test_a_batch_that_is_no_batch_moves_nothing(ledger: Ledger, journals: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        execute("SELECT ledger_post(%s, %s, %s)", [ledger.cell, ledger.clock.now(), journals])
    assert broken(ledger.cell) == []
    ledger.run("balance wallet 100")


def file_a_determination(ledger: Ledger, **changes: object) -> UUID:
    """Insert a determination as the application role may."""
    content = {"rule": "r", "rule_version": "1", "subject": "s", "inputs_count": 1}
    row = {
        "cell": ledger.cell,
        "id": UUID(int=42),
        "rule": "r",
        "rule_version": "1",
        "subject": "s",
        "content": json.dumps(content),
        "supersedes": None,
        "actor": "mallory",
        "recorded_at": ledger.clock.now(),
        **changes,
    }
    columns = ", ".join(row)
    marks = ", ".join("%s" for _ in row)
    execute(
        f"INSERT INTO rules_determination ({columns}, sha256) VALUES ({marks},"
        " encode(sha256(convert_to(%s, 'UTF8')), 'hex'))",
        [*row.values(), changes.get("hashed", row["content"])],
    )
    return UUID(int=42)


def file_an_input(ledger: Ledger, position: int) -> None:
    execute(
        "INSERT INTO rules_determination_input"
        " (cell, determination, position, kind, input, sha256) VALUES (%s, %s, %s, 'k', %s, '')",
        [ledger.cell, UUID(int=42), position, UUID(int=position + 50)],
    )


def test_a_determination_on_file_is_a_cause(ledger: Ledger) -> None:
    identifier = str(file_a_determination(ledger))
    assert post(ledger, a_journal(ledger, instruction=None, determination=identifier)) == [["ok"]]


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"content": "{}"}, "columns_are_of_content"),
        ({"rule": "another"}, "columns_are_of_content"),
        ({"rule_version": "2"}, "columns_are_of_content"),
        ({"subject": "somebody else's"}, "columns_are_of_content"),
        ({"supersedes": UUID(int=42)}, "columns_are_of_content"),
        ({"actor": ""}, "names_its_actor"),
    ],
)
def test_a_determination_is_filed_under_what_it_says(
    ledger: Ledger, changes: Document, constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        file_a_determination(ledger, **changes)


def test_a_determination_has_the_inputs_it_counts(ledger: Ledger) -> None:
    file_a_determination(ledger)
    file_an_input(ledger, 0)
    for position in (1, -1):
        with pytest.raises(IntegrityError, match="no more inputs"), transaction.atomic():
            file_an_input(ledger, position)
