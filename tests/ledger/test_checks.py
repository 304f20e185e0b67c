"""Each check names what breaks when someone with the owner's rights changes a row behind the
books' back."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from pytest_django.plugin import DjangoDbBlocker

from lmb.ledger.checks import CHECKS, findings
from lmb.ledger.findings import FINDINGS_MAX, Finding
from tests.ledger.books import NOWHERE, Ledger

SOUND = """
    open world
    open fund    limit=debits<=credits fund=bond-a purpose=training
    open wallet  limit=debits<=credits fund=bond-a purpose=training
    open other   fund=bond-b
    open loan    limit=credits<=debits
    open school
    open face    unit=912828XX0
    s1 post    world  fund   100 -> ok
    + s2 post  fund   wallet  50 -> ok
    s3 post    loan   school  40 -> ok
    clock 2027-01-02
    h1 hold    wallet school  20 until=2027-03-01 -> ok
    c1 capture h1 5 -> ok
    clock 2027-01-03
    c2 capture h1 5 final=yes -> ok
    h2 hold    fund   school  10 -> ok
    no post    wallet school 999 -> exceeds_balance
"""
ACCOUNT = "(SELECT id FROM ledger_account WHERE code = '{}')"
DROP = "ALTER TABLE {} DROP CONSTRAINT {}"

TAMPERINGS = [
    (
        "units_sum_to_zero",
        "unit USD",
        ["UPDATE ledger_account SET posted_credit_cents = 51 WHERE code = 'school'"],
    ),
    (
        "units_sum_to_zero",
        "unit 912828XX0",
        ["UPDATE ledger_account SET held_debit_cents = 1 WHERE code = 'face'"],
    ),
    (
        "accounts_keep_their_limits",
        "account wallet",
        [
            DROP.format("ledger_account", "ledger_account_is_not_overdrawn"),
            "UPDATE ledger_account SET posted_debit_cents = 51 WHERE code = 'wallet'",
        ],
    ),
    (
        "accounts_keep_their_limits",
        "account loan",
        [
            DROP.format("ledger_account", "ledger_account_is_not_overpaid"),
            "UPDATE ledger_account SET held_credit_cents = 41 WHERE code = 'loan'",
        ],
    ),
    (
        "accounts_show_what_their_transfers_did",
        "account school",
        [
            "UPDATE ledger_account SET posted_debit_cents = posted_debit_cents + 1,"
            " posted_credit_cents = posted_credit_cents + 1 WHERE code = 'school'"
        ],
    ),
    (
        "accounts_show_what_their_transfers_did",
        "account fund",
        ["UPDATE ledger_transfer SET amount_cents = 101 WHERE seq = 1"],
    ),
    (
        "balances_follow_one_another",
        "transfer 2",
        ["UPDATE ledger_transfer SET debit_balance_after_cents = 51 WHERE seq = 2"],
    ),
    (
        "balances_follow_one_another",
        "transfer 1",
        ["UPDATE ledger_transfer SET credit_balance_after_cents = 99 WHERE seq = 1"],
    ),
    ("sequence_has_no_gaps", "transfer 4", ["DELETE FROM ledger_transfer WHERE seq = 3"]),
    ("sequence_has_no_gaps", "cell scratch", ["UPDATE ledger_cell SET seq_last = 9"]),
    (
        "time_goes_on",
        "transfer 6",
        ["UPDATE ledger_transfer SET recorded_at = '2028-01-01Z' WHERE seq = 5"],
    ),
    (
        "time_goes_on",
        "transfer 3",
        ["UPDATE ledger_transfer SET effective_at = '2026-01-01Z' WHERE seq = 3"],
    ),
    ("time_goes_on", "cell scratch", ["UPDATE ledger_cell SET recorded_at_last = '2029-01-01Z'"]),
    (
        "holds_show_what_was_taken",
        "hold {h1}",
        ["UPDATE ledger_hold SET captured_cents = 11, released_cents = 9 WHERE id = '{h1}'"],
    ),
    (
        "holds_show_what_was_taken",
        "hold {h1}",
        ["UPDATE ledger_hold SET state = 'expired' WHERE id = '{h1}'"],
    ),
    (
        "holds_show_what_was_taken",
        "transfer 4",
        [f"UPDATE ledger_hold SET credit = {ACCOUNT.format('other')} WHERE id = '{{h1}}'"],
    ),
    (
        "transfers_refer_to_rows_on_file",
        "transfer 1",
        [f"UPDATE ledger_transfer SET debit = '{NOWHERE}' WHERE seq = 1"],
    ),
    (
        "transfers_refer_to_rows_on_file",
        "transfer 1",
        [f"UPDATE ledger_transfer SET credit = {ACCOUNT.format('face')} WHERE seq = 1"],
    ),
    (
        "transfers_refer_to_rows_on_file",
        "transfer 3",
        [f"UPDATE ledger_transfer SET journal = '{NOWHERE}' WHERE seq = 3"],
    ),
    (
        "transfers_refer_to_rows_on_file",
        "transfer 5",
        [f"UPDATE ledger_transfer SET hold = '{NOWHERE}' WHERE seq = 5"],
    ),
    (
        "journals_have_one_cause",
        "journal {s3}",
        [
            f"UPDATE ledger_journal SET instruction = '{NOWHERE}' WHERE id = '{{s3}}'",
        ],
    ),
    (
        "journals_have_one_cause",
        "journal {s3}",
        [
            DROP.format("ledger_journal", "ledger_journal_has_one_cause"),
            "UPDATE ledger_journal SET instruction = NULL WHERE id = '{s3}'",
        ],
    ),
    (
        "journals_have_one_cause",
        "journal {s3}",
        ["DELETE FROM ledger_transfer WHERE seq = 3"],
    ),
    (
        "instructions_keep_their_content",
        "instruction {why}",
        [
            DROP.format("ledger_instruction", "ledger_instruction_hash_is_of_content"),
            """UPDATE ledger_instruction SET content = '{{"amount": 9}}'""",
        ],
    ),
    (
        "keys_move_or_are_refused",
        "transfer 3",
        ["UPDATE ledger_refusal SET id = (SELECT id FROM ledger_transfer WHERE seq = 3)"],
    ),
    (
        "keys_move_or_are_refused",
        "transfer 4",
        ["UPDATE ledger_transfer SET id = gen_random_uuid() WHERE seq = 4"],
    ),
    (
        "balances_follow_one_another",
        "transfer 5",
        ["UPDATE ledger_transfer SET debit_seq_before = 2 WHERE seq = 5"],
    ),
    (
        "balances_follow_one_another",
        "account school",
        ["UPDATE ledger_account SET seq_last = 3 WHERE code = 'school'"],
    ),
    (
        "journals_have_one_cause",
        "journal {s3}",
        ["UPDATE ledger_journal SET seq_last = 4 WHERE id = '{s3}'"],
    ),
    (
        "money_keeps_its_fund_and_purpose",
        "transfer 2",
        ["UPDATE ledger_account SET fund = 'bond-b' WHERE code = 'wallet'"],
    ),
    (
        "money_keeps_its_fund_and_purpose",
        "transfer 2",
        ["UPDATE ledger_account SET purpose = NULL WHERE code = 'wallet'"],
    ),
    (
        "nothing_moves_after_its_end",
        "transfer 4",
        ["UPDATE ledger_account SET expires_at = '2027-01-02Z' WHERE code = 'wallet'"],
    ),
    (
        "nothing_moves_after_its_end",
        "transfer 6",
        ["UPDATE ledger_hold SET expires_at = '2027-01-03Z' WHERE id = '{h1}'"],
    ),
]


@pytest.fixture
def ledger(
    owner_connection: psycopg.Connection, django_db_blocker: DjangoDbBlocker
) -> Iterator[Ledger]:
    """Sound books that are committed, and no trigger of the books in the way of their owner."""
    with django_db_blocker.unblock():
        ledger = Ledger()
        ledger.run(SOUND)
        tables = owner_connection.execute(
            "SELECT tablename FROM pg_tables WHERE tablename LIKE 'ledger_%'"
        ).fetchall()
        for (table,) in tables:
            owner_connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        yield ledger


def test_books_that_were_only_posted_to_are_sound(db: None) -> None:
    ledger = Ledger()
    ledger.run(SOUND)
    assert list(findings(ledger.cell)) == []


@pytest.mark.usefixtures("fresh_database")
@pytest.mark.parametrize(("check", "subject", "statements"), TAMPERINGS)
def test_what_was_changed_is_named(
    ledger: Ledger,
    owner_connection: psycopg.Connection,
    check: str,
    subject: str,
    statements: list[str],
) -> None:
    names = {
        "h1": ledger.hold("h1"),
        "s3": ledger.identifier("journal", "s3"),
        "why": ledger.cause.id,
    }
    for statement in statements:
        owner_connection.execute(statement.format(**names).encode())
    found = list(findings(ledger.cell))
    assert (check, subject.format(**names)) in {(each.check, each.subject) for each in found}
    assert all(each.message for each in found)


@pytest.mark.usefixtures("fresh_database")
def test_a_changed_amount_is_told_once_and_not_for_all_that_follows(
    ledger: Ledger, owner_connection: psycopg.Connection
) -> None:
    owner_connection.execute("UPDATE ledger_transfer SET amount_cents = 39 WHERE seq = 3")
    assert set(findings(ledger.cell)) == {
        Finding(
            "accounts_show_what_their_transfers_did",
            f"account {code}",
            f"shows debits, credits, held debits, held credits {shown}; its transfers {found}",
        )
        for code, shown, found in (
            ("loan", "40, 0, 0, 0", "39, 0, 0, 0"),
            ("school", "0, 50, 0, 10", "0, 49, 0, 10"),
        )
    } | {
        Finding(
            "balances_follow_one_another",
            "transfer 3",
            f"leaves {code} with {shown} where {found} follows from the one before",
        )
        for code, shown, found in (("loan", -40, -39), ("school", 40, 39))
    }


def test_every_check_has_such_a_test_and_says_what_it_promises() -> None:
    assert {check.__name__ for check in CHECKS} == {check for check, _, _ in TAMPERINGS}
    assert all(check.__doc__ for check in CHECKS)


@pytest.mark.usefixtures("fresh_database")
def test_no_more_is_told_than_anyone_would_read(
    ledger: Ledger, owner_connection: psycopg.Connection
) -> None:
    owner_connection.execute(
        "INSERT INTO ledger_instruction SELECT cell, gen_random_uuid(), kind, 'more ' || n,"
        " content, sha256, actor, recorded_at FROM ledger_instruction, generate_series(1, 2000) n"
    )
    owner_connection.execute(
        DROP.format("ledger_instruction", "ledger_instruction_hash_is_of_content").encode()
    )
    owner_connection.execute("UPDATE ledger_instruction SET content = '{\"amount\": 9}'")
    assert len(list(findings(ledger.cell))) == FINDINGS_MAX
