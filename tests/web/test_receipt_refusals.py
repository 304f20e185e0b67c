"""A receipt that proves nothing is refused with the reason and the next step, in one sentence each;
forms from elsewhere and requests without end are not read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from lmb.ledger import queries as ledger
from lmb.proofs import models
from lmb.proofs.receipts import HEADER, Receipt, parse_receipt
from lmb.proofs.service import integrate
from lmb.settlement.report import Report
from lmb.web.public.receipts import BODY_BYTES_MAX
from tests.proofs.posting import hold_and_capture, open_books, pay_many
from tests.proofs.support import LOG, NOON, OTHER_TREE, SECOND, WITNESS, checkpoint, signed
from tests.web.signing import receipt_text, sign
from tests.web.support import give, give_file, html, posted, words


def _resigned(found: Receipt) -> Receipt:
    """The same checkpoint with another signature under the log's own key."""
    own = found.note.signatures[0]
    false = replace(own, content=bytes(64))
    return replace(found, note=replace(found.note, signatures=(false, *found.note.signatures[1:])))


def _false_witness(found: Receipt) -> Receipt:
    """A cosignature that a known witness never gave."""
    false = SECOND.sign(found.note.text, NOON)
    return replace(found, note=found.note.with_signatures([false]))


def _unsigned(found: Receipt) -> Receipt:
    kept = tuple(each for each in found.note.signatures if each.name != LOG.name)
    return replace(found, note=replace(found.note, signatures=kept))


def _other_root(found: Receipt) -> Receipt:
    stated = replace(found.checkpoint, root=OTHER_TREE.at(500).root)
    return replace(found, checkpoint=stated, note=signed(stated))


def _other_log(found: Receipt) -> Receipt:
    stated = checkpoint(500, origin="elsewhere.example/log")
    return replace(found, checkpoint=stated, note=signed(stated))


def _other_size(found: Receipt) -> Receipt:
    stated = replace(found.checkpoint, size=found.checkpoint.size - 1)
    return replace(found, checkpoint=stated, note=signed(stated))


def _other_movement(found: Receipt) -> Receipt:
    assert found.extra is not None
    return replace(found, extra=found.extra[:-1] + b"x")


@pytest.mark.parametrize(
    ("change", "wrong", "step"),
    [
        (_other_log, "is of a log that is not kept here", "where its log is"),
        (_other_size, "never signed a checkpoint of the size", "show it to an auditor"),
        (_other_root, "states another history", "show it to an auditor"),
        (_resigned, "log’s signature on the receipt is missing or", "Copy the receipt again"),
        (_unsigned, "log’s signature on the receipt is missing or", "Copy the receipt again"),
        (_false_witness, "witness’s signature on the receipt is not", "Copy the receipt again"),
        (_other_movement, "shows a movement, but proves another", "Do not rely on what it shows"),
        (lambda found: replace(found, extra=b"x"), "does not show a movement", "Copy the"),
        (lambda found: replace(found, extra=b""), "does not show a movement", "Copy the"),
        (lambda found: replace(found, index=found.index ^ 1), "does not lead", "Copy the"),
        (lambda found: replace(found, proof=found.proof[:-1]), "does not lead", "Copy the"),
        (lambda found: replace(found, proof=found.proof * 2), "does not lead", "Copy the"),
        (lambda found: replace(found, index=9**9), "does not lead", "Copy the receipt"),
        (lambda found: replace(found, index=9**9, extra=None), "does not lead", "Copy the"),
    ],
)
def test_a_receipt_that_proves_nothing_is_refused_with_the_reason_and_the_next_step(
    client: Client, bonus: str, change: Callable[[Receipt], Receipt], wrong: str, step: str
) -> None:
    shown = give(client, change(parse_receipt(bonus.encode())).content.decode())
    assert "Not proven" in shown
    assert wrong in shown
    assert step in shown
    assert "What the check found:" in shown
    assert "This movement is number" not in shown


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda text: "", "No receipt was given."),
        (lambda text: " \r\n ", "No receipt was given."),
        (lambda text: "hello", "it does not start as one does"),
        (lambda text: text[:-3], "not written as a receipt must be"),
        (lambda text: text + "more", "not written as a receipt must be"),
        (lambda text: text.replace("\nindex ", "\nindex 0"), "leading zero"),
        (lambda text: text.replace("books.example", "books\x07example"), "U+0007"),
        (lambda text: text + "A" * 65_536, "at most 64 kB are read"),
    ],
)
def test_what_is_not_written_as_a_receipt_is_refused(
    client: Client, bonus: str, change: Callable[[str], str], sentence: str
) -> None:
    assert sentence in give(client, change(bonus))


