"""Where the operator said whom to trust, a receipt is verified with those keys and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.test import Client
from playwright.sync_api import Browser

from lmb.config.assets import AXE_SCRIPT
from lmb.ledger import queries as ledger
from lmb.ledger.service import Books
from lmb.proofs import queries
from lmb.proofs.keys import SigningKey
from lmb.proofs.models import TrustPolicy
from lmb.proofs.receipts import Receipt
from lmb.proofs.service import trust
from tests.proofs.audited import POLICY, SIZE, audited_books
from tests.proofs.support import LOG, NOON, SECOND, THIRD, WITNESS, signing_key
from tests.web.conftest import serving
from tests.web.support import give
from tests.web.test_journeys import RULES, RUN_AXE, WIDTHS, opened

OTHER_LOG = replace(LOG, seed=bytes(32))
"""Another key under the log's name."""


@pytest.fixture
def books(fresh_database: object) -> Books:
    return audited_books()


@pytest.fixture
def kept(books: Books) -> Receipt:
    return queries.receipt(ledger.movements(books.cell, seq=3)[0].id)


def put_in_force(books: Books, policy: str = POLICY) -> None:
    trust(books.cell, policy.encode(), None, "auditor", datetime.now(UTC))


def test_the_answer_names_the_log_of_this_site_and_the_trusted_witnesses(
    client: Client, books: Books, kept: Receipt
) -> None:
    without = give(client, kept.content.decode())
    assert "No trust policy is configured here" in without
    put_in_force(books)
    shown = give(client, kept.content.decode())
    assert (
        "It is signed by the log of this site, books.example/log, and cosigned by "
        "second.example and witness.example/w1 ." in shown
    )
    assert "Verified with the keys in this site’s policy, in force since" in shown
    assert "fewer witnesses than" not in shown
    spanish = give(client, kept.content.decode(), "/es")
    assert "Lo firmó el registro de este sitio, books.example/log" in spanish
    assert "second.example y witness.example/w1" in spanish


def test_a_log_key_that_is_not_configured_signs_nothing(
    client: Client, books: Books, kept: Receipt
) -> None:
    other = POLICY.replace(LOG.verifier.text, OTHER_LOG.verifier.text)
    TrustPolicy.objects.using("owner").create(
        cell=books.cell, number=1, content=other, actor="auditor", recorded_at=datetime.now(UTC)
    )
    shown = give(client, kept.content.decode())
    assert "Not proven" in shown
    assert "The log’s signature on the receipt is missing or is not the one it made." in shown


def test_witnesses_the_receipt_brings_are_named_and_not_counted(
    client: Client, books: Books, kept: Receipt
) -> None:
    put_in_force(books)
    stranger = signing_key("stranger.example", THIRD.algorithm).sign(kept.note.text, NOON)
    own = [each for each in kept.note.signatures if each.name == LOG.name]
    brought = replace(kept, note=replace(kept.note, signatures=(*own, stranger)))
    shown = give(client, brought.content.decode())
    assert "No witness that these books trust has cosigned it" in shown
    assert "stranger.example, not counted" in shown


def test_too_few_witnesses_are_told(client: Client, books: Books, kept: Receipt) -> None:
    lines = POLICY.replace("quorum both", f"witness three {THIRD.verifier.text}\nquorum three")
    put_in_force(books, lines)
    shown = give(client, kept.content.decode())
    assert "These are fewer witnesses than the books’ policy asks for." in shown


def flipped(content: bytes) -> bytes:
    """Other bytes, whatever these are: the last byte of a signature is often zero already."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize("key", [WITNESS, SECOND])
def test_a_false_signature_of_a_trusted_witness_spoils_the_receipt(
    client: Client, books: Books, kept: Receipt, key: SigningKey
) -> None:
    put_in_force(books)
    false = tuple(
        replace(each, content=flipped(each.content)) if each.name == key.name else each
        for each in kept.note.signatures
    )
    shown = give(client, replace(kept, note=replace(kept.note, signatures=false)).content.decode())
    assert "A witness’s signature on the receipt is not the one it gave." in shown
    assert "is not over this text" in shown


@pytest.mark.parametrize("width", WIDTHS)
def test_the_answer_is_accessible(
    books: Books, kept: Receipt, browser: Browser, width: int
) -> None:
    put_in_force(books)
    with serving() as served, opened(browser, served, width) as (page, complaints):
        page.goto("/receipt/")
        page.locator("textarea").fill(kept.content.decode())
        page.locator("form button").click()
        assert f"one of the {SIZE} that were signed" in page.locator("#verdict + p").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        page.evaluate(AXE_SCRIPT.read_text())
        assert page.evaluate(RUN_AXE, RULES) == []
        assert complaints == []
