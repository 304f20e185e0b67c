"""The witness as a process: it answers over HTTP, is bounded, and survives kill -9."""

from __future__ import annotations

import hashlib
import http.client
import os
import signal
import threading
from pathlib import Path

import pytest

from lmb.proofs.checkpoints import parse_checkpoint
from lmb.proofs.witness import REQUEST_BYTES_MAX, AddCheckpoint, cosignatures_in
from tests.proofs.support import ORIGIN, OTHER_TREE, TREE, checkpoint, request
from tests.proofs.witness_process import NAME, process

ORIGIN_PATH = f"/{hashlib.sha256(ORIGIN.encode()).hexdigest()}/checkpoint"


Reply = tuple[int, str, bytes]


def ask(
    witness_port: int,
    method: str,
    path: str,
    body: bytes = b"",
) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", witness_port, timeout=10)
    try:
        connection.request(method, path, body)
        response = connection.getresponse()
        return response.status, response.headers["Content-Type"], response.read()
    finally:
        connection.close()


def add(witness_port: int, asked: AddCheckpoint) -> Reply:
    return ask(witness_port, "POST", "/add-checkpoint", asked.content)


def test_a_log_is_cosigned_and_a_fork_is_not(witness_port: int) -> None:
    assert ask(witness_port, "GET", ORIGIN_PATH)[0] == 404
    assert add(witness_port, request(0, 100))[0] == 200
    status, content_type, body = add(witness_port, request(0, 500))
    assert (status, content_type, body) == (409, "text/x.tlog.size", b"100\n")
    assert add(witness_port, request(100, 500, OTHER_TREE))[0] == 422
    assert add(witness_port, request(100, 500))[0] == 200
    status, _, kept = ask(witness_port, "GET", ORIGIN_PATH)
    stated, note = parse_checkpoint(kept)
    assert (status, stated) == (200, checkpoint(500))
    assert [signature.name for signature in note.signatures] == [ORIGIN, NAME, NAME]


def test_only_the_paths_of_the_protocol_exist(witness_port: int) -> None:
    assert ask(witness_port, "GET", "/")[0] == 404
    assert ask(witness_port, "GET", ORIGIN_PATH + "/more")[0] == 404
    assert ask(witness_port, "POST", "/other", b"x")[0] == 404
    assert ask(witness_port, "DELETE", ORIGIN_PATH)[0] == 501


def test_a_request_is_bounded_before_it_is_read(witness_port: int) -> None:
    for length, status in [
        (str(REQUEST_BYTES_MAX + 1), 413),
        ("9" * 40, 413),
        ("-1", 411),
        ("x", 411),
        ("٣", 411),
    ]:
        connection = http.client.HTTPConnection("127.0.0.1", witness_port, timeout=10)
        connection.putrequest("POST", "/add-checkpoint")
        connection.putheader("Content-Length", length.encode())
        connection.endheaders()
        assert connection.getresponse().status == status
        connection.close()


def test_one_connection_carries_many_requests(witness_port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", witness_port, timeout=10)
    for old_size, size in [(0, 10), (10, 20), (20, 30)]:
        connection.request("POST", "/add-checkpoint", request(old_size, size).content)
        response = connection.getresponse()
        assert (response.status, bool(response.read())) == (200, True)
    connection.close()


def test_what_cannot_be_kept_is_not_cosigned(
    witness_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        status, _, body = add(witness_port, request(0, 100))
        assert (status, b"No space left" in body) == (503, True)
    assert ask(witness_port, "GET", ORIGIN_PATH)[0] == 404
    assert add(witness_port, request(0, 100))[0] == 200


def test_of_two_checkpoints_at_once_one_is_cosigned(witness_port: int) -> None:
    asked = [request(0, 100 + number, [TREE, OTHER_TREE][number % 2]) for number in range(8)]
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda one=one: statuses.append(add(witness_port, one)[0]))
        for one in asked
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 7


def test_a_killed_witness_remembers_all_it_cosigned(tmp_path: Path) -> None:
    cosigned_size = 0
    for round_number in range(3):
        with process(tmp_path) as (running, witness_port, keys):
            if cosigned_size:
                assert add(witness_port, request(cosigned_size, 600, OTHER_TREE))[0] == 422
                assert add(witness_port, request(0, 600))[2] == f"{cosigned_size}\n".encode()
            for _ in range(5):
                asked = request(cosigned_size, cosigned_size + 1 + round_number)
                status, _, body = add(witness_port, asked)
                assert status == 200
                assert len(cosignatures_in(body, asked.checkpoint.text, keys)) == 2
                cosigned_size = asked.checkpoint.size
            running.send_signal(signal.SIGKILL)
            running.wait()


def test_a_witness_stops_when_told_to(tmp_path: Path) -> None:
    with process(tmp_path) as (running, _, _):
        running.terminate()
        assert running.wait(timeout=10) == 128 + signal.SIGTERM