def test_a_refused_text_can_be_put_right_and_is_never_markup(client: Client, bonus: str) -> None:
    markup = client.post("/receipt/", {"receipt": "</textarea><b>hello"}).content.decode()
    assert "&lt;/textarea&gt;&lt;b&gt;hello</textarea>" in markup
    assert 'aria-invalid="true"' in markup
    assert 'aria-describedby="receipt-hint receipt-error"' in markup
    assert markup.count('id="receipt-error"') == 1


def test_text_and_file_together_are_refused(client: Client, bonus: str) -> None:
    given = {"receipt": bonus, "file": SimpleUploadedFile("r", bonus.encode())}
    assert "A text and a file were given." in posted(client, "/receipt/", given)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\0", b"\0" * 100, HEADER.encode() + b"\n\xff"])
def test_any_bytes_are_answered_with_a_sentence(
    client: Client, demonstration: Report, content: bytes
) -> None:
    given = b" " if content == b"" else content
    assert "Not proven" in give_file(client, given)


def test_a_file_over_the_limit_is_refused_and_a_longer_request_is_not_read(
    client: Client, demonstration: Report
) -> None:
    assert "at most 64 kB are read" in give_file(client, b"x" * 65_537)
    careful = Client(enforce_csrf_checks=True)
    response = careful.post(
        "/receipt/", b"x", content_type="text/plain", CONTENT_LENGTH=str(BODY_BYTES_MAX + 1)
    )
    assert response.status_code == 413
    assert "at most 64 kB are read" in words(response.content.decode())


def test_a_log_that_was_changed_since_is_told_of(client: Client, db: None) -> None:
    books = open_books()
    hold_and_capture(books)
    integrate(books.cell)
    sign(books.cell, NOON, WITNESS)
    kept = receipt_text(ledger.movements(books.cell, kind="capture")[0].id)
    assert "1 of the 1 witness known here" in give(client, kept)
    assert "paid out of money that was set aside" in give(client, kept)
    pay_many(books, "more", 3)
    integrate(books.cell)
    row = models.Checkpoint.objects.get(cell=books.cell)
    root = OTHER_TREE.at(7).root
    models.Checkpoint.objects.create(
        cell=row.cell, size=7, origin=row.origin, root=root, note=row.note, issued_at=row.issued_at
    )
    shown = give(client, kept)
    assert "the log kept here was changed since" in shown
    assert "it is evidence" in shown


def test_the_form_is_taken_only_from_this_site(demonstration: Report, bonus: str) -> None:
    careful = Client(enforce_csrf_checks=True)
    for language, sentence in (("", "Allow cookies"), ("/es", "Permita las cookies")):
        response = careful.post(f"{language}/receipt/", {"receipt": bonus})
        assert response.status_code == 403
        assert sentence in words(response.content.decode())
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html(careful, "/receipt/"))
    assert token is not None
    given = {"receipt": bonus, "csrfmiddlewaretoken": token[1]}
    assert "This movement is number" in posted(careful, "/receipt/", given)
    elsewhere = careful.post("/receipt/", given, headers={"Origin": "https://elsewhere.example"})
    assert elsewhere.status_code == 403


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_the_form_takes_no_other_method(client: Client, method: str) -> None:
    response = getattr(client, method)("/receipt/")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, POST"
