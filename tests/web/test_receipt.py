"""The page of receipts says in plain words what one proves and what not, and keeps none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Browser, Page

from lmb.config.assets import AXE_SCRIPT
from lmb.ledger import queries as ledger
from lmb.proofs import models, queries
from lmb.proofs.leaves import parse_opened_leaf
from lmb.proofs.notes import parse_note
from lmb.proofs.receipts import HEADER, Receipt, parse_receipt
from lmb.settlement.report import Report
from lmb.values.money import format_cents
from tests.proofs.support import NOON, WITNESS
from tests.web.signing import SIGNED_FIRST
from tests.web.support import give, give_file
from tests.web.test_journeys import RULES, RUN_AXE, WIDTHS, opened

QUERIES_MAX = 25


def test_a_receipt_is_told_in_plain_words(
    client: Client, demonstration: Report, bonus: str
) -> None:
    moved = ledger.movements(demonstration.cell, code="bonus")[0]
    shown = give(client, bonus)
    found = parse_receipt(bonus.encode())
    number, size = found.index + 1, found.checkpoint.size
    assert f"This movement is number {number:,} in the books" in shown
    assert f"and one of the {size:,} that were signed" in shown
    assert "It was cosigned by 1 of the 2 witnesses known here." in shown
    assert f"Amount {format_cents(moved.amount_cents)} For outcome bonus" in shown
    assert "witness.example/w1, March 17, 2030, 17:46 UTC" in shown
    assert "Log books.example/log" in shown
    assert found.checkpoint.root.hex() in shown
    assert "still leads to the same root" in shown
    assert "Who the people are: accounts are numbers" in shown
    assert (
        f'href="/trace/{moved.id}/"'
        in client.post("/receipt/", {"receipt": bonus}).content.decode()
    )


def test_a_receipt_is_told_in_spanish(client: Client, bonus: str) -> None:
    shown = give(client, bonus, "/es")
    assert "Demostrado" in shown
    assert "17 de marzo de 2030, 17:46 UTC" in shown
    assert "prima por resultados" in shown
    assert "No está escrito como debe estarlo un recibo." in give(client, bonus + "x", "/es")


def test_a_file_proves_what_its_text_does(client: Client, bonus: str) -> None:
    assert "This movement is number" in give_file(client, bonus.encode())


def test_line_ends_lost_on_a_clipboard_are_put_right_and_nothing_else(
    client: Client, bonus: str
) -> None:
    assert "This movement is number" in give(client, "\n " + bonus.replace("\n", "\r\n") + "\n\n")
    assert "Not proven" in give_file(client, bonus.replace("\n", "\r\n").encode())
    assert "Not proven" in give_file(client, bonus.encode() + b"\n")


@pytest.mark.parametrize("extra", ["leaf", "none"])
def test_a_receipt_that_does_not_open_its_leaf_shows_no_amount(
    client: Client, bonus: str, extra: str
) -> None:
    found = parse_receipt(bonus.encode())
    assert found.extra is not None
    closed = replace(found, extra=found.extra[:56] if extra == "leaf" else None)
    shown = give(client, closed.content.decode())
    assert "This movement is number" in shown
    assert parse_opened_leaf(found.extra).leaf.commitment.hex() in shown
    assert "amount, accounts and reason are not in this receipt" in shown
    assert "$" not in shown
    assert "outcome bonus" not in shown


def test_an_older_receipt_still_holds_in_a_log_that_grew(
    client: Client, demonstration: Report
) -> None:
    cell = demonstration.cell
    row = models.Checkpoint.objects.get(cell=cell, size=SIGNED_FIRST)
    transfer = ledger.movements(cell, seq=5)[0].id
    index, leaf = queries.opened(cell, transfer)
    proof = tuple(queries.tree(cell, SIGNED_FIRST).inclusion(index))
    older = Receipt(
        index,
        proof,
        checkpoint=parse_receipt(_with(row.note)).checkpoint,
        note=parse_note(row.note.encode()),
        extra=leaf.content,
    )
    shown = give(client, older.content.decode())
    assert "one of the 600 that were signed" in shown
    assert "has grown to 1,1" in shown
    assert "and still begins with the same 600" in shown
    assert "No witness known here has cosigned it" in shown


def _with(note: str) -> bytes:
    return f"{HEADER}\nindex 0\n\n{note}".encode()


def _stranger(found: Receipt) -> Receipt:
    other = replace(WITNESS, name="stranger.example")
    return replace(found, note=found.note.with_signatures([other.sign(found.note.text, NOON)]))


def test_a_witness_that_is_not_known_is_named_and_not_counted(client: Client, bonus: str) -> None:
    shown = give(client, _stranger(parse_receipt(bonus.encode())).content.decode())
    assert "It was cosigned by 1 of the 2 witnesses" in shown
    assert "stranger.example, not counted" in shown


def test_nothing_of_a_receipt_is_stored_and_its_cost_is_bounded(
    client: Client, demonstration: Report, bonus: str
) -> None:
    with CaptureQueriesContext(connection) as asked:
        give(client, bonus)
    statements = [query["sql"] for query in asked.captured_queries]
    assert len(statements) <= QUERIES_MAX
    assert [text for text in statements if not text.lstrip().upper().startswith("SELECT")] == []
    found = parse_receipt(bonus.encode()).extra
    assert found is not None
    assert parse_opened_leaf(found).salt.hex() not in give(client, bonus)
    assert bonus[:200] not in give(client, bonus)


def _axe(page: Page) -> list[str]:
    page.evaluate(AXE_SCRIPT.read_text())
    beyond = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert beyond <= 0
    found: list[str] = page.evaluate(RUN_AXE, RULES)
    return found


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["", "/es"])
def test_a_visitor_pastes_a_receipt_is_refused_and_puts_it_right(
    browser: Browser, served: str, bonus: str, width: int, language: str
) -> None:
    with opened(browser, served, width) as (page, complaints):
        page.goto(f"{language}/receipt/")
        button = page.locator("form button").bounding_box()
        assert button is not None
        assert button["y"] + button["height"] < 844
        page.locator("textarea").fill(bonus[:-20])
        page.locator("form button").click()
        alert = page.get_by_role("alert")
        assert ("Not proven" if not language else "No demostrado") in alert.inner_text()
        assert _axe(page) == []
        alert.get_by_role("link").click()
        page.locator("textarea").fill(bonus)
        page.locator("form button").click()
        assert ("Proven" if not language else "Demostrado") in page.locator("#verdict").inner_text()
        assert _axe(page) == []
        page.locator("input[type=file]").set_input_files(
            {"name": "paid.tlog-proof", "mimeType": "text/plain", "buffer": bonus.encode()}
        )
        page.locator("form button").click()
        assert ("Proven" if not language else "Demostrado") in page.locator("#verdict").inner_text()
        assert page.get_by_role("alert").count() == 0
        assert complaints == []
