"""`lmb-verify` alone, as someone runs it who has never seen the system: one file, a receipt, keys.

It shares no code with the room, so every agreement here is of two implementations.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from lmb.ledger.service import Books
from lmb.proofs import queries
from lmb.proofs.books import posted_after
from lmb.proofs.receipts import Receipt
from tests.proofs.support import (
    LOG,
    POLICY,
    SECOND,
    THIRD,
    WITNESS,
    WITNESS_ML_DSA,
    checkpoint,
    signed,
    signing_key,
)
from tests.proofs.verifying import KEYS, PROGRAM, logged_books, refused, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return logged_books()


def transfer(books: Books, seq: int) -> UUID:
    return posted_after(books.cell, seq - 1, 1)[0].movement.transfer


@pytest.fixture
def kept(books: Books) -> Receipt:
    return queries.receipt(transfer(books, 3))


@pytest.fixture
def receipt(kept: Receipt, tmp_path: Path) -> Path:
    path = tmp_path / "paid.tlog-proof"
    path.write_bytes(kept.content)
    return path


def test_the_verifier_is_small_and_stands_alone() -> None:
    source = PROGRAM.read_text()
    assert len(source.splitlines()) < 500
    assert "import lmb" not in source
    assert "from lmb" not in source


def test_one_copied_file_is_enough(receipt: Path, tmp_path: Path) -> None:
    copied = tmp_path / "verify.py"
    copied.write_bytes(PROGRAM.read_bytes())
    words = [sys.executable, "-I", str(copied), str(receipt), *KEYS]
    result = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == verify(receipt, *KEYS).stdout


def test_a_receipt_tells_in_plain_words_what_it_proves(books: Books, receipt: Path) -> None:
    result = verify(receipt, *KEYS)
    assert (result.returncode, result.stderr) == (0, "")
    found = posted_after(books.cell, 2, 1)[0]
    assert result.stdout.splitlines() == [
        "PROVEN: this movement is in the books that were signed.",
        "  capture of 20.00 USD for tuition",
        f"  from account {found.movement.debit}",
        f"  to account   {found.movement.credit}",
        f"  because of instruction {found.movement.cause}, sha256 "
        f"{found.movement.cause_sha256.hex()}",
        "  by desk, effective 2030-01-02T12:00:00+00:00, recorded 2030-01-02T12:00:00+00:00",
        f"  transfer {found.movement.transfer}, number 3 of books {books.cell}",
        "  leaf 2 of the log books.example/log, 304 leaves, root "
        f"{queries.tree(books.cell, 304).root.hex()}",
        "  seen by witness.example/w1 at 2030-03-17T17:46:40+00:00",
    ]


def test_witness_keys_alone_are_enough(receipt: Path) -> None:
    for key in (WITNESS, WITNESS_ML_DSA, SECOND, THIRD):
        assert verify(receipt, "--witness", key.verifier.text).returncode == 0


def test_two_keys_of_one_witness_count_once(receipt: Path) -> None:
    both = ["--witness", WITNESS.verifier.text, "--witness", WITNESS_ML_DSA.verifier.text]
    assert verify(receipt, *both, "--quorum", "1").returncode == 0
    refused(2, "asks for 2 of 1", receipt, *both, "--quorum", "2")
    third = ["--witness", signing_key("absent", THIRD.algorithm).verifier.text]
    refused(
        1, "cosigned by witness.example/w1: not enough", receipt, *both, *third, "--quorum", "2"
    )
    assert (
        verify(receipt, *both, "--witness", SECOND.verifier.text, "--quorum", "2").returncode == 0
    )


def test_a_policy_decides_who_is_trusted(receipt: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy"
    policy.write_text(POLICY)
    assert verify(receipt, "--policy", policy).returncode == 0
    for text, status, reason in [
        (POLICY.replace("quorum outside", ""), 2, "one quorum"),
        ("quorum none", 2, "give a witness or the log to trust"),
        (POLICY.replace("quorum outside", "quorum nobody"), 2, "before it says who it is"),
        (POLICY.replace("either two thrée", "either two two"), 2, "asks for|twice"),
        (f"log {signing_key('other').verifier.text}\nquorum none", 1, "did not sign with a key"),
        (
            f"log {replace(LOG, seed=bytes(32)).verifier.text}\nquorum none",
            1,
            "did not sign with a key",
        ),
        (f"witness w {LOG.verifier.text}\nquorum w", 2, "cosigns nothing"),
    ]:
        policy.write_text(text)
        result = verify(receipt, "--policy", policy)
        assert result.returncode == status, result
        assert any(part in result.stderr for part in reason.split("|")), result.stderr


def test_nothing_near_a_receipt_is_proven(kept: Receipt, receipt: Path, books: Books) -> None:
    other = queries.receipt(transfer(books, 4))
    assert kept.extra is not None
    for wrong, status, reason in [
        (replace(kept, extra=other.extra), 1, "does not lead from this leaf"),
        (replace(kept, index=3), 1, "does not lead from this leaf"),
        (replace(kept, index=304), 1, "leaf 304 is not in a log of 304"),
        (replace(kept, proof=kept.proof[:-1]), 1, "hashes too few"),
        (replace(kept, proof=(*kept.proof, bytes(32))), 1, "hashes too many"),
        (replace(kept, extra=kept.extra[:-1] + b"X"), 1, "commits to another movement"),
        (replace(kept, extra=kept.extra[:56] + bytes(32) + kept.extra[88:]), 1, "another movement"),
        (replace(kept, extra=kept.extra + b"X"), 2, "bytes after its end"),
        (replace(kept, extra=kept.extra[:100]), 2, "cut off"),
        (replace(kept, extra=b"\0\2" + kept.extra[2:]), 2, "version 2"),
        (replace(kept, extra=None), 2, "a receipt is:"),
        (replace(kept, note=signed(checkpoint(304), LOG, WITNESS)), 1, "does not lead"),
        (replace(kept, note=signed(kept.checkpoint, LOG)), 1, "no known witness: not enough"),
        (replace(kept, note=signed(kept.checkpoint, WITNESS)), 1, "did not sign with a key"),
    ]:
        receipt.write_bytes(wrong.content)
        refused(status, reason, receipt, *KEYS)


def test_what_is_not_written_as_a_receipt_is_not_readable(kept: Receipt, receipt: Path) -> None:
    text = kept.content.decode()
    for wrong in [
        "",
        text + "\n",
        text + "x",
        text.replace("index 2", "index 02"),
        text.replace("\n304\n", "\n0304\n"),
        text.replace("tlog-proof@v1", "tlog-proof@v2"),
        text.replace("\n", "\r\n"),
        text.replace("— ", "-- ", 1),
        text.replace(LOG.name + "\n", LOG.name + "\t\n", 1),
    ]:
        receipt.write_text(wrong, newline="")
        assert verify(receipt, *KEYS).returncode == 2, wrong
    receipt.write_bytes(kept.content.replace(b"books", b"b\xffoks"))
    refused(2, "not UTF-8", receipt, *KEYS)
    refused(2, "cannot be read", receipt.with_name("absent"), *KEYS)
    refused(2, "give a witness or the log to trust", receipt)
    assert "usage" in verify("--help").stdout
    assert verify(receipt, receipt, *KEYS).returncode == 2


def test_what_a_receipt_says_never_steers_the_terminal(
    kept: Receipt, receipt: Path, books: Books
) -> None:
    # A log's own signature covers what it likes; a name with control characters is shown as text.
    stated = replace(kept.checkpoint, origin="books\u202e.example")
    evil = signing_key("books\u202e.example")
    receipt.write_bytes(replace(kept, note=signed(stated, evil)).content)
    result = verify(receipt, "--log", evil.verifier.text)
    assert result.returncode == 0
    assert "books?.example" in result.stdout
