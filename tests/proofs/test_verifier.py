"""`lmb-verify` alone, as someone runs it who has never seen the system: one file, a receipt, keys.

It shares no code with the room, so every agreement here is of two implementations.
"""

from __future__ import annotations

import io
import json
import runpy
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import pytest

from lmb.config.paths import CLONE
from lmb.ledger.service import Books
from lmb.proofs import queries
from lmb.proofs.books import posted_after
from lmb.proofs.export import export_log, export_openings
from lmb.proofs.receipts import Receipt
from lmb.proofs.service import integrate, issue_checkpoint, record_cosignatures
from lmb.values.errors import RefusedError
from tests.proofs.posting import START, hold_and_capture, open_books, pay, pay_many
from tests.proofs.support import (
    LOG,
    LOG_ML_DSA,
    NOON,
    WITNESS,
    WITNESS_ML_DSA,
    checkpoint,
    signed,
    signing_key,
)
from tests.proofs.test_policy import SECOND, THIRD
from tests.proofs.test_policy import TEXT as POLICY

pytestmark = pytest.mark.django_db

PROGRAM = CLONE / "verifier" / "lmb_verify.py"
VERIFIER = runpy.run_path(str(PROGRAM))
KEYS = ["--log", LOG.verifier.text, "--witness", WITNESS.verifier.text]


@dataclass(frozen=True, slots=True)
class Verdict:
    returncode: int
    stdout: str
    stderr: str


def verify(*words: str | Path) -> Verdict:
    """What the one file says."""
    said, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complained):
        try:
            status = VERIFIER["main"](list(map(str, words)))
        except SystemExit as ended:
            status = ended.code
    return Verdict(status, said.getvalue(), complained.getvalue())


def refused(status: int, reason: str, *words: str | Path) -> None:
    result = verify(*words)
    assert (result.returncode, result.stdout) == (status, "")
    assert reason in result.stderr


@pytest.fixture
def books() -> Books:
    """Books of 304 transfers, logged, signed with two keys and cosigned."""
    opened = open_books()
    hold_and_capture(opened)
    pay_many(opened, "many", 300)
    integrate(opened.cell)
    cosign(opened, 304)
    return opened


def cosign(books: Books, size: int) -> None:
    text = issue_checkpoint(books.cell, [LOG, LOG_ML_DSA], START).text
    keys = [WITNESS, WITNESS_ML_DSA, SECOND, THIRD]
    given = [key.sign(text, NOON) for key in keys]
    record_cosignatures(books.cell, size, given, [key.verifier for key in keys], START)


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
        f"  because of instruction {found.movement.cause}, by desk",
        "  effective 2030-01-02T12:00:00+00:00, recorded 2030-01-02T12:00:00+00:00",
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


@pytest.fixture
def exported(books: Books, tmp_path: Path) -> Path:
    folder = tmp_path / "audit"
    size = export_log(books.cell, folder)
    export_openings(books.cell, size, folder)
    return folder


def test_an_exported_log_is_checked_down_to_its_balances(exported: Path) -> None:
    result = verify(exported, *KEYS)
    assert (result.returncode, result.stderr) == (0, "")
    assert "all leaves and 3 tiles of the log books.example/log, 304 leaves" in result.stdout
    assert "balances of 3 accounts recomputed, all equal" in result.stdout


def test_the_public_part_of_an_export_names_nobody(exported: Path, books: Books) -> None:
    (exported / "openings.jsonl").unlink()
    (exported / "balances.csv").unlink()
    result = verify(exported, *KEYS)
    assert (result.returncode, "balances" in result.stdout) == (0, False)
    secret = posted_after(books.cell, 2, 1)[0].movement
    for path in exported.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for named in (secret.debit, secret.transfer, secret.cause):
            assert named.bytes not in content
            assert str(named).encode() not in content


@pytest.mark.parametrize(
    ("file", "at", "reason"),
    [
        ("tile/entries/000", 40, "do not lead to the root"),
        ("tile/entries/001.p/48", 40, "do not lead to the root"),
        ("tile/0/000", 0, "tile/0/000 is not the tile"),
        ("tile/1/000.p/1", 31, "tile/1/000.p/1 is not the tile"),
    ],
)
def test_a_changed_file_of_an_export_is_named(
    exported: Path, file: str, at: int, reason: str
) -> None:
    content = bytearray((exported / file).read_bytes())
    content[at] ^= 1
    (exported / file).write_bytes(content)
    refused(1, reason, exported, *KEYS)


def test_balances_that_are_not_those_of_the_leaves_are_named(exported: Path) -> None:
    balances, openings = exported / "balances.csv", exported / "openings.jsonl"
    good, lines = balances.read_text(), openings.read_text().splitlines()
    account = next(row.split(",")[0] for row in good.splitlines() if ",2000," in row)
    balances.write_text(good.replace(",2000,", ",2001,"))
    refused(1, f"balances differ from the leaves: {account}", exported, *KEYS)
    balances.write_text("\n".join(row for row in good.split("\n") if account not in row))
    refused(1, f"balances differ from the leaves: {account}", exported, *KEYS)
    balances.write_text(good + good.splitlines()[-1] + "\n")
    refused(2, "no row or a second one", exported, *KEYS)
    balances.write_text(good)
    swapped = [lines[1], lines[0], *lines[2:]]
    for wrong, status, reason in [
        (lines[:-1], 1, "opens 303 of 304 leaves"),
        (swapped, 2, "row 1"),
        (["{}", *lines[1:]], 2, "row 1"),
        ([json.dumps({**json.loads(lines[1]), "index": 0}), *lines[1:]], 1, "another movement"),
    ]:
        openings.write_text("".join(f"{line}\n" for line in wrong))
        refused(status, reason, exported, *KEYS)


def test_a_leaf_closed_for_ever_leaves_the_tree_proven(exported: Path) -> None:
    openings = exported / "openings.jsonl"
    lines = openings.read_text().splitlines()
    openings.write_text("\n".join(['{"index": 0}', *lines[1:]]) + "\n")
    result = verify(exported, *KEYS)
    assert (result.returncode, "closed for ever" in result.stdout) == (0, True)


def test_one_checkpoint_goes_on_in_the_next_or_not(
    exported: Path, books: Books, tmp_path: Path
) -> None:
    old, new, forged = (tmp_path / name for name in ("old", "new", "forged"))
    old.write_bytes((exported / "checkpoint").read_bytes())
    pay(books, "later")
    integrate(books.cell)
    cosign(books, 305)
    export_log(books.cell, exported)
    new.write_bytes((exported / "checkpoint").read_bytes())
    result = verify(exported, old, new, *KEYS)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "PROVEN: 305 leaves begin with the 304 of the older checkpoint.\n"
    refused(1, "the second is the older one", exported, new, old, *KEYS)
    forged.write_bytes(signed(checkpoint(304), LOG, WITNESS).content)
    refused(1, "states another history", exported, forged, new, *KEYS)
    pay(books, "last")
    with pytest.raises(RefusedError, match="the books moved on"):
        export_openings(books.cell, 305, exported)


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
