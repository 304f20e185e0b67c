"""Whoever changes the books past their triggers is found out by the log; the log itself cannot
be changed without breaking with what it signed."""

from __future__ import annotations

import threading

import psycopg
import pytest
from django.db import connections

from lmb.ledger.service import Books
from lmb.proofs import queries
from lmb.proofs.books import posted_after
from lmb.proofs.errors import NotProvenError
from lmb.proofs.service import integrate, integrate_batch, issue_checkpoint
from lmb.values.errors import RefusedError
from tests.proofs.posting import START, open_books, pay_many
from tests.proofs.support import LOG

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def books(fresh_database: object) -> Books:
    """Books with 600 transfers, logged and signed."""
    opened = open_books()
    pay_many(opened, "many", 599)
    integrate(opened.cell)
    issue_checkpoint(opened.cell, [LOG], START)
    return opened


@pytest.fixture
def insider(owner_connection: psycopg.Connection) -> psycopg.Connection:
    """Someone with the owner's rights who has put the triggers to sleep."""
    tables = ["ledger_transfer", "ledger_journal", "ledger_instruction"]
    for table in [*tables, "proofs_leaf", "proofs_tile", "proofs_checkpoint"]:
        owner_connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    return owner_connection


def test_even_the_owner_only_adds_while_the_triggers_are_awake(
    books: Books, owner_connection: psycopg.Connection
) -> None:
    for statement in (
        "UPDATE proofs_leaf SET seq = 9",
        "DELETE FROM proofs_leaf",
        "TRUNCATE proofs_leaf CASCADE",
        "UPDATE proofs_tile SET level = 9",
        "DELETE FROM proofs_checkpoint",
        "UPDATE proofs_salt SET salt = sha256('')",
        "TRUNCATE proofs_salt",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation, match="insert-only"):
            owner_connection.execute(statement)


def test_a_changed_row_is_not_what_its_leaf_was_made_from(
    books: Books, insider: psycopg.Connection
) -> None:
    for seq, statement in (
        (71, "UPDATE ledger_transfer SET amount_cents = amount_cents + 1 WHERE seq = 71"),
        (72, "UPDATE ledger_transfer SET recorded_at = now() WHERE seq = 72"),
        (73, "UPDATE ledger_transfer SET effective_at = now() WHERE seq = 73"),
        (74, "UPDATE ledger_transfer SET debit = credit, credit = debit WHERE seq = 74"),
        (75, "UPDATE ledger_transfer SET code = 'bonus' WHERE seq = 75"),
        (76, "UPDATE ledger_journal SET actor = 'nobody' WHERE actor = 'desk'"),
        (
            1,
            """UPDATE ledger_instruction SET content = '{}',
               sha256 = encode(sha256(convert_to('{}', 'UTF8')), 'hex')""",
        ),
    ):
        transfer = posted_after(books.cell, seq - 1, 1)[0].movement.transfer
        if seq > 1:
            queries.receipt(transfer)
        insider.execute(statement)
        with pytest.raises(NotProvenError, match=f"transfer {transfer} is not what leaf {seq - 1}"):
            queries.receipt(transfer)


def test_a_missing_row_stops_the_log(books: Books, insider: psycopg.Connection) -> None:
    pay_many(books, "later", 3)
    insider.execute("DELETE FROM ledger_transfer WHERE seq = 602")
    with pytest.raises(NotProvenError, match="a gap after transfer 600"):
        integrate(books.cell)


def test_a_rewritten_tree_is_not_signed(books: Books, insider: psycopg.Connection) -> None:
    def not_signed() -> None:
        with pytest.raises(NotProvenError):
            issue_checkpoint(books.cell, [LOG], START)

    insider.execute("CREATE TABLE kept AS SELECT root FROM proofs_tile WHERE index = 1")
    insider.execute("UPDATE proofs_tile SET root = sha256(root) WHERE index = 1")
    not_signed()
    insider.execute("UPDATE proofs_tile SET root = (SELECT root FROM kept) WHERE index = 1")
    issue_checkpoint(books.cell, [LOG], START)
    insider.execute(
        "UPDATE proofs_leaf SET content = 'x', hash = sha256('\\x0078') WHERE index = 590"
    )
    not_signed()
    insider.execute("DELETE FROM proofs_salt; DELETE FROM proofs_leaf WHERE index > 589")
    not_signed()


def test_a_receipt_that_would_not_hold_is_not_given(
    books: Books, insider: psycopg.Connection
) -> None:
    insider.execute(
        "UPDATE proofs_tile SET hashes = overlay(hashes placing '\\x00' from 9) WHERE index = 1"
    )
    good, bad = (posted_after(books.cell, seq, 1)[0].movement.transfer for seq in (599, 257))
    queries.receipt(good)
    with pytest.raises(NotProvenError, match="leads to the hash"):
        queries.receipt(bad)


def test_a_destroyed_salt_closes_its_leaf_and_no_other(
    books: Books, owner_connection: psycopg.Connection
) -> None:
    first, second = (found.movement.transfer for found in posted_after(books.cell, 0, 2))
    owner_connection.execute("DELETE FROM proofs_salt WHERE index = 0")
    with pytest.raises(RefusedError, match="nobody can open"):
        queries.receipt(first)
    queries.receipt(second)
    issue_checkpoint(books.cell, [LOG], START)


def test_two_that_integrate_at_once_take_turns(books: Books) -> None:
    pay_many(books, "later", 200)
    appended: list[int] = []

    def work() -> None:
        try:
            while count := integrate_batch(books.cell, 20):
                appended.append(count)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert appended == [20] * 10
    assert queries.log_size(books.cell) == 800
