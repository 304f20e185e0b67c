"""Run PostgreSQL's programs without root's rights, which they refuse to run with."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system account the server runs as when we are root."""

    uid: int
    gid: int


class DroppedRights(TypedDict, total=False):
    """Arguments of subprocess that make a child run as another account."""

    user: int
    group: int
    extra_groups: list[int]


def as_account(account: Account | None) -> DroppedRights:
    """Arguments of subprocess that drop root's rights; none for an ordinary user."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def clean_environment() -> dict[str, str]:
    """A server sees none of the caller's PG… variables and speaks English in its log."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def run_as(
    account: Account | None, command: list[str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run a short command as the server's account, in its own session so that Ctrl-C spares it."""
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            start_new_session=True,
            **as_account(account),
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 126, stdout=str(error))


def give(path: Path, account: Account | None) -> None:
    """Hand a folder we just made to the server's account."""
    if account is not None:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def reaches(account: Account, folder: Path) -> bool:
    """Whether the account can enter the folder; asked by trying, since only that is certain."""
    enter = ["/bin/sh", "-c", 'cd "$0"', str(folder)]
    return run_as(account, enter, folder=Path("/")).returncode == 0


def nobody() -> Account:
    """The account without rights that every system has."""
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return Account(65534, 65534)
    return Account(entry.pw_uid, entry.pw_gid)
