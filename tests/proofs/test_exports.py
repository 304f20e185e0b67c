"""An exported log is checked by `lmb-verify` alone, down to the balances of every account."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lmb.ledger.service import Books
from lmb.proofs.books import posted_after
from lmb.proofs.export import export_log, export_openings
from lmb.proofs.service import integrate
from lmb.values.errors import RefusedError
from tests.proofs.posting import pay
from tests.proofs.support import (
    LOG,
    WITNESS,
    checkpoint,
    signed,
)
from tests.proofs.verifying import KEYS, cosign, logged_books, refused, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> Books:
    return logged_books()


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
