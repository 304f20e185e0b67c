"""`lmb-verify` in this process, and a logged, signed and cosigned set of books to check."""

from __future__ import annotations

import io
import runpy
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from lmb.config.paths import CLONE
from lmb.ledger.service import Books
from lmb.proofs.service import integrate, issue_checkpoint, record_cosignatures
from tests.proofs.posting import START, hold_and_capture, open_books, pay_many
from tests.proofs.support import LOG, LOG_ML_DSA, NOON, SECOND, THIRD, WITNESS, WITNESS_ML_DSA

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


def logged_books() -> Books:
    """Books of 304 transfers, logged, signed with two keys and cosigned."""
    opened = open_books()
    hold_and_capture(opened)
    pay_many(opened, "many", 300)
    integrate(opened.cell)
    cosign(opened, 304)
    return opened


def cosign(books: Books, size: int) -> None:
    """Sign the log of this size and let three witnesses cosign it, one of them twice."""
    text = issue_checkpoint(books.cell, [LOG, LOG_ML_DSA], START).text
    keys = [WITNESS, WITNESS_ML_DSA, SECOND, THIRD]
    given = [key.sign(text, NOON) for key in keys]
    record_cosignatures(books.cell, size, given, [key.verifier for key in keys], START)
