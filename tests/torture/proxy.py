"""A network that can be trusted with nothing: between client and server stands a proxy that loses
requests and delays, drops and cuts replies, after the server has committed what they answer.

PostgreSQL's protocol takes turns: a request, then a reply that ends with "ready for query", which
the server says only once the transaction is committed. So one connection is one loop, and what
happens to a request can be decided from its text alone: the same requests meet the same faults,
however they interleave.
"""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from enum import Enum
from random import Random
from types import TracebackType

from lmb.config.postgres import Server

QUIET_SECONDS = 0.02
"""How long a reply is late, and how long nothing comes before a connection ends."""
ATTEMPTS_MAX = 5
"""A request that was tried so often gets through."""

# Messages of the client that end a request, and the one of the server that ends a reply.
_REQUEST_ENDS = (b"Q", b"S", b"X")
_REPLY_ENDS = (b"Z",)
_KEY = re.compile(rb"key-[\w-]+")


class Fault(Enum):
    """What the network does to a request and its reply."""

    NONE = "gets through"
    LOST = "the request never arrives"
    DELAYED = "the reply comes late"
    DROPPED = "the reply does not come, and after a while the connection ends"
    CUT = "the connection ends in the middle of the reply"

    @property
    def answers(self) -> bool:
        """Whether the client learns the answer."""
        return self in {Fault.NONE, Fault.DELAYED}

    @property
    def commits(self) -> bool:
        """Whether the server does what it was asked."""
        return self is not Fault.LOST


class Schedule:
    """Decides from a seed, the first key a request names and how often it has come; requests
    without a key get through. Remembers what it decided for each key."""

    def __init__(self, seed: int, share: float = 0.5) -> None:
        self._seed = seed
        self._share = share
        self._lock = threading.Lock()
        self.decided: dict[str, list[Fault]] = {}

    def __call__(self, request: bytes) -> Fault:
        found = _KEY.search(request)
        if found is None:
            return Fault.NONE
        key = found[0].decode()
        with self._lock:
            earlier = self.decided.setdefault(key, [])
            earlier.append(self._fault(key, len(earlier) + 1))
            return earlier[-1]

    def count(self) -> Counter[Fault]:
        """How often each fault was decided."""
        return Counter(fault for faults in self.decided.values() for fault in faults)

    def _fault(self, key: str, attempt: int) -> Fault:
        chances = Random(f"{self._seed}/{key}/{attempt}")
        if attempt >= ATTEMPTS_MAX or chances.random() > self._share:
            return Fault.NONE
        return chances.choice([Fault.LOST, Fault.DELAYED, Fault.DROPPED, Fault.CUT])


def once(words: bytes, fault: Fault) -> Callable[[bytes], Fault]:
    """Decides for a fault at the first request that has some words in it."""
    left = [fault]

    def decide(request: bytes) -> Fault:
        return left.pop() if left and words in request else Fault.NONE

    return decide


class Proxy:
    """Listens on a port of this machine and passes on to a server's socket, as decided. Use it as
    a context manager."""

    def __init__(self, server: Server, decide: Callable[[bytes], Fault]) -> None:
        self._path = f"{server.host}/.s.PGSQL.{server.port}"
        self._decide = decide
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Closing alone would not wake who waits for a connection.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with (
            client,
            socket.socket(socket.AF_UNIX) as server,
            contextlib.suppress(_EndedError, OSError),
        ):
            server.connect(self._path)
            request = _startup(client)
            while request:
                fault = self._decide(request)
                if fault is Fault.LOST:
                    break
                server.sendall(request)
                reply = _messages(server, _REPLY_ENDS)
                if not fault.answers or fault is Fault.DELAYED:
                    time.sleep(QUIET_SECONDS)
                if fault is Fault.CUT:
                    client.sendall(reply[: len(reply) // 2])
                if not fault.answers:
                    break
                client.sendall(reply)
                request = _messages(client, _REQUEST_ENDS)
            _reset(client)


class _EndedError(Exception):
    """The other side has closed the connection."""


def _reset(client: socket.socket) -> None:
    """End a connection as a broken network does: not closed, but no longer known."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _startup(client: socket.socket) -> bytes:
    """The first message of a connection, which has no kind."""
    length = _exactly(client, 4)
    return length + _exactly(client, int.from_bytes(length, "big") - 4)


def _messages(source: socket.socket, ends: tuple[bytes, ...]) -> bytes:
    """Messages up to one of the kinds that end a turn."""
    turn = bytearray()
    while True:
        head = _exactly(source, 5)
        turn += head + _exactly(source, int.from_bytes(head[1:], "big") - 4)
        if head[:1] in ends:
            return bytes(turn)


def _exactly(source: socket.socket, size: int) -> bytes:
    read = bytearray()
    while len(read) < size:
        chunk = source.recv(size - len(read))
        if not chunk:
            raise _EndedError
        read += chunk
    return bytes(read)
