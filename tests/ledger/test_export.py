"""Programs that are not ours read the exported books and find the same balances."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from beancount.core import account as beancount_account
from beancount.core.data import Balance, Open, Transaction
from beancount.loader import load_string
from hypothesis import given
from hypothesis import strategies as st

from lmb.ledger import export, service
from lmb.ledger.entries import NewAccount
from lmb.ledger.export_names import account_name, commodity
from lmb.ledger.statements import movements_in_order, paper
from tests.conftest import LEFT_OUT
from tests.ledger.books import Ledger

BOOKS = """
    open treasury
    open bond/a   fund=bond-a limit=debits<=credits
    open Bond/a   fund=bond-a
    open wallet/é:1;"x" fund=bond-a purpose=training limit=debits<=credits
    open school
    open face/a   unit=912828XX0
    open holders  unit=912828XX0
    open idle     unit=credits
    settle post treasury bond/a 900000 code=settlement actor=a"b|c\\d;e -> ok
    + face post face/a holders 900000 -> ok
    clock 2027-01-02
    grant post bond/a wallet/é:1;"x" 5000 kind=gr;ant -> ok
    late  post bond/a Bond/a 7 effective=2026-06-30 -> ok
    h     hold wallet/é:1;"x" school 4000 -> ok
    part  capture h 1201 final=yes -> ok
    two   hold wallet/é:1;"x" school 3 -> ok
    hours post plan person 30 -> ok
