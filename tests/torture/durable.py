"""A PostgreSQL as a real home has it: what it answered outlives it. It may be killed, and where
its files lie may be chosen before it starts."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections as django_connections

from lmb.config import connections, runtime
from lmb.config.postgres import Server, embedded, remove_abandoned
from tests.config.support import server_process
from tests.conftest import HOMES

_numbers = itertools.count(1)


class DurableHome:
    """The home of a server that this test alone uses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def server(self) -> Iterator[Server]:
        """Start the server, or recover the one that was killed, and point Django at it."""
        with embedded(self.folder) as server:
            connections.use_database(server.app_dsn, server.owner_dsn)
            runtime.migrate()
            try:
                yield server
            finally:
                django_connections.close_all()

    def kill(self) -> None:
        """Kill every process of the server, if it runs, as a power cut would: none sees another
        die."""
        postmaster = server_process(self.folder)
        if postmaster is None:
            return
        postmaster.suspend()
        for process in postmaster.children(recursive=True):
            process.kill()
        postmaster.kill()


@contextmanager
def durable_home() -> Iterator[DurableHome]:
    """A new home, gone after the block; an interrupted run's is removed by the next run."""
    before = [
        os.environ.get(variable, connections.NOWHERE)
        for variable in (connections.APP_VARIABLE, connections.OWNER_VARIABLE)
    ]
    home = HOMES / f"durable-{os.getpid()}-{next(_numbers)}"
    try:
        # Used all the while, so that nobody takes it for abandoned between two starts.
        with embedded(home):
            yield DurableHome(home)
    finally:
        connections.use_database(*before)
        remove_abandoned(HOMES)
