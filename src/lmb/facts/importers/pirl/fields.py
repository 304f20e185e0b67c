"""The fields of many lines at once, as arrays over the bytes of a chunk.

A chunk is whole lines of one number of fields, without quotes. A field is where it starts and ends;
what it holds is read only where something asks, for all lines together, eight bytes at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]

COMMA, NEWLINE, POINT, ZERO = 44, 10, 46, 48
WORD_BYTES = 8
PADDING = b"0" * WORD_BYTES
"""Stands before a chunk, so that eight bytes up to the end of its first field can be read."""

_ZEROS = np.uint64(0x3030303030303030)
_HIGH = np.uint64(0xF0F0F0F0F0F0F0F0)
_SIXES = np.uint64(0x0606060606060606)
_PAIRS = np.uint64(0x000000FF000000FF)


class Fields:
    """The fields of a chunk of lines, by the number of their element."""

    def __init__(self, data: NDArray[np.uint8], separators: Numbers, order: Sequence[str]) -> None:
        """`data` begins with PADDING; `separators` are the places of all commas and line ends in
        it, `len(order)` to a line, one line at least."""
        self.data = data
        self.order = order
        self.rows = len(separators) // len(order)
        self._ends = separators.reshape(self.rows, len(order))
        lengths = np.empty(len(separators), dtype=np.int32)
        np.subtract(separators[1:], separators[:-1], out=lengths[1:], casting="unsafe")
        lengths[0] = separators[0] - (WORD_BYTES - 1)
        lengths -= 1
        self.lengths = lengths.reshape(self._ends.shape)
        self.longest = self.lengths.max(axis=0)
        self._places = {n: p for p, n in enumerate(order) if self.longest[p] > 0}
        self._kept: dict[tuple[str, str], NDArray[np.generic]] = {}

    def present(self, number: str) -> bool:
        """Whether any line has something in this field."""
        return number in self._places

    def length(self, number: str) -> NDArray[np.int32]:
        """The length of each field in bytes."""
        key = (number, "length")
        if key not in self._kept:
            self._kept[key] = np.ascontiguousarray(self.lengths[:, self._places[number]])
        return self._kept[key].view(np.int32)

    def filled(self, number: str) -> Flags:
        key = (number, "filled")
        if key not in self._kept:
            self._kept[key] = self.length(number) > 0
        return self._kept[key].view(np.bool_)

    def blank(self, number: str) -> Flags:
        return ~self.filled(number)

    def first_byte(self, number: str) -> NDArray[np.uint8]:
        """The first byte of each field; the separator behind it where it is blank."""
        key = (number, "first")
        if key not in self._kept:
            ends = self._end(number)
            self._kept[key] = self.data[ends - self.length(number)]
        return self._kept[key].view(np.uint8)

    def word(self, number: str, before_end: int = 0) -> NDArray[np.uint64]:
        """The eight bytes up to the end of each field, or up to some bytes before it, with zeros in
        the place of what stands before the field."""
        length = self.length(number).astype(np.int64) - before_end
        missing = np.clip(WORD_BYTES - length, 0, WORD_BYTES).astype(np.uint64)
        # A shift by all 64 bits is undefined: two shifts by half of it are not.
        half = missing * np.uint64(4)
        mask = ~((~np.uint64(0) << half) << half)
        found = self._words[self._end(number) - before_end - WORD_BYTES]
        return (found & ~mask) | (_ZEROS & mask)

    def number(self, number: str) -> Numbers:
        """The value of each field of at most eight digits; -1 where another character is in it, 0
        where it is blank."""
        key = (number, "number")
        if key not in self._kept:
            self._kept[key] = _parsed(self.word(number))
        return self._kept[key].view(np.int64)

    def day(self, number: str) -> Numbers:
        """The value of each field of eight digits; -1 where it is none, 0 where it is blank."""
        key = (number, "day")
        if key not in self._kept:
            length = self.length(number)
            parsed = _parsed(self._words[self._end(number) - WORD_BYTES])
            self._kept[key] = np.where(length == WORD_BYTES, parsed, -(length > 0).astype(np.int64))
        return self._kept[key].view(np.int64)

    def cents(self, number: str) -> Numbers:
        """The value of each field of dollars, `6200` or `6200.00`; -1 where it is neither, 0 where
        it is blank."""
        key = (number, "cents")
        if key not in self._kept:
            length, ends = self.length(number), self._end(number)
            pointed = (length > 3) & (self.data[ends - 3] == POINT)
            whole = self.number(number) * 100
            tens, ones = (self.data[ends - n].astype(np.int64) - ZERO for n in (2, 1))
            is_cents = (tens >= 0) & (tens <= 9) & (ones >= 0) & (ones <= 9)
            dollars = _parsed(self.word(number, before_end=3))
            split = np.where((dollars >= 0) & is_cents, dollars * 100 + tens * 10 + ones, -1)
            plain = np.where((whole >= 0) & (length <= 6), whole, -1)
            self._kept[key] = np.where(pointed, np.where(length <= 9, split, -1), plain)
        return self._kept[key].view(np.int64)

    def line_bounds(self, row: int) -> tuple[int, int]:
        """Where a line starts and ends, without the padding and the line end."""
        before = int(self._ends[row - 1, -1]) + 1 if row else WORD_BYTES
        return before - WORD_BYTES, int(self._ends[row, -1]) - WORD_BYTES

    def _end(self, number: str) -> Numbers:
        key = (number, "end")
        if key not in self._kept:
            self._kept[key] = np.ascontiguousarray(self._ends[:, self._places[number]])
        return self._kept[key].view(np.int64)

    @cached_property
    def _words(self) -> NDArray[np.uint64]:
        """Eight bytes from each place on."""
        count = len(self.data) - WORD_BYTES + 1
        return np.ndarray(count, dtype="<u8", buffer=self.data, strides=(1,))


def _parsed(word: NDArray[np.uint64]) -> Numbers:
    """Eight digits as a number, -1 where they are no digits; pairs, fours and eights are added up
    side by side in one word (Lemire, 2018)."""
    are_digits = ((word & _HIGH) == _ZEROS) & (((word + _SIXES) & _HIGH) == _ZEROS)
    value = word - _ZEROS
    value = value * np.uint64(10) + (value >> np.uint64(8))
    low = (value & _PAIRS) * np.uint64(0x000F424000000064)
    high = ((value >> np.uint64(16)) & _PAIRS) * np.uint64(0x0000271000000001)
    parsed = ((low + high) >> np.uint64(32)).view(np.int64)
    return np.where(are_digits, parsed, -1)
