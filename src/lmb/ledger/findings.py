"""What a check of the books finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from django.db import connection

FINDINGS_MAX = 1000
"""A check tells at most so many breaches: books that are broken everywhere need no longer list."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that breaks a promise: which check, what it is about, and what is wrong."""

    check: str
    subject: str
    message: str

    def __str__(self) -> str:
        return f"{self.subject} {self.message}"


Check: TypeAlias = Callable[[int], Iterator[Finding]]
"""Looks at one cell. Its name is that of the promise, its docstring the promise in words."""


def findings(check: str, cell: int, sql: str) -> Iterator[Finding]:
    """The rows of a query, each a subject and a message, as findings; `%(cell)s` is the cell.

    PostgreSQL does the counting, so that memory here stays small however long the history is.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT {FINDINGS_MAX}", {"cell": cell})
        found = cursor.fetchall()
    yield from (Finding(check, str(subject), str(message)) for subject, message in found)
