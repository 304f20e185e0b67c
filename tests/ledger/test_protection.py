"""What the database refuses its own owner: rewriting history, and books that cannot be true."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest
from psycopg import sql

from lmb.facts import service as facts
from lmb.people import queries as people_queries
from lmb.people import service as people
from lmb.rules import service as rules
from lmb.rules.determination import Decision, Input, determine
from lmb.rules.parameters import ParameterSet
from tests.ledger.books import START, Ledger
from tests.ledger.test_rights import ALLOWED, first_column

PARAMETERS = ParameterSet("r", "R", "1", date(2027, 1, 1), None, "a law", "", {})

# Everything is insert-only but these, whose sums and states move while their terms stay.
MOVING = {"ledger_account", "ledger_cell", "ledger_hold"}
# References are looked at before terms: these are known, so that the terms refuse the change.
KNOWN = """
    INSERT INTO ledger_unit (code, scale, description) VALUES ('EUR', 2, '');
    INSERT INTO ledger_purpose (code, description) VALUES ('p', '');
    INSERT INTO ledger_fund (code, description) VALUES ('f', '');
"""

TERMS_OF_ACCOUNTS = [
    "code = code || '!'",
    "kind = 'x'",
    "owner = 'x'",
    "unit = 'EUR'",
    "purpose = 'p'",
    "fund = 'f'",
    "limit_side = NULL",
    "expires_at = now()",
    "opened_at = now()",
    "id = gen_random_uuid()",
]
TERMS_OF_HOLDS = [
    "amount_cents = amount_cents + 1",
    "expires_at = now()",
    "debit = credit",
    "unit = 'EUR'",
    "id = gen_random_uuid()",
    "captured_cents = 0, released_cents = amount_cents, state = 'voided'",
]


@pytest.fixture
def owner(fresh_database: object, owner_connection: psycopg.Connection) -> psycopg.Connection:
    """The owner's connection to books that have a row in every table."""
    ledger = Ledger()
    ledger.run("""
        open world
        open wallet limit=debits<=credits purpose=training fund=bond-a expires=2028-01-01
        open school
        open loan limit=credits<=debits
        grant post world wallet 100 -> ok
        lend post loan school 100 -> ok
        seat hold wallet school 60 until=2027-06-01 -> ok
        enrolled capture seat 20 -> ok
        too-much post wallet school 999 -> exceeds_balance
    """)
    people.register(ledger.cell, [people.NewPerson("p1", "MD", "Baltimore")], START)
    person = people_queries.person_keys(ledger.cell, ["p1"])["p1"]
    day = date(2027, 1, 1)
    work = facts.NewWorkRecord(person, "employer", day, day, None, 100)
    facts.record_work(ledger.cell, [work], source="s", recorded_at=START)
    attested = facts.NewAttestation(person, "assigned", day, "treated")
    facts.attest(ledger.cell, [attested], source="s", recorded_at=START)
    inputs = [Input("person", person, {"reference": "p1"})]
    determination = determine(lambda *_: Decision({}, ()), PARAMETERS, "subject", inputs)
    rules.record(ledger.cell, determination, actor="tester", recorded_at=START)
    owner_connection.execute(HIRES_AND_WAGES)
    return owner_connection


HIRES_AND_WAGES = """
    INSERT INTO facts_hire SELECT cell, gen_random_uuid(), id, 'employer', '2027-01-01', NULL, 1500,
        's', NULL, now() FROM people_person;
    INSERT INTO facts_wage_load SELECT cell, '00000000-0000-7000-8000-0000000000a1', 'f', '00',
        'csv', 'ui', false, 'k', 2, 200, 1, 0, 1, 0, 0, 'desk', 'told', now() FROM people_person;
    INSERT INTO facts_wage SELECT l.cell, gen_random_uuid(), p.id, 'e', 20271, 100, 'ui', 1, l.id,
        NULL, now() FROM facts_wage_load l, people_person p;
    INSERT INTO facts_wage_set_aside SELECT l.cell, l.id, 1, 'unknown', p.id, 'e', 20271, 100, now()
        FROM facts_wage_load l, people_person p;
    INSERT INTO facts_wage_decision SELECT cell, load, "row", 'dropped', NULL, 'desk', 'twice',
        now() FROM facts_wage_set_aside;
    INSERT INTO facts_succession SELECT cell, gen_random_uuid(), 'old', 'new', 's', NULL, now()
        FROM people_person;
"""


