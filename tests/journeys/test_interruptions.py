"""A run that is killed, however and wherever, is finished by running the same command again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.config.support import processes_in
from tests.settlement.small import small_files

PROGRAM = Path(__file__).with_name("killed_run.py")
LMB = "from lmb.cli.main import main; main()"
OPTIONS = [
    part
    for name, file in (
        ("--terms", "terms.json"),
        ("--bids", "bids.csv"),
        ("--people", "people.csv"),
        ("--earnings", "earnings.csv"),
    )
    for part in (name, file)
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in small_files():
        (tmp_path / file.name).write_bytes(file.content)
    # An ordinary account may have to reach the database in it.
    for parent in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        parent.chmod(0o755)
    return tmp_path


def start(folder: Path, home: str, *program: str) -> subprocess.Popen[str]:
    """A process with a home of its own: it starts an embedded server there."""
    outside = ("DATABASE_", "LMB_")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(outside)
    }
    return subprocess.Popen(
        [sys.executable, *program],
        cwd=folder,
        env=environment | {"LMB_HOME": str(folder / home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(folder: Path, home: str) -> Any:
    process = start(folder, home, "-c", LMB, "run", *OPTIONS, "--json")
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return json.loads(output)


def test_killed_runs_end_like_one_that_was_not(folder: Path) -> None:
    undisturbed = finish(folder, "undisturbed")
    assert undisturbed["ledger"]["unbalanced_accounts"] == 0
    # A step that was cut is undone and done again by the next run; steps before it are skipped.
    for what, at_call in (
        ("process", 4),  # while the bond is announced
        ("database", 12),  # while bonds are delivered against payment
        ("process", 14),  # while tuition is held
        ("database", 20),  # while interest is paid
        ("process", 6),  # while unspent credit is taken back
    ):
        process = start(folder, "killed", str(PROGRAM), str(folder), what, str(at_call))
        _, errors = process.communicate(timeout=120)
        expected = -signal.SIGKILL if what == "process" else 1
        assert process.returncode == expected, errors
    assert finish(folder, "killed") == undisturbed
    assert processes_in(folder) == []
