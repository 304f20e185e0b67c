"""A witness as an HTTP service: `POST /add-checkpoint` and, for monitors, the checkpoint kept.

    POST /add-checkpoint                       200 with cosignatures, or why not
    GET  /<sha256 of the origin>/checkpoint    the newest checkpoint cosigned, with cosignatures

It listens on this machine alone unless told otherwise; requests, connections and waiting are
bounded.
"""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any

from lmb.proofs.keys import VerifierKey
from lmb.proofs.notes import parse_note
from lmb.proofs.witness import (
    REQUEST_BYTES_MAX,
    TEXT_CONTENT_TYPE,
    Refusal,
    answered,
    cosigned,
)
from lmb.proofs.witness_home import WitnessHome

CONNECTIONS_MAX = 32
SILENCE_SECONDS = 10

Answer = tuple[HTTPStatus, str, bytes]


class Witness:
    """What answers requests: one at a time, so that checking and keeping are one step."""

    def __init__(
        self, home: WitnessHome, logs: Sequence[VerifierKey], seconds: Callable[[], int]
    ) -> None:
        self._home = home
        self._logs = tuple(logs)
        self._seconds = seconds
        self._turn = threading.Lock()

    def add_checkpoint(self, content: bytes) -> Answer:
        """Cosign a checkpoint that extends what was seen, after keeping it."""
        with self._turn:
            decision = answered(content, self._home.seen, self._logs)
            if isinstance(decision, Refusal):
                return decision.status, decision.content_type, decision.body
            lines = cosigned(decision, self._home.keys, self._seconds())
            try:
                self._home.keep(parse_note(decision.note.content + lines))
            except OSError as error:
                # What cannot be kept is not cosigned: the lines made above never leave.
                reason = f"cannot keep what was seen ({error.strerror}); ask again later"
                return _plain(HTTPStatus.SERVICE_UNAVAILABLE, reason)
            return HTTPStatus.OK, TEXT_CONTENT_TYPE, lines

    def kept_checkpoint(self, origin_sha256: str) -> Answer:
        """The newest checkpoint cosigned of the log whose origin has this hash."""
        for origin, note in self._home.notes.items():
            if hashlib.sha256(origin.encode()).hexdigest() == origin_sha256:
                return HTTPStatus.OK, TEXT_CONTENT_TYPE, note.content
        return _plain(HTTPStatus.NOT_FOUND, "no checkpoint of this log was cosigned here")


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness. Connections beyond the limit are closed at once."""

    daemon_threads = True
    request_queue_size = CONNECTIONS_MAX

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        self.witness = witness
        self._places = threading.BoundedSemaphore(CONNECTIONS_MAX)
        super().__init__(address, _Handler)

    def process_request(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(
        self, request: socket | tuple[bytes, socket], client_address: Any
    ) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = SILENCE_SECONDS
    server: WitnessServer

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self._answer(_plain(HTTPStatus.LENGTH_REQUIRED, "a request states its length"))
        elif len(length) > 9 or int(length) > REQUEST_BYTES_MAX:
            reason = f"a request has at most {REQUEST_BYTES_MAX:,} bytes"
            self._answer(_plain(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason))
        elif self.path != "/add-checkpoint":
            self._answer(_plain(HTTPStatus.NOT_FOUND, "post to /add-checkpoint"))
        else:
            content = self.rfile.read(int(length))
            if len(content) == int(length):
                self._answer(self.server.witness.add_checkpoint(content), keep=True)
            else:
                self.close_connection = True

    def do_GET(self) -> None:
        origin, separator, rest = self.path.removeprefix("/").partition("/checkpoint")
        if separator and not rest:
            self._answer(self.server.witness.kept_checkpoint(origin), keep=True)
        else:
            reason = "get /<sha256 of the origin>/checkpoint"
            self._answer(_plain(HTTPStatus.NOT_FOUND, reason), keep=True)

    def _answer(self, answer: Answer, *, keep: bool = False) -> None:
        """Answer; a request whose body was not read ends the connection."""
        status, content_type, body = answer
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if not keep:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the base's name
        print(f"witness: {format % arguments}", file=sys.stderr, flush=True)


def _plain(status: HTTPStatus, reason: str) -> Answer:
    return status, TEXT_CONTENT_TYPE, f"{reason}\n".encode()
