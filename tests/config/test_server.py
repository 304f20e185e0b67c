"""The pages are served strictly, on a free port, and nothing stays behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import psutil
import pytest
from django.test import Client

from lmb.config.server import PortError, free_port

PROGRAM = """
from lmb.config.processes import exit_on_signals
from lmb.config.runtime import database
from lmb.config.server import serve
import sys
exit_on_signals()
with database():
    serve(port=int(sys.argv[1]))
"""


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        yield taken.getsockname()[1]


def test_every_answer_carries_the_strict_policy(client: Client) -> None:
    headers = client.get("/no-such-page").headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "font-src": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_taken_port_is_passed_over(taken_port: int) -> None:
    assert free_port("127.0.0.1", taken_port) > taken_port


def test_address_of_another_machine_is_refused() -> None:
    with pytest.raises(PortError, match="not an address of this machine"):
        free_port("192.0.2.1", 8000)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_server_takes_a_free_port_and_ends_without_a_trace(
    fresh_database: object, taken_port: int, number: signal.Signals
) -> None:
    server = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(taken_port)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert server.stdout is not None
    assert server.stdout.readline().startswith(f"Port {taken_port} is taken; using ")
    link = re.search(r"http://\S+", server.stdout.readline())
    assert link is not None
    with urllib.request.urlopen(f"{link[0]}static/uswds/css/uswds.min.css") as answer:
        assert answer.status == 200
    family = psutil.Process(server.pid).children(recursive=True)
    assert family
    server.send_signal(number)
    status = server.wait(timeout=20)
    server.stdout.close()
    assert status == (-number if number == signal.SIGKILL else 0)
    deadline = time.monotonic() + 10
    while any(child.is_running() for child in family) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [child for child in family if child.is_running()] == []