"""


@pytest.fixture
def ledger(db: None) -> Ledger:
    ledger = Ledger()
    service.define_unit("HOURS", "hours of training", 0)
    whole = (NewAccount(code, "test", "tester", unit="HOURS") for code in ("plan", "person"))
    service.open_accounts(ledger.books, whole)
    ledger.run(BOOKS)
    return ledger


def written(ledger: Ledger, form: str) -> str:
    around, moves = paper(ledger.cell), movements_in_order(ledger.cell)
    lines = {
        "beancount": lambda: export.beancount(around, moves),
        "hledger": lambda: export.hledger(around, moves),
    }[form]()
    return "".join(f"{line}\n" for line in lines)


def ours(ledger: Ledger) -> dict[str, Decimal]:
    """Balances by exported name, in whole units."""
    around = paper(ledger.cell)
    return {
        account_name("Equity" if terms.fund is None else "Assets", terms.balance.code): Decimal(
            terms.balance.posted_cents
        ).scaleb(-around.scales[terms.balance.unit])
        for terms in around.accounts
    }


def test_beancount_recomputes_every_balance(ledger: Ledger) -> None:
    entries, errors, _ = load_string(written(ledger, "beancount"), dedent=False)
    assert errors == []
    sums = {entry.account: Decimal(0) for entry in entries if isinstance(entry, Open)}
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                assert posting.units is not None
                assert posting.units.number is not None
                sums[posting.account] += posting.units.number
    assert sums == ours(ledger)
    asserted = {
        entry.account: entry.amount.number for entry in entries if isinstance(entry, Balance)
    }
    assert asserted == sums
    assert len(sums) == 10
    assert sum(1 for entry in entries if isinstance(entry, Transaction)) == 5


def test_beancount_refuses_an_export_in_which_a_cent_was_changed(ledger: Ledger) -> None:
    text = written(ledger, "beancount")
    changed = re.sub(r"^(  \S+  -?)12\.01 ", r"\g<1>12.02 ", text, flags=re.MULTILINE)
    _, errors, _ = load_string(changed, dedent=False)
    assert len(errors) == 2
    assert all("Balance failed" in error.message for error in errors)


def test_a_transaction_says_who_why_and_where_it_stands(ledger: Ledger) -> None:
    entries, _, options = load_string(written(ledger, "beancount"), dedent=False)
    first = next(
        entry for entry in entries if isinstance(entry, Transaction) and len(entry.postings) == 4
    )
    assert (first.payee, first.narration) == ('a"b|c\\d;e', "test")
    assert first.meta["journal"] == str(ledger.identifier("journal", "settle"))
    assert first.meta["instruction"] == str(ledger.cause.id)
    assert options["title"] == "Books of scratch"


@pytest.fixture(scope="session")
def hledger() -> str:
    """The program, where a person has installed it. It is optional: unlike other outside things it
    may be absent where a machine vouches, too, since beancount recomputes the same balances."""
    program = shutil.which("hledger")
    if program is None:
        pytest.skip(LEFT_OUT + "hledger is not installed; on Debian: apt-get install hledger")
    return program


def test_hledger_recomputes_every_balance(ledger: Ledger, hledger: str, tmp_path: Path) -> None:
    file = tmp_path / "books.journal"
    file.write_text(written(ledger, "hledger"), encoding="utf-8")

    def told(*words: str) -> str:
        command = [hledger, "--file", str(file), *words]
        environment = {"LC_ALL": "C.UTF-8"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    told("check", "--strict")
    rows = csv.DictReader(told("balance", "--flat", "--empty", "--output-format=csv").splitlines())
    found = {
        row["account"]: Decimal(re.sub(r"[^-0-9.]*$|\"[^\"]*\"|[A-Z. ]+$", "", row["balance"]))
        for row in rows
        if row["account"].lower() != "total"
    }
    assert found == ours(ledger)


def test_hledger_journal_has_a_line_for_each_thing(ledger: Ledger) -> None:
    text = written(ledger, "hledger")
    assert text.count("\naccount ") == 10
    assert 'commodity 1.00 "C.912828XX0"  ; 912828XX0' in text
    assert 'commodity 1. "HOURS"  ; HOURS' in text
    assert "\n2026-06-29 * tester | test\n" in text
    assert '    Equity:School  0.00 "USD" = 12.01 "USD"' in text


def test_csv_has_every_transfer_also_what_is_only_held(ledger: Ledger) -> None:
    lines = list(export.comma_separated(movements_in_order(ledger.cell)))
    rows = list(csv.DictReader(lines))
    assert [row["seq"] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
    kinds = [row["kind"] for row in rows]
    assert kinds == ["post", "post", "post", "post", "hold", "capture", "void", "hold", "post"]
    sums: defaultdict[str, int] = defaultdict(int)
    for row in rows:
        if row["kind"] in ("post", "capture"):
            sums[row["debit"]] -= int(row["amount_cents"])
            sums[row["credit"]] += int(row["amount_cents"])
    shown = {
        terms.balance.code: terms.balance.posted_cents for terms in paper(ledger.cell).accounts
    }
    assert {code: sums[code] for code in shown} == shown


def test_books_in_which_nothing_moved_can_be_exported(db: None) -> None:
    ledger = Ledger("empty")
    assert load_string(written(ledger, "beancount"))[1] == []
    ledger.run("open world")
    assert load_string(written(ledger, "beancount"))[1] == []
    assert list(export.comma_separated(movements_in_order(ledger.cell))) == [
        ",".join(export.CSV_COLUMNS)
    ]


codes = st.text(alphabet=st.sampled_from("aAbB0f9-/:xX é\n"), max_size=7) | st.text(max_size=5)


@given(st.lists(codes, unique=True, max_size=30))
def test_every_code_has_a_name_of_its_own_that_beancount_takes(drawn: list[str]) -> None:
    names = [account_name("Assets", code) for code in drawn]
    assert all(map(beancount_account.is_valid, names))
    assert len(set(names)) == len(names)


@given(st.lists(st.text(alphabet="ACcc:.X09zé", max_size=6) | st.text(), unique=True, max_size=30))
def test_every_unit_has_a_commodity_of_its_own(drawn: list[str]) -> None:
    names = list(map(commodity, drawn))
    assert all(re.fullmatch(r"[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]", name) for name in names)
    assert len(set(names)) == len(names)


def test_names_are_readable_where_they_can_be() -> None:
    assert account_name("Assets", "wallet/a-1/912828XX0") == "Assets:Wallet:A--1:912828XX0"
    assert account_name("Equity", "Treasury") == "Equity:0-XTreasury"
    assert commodity("USD") == "USD"
    assert commodity("912828XX0") == "C.912828XX0"
    assert commodity("face:912828XX0") == "FACE.912828XX0"
    assert commodity("credits").startswith("X.")
