"""A witness that answers over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lmb.proofs.witness_home import witness_home
from lmb.proofs.witness_server import Witness, WitnessServer
from tests.proofs.support import LOG, NOON
from tests.proofs.witness_process import NAME


@pytest.fixture
def witness_port(tmp_path: Path) -> Iterator[int]:
    """A witness in this process, at noon."""
    with witness_home(tmp_path, NAME) as home:
        server = WitnessServer(("127.0.0.1", 0), Witness(home, [LOG.verifier], lambda: NOON))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
