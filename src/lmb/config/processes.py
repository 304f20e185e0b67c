"""Signals and processes: how a run ends without leaving anything behind."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def exit_on_signals() -> None:
    """Turn Ctrl-C, termination and hang-up into SystemExit, so that `finally` blocks run.

    Exit status is 128 plus the signal's number, as a shell reports it. A signal that the parent
    told us to ignore (`nohup`, a background job) stays ignored.
    """
    for number in ENDING_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _exit)


def _exit(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


@contextmanager
def deferred_signals() -> Iterator[Callable[[], bool]]:
    """Hold back ending signals inside the block and deliver the first one after it.

    Starting and stopping a server must not be cut in half. The block gets a function that tells
    whether a signal waits, so that a long wait can end early. Outside the main thread, where
    Python delivers no signals, this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    waiting: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        waiting.append(number)

    previous = {}
    for number in ENDING_SIGNALS:
        handler = signal.getsignal(number)
        if handler is not None and handler is not signal.SIG_IGN:
            previous[number] = signal.signal(number, note)
    try:
        yield lambda: bool(waiting)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        if waiting:
            signal.raise_signal(waiting[0])
