"""What is logged: one JSON document a line, and nothing about people.

A message of ours says what happened in words that do not change, and puts what it tells in `told`.
Of a message of somebody else's code the words alone are kept, never what was filled in: that may be
a path, a query or a row. Of an exception, its kind and where it came from, not what it says. What
looks like an identifier in the words that remain is taken out all the same.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType

REQUEST: ContextVar[str | None] = ContextVar("request", default=None)
"""The identifier of the request being answered."""

FRAMES_MAX = 12
HIDDEN = "…"
_IDENTIFIERS = re.compile(
    r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}"  # a UUID
    r"|[^\s@]+@[^\s@]+"  # an address of mail
    r"|\d(?:[\d -]*\d)?"  # a number, however it is grouped
    r"|/\S*\?\S*"  # a path with a query
    r"|'[^']*'|\"[^\"]*\""  # what somebody else's words quote
)


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": scrubbed(record.msg if isinstance(record.msg, str) else ""),
        }
        request = REQUEST.get()
        if request is not None:
            line["request"] = request
        told = getattr(record, "told", None)
        if isinstance(told, dict):
            line |= told
        if record.exc_info and record.exc_info[1] is not None:
            line |= _failure(record.exc_info[1], record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def scrubbed(words: str) -> str:
    """Words without what looks like an identifier."""
    return _IDENTIFIERS.sub(HIDDEN, words)


def _failure(error: BaseException, origin: TracebackType | None) -> dict[str, object]:
    """Kinds of an exception and of those it came from; where it was raised, innermost last."""
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < FRAMES_MAX:
        kinds.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    frames = traceback.extract_tb(origin)[-FRAMES_MAX:]
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
    return {"error": kinds, "where": where}


def logging_settings(level: str) -> dict[str, object]:
    """Django's LOGGING: everything to standard error, from a level on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "lmb.config.logs.JsonLines"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json"},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["stderr"], "level": level},
        # Django's own handlers would mail what a request said.
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # Anybody can ask for any host, as often as they like; they get a 400.
            "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        },
    }
