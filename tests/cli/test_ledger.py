"""`lmb ledger` as a person and a program meet it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from beancount.loader import load_string
from click.testing import CliRunner, Result
from pytest_django.plugin import DjangoDbBlocker

from lmb.cli.ledger import ledger as commands
from lmb.ledger.checks import CHECKS
from lmb.values.errors import InputError, LmbError, NotFoundError
from tests.cli.test_commands import lmb as process
from tests.conftest import Database
from tests.ledger.books import Ledger

BOOKS = """
    open world
    open wallet limit=debits<=credits fund=bond-a purpose=training expires=2028-01-01
    open [b]school
    open face unit=912828XX0
    a post world wallet 123456 -> ok
    clock 2027-01-02
    h hold wallet [b]school 4000 -> ok
    c capture h 1000 -> ok
"""

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def ledger(fresh_database: Database, django_db_blocker: DjangoDbBlocker) -> Iterator[Ledger]:
    with django_db_blocker.unblock():
        ledger = Ledger("books")
        ledger.run(BOOKS)
        yield ledger


def lmb(*words: str | Path) -> Result:
    """A command as the main door runs it: errors of ours come through."""
    result = CliRunner().invoke(commands, list(map(str, words)))
    if isinstance(result.exception, LmbError):
        raise result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def answer(*words: str | Path) -> Any:
    return json.loads(lmb(*words, "--json").stdout)


def test_accounts_are_listed_in_pages(ledger: Ledger) -> None:
    first = answer("accounts", "--limit", "2")
    assert [each["account"] for each in first["accounts"]] == ["[b]school", "face"]
    rest = answer("accounts", "--after", first["next_after"])
    assert [each["account"] for each in rest["accounts"]] == ["wallet", "world"]
    assert rest["next_after"] is None
    wallet = rest["accounts"][0]
    assert (wallet["fund"], wallet["purpose"], wallet["limit"]) == (
        "bond-a",
        "training",
        "debits<=credits",
    )
    assert wallet["expires_at"] == "2028-01-01T00:00:00+00:00"
    told = lmb("accounts", "--limit", "2")
    assert "[b]school" in told.stdout
    assert "--after 'face'" in told.stderr
    assert "$1,224.56" in lmb("accounts").stdout


def test_a_balance_is_shown_now_and_at_any_moment(ledger: Ledger) -> None:
    assert answer("balance", "wallet") == {
        "account": "wallet",
        "unit": "USD",
        "posted_cents": 122456,
        "available_cents": 119456,
        "pending_in_cents": 0,
        "pending_out_cents": 3000,
    }
    assert answer("balance", "wallet", "--at", "2027-01-02") == answer("balance", "wallet")
    before = answer("balance", "wallet", "--at", "2027-01-01T23:59:59Z")
    assert (before["posted_cents"], before["pending_out_cents"]) == (123456, 0)
    assert "$1,194.56" in lmb("balance", "wallet").stdout
    assert lmb("balance", "wallet", "--at", "yesterday").exit_code == 2
    with pytest.raises(NotFoundError, match="no account 'nobody'"):
        lmb("balance", "nobody")


def test_a_history_is_listed_in_pages(ledger: Ledger) -> None:
    first = answer("history", "wallet", "--limit", "2")
    assert [(each["kind"], each["amount_cents"]) for each in first["entries"]] == [
        ("capture", -1000),
        ("hold", -4000),
    ]
    rest = answer("history", "wallet", "--before", str(first["next_before"]))
    assert [each["balance_after_cents"] for each in rest["entries"]] == [123456]
    assert rest["next_before"] is None
    told = lmb("history", "wallet", "--limit", "1")
    assert "[b]school" in told.stdout
    assert "--before 3" in told.stderr
    assert lmb("history", "wallet", "--limit", "0").exit_code == 2


def test_checks_name_what_breaks_and_exit_with_1(
    ledger: Ledger, owner_connection: psycopg.Connection
) -> None:
    sound = lmb("check")
    assert sound.exit_code == 0
    assert all(check.__name__.replace("_", " ") in sound.stdout for check in CHECKS)
    owner_connection.execute("ALTER TABLE ledger_transfer DISABLE TRIGGER USER")
    owner_connection.execute("UPDATE ledger_transfer SET amount_cents = 999 WHERE seq = 3")
    broken = lmb("check")
    assert broken.exit_code == 1
    assert "balances follow one another: transfer 3 leaves wallet with 122456" in broken.stdout
    told = lmb("check", "--json")
    assert told.exit_code == 1
    findings = {each["check"]: each["findings"] for each in json.loads(told.stdout)["checks"]}
    assert {each["subject"] for each in findings["balances_follow_one_another"]} == {"transfer 3"}
    assert findings["units_sum_to_zero"] == []


def test_refusals_kept_for_13_months_are_forgotten(ledger: Ledger) -> None:
    ledger.run("""
        no post wallet [b]school 999999999 -> exceeds_balance
        clock 2027-12-01
        d post world wallet 1 -> ok
    """)
    assert answer("forget") == {"forgotten": 0}
    ledger.run("""
        clock 2028-02-03
        e post world [b]school 1 -> ok
    """)
    assert "1 refused keys" in lmb("forget").stdout
    assert answer("forget") == {"forgotten": 0}


def test_exports_are_whole_files(ledger: Ledger) -> None:
    assert load_string(lmb("export", "--format", "beancount").stdout)[1] == []
    assert "account Equity:World  ; code:world" in lmb("export", "--format", "hledger").stdout
    assert lmb("export", "--format", "csv").stdout.splitlines()[3].startswith("3,")
    assert lmb("export", "--format", "pdf").exit_code == 2


def test_orders_are_posted_whole_or_where_asked_for_in_part(ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "orders.jsonl"
    order = {"actor": "registrar", "code": "gift", "debit": "world", "credit": "[b]school"}
    good = json.dumps({**order, "key": "good", "amount_cents": 5})
    bad = json.dumps({**order, "key": "bad", "amount_cents": 5, "credit": "nobody"})
    file.write_text(f"{good}\n{bad}\n")
    with pytest.raises(InputError, match="row 2, key bad: found unknown_account") as caught:
        lmb("post", file)
    assert caught.value.exit_code == 2
    assert "balance [b]school 1000 in=3000" in ledger.balances()
    partly = lmb("post", file, "--partial")
    assert partly.exit_code == 2
    assert "not posted: orders.jsonl, row 2, key bad: found unknown_account" in partly.stderr
    assert "balance [b]school 1005 in=3000" in ledger.balances()
    file.write_text(f"{good}\n")
    again = answer("post", file)
    assert again["problems"] == []
    (line,) = again["lines"]
    assert (line["line"], line["key"], line["items"][0]["result"]) == (1, "good", "exists")
    assert lmb("post", file).exit_code == 0
    assert "balance [b]school 1005 in=3000" in ledger.balances()


def test_a_script_prints_one_result_a_line_and_leaves_nothing(
    ledger: Ledger, tmp_path: Path, owner_connection: psycopg.Connection
) -> None:
    file = tmp_path / "operations.jsonl"
    file.write_text(
        '{"op":"account","id":"T","unit":"USD","limit":null}\n'
        '{"op":"account","id":"X","unit":"POINTS","limit":"debits<=credits"}\n'
        '{"op":"transfer","key":"k1","from":"T","to":"X","cents":100}\n'
        "nonsense\n"
        '{"op":"balance","account":"T"}\n'
    )
    told = lmb("script", file)
    assert told.exit_code == 0
    results = [json.loads(line) for line in told.stdout.splitlines()]
    assert [each["result"] for each in results] == ["ok", "ok", "unit_mismatch", "invalid", "ok"]
    assert results[-1]["posted_cents"] == 0
    for table, rows in (("ledger_cell", 1), ("ledger_unit", 2), ("ledger_instruction", 1)):
        found = owner_connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
        assert found == (rows,)


def test_results_go_to_standard_output_and_errors_to_the_other_with_their_code(
    ledger: Ledger, tmp_path: Path
) -> None:
    file = tmp_path / "operations.jsonl"
    file.write_text('{"op":"account","id":"T"}\n')
    told = process("ledger", "script", file)
    assert (told.returncode, told.stdout) == (0, '{"result": "ok"}\n')
    refused = process("ledger", "post", file)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "operations.jsonl, row 1, op: found an unknown field" in refused.stderr
    unknown = process("ledger", "balance", "nobody")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr.startswith("lmb: there is no account 'nobody'")


def test_books_are_named_where_there_are_several(ledger: Ledger) -> None:
    Ledger("more")
    assert answer("balance", "wallet", "--books", "books")["posted_cents"] == 122456
    with pytest.raises(NotFoundError, match="--books: books, more"):
        lmb("check")


def test_every_command_has_help_with_an_example() -> None:
    assert sorted(commands.commands) == [
        *("accounts", "balance", "check", "export", "forget", "history", "post", "script"),
    ]
    for name, command in commands.commands.items():
        assert f"Example: lmb ledger {name}" in lmb(name, "--help").stdout
        assert command.help
