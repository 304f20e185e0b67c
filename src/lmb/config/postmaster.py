"""One running PostgreSQL server: find it, start it, stop it, clear up after a crash.

Callers hold the start lock of the home (see `lmb.config.postgres`), so at most one of them is
in here for one cluster at a time.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from lmb.config.accounts import as_account, clean_environment
from lmb.config.cluster import Cluster
from lmb.config.errors import DatabaseStartError
from lmb.config.folders import socket_folder
from lmb.config.programs import programs_for

PORT = 5432
START_SECONDS = 120.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.02
LOG_TAIL_LINES = 20

# Servers this process started. They are its children: it alone can reap them.
_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What a server writes about itself in postmaster.pid."""

    pid: int
    sockets: Path
    ready: bool


def find(cluster: Cluster) -> Postmaster | None:
    """The server of this cluster, if it is alive.

    A process number in the file proves nothing: after a crash it may belong to another program,
    or to a zombie that nobody reaps. Only a live `postgres` working in this data folder counts.
    """
    noted = _noted(cluster)
    if noted is None or not _alive(noted.pid, cluster):
        return None
    return noted


def start(
    cluster: Cluster, log: Path, *, throwaway: bool, interrupted: Callable[[], bool]
) -> Postmaster:
    """Start the server and wait until it takes connections. Raises DatabaseStartError."""
    clear_crash(cluster)
    programs = programs_for(cluster.account)
    sockets = socket_folder(cluster.account)
    if log.exists():
        log.replace(log.with_suffix(".previous.log"))
    try:
        with log.open("wb") as output:
            process = subprocess.Popen(
                _command(programs, cluster.data, sockets, throwaway=throwaway),
                cwd="/",
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Ctrl-C in the terminal reaches us, and we stop the server when its users are done.
                start_new_session=True,
                **as_account(cluster.account),
            )
    except OSError as error:
        shutil.rmtree(sockets, ignore_errors=True)
        raise DatabaseStartError(
            f"PostgreSQL could not be started: {error}. Run `make setup`, or set DATABASE_URL."
        ) from error
    _children[process.pid] = process
    try:
        return _wait_until_ready(cluster, process, log, interrupted)
    except BaseException:
        stop(cluster)
        _end(process.pid, cluster, signal.SIGKILL, STOP_SECONDS)
        shutil.rmtree(sockets, ignore_errors=True)
        raise


def stop(cluster: Cluster) -> None:
    """Stop the server if it runs: fast, then harder. Its socket folder goes with it."""
    running = find(cluster)
    if running is None:
        return
    # SIGINT: fast shutdown; SIGQUIT: immediate, recovered from the write-ahead log next time.
    for number, seconds in (
        (signal.SIGINT, STOP_SECONDS),
        (signal.SIGQUIT, 5.0),
        (signal.SIGKILL, 5.0),
    ):
        if _end(running.pid, cluster, number, seconds):
            break
    clear_crash(cluster)
    _remove_sockets(running.sockets, cluster)


def clear_crash(cluster: Cluster) -> None:
    """Remove what a killed server left: worker processes, the socket folder, postmaster.pid."""
    noted = _noted(cluster)
    if noted is None:
        return
    _end_workers(cluster)
    _remove_sockets(noted.sockets, cluster)
    (cluster.data / "postmaster.pid").unlink(missing_ok=True)


def _command(programs: Path, data: Path, sockets: Path, *, throwaway: bool) -> list[str]:
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "shared_buffers": "128MB",
        "max_connections": "100",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
    }
    if throwaway:
        durability = ["fsync", "synchronous_commit", "full_page_writes"]
        settings |= dict.fromkeys(durability, "off") | {"autovacuum": "off"}
        # Several test processes share it, and some try what dozens of clients do at once.
        settings["max_connections"] = "400"
    command = [str(programs / "postgres"), "-D", str(data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def _wait_until_ready(
    cluster: Cluster,
    process: subprocess.Popen[bytes],
    log: Path,
    interrupted: Callable[[], bool],
) -> Postmaster:
    deadline = time.monotonic() + START_SECONDS
    while True:
        if process.poll() is not None:
            raise _failed("PostgreSQL stopped while starting", log)
        noted = _noted(cluster)
        if noted is not None and noted.pid == process.pid and noted.ready:
            return noted
        if interrupted():
            raise DatabaseStartError("Interrupted while PostgreSQL was starting; run again.")
        if time.monotonic() > deadline:
            raise _failed(f"PostgreSQL was not ready after {START_SECONDS:.0f} s", log)
        time.sleep(POLL_SECONDS)


def _failed(what: str, log: Path) -> DatabaseStartError:
    lines = log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
    tail = "\n".join(f"    {line}" for line in lines) or "    (the log is empty)"
    return DatabaseStartError(
        f"{what}. The end of its log ({log}):\n{tail}\n"
        "Correct what the log names and run again, or set DATABASE_URL to a server of your own."
    )


def _noted(cluster: Cluster) -> Postmaster | None:
    """What postmaster.pid says, if it is whole: the server writes it line by line."""
    try:
        lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    try:
        pid = int(lines[0])
    except (IndexError, ValueError):
        return Postmaster(pid=0, sockets=Path(), ready=False)
    sockets = Path(lines[4]) if len(lines) > 4 and lines[4] else Path()
    return Postmaster(pid, sockets, ready=len(lines) > 7 and lines[7].strip() == "ready")


def _alive(pid: int, cluster: Cluster) -> bool:
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
    if pid <= 0:
        return False
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or process.name() != "postgres":
            return False
        return Path(process.cwd()) == cluster.data
    except psutil.Error:
        return False


def _end(pid: int, cluster: Cluster, number: signal.Signals, seconds: float) -> bool:
    """Send a signal to our server and wait; tell whether it is gone."""
    deadline = time.monotonic() + seconds
    sent = False
    while _alive(pid, cluster):
        if not sent:
            try:
                psutil.Process(pid).send_signal(number)
            except psutil.NoSuchProcess:
                return True
            sent = True
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _end_workers(cluster: Cluster) -> None:
    """Workers of a killed server end by themselves within moments; kill those that do not."""
    patience = time.monotonic() + 5.0
    while workers := _workers(cluster):
        if time.monotonic() > patience:
            for worker in workers:
                worker.kill()
        if time.monotonic() > patience + 5.0:
            raise DatabaseStartError(
                f"A process of an earlier PostgreSQL in {cluster.data} cannot be ended "
                f"(number {workers[0].pid}). Restart the machine, or set DATABASE_URL."
            )
        time.sleep(POLL_SECONDS)


def _workers(cluster: Cluster) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["name"])
        if process.info["name"] == "postgres" and _alive(process.pid, cluster)
    ]


def _remove_sockets(sockets: Path, cluster: Cluster) -> None:
    """Remove a socket folder, only if it is one of ours: postmaster.pid is a mere file."""
    try:
        found = sockets.lstat()
    except OSError:
        return
    if sockets.name.startswith("lmb-") and found.st_uid == cluster.owner:
        shutil.rmtree(sockets, ignore_errors=True)
