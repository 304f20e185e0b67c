"""Many callers, one statement: journals posted at the same time share a batch and a commit.

    threads ──submit──▶ bounded line ──one writer──▶ ledger_post ──▶ one answer to each

A commit takes about as long for a thousand transfers as for one, and a busy account is locked
once a batch instead of once a caller. The writer has a connection of its own. It waits a moment for
company, but no longer than until as many have come as the last time: a lone caller never waits, and
callers that all come back at once are taken together.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from types import TracebackType

from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection

from lmb.ledger.entries import Answer, Journal
from lmb.ledger.service import BATCH_ITEMS, Books, post
from lmb.values.errors import LmbError

QUEUE_JOURNALS = 8192
WAIT_SECONDS = 0.002
SUBMIT_SECONDS = 0.1
"""How long a caller waits for a place in a full line before it is told to come again."""


class BusyError(LmbError):
    """The line is full; nothing was done. Try again."""


class UnknownOutcomeError(LmbError):
    """The connection died before the answer came: posted or not, nobody here knows. Post again
    with the same keys; what was posted answers `exists`."""


class Waiting:
    """A journal in line. A bare lock, held until the answer is there, is the cheapest thing a
    thread can wait for; with hundreds of callers it is what they mostly cost."""

    __slots__ = ("_answers", "_error", "_unanswered", "journal")

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._answers: tuple[Answer, ...] = ()
        self._error: Exception | None = None
        self._unanswered = threading.Lock()
        self._unanswered.acquire()

    def result(self, timeout: float = -1) -> tuple[Answer, ...]:
        """Wait for the answers. Raises UnknownOutcomeError, the database's own error for a journal
        that is malformed, or TimeoutError: then the journal is still in line."""
        if not self._unanswered.acquire(timeout=timeout):
            raise TimeoutError(f"no answer to {self.journal.key} after {timeout} s")
        self._unanswered.release()
        if self._error is not None:
            raise self._error
        return self._answers

    def answer(self, answers: tuple[Answer, ...] = (), error: Exception | None = None) -> None:
        """Give the answers, or what went wrong. For the writer alone."""
        self._answers, self._error = answers, error
        self._unanswered.release()


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
        self._places = queue_journals
        self._wait_seconds = wait_seconds
        self._line: deque[Waiting] = deque()
        self._company = 1
        self._closed = False
        lock = threading.Lock()
        self._enough = threading.Condition(lock)
        self._room = threading.Condition(lock)
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
        with self._enough:
            self._closed = True
            self._enough.notify()
            self._room.notify_all()
        self._writer.join()

    def submit(self, journal: Journal) -> Waiting:
        """Put a journal in line; `result` waits for its answers. Raises BusyError when the line is
        full or closed."""
        waiting = Waiting(journal)
        with self._enough:
            if len(self._line) >= self._places and not self._closed:
                self._room.wait_for(
                    lambda: len(self._line) < self._places or self._closed, SUBMIT_SECONDS
                )
            if self._closed:
                raise BusyError("the books are closing; post again with the same keys")
            if len(self._line) >= self._places:
                raise BusyError(f"{self._places:,} journals wait already; post again in a moment")
            self._line.append(waiting)
            if len(self._line) in (1, self._company):
                self._enough.notify()
        return waiting

    def post(self, journal: Journal) -> tuple[Answer, ...]:
        """Post a journal with whatever else is in line, and wait for its answers."""
        return self.submit(journal).result()

    def _write(self) -> None:
        try:
            while batch := self._next_batch():
                self._answer(batch)
        finally:
            connection.close()

    def _next_batch(self) -> list[Waiting]:
        """What is in line, once something is and its company has come or not come in time. Empty
        when the line is closed and nothing is left."""
        with self._enough:
            self._enough.wait_for(lambda: self._line or self._closed)
            deadline = time.monotonic() + self._wait_seconds
            while len(self._line) < self._company and not self._closed:
                left = deadline - time.monotonic()
                if left <= 0 or not self._enough.wait(left):
                    break
            batch: list[Waiting] = []
            items = 0
            while self._line and (
                not batch or items + len(self._line[0].journal.items) <= BATCH_ITEMS
            ):
                batch.append(self._line.popleft())
                items += len(batch[-1].journal.items)
            self._company = max(1, min(len(batch), self._places))
            self._room.notify(len(batch))
        return batch

    def _answer(self, batch: Sequence[Waiting]) -> None:
        try:
            answers = post(self._books, [waiting.journal for waiting in batch])
        except (OperationalError, InterfaceError) as error:
            connection.close()
            for waiting in batch:
                waiting.answer(error=_unknown(waiting.journal, error))
        except (DatabaseError, ValueError) as error:
            self._answer_alone(batch, error)
        else:
            for waiting, answer in zip(batch, answers, strict=True):
                waiting.answer(answer)

    def _answer_alone(self, batch: Sequence[Waiting], error: Exception) -> None:
        """One malformed journal undoes its batch; posted one by one, it fails alone."""
        if len(batch) == 1:
            batch[0].answer(error=error)
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
