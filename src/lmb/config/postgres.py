"""The embedded PostgreSQL: shared by every process of one home, stopped by the last one out.

Each user of the server holds a shared lock on `users.lock`; starting and stopping happen under an
exclusive lock on `start.lock`. Whoever leaves and finds no other user stops the server. The
operating system drops the locks of a killed process, so a server left behind by `kill -9` is
adopted by the next run and stopped at its end. Only a socket in a private folder leads to the
server: no network port is opened, and two clones never meet.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from lmb.config import cluster as clusters
from lmb.config import postmaster
from lmb.config.cluster import Cluster, Progress
from lmb.config.errors import DatabaseStartError
from lmb.config.folders import private_folder
from lmb.config.processes import deferred_signals

DATABASE = "lmb"
OWNER_ROLE = "lmb_owner"
APPLICATION_ROLE = "lmb_app"
LOCK_SECONDS = 180.0
REACH_SECONDS = 60.0

_USERS = "users.lock"
_START = "start.lock"


@dataclass(frozen=True, slots=True)
class Server:
    """How to reach a running embedded server."""

    host: str
    port: int

    def dsn(self, user: str, database: str = DATABASE) -> str:
        return make_conninfo(host=self.host, port=self.port, dbname=database, user=user)

    @property
    def owner_dsn(self) -> str:
        """Connection string of the role that owns the tables: migrations only."""
        return self.dsn(OWNER_ROLE)

    @property
    def app_dsn(self) -> str:
        """Connection string of the least-privileged role everything else uses."""
        return self.dsn(APPLICATION_ROLE)


def silent(_message: str) -> None:
    """The progress callback of those who show none."""


@contextmanager
def embedded(
    home: Path, *, throwaway: bool = False, progress: Progress = silent
) -> Iterator[Server]:
    """Use the server of `home` (a folder of its own), starting it unless it runs.

    A throwaway server trades safety after a power cut for speed and is deleted with its data when
    its last user leaves. Raises DatabaseStartError.
    """
    use = _Use(home.expanduser().resolve(), throwaway=throwaway, progress=progress)
    # The last resort when the interpreter ends without leaving the block.
    atexit.register(use.leave)
    try:
        with deferred_signals() as interrupted:
            server = use.enter(interrupted)
        yield server
    finally:
        with deferred_signals():
            use.leave()
        atexit.unregister(use.leave)


def remove_abandoned(parent: Path) -> None:
    """Stop and delete the servers of the homes in `parent` that nobody uses (any more)."""
    # A home without the lock file is one that another process is just about to use.
    for lock in sorted(parent.glob(f"*/{_USERS}")):
        with deferred_signals():
            _Use(lock.parent.resolve(), throwaway=True, progress=silent).pass_through()


class _Use:
    """One user's share in a server: the locks it holds and how it gives them up."""

    def __init__(self, home: Path, *, throwaway: bool, progress: Progress) -> None:
        self._home = home
        self._throwaway = throwaway
        self._progress = progress
        self._users: IO[bytes] | None = None
        self._process = os.getpid()

    def enter(self, interrupted: Callable[[], bool]) -> Server:
        with _exclusive(self._home, interrupted):
            cluster = clusters.locate(self._home)
            self._adopt()
            try:
                clusters.create_if_missing(
                    cluster, sync=not self._throwaway, progress=self._progress
                )
                return self._reach(cluster, interrupted)
            except BaseException:
                self._leave(cluster)
                raise

    def _reach(self, cluster: Cluster, interrupted: Callable[[], bool]) -> Server:
        """Start the server unless it runs, and connect once.

        One that is found may be just dying, or not yet be ready when who started it was killed:
        then look again.
        """
        deadline = time.monotonic() + REACH_SECONDS
        while True:
            running = postmaster.find(cluster)
            if running is None:
                self._progress("Starting the database")
                log = self._home / "server.log"
                running = postmaster.start(
                    cluster, log, throwaway=self._throwaway, interrupted=interrupted
                )
            server = Server(str(running.sockets), postmaster.PORT)
            try:
                _make_roles(server, throwaway=self._throwaway)
            except psycopg.OperationalError as error:
                if interrupted() or time.monotonic() > deadline:
                    raise DatabaseStartError(
                        f"PostgreSQL in {cluster.data} runs but cannot be used: {error}. "
                        "Run again; if it stays, move the folder away."
                    ) from error
                time.sleep(postmaster.POLL_SECONDS)
            else:
                return server

    def pass_through(self) -> None:
        """Come and go: a server that nobody else uses is stopped."""
        with _exclusive(self._home, lambda: False):
            self._adopt()
            self._leave(clusters.locate(self._home))

    def _adopt(self) -> None:
        """Become a user of whatever runs in the home."""
        self._users = (self._home / _USERS).open("ab")
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def leave(self) -> None:
        """Give up the share; the last one out stops the server. Leaving twice is harmless."""
        if self._users is None or os.getpid() != self._process:
            return
        with _exclusive(self._home, lambda: False):
            self._leave(clusters.locate(self._home))

    def _leave(self, cluster: Cluster) -> None:
        users, self._users = self._users, None
        if users is None:
            return
        with users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            postmaster.stop(cluster)
            if self._throwaway:
                self._delete(cluster)

    def _delete(self, cluster: Cluster) -> None:
        """Delete a home. It goes under its name in one step, so that nobody meets half of it."""
        if cluster.folder != self._home:
            shutil.rmtree(cluster.folder, ignore_errors=True)
        doomed = self._home.with_name(f"{self._home.name}.deleted-{uuid.uuid4().hex}")
        self._home.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)


@contextmanager
def _exclusive(home: Path, interrupted: Callable[[], bool]) -> Iterator[None]:
    """Hold the start lock of a home, waiting for others at most LOCK_SECONDS.

    The last user of a throwaway home deletes it, lock and all. Who waited for that lock meanwhile
    holds a file that is no longer there, and begins again.
    """
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        lock = _try_lock(home)
        if lock is not None:
            break
        if interrupted() or time.monotonic() > deadline:
            raise DatabaseStartError(
                f"Another process is starting or stopping the database in {home}. "
                "Wait for it and run again."
            )
        time.sleep(postmaster.POLL_SECONDS)
    with lock:
        yield


def _try_lock(home: Path) -> IO[bytes] | None:
    """The open and locked start lock of a home; None when another process has it just now."""
    private_folder(home)
    path = home / _START
    lock: IO[bytes] | None = None
    try:
        lock = path.open("ab")
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.stat().st_ino == os.fstat(lock.fileno()).st_ino:
            return lock
    except (BlockingIOError, FileNotFoundError):
        pass
    if lock is not None:
        lock.close()
    return None


def _make_roles(server: Server, *, throwaway: bool) -> None:
    """Make what every cluster has: two roles, one database. A run may be killed in between."""
    superuser = server.dsn(clusters.SUPERUSER, "postgres")
    with psycopg.connect(superuser, autocommit=True) as connection:
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        databases = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        for role in (OWNER_ROLE, APPLICATION_ROLE):
            if role not in roles:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        if throwaway:
            # Tests clone their database from a template.
            connection.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER_ROLE)))
        if DATABASE not in databases:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
                )
            )
