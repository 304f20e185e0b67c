"""What the application role may do by raw SQL, as the house: read, add to some histories, call a
few doors. Which rows it sees while it is not the house: `tests/people/test_row_security.py`."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

ROOMS = ("ledger", "rules", "facts")

# Every table of these rooms, with what the application role may do beyond reading it.
ALLOWED: dict[str, set[str]] = {
    "facts_attestation": {"INSERT"},
    "facts_hire": {"INSERT"},
    "facts_succession": {"INSERT"},
    "facts_wage": {"INSERT"},
    "facts_wage_decision": {"INSERT"},
    "facts_wage_load": {"INSERT"},
    "facts_wage_set_aside": {"INSERT"},
    "facts_work_record": {"INSERT"},
    "ledger_account": set(),
    "ledger_cell": set(),
    "ledger_fund": set(),
    "ledger_hold": set(),
    "ledger_instruction": set(),
    "ledger_journal": set(),
    "ledger_purpose": set(),
    "ledger_refusal": set(),
    "ledger_transfer": set(),
    "ledger_unit": set(),
    "rules_determination": {"INSERT"},
    "rules_determination_input": {"INSERT"},
}

DOORS = {
    "ledger_close_through",
    "ledger_digest",
    "ledger_entries_back",
    "ledger_forget_refusals",
    "ledger_held",
    "ledger_define_fund",
    "ledger_define_purpose",
    "ledger_define_unit",
    "ledger_instruct",
    "ledger_lock_accounts",
    "ledger_open_accounts",
    "ledger_open_cell",
    "ledger_post",
    "ledger_posted",
    "ledger_transfer_id",
    "ledger_uuid8",
    # Asked by the policies of row-level security.
    "lmb_house",
}

STATEMENTS = {
    "INSERT": "INSERT INTO {} DEFAULT VALUES",
    "UPDATE": "UPDATE {} SET {column} = {column}",
    "DELETE": "DELETE FROM {}",
    "TRUNCATE": "TRUNCATE {} CASCADE",
    "LOCK": "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
    "TRIGGER": "ALTER TABLE {} DISABLE TRIGGER ALL",
    "DROP": "DROP TABLE {} CASCADE",
}


def tables(connection: psycopg.Connection) -> list[str]:
    found = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND relnamespace = 'public'::regnamespace ORDER BY relname"
    )
    return [name for (name,) in found if name.split("_")[0] in ROOMS]


def first_column(connection: psycopg.Connection, table: str) -> str:
    row = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", [table]
    ).fetchone()
    assert row is not None
    return str(row[0])


def may(connection: psycopg.Connection, statement: sql.Composed) -> bool:
    """Whether a statement passes the check of rights, whatever it meets behind it."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute("SET LOCAL lmb.house = 'yes'")
            connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        return False
    except psycopg.errors.NotNullViolation:
        pass
    return True


def test_each_table_allows_the_application_what_is_written_here_and_no_more(
    app_connection: psycopg.Connection,
) -> None:
    found = {
        table: {
            operation
            for operation, statement in STATEMENTS.items()
            if may(
                app_connection,
                sql.SQL(statement).format(
                    sql.Identifier(table),
                    column=sql.Identifier(first_column(app_connection, table)),
                ),
            )
        }
        for table in tables(app_connection)
    }
    assert found == ALLOWED


def test_every_table_can_be_read(app_connection: psycopg.Connection) -> None:
    for table in tables(app_connection):
        app_connection.execute(sql.SQL("SELECT * FROM {} LIMIT 1").format(sql.Identifier(table)))


def test_no_single_column_was_opened_for_change(app_connection: psycopg.Connection) -> None:
    found = app_connection.execute(
        "SELECT table_name, column_name, privilege_type FROM information_schema.column_privileges"
        " WHERE grantee IN (current_user, 'PUBLIC') AND table_schema = 'public'"
        " AND privilege_type NOT IN ('SELECT', 'INSERT')"
    ).fetchall()
    assert [row for row in found if row[0].split("_")[0] in ROOMS] == []


def test_the_application_enters_the_books_by_the_doors_alone(
    app_connection: psycopg.Connection,
) -> None:
    found = app_connection.execute(
        "SELECT proname, has_function_privilege(oid, 'EXECUTE') FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace"
    ).fetchall()
    ours = [(name, may_call) for name, may_call in found if name.split("_")[0] in (*ROOMS, "lmb")]
    assert {name for name, may_call in ours if may_call} == DOORS
    assert len(ours) > len(DOORS)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT ledger_lock_cell(1)",
        "SELECT ledger_write(c, now(), '{}', '{}') FROM ledger_cell c",
        "SELECT ledger_decide(c, now(), '{}', '{}', '{}', '{}', '{}') FROM ledger_cell c",
        "SELECT ledger_check_clock(c, now(), '{}') FROM ledger_cell c",
        "SELECT lmb_make_insert_only('ledger_cell', true)",
    ],
)
def test_inner_functions_cannot_be_called(
    app_connection: psycopg.Connection, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute(statement)


def test_the_application_owns_nothing_and_belongs_to_nobody(
    app_connection: psycopg.Connection,
) -> None:
    owned = app_connection.execute(
        "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"
    ).fetchone()
    others = app_connection.execute(
        "SELECT rolname FROM pg_roles WHERE rolname <> current_user"
        " AND pg_has_role(current_user, oid, 'MEMBER')"
    ).fetchall()
    assert (owned, others) == ((0,), [])
