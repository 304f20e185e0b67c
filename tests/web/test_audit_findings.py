"""The auditor's page shows what the last audit found and whether payouts wait, and names nobody."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.test import Client
from playwright.sync_api import Browser

from lmb.config.assets import AXE_SCRIPT
from lmb.ledger.service import Books
from lmb.proofs.audit_findings import AuditFinding, Kind
from lmb.proofs.audit_runs import keep_audit
from lmb.proofs.service import trust
from lmb.web.public.audit_words import ROWS_SHOWN, found_kinds
from tests.proofs.audited import POLICY, SIZE, Rows, audited_books, tamper, trusted
from tests.proofs.support import SECOND, THIRD, WITNESS
from tests.web.conftest import serving
from tests.web.signing import sign
from tests.web.support import html, words
from tests.web.test_journeys import RULES, RUN_AXE, WIDTHS, opened

TAMPERED = [
    "UPDATE ledger_transfer SET amount_cents = amount_cents + 1 WHERE seq = 71",
    "UPDATE ledger_account SET posted_credit_cents = posted_credit_cents + 1 WHERE code = 'wallet'",
]


@pytest.fixture
def books(fresh_database: object) -> Books:
    return audited_books()


def now() -> datetime:
    return datetime.now(UTC)


def put_in_force(books: Books, patience: timedelta | None) -> None:
    trust(books.cell, POLICY.encode(), patience, "auditor", now())


def keep(books: Books) -> None:
    keep_audit(books.cell, trusted(), actor="auditor", now=now)


def test_clean_books_that_all_witnesses_saw_are_proven(client: Client, books: Books) -> None:
    put_in_force(books, timedelta(hours=1))
    sign(books.cell, int(time.time()) - 40, WITNESS, SECOND)
    keep(books)
    said = words(html(client, "/audit/"))
    assert f"{SIZE} movements, all proven; last witness " in said
    assert "s ago; 0 exceptions." in said
    assert "No exception was found" in said
    assert "Payouts go on. They wait once the witnesses that these books trust" in said
    assert "have not answered for 60 min." in said
    spanish = words(html(client, "/es/audit/"))
    assert "todos demostrados; último testigo hace " in spanish
    assert "; 0 excepciones." in spanish


def test_books_without_a_quorum_or_an_audit_are_not_called_proven(
    client: Client, books: Books
) -> None:
    keep(books)
    assert "all signed;" in words(html(client, "/audit/"))
    put_in_force(books, None)
    said = words(html(client, "/audit/"))
    assert "all proven;" in said
    assert "Payouts are not held back when no witness answers." in said


def test_payouts_that_wait_are_told_with_the_reason(client: Client, books: Books) -> None:
    absent = f"witness three {THIRD.verifier.text}\nquorum three"
    policy = POLICY.replace("quorum both", absent)
    trust(books.cell, policy.encode(), timedelta(minutes=15), "auditor", now())
    said = words(html(client, "/audit/"))
    assert "Payouts wait The witnesses that these books trust have not answered" in said
    assert "have not answered for longer than 15 min." in said
    assert "no checkpoint has been cosigned by the witnesses these books trust" in said
    assert "Los pagos esperan" in words(html(client, "/es/audit/"))


def test_each_exception_is_named_with_its_row_and_what_to_do(
    client: Client, books: Books, owner_connection: psycopg.Connection
) -> None:
    row = Rows().named("transfer 71")
    tamper(owner_connection, TAMPERED)
    keep(books)
    page = html(client, "/audit/")
    said = words(page)
    identifier = row.partition("(")[2].rstrip(")")
    assert "A movement was changed transfer 71 " in said
    assert f'href="/trace/{identifier}/"' in page
    assert "Stop payments that follow from it; restore it from a backup." in said
    assert "Stop payments from these books until somebody has looked." in said
    assert "0 exceptions" not in said
    assert "wallet" not in said
    assert "Se cambió un movimiento" in words(html(client, "/es/audit/"))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["", "/es"])
def test_a_page_full_of_exceptions_is_accessible_and_within_the_screen(
    books: Books,
    owner_connection: psycopg.Connection,
    browser: Browser,
    width: int,
    language: str,
) -> None:
    absent = f"witness three {THIRD.verifier.text}\nquorum three"
    policy = POLICY.replace("quorum both", absent)
    trust(books.cell, policy.encode(), timedelta(minutes=15), "auditor", now())
    tamper(owner_connection, TAMPERED)
    keep(books)
    with serving() as served, opened(browser, served, width) as (page, complaints):
        page.goto(f"{language}/audit/")
        assert page.locator("#exceptions tbody tr").count() > 4
        assert page.locator("#payouts").count() == 1
        beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert beyond <= 0
        page.evaluate(AXE_SCRIPT.read_text())
        assert page.evaluate(RUN_AXE, RULES) == []
        assert complaints == []


def test_rows_that_are_named_after_people_are_counted_and_not_named() -> None:
    findings = [
        AuditFinding(Kind.ACCOUNT_CHANGED, "account wallet/maria", "shows 1", "2"),
        AuditFinding(Kind.ACCOUNT_CHANGED, "account world/investor/ACME", "shows 1", "2"),
        AuditFinding(Kind.CONSEQUENCE, "key 91/grant/maria", "names transfer", "3"),
        AuditFinding(Kind.CONSEQUENCE, "transfer 9", "leaves wallet/maria with", "3"),
    ]
    accounts, consequences = found_kinds(findings)
    assert (accounts.count, accounts.more, accounts.rows) == (2, 2, ())
    assert [row.name for row in consequences.rows] == ["transfer 9"]
    assert (consequences.count, consequences.more) == (2, 1)


def test_of_many_rows_the_first_are_shown_and_the_rest_counted() -> None:
    (found,) = found_kinds(
        [AuditFinding(Kind.LEAF_CHANGED, f"leaf {at}", "x", "y") for at in range(ROWS_SHOWN + 5)]
    )
    assert (len(found.rows), found.more) == (ROWS_SHOWN, 5)


def test_every_kind_has_its_words() -> None:
    for kind in Kind:
        (found,) = found_kinds([AuditFinding(kind, "leaf 1", "x", "y")])
        assert found.title
        assert found.step
