"""Talk to processes that use a server, and look at what is left of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from lmb.config import cluster, postmaster
from tests.conftest import LEFT_OUT

PROGRAM = Path(__file__).with_name("use_server.py")
NOBODY = 65534

User = subprocess.Popen[str]
StartUser = Callable[[Path], User]


def wait_for(process: User, word: str) -> str:
    """Read the process's output up to the line that starts with `word`; give the rest of it."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(word):
            return line.removeprefix(word).strip()
    raise AssertionError(f"the process ended without printing {word!r}")


def end(process: User) -> int:
    """Let a process leave its server, and give its exit status."""
    process.communicate("\n", timeout=30)
    return process.returncode


def server_process(home: Path) -> psutil.Process | None:
    """The live server of a home, if there is one."""
    found = postmaster.find(cluster.locate(home.resolve()))
    return psutil.Process(found.pid) if found else None


def running_server(home: Path) -> psutil.Process:
    process = server_process(home)
    assert process is not None
    return process


def processes_in(folder: Path) -> list[psutil.Process]:
    """Every live process that works under a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and Path(process.cwd()).is_relative_to(folder):
                found.append(process)
        except psutil.Error:
            continue
    return found


def needs_root() -> None:
    if os.geteuid() != 0:
        pytest.skip(LEFT_OUT + "only root can run a server as another account; run as root too")
