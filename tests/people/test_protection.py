"""What the database refuses everyone who speaks SQL, its owner included."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from lmb.people import clients, codes, consents, delegations, details, grants, models, queries
from lmb.people.accounts import Residency, determine_eligibility
from lmb.people.assurance import Action
from lmb.people.identifiers import DataClass
from lmb.people.keys import VaultKeys
from lmb.people.roles import Role
from lmb.people.scopes import Scope
from tests.people.authenticator import approved
from tests.people.signing_in import board, sign_in_everyhow
from tests.people.support import ANA, BEN, CELL, CLEO, NOW, as_self, enrolled, member, sure
from tests.people.test_rights import REASON, SIGNER, handed_over, terms

# Every table of the room: what the application may do beside reading, and which columns may be set
# once although rows are otherwise insert-only.
ENDED = {"ended_at", "ended_by", "ended_because"}
TABLES: dict[str, tuple[bool, set[str]]] = {
    "people_access": (False, set()),
    "people_api_client": (True, ENDED),
    "people_api_key": (True, ENDED),
    "people_account": (True, {"password", "password_set_at"}),
    "people_approval": (True, set()),
    "people_authenticator": (True, ENDED | {"signature_count", "used_at"}),
    "people_circumstances": (True, set()),
    "people_code": (True, ENDED | {"taken_for"}),
    "people_code_generator": (True, {"ended_at", "ended_because", "step_last"}),
    "people_consent": (True, set()),
    "people_counter_code": (True, {"ended_at", "ended_because"}),
    "people_delegated_act": (True, set()),
    "people_delegation": (True, ENDED),
    "people_identity": (True, ENDED),
    "people_invitation": (True, ENDED | {"membership"}),
    "people_membership": (True, ENDED),
    "people_organisation": (True, set()),
    "people_payout_hold": (True, set()),
    "people_person": (True, set()),
    "people_proofing": (True, set()),
    "people_proposal": (True, {"spent_at", "spent_on"}),
    "people_record_grant": (True, ENDED),
    "people_recovery_code": (True, {"ended_at", "ended_because"}),
    "people_residence": (True, set()),
    "people_review_case": (
        True,
        {"decided_at", "decided_by", "decided_because", "approved_by", "outcome"},
    ),
    "people_security_event": (True, set()),
    "people_sign_in": (True, set()),
    "people_withdrawal": (True, set()),
}
DIRECT = {"name", "ssn", "birth_date", "street", "city", "phone", "email", "bank_account"}


@pytest.fixture
def full(
    fresh_database: object, owner_connection: psycopg.Connection, keys: VaultKeys
) -> psycopg.Connection:
    """The owner's connection to a database with a row in every table of the room."""
    ana, ben = enrolled(keys, "ana", ANA).person, enrolled(keys, "ben", BEN).person
    cleo = enrolled(keys, "cleo", CLEO).person
    enrolled(keys, "twin", ANA)
    first = member(keys, ben, "agency", Role.AUDITOR)
    second = member(keys, cleo, "agency", Role.AUDITOR, organisation=first.organisation)
    consent = consents.give(SIGNER, keys.randomness, as_self(ana), terms(first), NOW)
    consents.withdraw(SIGNER, keys.randomness, as_self(ana), consent, NOW)
    codes.show(keys.randomness, as_self(ana), codes.CodeKind.ENROLMENT, NOW)
    given = delegations.delegate(keys.randomness, as_self(ana), handed_over(ben), NOW)
    for_ana = queries.acting_as_delegate(CELL, ben, given, sure(), NOW)
    details.change_contact(keys, for_ana, {"city": "Baltimore"}, NOW)
    details.change_bank(keys, as_self(ana), "021000021", "12345678", NOW)
    determine_eligibility(keys, as_self(ana), ana, Residency.CITIZEN, NOW)
    sign_in_everyhow(keys, as_self(ana), board(keys, ben), ANA)
    assert first.membership is not None
    assert first.organisation is not None
    content = grants.opening(first.membership, ana, [DataClass.SSN], REASON)
    proposal = approved(keys, first, second, Action.BREAK_GLASS, content)
    grants.open_record(keys.randomness, first, proposal, ana, [DataClass.SSN], REASON, NOW)
    models.Invitation.objects.create(
        cell=CELL,
        id=UUID(int=1),
        organisation=first.organisation,
        role=Role.AUDITOR,
        administers=False,
        token_sha256="ab",
        expires_at=NOW,
        invited_by=ben,
        recorded_at=NOW,
    )
    new = clients.NewClient("Sampling", Role.AUDITOR, frozenset({Scope.FUND_READ}))
    client = clients.register(
        keys.randomness, CELL, first.organisation, new, by=ben, approved_by=cleo, at=NOW
    )
    clients.issue_secret(keys.randomness, CELL, client, timedelta(days=30), by=ben, at=NOW)
    return owner_connection


def columns(connection: psycopg.Connection, table: str) -> list[str]:
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", [table]
    )
    return [name for (name,) in found]


def refused(connection: psycopg.Connection, statement: sql.SQL | sql.Composed) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except psycopg.errors.RestrictViolation:
        return True
    return False


def test_every_table_of_the_room_is_written_here(full: psycopg.Connection) -> None:
    found = full.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND relnamespace = 'public'::regnamespace AND relname LIKE 'people\\_%'"
    )
    assert {name for (name,) in found} == set(TABLES)


