"""Homes for servers and processes that use them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lmb.config.postgres import remove_abandoned
from tests.config.support import PROGRAM, StartUser, User


@pytest.fixture
def homes() -> Iterator[Path]:
    """A folder for homes that every account can enter; whatever runs in it is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="lmb-test-"))
    folder.chmod(0o755)
    yield folder
    for lock in sorted(folder.rglob("users.lock")):
        remove_abandoned(lock.parents[1])
    shutil.rmtree(folder)


@pytest.fixture
def home(homes: Path) -> Path:
    return homes / "home"


@pytest.fixture
def private_home(tmp_path: Path) -> Iterator[Path]:
    """A home in a folder that only this user can enter, as a clone in root's own folder is."""
    yield tmp_path / "home"
    remove_abandoned(tmp_path)


@pytest.fixture
def start_user() -> Iterator[StartUser]:
    """Start another process that uses the server of a home; killed at the end if still there."""
    started: list[User] = []

    def start(home: Path) -> User:
        process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
