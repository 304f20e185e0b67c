"""Folders the embedded server may trust: short ones for its socket, its own ones for its data."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from lmb.config.accounts import Account, give, reaches
from lmb.config.errors import DatabaseStartError

OUTSIDE = Path("/var/tmp")
# Path of a UNIX socket: at most 107 bytes on Linux and 103 on macOS. The server adds its file name
# (`/.s.PGSQL.5432.lock`), mkdtemp adds `/lmb-` and eight letters.
MAXIMUM_SOCKET_PARENT = 60


def private_folder(path: Path) -> None:
    """Make a folder, or accept an existing one only when it is a real folder of this user."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir()
        # Whatever the umask: the server's account passes through to the data, which are private.
        path.chmod(0o755)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or os.geteuid() not in (0, found.st_uid):
            raise foreign(path) from None


def predictable_folder(path: Path) -> Path:
    """Make a folder whose name anyone could guess, or accept it only when nobody else made it."""
    try:
        path.mkdir(mode=0o700)
        path.chmod(0o711)
    except FileExistsError:
        found = path.lstat()
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
        if not ours or found.st_mode & 0o022:
            raise foreign(path) from None
    return path


def outside_folder(home: Path) -> Path:
    """Where root keeps the cluster of a home that the server's account cannot reach."""
    return OUTSIDE / f"lmb-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"


def socket_folder(account: Account | None) -> Path:
    """A new private folder with a path short enough for a UNIX socket."""
    for parent in (Path(tempfile.gettempdir()), Path("/tmp"), OUTSIDE, Path("/dev/shm")):
        short = len(os.fsencode(parent)) <= MAXIMUM_SOCKET_PARENT
        if not (short and os.access(parent, os.W_OK | os.X_OK)):
            continue
        folder = Path(tempfile.mkdtemp(prefix="lmb-", dir=parent))
        give(folder, account)
        if account is None or reaches(account, folder):
            return folder
        folder.rmdir()
    raise DatabaseStartError(
        "No short writable folder for the database socket: set TMPDIR to one "
        f"of at most {MAXIMUM_SOCKET_PARENT} characters."
    )


def foreign(path: Path) -> DatabaseStartError:
    return DatabaseStartError(
        f"{path} belongs to another user or is not a folder, so it is not used. "
        "Remove it, or choose another folder with LMB_HOME."
    )
