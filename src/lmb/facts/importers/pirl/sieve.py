"""A first look at every line that lets through only what certainly fails no check.

    file ──chunks, side by side──▶ lines without fault, counted
                       └─────────▶ suspects: the other lines, for the checks in SQL to judge

The sieve may suspect too much, never too little: it tells nothing of a suspect, SQL does. So a file
with few faults is checked at the speed of the sieve, with the words of the checks.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from lmb.facts.importers.pirl.catalogue import Check
from lmb.facts.importers.pirl.fields import COMMA, NEWLINE, PADDING, Fields
from lmb.facts.importers.pirl.layout import Layout
from lmb.facts.importers.pirl.suspicion import Suspicion
from lmb.values.quarters import Quarter

CHUNK_BYTES = 4 << 20
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class UnsievedError(Exception):
    """The file has lines that are not lines of their own: a quote runs over a line end."""


@dataclass(frozen=True, slots=True)
class Sieved:
    """What came of a file: how many lines are without fault, and the line of the file that each
    suspect stood on, in the order they were written down."""

    faultless: int
    suspects: array[int]
    sha256: str


class Sieve:
    """The sieve for files of one layout, order of elements and quarter of report."""

    def __init__(
        self,
        layout: Layout,
        order: Sequence[str],
        checks: Sequence[Check],
        report: Quarter | None,
    ) -> None:
        self.order = tuple(order)
        self.suspicion = Suspicion(layout, self.order, checks, report)

    def sieve(self, path: Path, suspects: BinaryIO, *, has_header: bool) -> Sieved:
        """Look at every line of a file; write down those that are suspect. Raises UnsievedError."""
        digest = hashlib.sha256()
        book = _Book(suspects, 2 if has_header else 1)
        workers = os.cpu_count() or 1
        waiting: deque[Future[_Seen]] = deque()
        with path.open("rb") as file, ThreadPoolExecutor(workers) as pool:
            for number, chunk in enumerate(_chunks(file, digest)):
                if number == 0:
                    chunk = chunk.removeprefix(BYTE_ORDER_MARK)
                    chunk = chunk.partition(b"\n")[2] if has_header else chunk
                waiting.append(pool.submit(self._look, chunk))
                if len(waiting) > 2 * workers:
                    book.take(waiting.popleft().result())
            for looking in waiting:
                book.take(looking.result())
        return Sieved(book.faultless, book.suspects, digest.hexdigest())

    def _look(self, chunk: bytes) -> _Seen:
        """Sort the lines of a chunk; whole lines, the last one ended too."""
        if b"\r" in chunk:
            chunk = chunk.replace(b"\r\n", b"\n")
        if len(self.order) < 2 or not _is_plain(chunk):
            return self._look_closely(chunk)
        data = np.frombuffer(PADDING + chunk, dtype=np.uint8)
        is_end = data == NEWLINE
        separators = np.flatnonzero(is_end | (data == COMMA))
        width = len(self.order)
        rows = int(np.count_nonzero(is_end))
        if len(separators) != rows * width or not is_end[separators[width - 1 :: width]].all():
            return self._look_closely(chunk)
        if rows == 0:
            return _Seen(0, 0, [])
        # The padding has no comma: its zeros belong to no field.
        fields = Fields(data, separators, self.order)
        suspect = self.suspicion.suspects(fields)
        found = []
        for row in np.flatnonzero(suspect):
            start, end = fields.line_bounds(int(row))
            found.append((int(row), chunk[start:end]))
        return _Seen(rows, rows - len(found), found)

    def _look_closely(self, chunk: bytes) -> _Seen:
        """The same where some lines are out of the ordinary: those are suspects at once."""
        lines = chunk.split(b"\n")[:-1]
        plain, suspects = [], []
        for number, line in enumerate(lines):
            if line.count(b'"') % 2:
                raise UnsievedError
            if _is_plain(line) and line.count(b",") == len(self.order) - 1 > 0:
                plain.append(number)
            elif line:
                # An empty line is none; anything else is for the checks to judge.
                suspects.append((number, line))
        if not plain:
            return _Seen(len(lines), 0, suspects)
        seen = self._look(b"".join(lines[number] + b"\n" for number in plain))
        suspects += [(plain[row], line) for row, line in seen.suspects]
        return _Seen(len(lines), seen.faultless, sorted(suspects))


@dataclass(frozen=True, slots=True)
class _Seen:
    """Of a chunk: its lines, those without fault, and the suspects with their place in it."""

    lines: int
    faultless: int
    suspects: list[tuple[int, bytes]]


def _is_plain(content: bytes) -> bool:
    """Whether every comma parts two fields and every character is one."""
    if b'"' in content or b"\r" in content or b"\0" in content:
        return False
    if content.isascii():
        return True
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _chunks(file: BinaryIO, digest: hashlib._Hash) -> Iterator[bytes]:
    """The file in pieces of whole lines."""
    rest = b""
    while piece := file.read(CHUNK_BYTES):
        digest.update(piece)
        head, end, tail = piece.rpartition(b"\n")
        if end:
            yield rest + head + end
            rest = tail
        else:
            rest += piece
    if rest:
        yield rest + b"\n"


class _Book:
    """What is written down of chunks in the order of the file."""

    def __init__(self, file: BinaryIO, first_line: int) -> None:
        self.faultless = 0
        self.suspects: array[int] = array("q")
        self._file, self._line = file, first_line

    def take(self, seen: _Seen) -> None:
        for place, text in seen.suspects:
            self._file.write(text + b"\n")
            self.suspects.append(self._line + place)
        self._line += seen.lines
        self.faultless += seen.faultless
