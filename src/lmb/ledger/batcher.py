"""Many callers, one statement: journals posted at the same time share a batch and a commit.

    threads ──submit──▶ bounded queue ──one writer──▶ ledger_post ──▶ one answer to each

A commit takes about as long for a thousand transfers as for one, and a busy account is locked
once a batch instead of once a caller. The writer has a connection of its own.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import NamedTuple

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection

from lmb.ledger.entries import Answer, Journal
from lmb.ledger.service import BATCH_ITEMS, Books, post
from lmb.values.errors import LmbError

QUEUE_JOURNALS = 8192
WAIT_SECONDS = 0.002
SUBMIT_SECONDS = 0.1
"""How long a caller waits for a place in a full queue before it is told to come again."""


class BusyError(LmbError):
    """The queue is full; nothing was done. Try again."""


class UnknownOutcomeError(LmbError):
    """The connection died before the answer came: posted or not, nobody here knows. Post again
    with the same keys; what was posted answers `exists`."""


class _Waiting(NamedTuple):
    journal: Journal
    future: Future[tuple[Answer, ...]]


class Batcher:
    """Posts the journals of many threads to one cell's books. Use it as a context manager: at
    the end it answers everything that was accepted, then stops."""

    def __init__(
        self,
        books: Books,
        *,
        queue_journals: int = QUEUE_JOURNALS,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._books = books
        self._wait_seconds = wait_seconds
        self._queue: queue.Queue[_Waiting | None] = queue.Queue(queue_journals)
        self._accepting = threading.Lock()
        self._closed = False
        self._writer = threading.Thread(target=self._write, name="ledger-batcher", daemon=True)

    def __enter__(self) -> Batcher:
        self._writer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._accepting:
            self._closed = True
        self._queue.put(None)
        self._writer.join()

    def submit(self, journal: Journal) -> Future[tuple[Answer, ...]]:
        """Put a journal in line; its answers come as the future's result. Raises BusyError when
        the line is full or closed.

        The result may raise UnknownOutcomeError, or the database's own error for a journal that
        is malformed.
        """
        future: Future[tuple[Answer, ...]] = Future()
        with self._accepting:
            if self._closed:
                raise BusyError("the books are closing; post again with the same keys")
            try:
                self._queue.put(_Waiting(journal, future), timeout=SUBMIT_SECONDS)
            except queue.Full:
                raise BusyError(
                    f"{self._queue.maxsize:,} journals wait already; post again in a moment"
                ) from None
        return future

    def post(self, journal: Journal) -> tuple[Answer, ...]:
        """Post a journal with whatever else is in line, and wait for its answers."""
        return self.submit(journal).result()

    def _write(self) -> None:
        try:
            while batch := self._next_batch():
                self._answer(batch)
        finally:
            connection.close()

    def _next_batch(self) -> list[_Waiting]:
        """What is in line: as soon as something is, waiting a moment for company. Empty once the
        line is closed and nothing is left."""
        first = self._queue.get()
        batch: list[_Waiting] = []
        items = 0
        deadline = time.monotonic() + self._wait_seconds
        waiting = first
        while waiting is not None:
            batch.append(waiting)
            items += len(waiting.journal.items)
            left = deadline - time.monotonic()
            if items >= BATCH_ITEMS:
                return batch
            try:
                waiting = self._queue.get(timeout=left) if left > 0 else self._queue.get_nowait()
            except queue.Empty:
                return batch
        if batch:
            # The end of the line was reached early: leave the mark for the next look.
            self._queue.put(None)
        return batch

    def _answer(self, batch: Sequence[_Waiting]) -> None:
        try:
            answers = post(self._books, [waiting.journal for waiting in batch])
        except (OperationalError, InterfaceError) as error:
            connection.close()
            for waiting in batch:
                waiting.future.set_exception(_unknown(waiting.journal, error))
        except DatabaseError as error:
            self._answer_alone(batch, error)
        else:
            for waiting, answer in zip(batch, answers, strict=True):
                waiting.future.set_result(answer)

    def _answer_alone(self, batch: Sequence[_Waiting], error: DatabaseError) -> None:
        """One malformed journal undoes its batch; posted one by one, it fails alone."""
        if len(batch) == 1:
            batch[0].future.set_exception(error)
            return
        for waiting in batch:
            self._answer([waiting])


def _unknown(journal: Journal, error: Exception) -> UnknownOutcomeError:
    unknown = UnknownOutcomeError(
        f"the connection to the books was lost while {journal.key} was posted: it may or may not "
        "be on file; post it again with the same keys"
    )
    unknown.__cause__ = error
    return unknown