def test_histories_are_not_rewritten_by_their_owner(full: psycopg.Connection) -> None:
    for table in TABLES:
        name = sql.Identifier(table)
        assert full.execute(sql.SQL("SELECT FROM {} LIMIT 1").format(name)).rowcount == 1, table
        assert refused(full, sql.SQL("DELETE FROM {}").format(name)), table
        assert refused(full, sql.SQL("TRUNCATE {} CASCADE").format(name)), table


def test_rows_keep_their_terms_and_end_once(full: psycopg.Connection) -> None:
    kinds = {
        "uuid": "gen_random_uuid()",
        "timestamp with time zone": "clock_timestamp()",
        "integer": "7",
    }
    for table, (_, free) in TABLES.items():
        for column in columns(full, table):
            (kind,) = full.execute(
                "SELECT format_type(atttypid, atttypmod) FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attname = %s",
                [table, column],
            ).fetchone() or ("",)
            value = kinds.get(kind)
            if value is None or column in free:
                continue
            change = sql.SQL("UPDATE {} SET {} = " + value).format(
                sql.Identifier(table), sql.Identifier(column)
            )
            assert refused(full, change), (table, column)
    end = sql.SQL(
        "UPDATE people_membership SET ended_at = starts_at + interval '1 day',"
        " ended_by = person, ended_because = 'x'"
    )
    full.execute(end)
    assert refused(full, end)


def test_the_application_writes_what_is_written_here_and_no_more(
    full: psycopg.Connection, app_connection: psycopg.Connection
) -> None:
    for table, (may_insert, free) in TABLES.items():
        found = full.execute(
            "SELECT privilege_type, column_name FROM information_schema.column_privileges"
            " WHERE grantee = 'lmb_app' AND table_name = %s",
            [table],
        ).fetchall()
        assert {column for right, column in found if right == "UPDATE"} == free, table
        assert any(right == "INSERT" for right, _ in found) == may_insert, table
        for statement in ("DELETE FROM {}", "TRUNCATE {}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app_connection.execute(sql.SQL(statement).format(sql.Identifier(table)))


def test_the_application_calls_few_functions_of_the_room(
    app_connection: psycopg.Connection,
) -> None:
    """One that writes the log, two that ask whose a key is; the others say who acts, and answer
    what policies ask."""
    found = app_connection.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname LIKE 'people\\_%' AND has_function_privilege(oid, 'EXECUTE')"
    ).fetchall()
    of_policies = {
        *("accounts", "approves", "cell", "code", "me", "named", "now", "role", "seat"),
        *("sees_both", "self", "serves"),
    }
    assert {name for (name,) in found} == {
        "people_note_access",
        "people_ward",
        "people_api_admit",
        "people_api_keys_of",
        *(f"people_{name}" for name in of_policies),
    }


def test_no_column_outside_the_vault_is_named_like_a_direct_identifier(
    full: psycopg.Connection,
) -> None:
    """A new column with a name, number or address belongs in the vault; `name` is a body's."""
    for table in TABLES:
        found = set(columns(full, table)) & DIRECT
        assert found == ({"name"} if table == "people_organisation" else set()), table


@pytest.mark.parametrize(
    "statement",
    [
        # one person alone
        "UPDATE people_review_case SET outcome = 'same-person', decided_by = person,"
        " approved_by = person, decided_because = 'x', decided_at = now()",
        "UPDATE people_review_case SET outcome = 'merged', decided_by = person,"
        " approved_by = other_person, decided_because = 'x', decided_at = now()",
        "UPDATE people_review_case SET outcome = 'same-person'",
        "INSERT INTO people_record_grant SELECT cell, gen_random_uuid(), membership, person,"
        " data_classes, reason, starts_at, expires_at, granted_by, granted_by, recorded_at"
        " FROM people_record_grant",
        # columns that say something else than what was signed
        "INSERT INTO people_consent SELECT cell, gen_random_uuid(), person, recipient, purpose,"
        " data_classes, starts_at, expires_at, content, key, signature, recorded_at"
        " FROM people_consent",
        "INSERT INTO people_circumstances SELECT cell, gen_random_uuid(), person, as_of,"
        " content || ' ', sha256, recorded_by, recorded_at FROM people_circumstances",
        # half an ending
        "UPDATE people_invitation SET ended_at = now(), ended_because = 'accepted'",
    ],
)
def test_raw_sql_cannot_write_what_the_services_would_not(
    full: psycopg.Connection, statement: str
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        full.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE people_proposal SET spent_at = recorded_at, spent_on = 'x' WHERE spent_at IS NULL",
        "INSERT INTO people_approval SELECT cell, proposal, gen_random_uuid(), membership,"
        " authenticator, authenticator_data, client_data, signature, signature_count, recorded_at"
        " FROM people_approval LIMIT 1",
    ],
)
def test_raw_sql_cannot_spend_or_approve_alone(full: psycopg.Connection, statement: str) -> None:
    full.execute(
        "INSERT INTO people_proposal SELECT cell, gen_random_uuid(), action, content, sha256,"
        " signed, proposed_by, recorded_at, expires_at FROM people_proposal"
    )
    with pytest.raises(psycopg.errors.RestrictViolation):
        full.execute(statement)
