"""The auditor's page leads with what was found, says what was checked, and how to check it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser

from lmb.config.assets import AXE_SCRIPT
from lmb.ledger.queries import summary
from lmb.ledger.service import Books, open_simulated_books
from lmb.people.queries import person_keys
from lmb.proofs import models, queries
from lmb.proofs.checkpoints import parse_checkpoint
from lmb.proofs.service import integrate
from lmb.settlement.report import Report
from tests.proofs.posting import open_books, pay, pay_many
from tests.proofs.support import NOON, OTHER_TREE, SECOND, WITNESS
from tests.web.signing import sign
from tests.web.support import html, words
from tests.web.test_journeys import RULES, RUN_AXE, WIDTHS, opened

QUERIES_MAX = 25


@pytest.fixture
def books(db: None) -> Books:
    return open_books()


def test_first_sentence_answers_the_auditor(client: Client, demonstration: Report) -> None:
    said = words(html(client, "/audit/"))
    transfers = summary(demonstration.cell).transfers
    assert f"{transfers:,} movements, all signed; last witness 0 s ago; not audited yet." in said
    assert "These books have not been audited yet" in said
    assert "No witness is configured: payouts are not held back" in said
    assert "lmb audit --keep" in said


def test_checkpoints_and_witnesses_are_listed_newest_first(
    client: Client, demonstration: Report
) -> None:
    said = words(html(client, f"/audit/{demonstration.cell}/"))
    for on_file in queries.checkpoints(demonstration.cell):
        assert on_file.checkpoint.root.hex() in said
    transfers = summary(demonstration.cell).transfers
    assert (
        f"its first 600 of {transfers:,} leaves are those signed before; looked at now Yes" in said
    )
    assert said.index(f"{transfers:,} March 17, 2030, 17:46") < said.index(
        "600 March 17, 2030, 16:46 UTC second.example, witness.example/w1"
    )
    assert "second.example March 17, 2030, 16:46 UTC 600" in said
    assert f"witness.example/w1 March 17, 2030, 17:46 UTC {transfers:,}" in said


def test_page_in_spanish(client: Client, demonstration: Report) -> None:
    said = words(html(client, "/es/audit/"))
    assert "movimientos, todos firmados; último testigo hace 0 s ; aún sin auditar." in said
    assert "17 de marzo de 2030, 17:46 UTC" in said


def test_newest_checkpoint_is_given_as_it_was_signed(client: Client, demonstration: Report) -> None:
    response = client.get(f"/audit/{demonstration.cell}/checkpoint")
    newest = queries.newest_checkpoint(demonstration.cell)
    assert newest is not None
    assert response.content == newest.note.content
    assert parse_checkpoint(response.content)[0] == newest.checkpoint
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_nobody_is_named(client: Client, demonstration: Report) -> None:
    keys = person_keys(demonstration.cell, [f"nsw-{number:03d}" for number in range(1, 446)])
    for address in ("/audit/", f"/audit/{demonstration.cell}/checkpoint"):
        content = html(client, address)
        assert [key for key in map(str, keys.values()) if key in content] == []


def test_cost_does_not_grow_with_the_log(client: Client, books: Books) -> None:
    for number in range(12):
        pay_many(books, f"round {number}", 30)
        integrate(books.cell)
        sign(books.cell, NOON + number, WITNESS, SECOND)
    with CaptureQueriesContext(connection) as asked:
        said = words(html(client, "/audit/"))
    assert len(asked) <= QUERIES_MAX
    assert "Page 1 of 2" in said
    assert said.count("second.example, witness.example/w1") == 10
    second = words(html(client, "/audit/?page=2"))
    assert second.count("second.example, witness.example/w1") == 2
    assert "361 movements, all signed;" in second


def test_a_visit_reads_no_sums_of_the_books(client: Client, books: Books) -> None:
    integrate(books.cell)
    sign(books.cell, NOON, WITNESS)
    with CaptureQueriesContext(connection) as asked:
        html(client, "/audit/")
    of_transfers = [each["sql"] for each in asked if "ledger_transfer" in each["sql"]]
    assert [text.partition(" FROM")[0] for text in of_transfers] == ["SELECT max(seq)"]
    assert [each for each in asked if "ledger_account" in each["sql"]] == []


def test_books_that_are_not_signed_say_how_to_sign_them(client: Client, books: Books) -> None:
    said = words(html(client, "/audit/"))
    assert "1 movement, none of them signed yet; no witness yet; not audited yet." in said
    assert "No checkpoint has been signed yet." in said
    assert "lmb proofs checkpoint" in said
    assert "1 waits for the next checkpoint" in said
    assert "Nothing logged yet" in said
    assert client.get(f"/audit/{books.cell}/checkpoint").status_code == 404
    assert "ninguno firmado todavía;" in words(html(client, "/es/audit/"))


def test_no_books_say_how_to_make_some(client: Client, db: None) -> None:
    assert "There are no books yet." in words(html(client, "/audit/"))
    assert "make run" in words(html(client, "/es/audit/"))


@pytest.mark.parametrize("cell", ["7", "9" * 30, "-1", "x"])
def test_unknown_books_are_not_found(client: Client, db: None, cell: str) -> None:
    for name in ("", "checkpoint"):
        assert client.get(f"/audit/{cell}/{name}").status_code == 404


def test_movements_after_the_last_checkpoint_are_told_of(client: Client, books: Books) -> None:
    integrate(books.cell)
    sign(books.cell, NOON)
    pay(books, "later")
    said = words(html(client, "/audit/"))
    assert "2 movements, 1 not signed yet; no witness yet; not audited yet." in said
    assert "Cosigned by nobody yet" not in said
    assert "nobody yet" in said
    assert "No witness has cosigned this log yet" in said


def test_books_signed_last_come_first_and_the_others_are_linked(
    client: Client, books: Books
) -> None:
    other = open_simulated_books("Aaa", books.clock).cell
    integrate(books.cell)
    sign(books.cell, NOON)
    said = html(client, "/audit/")
    assert f'href="/audit/{other}/"' in said
    assert f'href="/audit/{books.cell}/"' in html(client, f"/audit/{other}/")


def test_a_changed_log_is_an_exception(client: Client, books: Books) -> None:
    pay_many(books, "many", 3)
    integrate(books.cell)
    sign(books.cell, NOON)
    row = models.Checkpoint.objects.get(cell=books.cell)
    forged = {"cell": row.cell, "origin": row.origin, "note": row.note, "issued_at": row.issued_at}
    models.Checkpoint.objects.create(size=2, root=OTHER_TREE.at(2).root, **forged)
    said = words(html(client, "/audit/"))
    assert "1 exception was found" in said
    assert "No: the log was changed." in said
    assert "Stop payments from these books" in said
    pay(books, "one more")
    integrate(books.cell)
    models.Checkpoint.objects.create(size=5, root=OTHER_TREE.at(5).root, **forged)
    assert f"{OTHER_TREE.at(5).root.hex()} was signed" in words(html(client, "/audit/"))
    models.Checkpoint.objects.create(size=6, root=OTHER_TREE.at(6).root, **forged)
    assert "the log has 5 leaves, but 6 were signed" in words(html(client, "/audit/"))


def test_movements_that_are_gone_are_an_exception_before_any_audit(
    client: Client, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    pay_many(books, "many", 3)
    integrate(books.cell)
    sign(books.cell, NOON, WITNESS)
    monkeypatch.setattr("lmb.proofs.standing.newest_seq", lambda _cell: 2)
    said = words(html(client, "/audit/"))
    assert "2 exceptions." in said
    assert "2 movements are gone" in said


@pytest.mark.parametrize("width", WIDTHS)
def test_first_screen_answers_and_a_visitor_finds_the_way(
    browser: Browser, served: str, width: int
) -> None:
    with opened(browser, served, width) as (page, complaints):
        page.goto("/")
        page.locator(".site-foot").get_by_role("link", name="Audit the books").click()
        assert page.url.endswith("/audit/")
        box = page.locator(".first-sentence").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 844
        page.evaluate(AXE_SCRIPT.read_text())
        assert page.evaluate(RUN_AXE, RULES) == []
        page.locator("main").get_by_role("link", name="Check the receipt of one movement").click()
        assert page.url.endswith("/receipt/")
        assert complaints == []