def outcome(connection: psycopg.Connection, statement: sql.Composable | str) -> str:
    """Which error the owner meets, `done` for none; nothing is kept."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)  # type: ignore[arg-type]
    except psycopg.Error as error:
        return error.diag.constraint_name or type(error).__name__
    return "done"


def test_histories_refuse_change_by_their_owner(owner: psycopg.Connection) -> None:
    found, expected = {}, {}
    for table in ALLOWED:
        for operation in ("UPDATE {} SET {column} = {column}", "DELETE FROM {}", "TRUNCATE {}"):
            statement = sql.SQL(operation + (" CASCADE" if operation == "TRUNCATE {}" else ""))
            column = sql.Identifier(first_column(owner, table))
            verb = operation.split()[0]
            found[table, verb] = outcome(
                owner, statement.format(sql.Identifier(table), column=column)
            )
            moves = table in MOVING and verb == "UPDATE"
            expected[table, verb] = "done" if moves else "RestrictViolation"
    assert found == expected


def test_accounts_and_holds_keep_their_terms(owner: psycopg.Connection) -> None:
    statements = [
        *(f"UPDATE ledger_account SET {change}" for change in TERMS_OF_ACCOUNTS),
        *(f"UPDATE ledger_hold SET {change}" for change in TERMS_OF_HOLDS),
    ]
    owner.execute(KNOWN)
    found = {statement: outcome(owner, statement) for statement in statements}
    assert found == dict.fromkeys(statements, "RestrictViolation")


def test_a_closed_hold_stays_closed(owner: psycopg.Connection) -> None:
    owner.execute(
        "UPDATE ledger_hold SET released_cents = amount_cents - captured_cents, state = 'captured'"
    )
    assert outcome(owner, "UPDATE ledger_hold SET state = 'voided'") == "RestrictViolation"


NEXT = 5
"""The number of the next transfer."""
NOBODY = "00000000-0000-7000-8000-00000000dead"


def copied(table: str, changes: str = "'id', gen_random_uuid()") -> str:
    """Insert a row of a table once more, with some columns changed."""
    return (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(t, jsonb_build_object({changes}))).*"
        f" FROM {table} t LIMIT 1"
    )


def a_transfer(changes: str) -> str:
    """Insert the first transfer once more, as the next of its cell."""
    return (
        "INSERT INTO ledger_transfer SELECT (jsonb_populate_record(t, jsonb_build_object("
        f"'id', gen_random_uuid(), 'seq', {NEXT}) || jsonb_build_object({changes}))).*"
        " FROM ledger_transfer t WHERE seq = 1"
    )


def a_journal(changes: str) -> str:
    return copied("ledger_journal", f"'id', gen_random_uuid(), {changes}")


def a_hold(changes: str) -> str:
    return copied("ledger_hold", f"'id', gen_random_uuid(), {changes}")


def an_account(code: str, changes: str) -> str:
    return f"UPDATE ledger_account SET {changes} WHERE code = '{code}'"


def an_opened_account(changes: str) -> str:
    return copied("ledger_account", f"'id', gen_random_uuid(), 'code', 'new', {changes}")


def a_work_record(changes: str) -> str:
    return copied("facts_work_record", f"'id', gen_random_uuid(), 'employer', 'new', {changes}")


def an_attestation(changes: str) -> str:
    return copied("facts_attestation", f"'id', gen_random_uuid(), 'kind', 'accepted', {changes}")


SOUND = [
    an_opened_account("'kind', 'copy'"),
    a_work_record("'earnings_cents', 0"),
    an_attestation("'value', ''"),
    a_transfer(""),
    a_journal("'kind', 'copy'"),
    a_hold("'state', 'open'"),
    an_account("wallet", "posted_debit_cents = 60"),
    copied("ledger_instruction", "'id', gen_random_uuid(), 'subject', 'x'"),
]

# What cannot be true, and the constraint that says so.
REFUSED = {
    an_account("wallet", "posted_debit_cents = 61"): "ledger_account_is_not_overdrawn",
    an_account("wallet", "held_debit_cents = 81"): "ledger_account_is_not_overdrawn",
    an_account("loan", "posted_credit_cents = 101"): "ledger_account_is_not_overpaid",
    an_account("loan", "held_credit_cents = 101"): "ledger_account_is_not_overpaid",
    an_account("world", "held_debit_cents = -1"): "ledger_account_sums_are_not_negative",
    an_account("world", "state = 'gone'"): "ledger_account_state_is_known",
    an_opened_account("'cell', 99"): "ledger_account_cell",
    an_opened_account("'unit', 'gold'"): "ledger_account_unit",
    an_opened_account("'fund', 'thin air'"): "ledger_account_fund",
    an_opened_account("'purpose', 'fun'"): "ledger_account_purpose",
    an_opened_account("'limit_side', 'none'"): "ledger_account_limit_side_is_known",
    an_opened_account("'expires_at', 'infinity'"): "ledger_account_moments_are_readable",
    "UPDATE ledger_cell SET closed_through = 'infinity'": "ledger_cell_moments_are_readable",
    a_transfer("'seq', 1"): "ledger_transfer_seq",
    a_transfer("'seq', 99"): "ledger_transfer_follows_the_last",
    a_transfer("'recorded_at', '2026-12-31Z'"): "ledger_transfer_follows_the_last",
    a_transfer("'debit_seq_before', 5"): "ledger_transfer_follows_on_both_sides",
    a_transfer("'amount_cents', 0"): "ledger_transfer_amount_is_positive",
    a_transfer("'amount_cents', -1"): "ledger_transfer_amount_is_positive",
    a_transfer("'kind', 'gift'"): "ledger_transfer_kind_is_known",
    a_transfer("'kind', 'capture'"): "ledger_transfer_names_its_hold",
    a_transfer("'credit', t.debit"): "ledger_transfer_has_two_accounts",
    a_transfer(f"'debit', '{NOBODY}'"): "ledger_transfer_refers_to_rows_on_file",
    a_transfer(f"'credit', '{NOBODY}'"): "ledger_transfer_refers_to_rows_on_file",
    a_transfer(f"'journal', '{NOBODY}'"): "ledger_transfer_refers_to_rows_on_file",
    a_transfer(
        f"'kind', 'hold', 'hold', '{NOBODY}', 'debit_seq_before', 0"
    ): "ledger_transfer_refers_to_its_hold",
    a_transfer("'unit', 'gold'"): "ledger_transfer_refers_to_rows_on_file",
    a_journal("'cell', 99"): "ledger_journal_refers_to_rows_on_file",
    a_journal("'seq_last', 0"): "ledger_journal_moves_something",
    a_journal("'instruction', NULL"): "ledger_journal_has_one_cause",
    a_journal(f"'determination', '{NOBODY}'"): "ledger_journal_has_one_cause",
    a_journal(
        f"'instruction', NULL, 'determination', '{NOBODY}'"
    ): "ledger_journal_refers_to_rows_on_file",
    a_journal(f"'instruction', '{NOBODY}'"): "ledger_journal_refers_to_rows_on_file",
    a_journal(f"'reverses', '{NOBODY}'"): "ledger_journal_refers_to_rows_on_file",
    a_journal("'actor', ''"): "ledger_journal_names_its_actor",
    a_journal("'effective_at', 'infinity'"): "ledger_journal_moments_are_readable",
    a_hold(f"'debit', '{NOBODY}'"): "ledger_hold_debit",
    a_hold(f"'credit', '{NOBODY}'"): "ledger_hold_credit",
    a_hold("'expires_at', 'infinity'"): "ledger_hold_moments_are_readable",
    a_hold("'captured_cents', 61"): "ledger_hold_gives_no_more_than_it_has",
    a_hold("'released_cents', 41"): "ledger_hold_gives_no_more_than_it_has",
    a_hold("'captured_cents', -1"): "ledger_hold_gives_no_more_than_it_has",
    a_hold("'state', 'captured'"): "ledger_hold_is_closed_when_used_up",
    a_hold("'captured_cents', 60"): "ledger_hold_is_closed_when_used_up",
    a_hold("'captured_cents', 60, 'state', 'lost'"): "ledger_hold_state_is_known",
    copied(
        "ledger_instruction", "'id', gen_random_uuid(), 'subject', 'x', 'content', '{\"a\": 1}'"
    ): "ledger_instruction_hash_is_of_content",
    copied("ledger_instruction", "'cell', 99"): "ledger_instruction_cell",
    copied(
        "ledger_instruction", "'id', gen_random_uuid(), 'subject', 'x', 'recorded_at', 'infinity'"
    ): "ledger_instruction_is_readable",
    copied(
        "ledger_instruction", "'id', gen_random_uuid(), 'subject', 'x', 'actor', ''"
    ): "ledger_instruction_names_its_actor",
    copied(
        "rules_determination", "'id', gen_random_uuid(), 'sha256', repeat('0', 64)"
    ): "rules_determination_hash_is_of_content",
    copied(
        "rules_determination", "'id', gen_random_uuid(), 'subject', 'x'"
    ): "rules_determination_columns_are_of_content",
    copied(
        "rules_determination", "'id', gen_random_uuid(), 'actor', ''"
    ): "rules_determination_names_its_actor",
    copied(
        "rules_determination_input", f"'determination', '{NOBODY}'"
    ): "rules_input_of_a_determination",
    a_work_record(f"'person', '{NOBODY}'"): "facts_work_record_person",
    a_work_record("'earnings_cents', -1"): "facts_work_record_earnings_not_negative",
    a_work_record("'period_to', '2026-12-31'"): "facts_work_record_period",
    a_work_record(f"'supersedes', '{NOBODY}'"): "facts_work_record_supersedes_one_on_file",
    an_attestation(f"'person', '{NOBODY}'"): "facts_attestation_person",
    an_attestation(f"'supersedes', '{NOBODY}'"): "facts_attestation_supersedes_one_on_file",
    copied(
        "facts_hire", "'id', gen_random_uuid(), 'person', gen_random_uuid()"
    ): "facts_hire_person",
    copied(
        "facts_hire", "'id', gen_random_uuid(), 'supersedes', gen_random_uuid()"
    ): "facts_hire_supersedes_one_on_file",
    copied("facts_hire", "'id', gen_random_uuid(), 'hourly_cents', 0"): "facts_hire_wage_positive",
    copied(
        "facts_succession", "'id', gen_random_uuid(), 'supersedes', gen_random_uuid()"
    ): "facts_succession_supersedes_one_on_file",
    copied("facts_wage_load", "'id', gen_random_uuid(), 'matched', 5"): "facts_wage_load_adds_up",
    copied(
        "facts_wage_load", "'id', gen_random_uuid(), 'actor', ''"
    ): "facts_wage_load_has_a_cause",
    copied(
        "facts_wage", "'id', gen_random_uuid(), 'cents', -1, 'employer', 'other'"
    ): "facts_wage_not_negative",
    copied(
        "facts_wage", "'id', gen_random_uuid(), 'load', gen_random_uuid(), 'employer', 'other'"
    ): "facts_wage_of_a_load",
    copied(
        "facts_wage", "'id', gen_random_uuid(), 'person', gen_random_uuid(), 'employer', 'other'"
    ): "facts_wage_person",
    copied("facts_wage_set_aside", "'load', gen_random_uuid()"): "facts_wage_set_aside_of_a_load",
    copied(
        "facts_wage_set_aside", "'row', 2, 'person', gen_random_uuid()"
    ): "facts_wage_set_aside_person",
    copied("facts_wage_decision", "'because', ''"): "facts_wage_decision_has_a_cause",
    copied("facts_wage_decision", "'row', 2"): "facts_wage_decision_of_one_set_aside",
    copied("facts_wage_decision", "'outcome', 'taken'"): "facts_wage_decision_outcome",
}

# It needs two determinations: tests/rules/test_on_file.py.
REFUSED_ELSEWHERE = {
    "rules_determination_supersedes_one_on_file",
    # Behind the check of the outcome and the key of a row set aside, which are asked before it.
    "facts_wage_decision_person",
}


def test_the_owner_may_write_what_is_sound(owner: psycopg.Connection) -> None:
    """Else the next test would prove nothing."""
    found = {statement: outcome(owner, statement) for statement in SOUND}
    assert found == dict.fromkeys(SOUND, "done")


def test_rows_that_cannot_be_true_are_refused_to_their_owner(owner: psycopg.Connection) -> None:
    assert {statement: outcome(owner, statement) for statement in REFUSED} == REFUSED


def test_every_check_and_reference_refuses_something_above(owner: psycopg.Connection) -> None:
    found = owner.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace"
    ).fetchall()
    ours = {name for table, name in found if table in ALLOWED}
    assert ours - set(REFUSED.values()) == REFUSED_ELSEWHERE
