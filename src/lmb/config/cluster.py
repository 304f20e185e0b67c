"""Where the embedded PostgreSQL keeps its data, and whom it runs as.

PostgreSQL refuses to run as root. Started by root, the server runs as `nobody`, who often cannot
reach a clone under a private home folder; then programs and data go to folders of our own under
/var/tmp. No permission outside our own folders is ever changed.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lmb.config.accounts import Account, give, nobody, reaches, run_as
from lmb.config.errors import DatabaseStartError
from lmb.config.folders import foreign, outside_folder, predictable_folder
from lmb.config.programs import MAJOR_VERSION, programs_for

SUPERUSER = "postgres"

Progress = Callable[[str], None]


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
    """Decide where the cluster of `home` lives; nothing but an empty folder of ours is made."""
    if os.geteuid() != 0:
        return Cluster(home, None)
    account = _account_for(home)
    outside = outside_folder(home)
    folder = home
    if outside.exists() or not reaches(account, home):
        folder = predictable_folder(outside)
    return Cluster(folder, account)


def create_if_missing(cluster: Cluster, *, sync: bool, progress: Progress) -> None:
    """Make the cluster unless it exists. An interrupted attempt leaves nothing that counts."""
    if cluster.data.exists():
        if cluster.data.lstat().st_uid != cluster.owner:
            raise foreign(cluster.data)
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


def _account_for(home: Path) -> Account:
    """Whoever owns the existing cluster when that is an ordinary user, else nobody."""
    try:
        found = (home / "data").lstat()
    except FileNotFoundError:
        found = None
    if found is not None and found.st_uid != 0 and stat.S_ISDIR(found.st_mode):
        return Account(found.st_uid, found.st_gid)
    return nobody()
