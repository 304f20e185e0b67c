"""Serve the pages on this machine until told to stop."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time

from granian.constants import Interfaces
from granian.server import Server

from lmb.config.processes import exit_on_signals
from lmb.values.errors import EnvironmentProblem

APPLICATION = "lmb.config.wsgi:application"
PARENT_VARIABLE = "LMB_SERVER_PROCESS"
PORTS_TRIED = 100
PARENT_POLL_SECONDS = 1.0
READY_SECONDS = 60.0


class PortError(EnvironmentProblem):
    """No port can be listened on."""


def serve(host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until Ctrl-C, termination or hang-up, on `port` or the next free one; print the link.

    Call it inside `runtime.database()`: the worker process takes the database from the
    environment. Raises PortError.
    """
    free = free_port(host, port)
    server = Server(
        APPLICATION,
        address=host,
        port=free,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        log_enabled=False,
        workers_kill_timeout=5,
    )

    if free != port:
        print(f"Port {port} is taken; using {free} instead.", flush=True)

    @server.on_startup
    def watch_signals_and_answers() -> None:
        # The server would take a hang-up for a wish to reload.
        signal.signal(signal.SIGHUP, server.signal_handler_interrupt)
        threading.Thread(target=_announce, args=(host, free), daemon=True).start()

    os.environ[PARENT_VARIABLE] = str(os.getpid())
    try:
        server.serve()
    finally:
        exit_on_signals()


def _announce(host: str, port: int) -> None:
    """Print the link once it works: the worker takes a moment to load."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection((host, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            shown = f"[{host}]" if ":" in host else host
            print(f"Serving http://{shown}:{port}/ (stop with Ctrl-C)", flush=True)
            return


def free_port(host: str, first: int) -> int:
    """The first port from `first` on that nobody listens on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                probe.listen(1)
            except (PermissionError, socket.gaierror) as error:
                raise PortError(
                    f"Cannot listen on {host} port {port}: {error}. Choose another host or port."
                ) from error
            except OSError:
                continue
            return port
    raise PortError(
        f"Ports {first} to {port} on {host} are all taken or {host} is not an address of this "
        "machine. Choose another with --port or --host."
    )


def end_with_parent() -> None:
    """In a worker: stop when the process that serves is killed, so that no worker stays behind."""
    parent = os.environ.get(PARENT_VARIABLE)
    if parent is None or os.getppid() != int(parent):
        return

    def watch() -> None:
        while os.getppid() == int(parent):
            time.sleep(PARENT_POLL_SECONDS)
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
