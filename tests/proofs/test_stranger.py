"""Somebody who has never seen the system checks a payment: with a receipt, the keys of a witness
and one file, on a Python that has the standard library and `cryptography` and no network."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lmb.cli.proofs import proofs
from lmb.ledger.service import Books
from lmb.proofs.books import posted_after
from tests.proofs.posting import hold_and_capture, open_books, pay_many
from tests.proofs.verifying import PROGRAM
from tests.proofs.witness_process import NAME, process

# What `pip install cryptography` brings.
ALLOWED = ("cryptography", "cffi", "pycparser")
COMPILED = "_cffi_backend"

START = """\
import runpy, socket, sys
assert not [path for path in sys.path if "site-packages" in path], sys.path
sys.path.append(sys.argv[1])
for absent in ("lmb", "django", "psycopg", "click"):
    try:
        __import__(absent)
    except ModuleNotFoundError:
        continue
    raise SystemExit(f"{absent} can be imported")
def refuse(*_arguments, **_named):
    raise SystemExit("the verifier asked the network")
socket.socket = refuse
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A folder with the verifier, what somebody was given, and nothing of this project."""

    folder: Path
    keys: tuple[str, ...]

    def verify(self, *words: str) -> subprocess.CompletedProcess[str]:
        program = [sys._base_executable, "-I", "-S", "start.py", "libraries", "lmb_verify.py"]  # type: ignore[attr-defined]
        return subprocess.run(
            [*program, *words],
            cwd=self.folder,
            env={"PYTHONPATH": "", "PATH": ""},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def machine(fresh_database: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """What the operator's commands wrote and a real witness cosigned, carried elsewhere."""
    monkeypatch.setenv("LMB_HOME", str(tmp_path / "operator"))
    books = open_books()
    hold_and_capture(books)
    given = tmp_path / "stranger"
    given.mkdir()
    log = [line for line in run("checkpoint").stderr.splitlines() if line.startswith("log ")]
    with process(tmp_path / "witness", log[0].split()[1]) as (_, port, keys):
        policy = tmp_path / "policy"
        lines = [f"witness {at} {key.text} http://127.0.0.1:{port}" for at, key in enumerate(keys)]
        policy.write_text("\n".join([*log, *lines, "quorum 0", ""]))
        (given / "kept").write_bytes(run("checkpoint", "--policy", str(policy)).stdout_bytes)
        pay_many(books, "many", 300)
        run("checkpoint", "--policy", str(policy))
    paid = transfer_of(books)
    run("receipt", paid, "--output", str(given / "paid.tlog-proof"))
    run("export", str(given / "audit"), "--openings")
    shutil.copy(PROGRAM, given)
    (given / "start.py").write_text(START)
    carry_libraries(given / "libraries")
    return Machine(given, tuple(word for key in keys for word in ("--witness", key.text)))


def run(*words: str) -> Result:
    result = CliRunner().invoke(proofs, list(words))
    assert result.exit_code == 0, result.output
    return result


def transfer_of(books: Books) -> str:
    """The payment: what was captured for the provider."""
    return str(posted_after(books.cell, 2, 1)[0].movement.transfer)


def carry_libraries(folder: Path) -> None:
    folder.mkdir()
    for name in (*ALLOWED, COMPILED):
        found = importlib.util.find_spec(name)
        assert found is not None, name
        assert found.origin is not None, name
        here = Path(found.origin) if name == COMPILED else Path(found.origin).parent
        (folder / here.name).symlink_to(here)


def test_a_payment_is_checked_with_a_receipt_and_the_keys_of_a_witness_alone(
    machine: Machine,
) -> None:
    result = machine.verify("paid.tlog-proof", *machine.keys, "--quorum", "1")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("PROVEN: this movement is in the books that were signed.\n")
    assert "capture of 20.00 USD for tuition" in result.stdout
    assert f"seen by {NAME} at " in result.stdout
    assert machine.verify("paid.tlog-proof").returncode == 2


def test_a_whole_log_its_balances_and_its_history_are_checked(machine: Machine) -> None:
    whole = machine.verify("audit", *machine.keys, "--quorum", "1")
    assert (whole.returncode, whole.stderr) == (0, "")
    assert "304 leaves" in whole.stdout
    assert "balances" in whole.stdout
    grown = machine.verify("audit", "kept", "audit/checkpoint", *machine.keys, "--quorum", "1")
    assert (grown.returncode, grown.stderr) == (0, "")
    back = machine.verify("audit", "audit/checkpoint", "kept", *machine.keys, "--quorum", "1")
    assert back.returncode == 1


CHANGED = [
    ("audit/balances.csv", b",USD,2000,", b",USD,2001,", 1),
    ("audit/tile/0/000", b"", b"\0", 1),
    ("audit/tile/entries/000", b"", b"\0", 2),
    ("audit/checkpoint", b"\n304\n", b"\n0304\n", 2),
    ("audit/checkpoint", b"\n304\n", b"\n303\n", 1),
    ("audit/checkpoint", b"", b"x", 2),
    ("audit/openings.jsonl", b'"salt": "', b'"salt": "00', 1),
    ("audit/openings.jsonl", b'{"index": 2,', b'{"index": 3,', 2),
]


def test_what_was_changed_on_the_way_is_not_proven(machine: Machine) -> None:
    for file, old, new, status in CHANGED:
        path = machine.folder / file
        content = path.read_bytes()
        assert old in content
        path.write_bytes(content.replace(old, new, 1) if old else content + new)
        result = machine.verify("audit", *machine.keys, "--quorum", "1")
        assert (result.returncode, result.stdout) == (status, ""), (file, new, result.stderr)
        assert result.stderr
        path.write_bytes(content)
    assert machine.verify("audit", *machine.keys, "--quorum", "1").returncode == 0


def test_a_flipped_bit_of_a_tile_or_a_receipt_is_found(machine: Machine) -> None:
    tile = machine.folder / "audit/tile/0/000"
    content = bytearray(tile.read_bytes())
    content[77] ^= 1
    tile.write_bytes(content)
    assert machine.verify("audit", *machine.keys, "--quorum", "1").returncode == 1
    receipt = machine.folder / "paid.tlog-proof"
    lines = receipt.read_text().split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith("index ")) + 1
    lines[at] = ("A" if lines[at][0] != "A" else "B") + lines[at][1:]
    receipt.write_text("\n".join(lines))
    assert machine.verify("paid.tlog-proof", *machine.keys, "--quorum", "1").returncode == 1
