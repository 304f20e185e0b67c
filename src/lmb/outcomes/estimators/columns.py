"""Columns of exact numbers, kept as whole multiples of one unit.

A column is a tuple of int64 words: number = (words[0] + words[1]·2^40 + …) × unit. Words are
balanced (between -2^39 and 2^39), so that sums of all rows of a word fit an int64. Most columns of
earnings, ages and yes-or-no answers are one word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np
import numpy.typing as npt

from lmb.values.errors import RefusedError

Int64Array = npt.NDArray[np.int64]

WORD_BITS = 40
HALF_WORD = 1 << (WORD_BITS - 1)
WORDS_MAX = 8
ROWS_MAX = 2**23
"""So many words of 2^39 add up to less than 2^62."""


@dataclass(frozen=True, slots=True)
class Column:
    """Named exact numbers. `unit` is a positive fraction, such as 1/100 for dollars in cents; no
    word lies further from 0 than its place in `reach` says."""

    name: str
    words: tuple[Int64Array, ...]
    unit: Fraction
    reach: tuple[int, ...]

    @classmethod
    def of(
        cls, name: str, multiples: Int64Array | Sequence[int], unit: Fraction = Fraction(1)
    ) -> Column:
        """A column of whole multiples of a unit. Raises RefusedError beyond 2^23 rows
        or 319 bits."""
        if len(multiples) > ROWS_MAX:
            raise RefusedError(
                f"column {name} has {len(multiples):,} rows, at most {ROWS_MAX:,} are estimated "
                "together: measure cohorts apart"
            )
        words, reach = zip(*_balanced(name, multiples), strict=True)
        return cls(name, words, unit, reach)

    @classmethod
    def of_binary(cls, name: str, values: npt.NDArray[np.float64]) -> Column:
        """A column of exactly these finite binary numbers, in the largest power of two of which
        all are multiples. Numbers are expected within 2^60 of 1."""
        mantissas, exponents = np.frexp(values)
        whole = np.ldexp(mantissas, 53).astype(np.int64)
        zeros = np.frexp((whole & -whole).astype(np.float64))[1] - 1
        places = int(np.max(np.where(whole == 0, -1074, 53 - exponents - zeros)))
        rest = np.ldexp(values, places)
        bits = int(np.frexp(np.abs(rest).max())[1])
        words: list[Int64Array] = []
        for place in reversed(range(bits // WORD_BITS + 1)):
            # What is left has its lowest bit at 1 and lies within half a word: no step rounds.
            word = np.rint(np.ldexp(rest, -WORD_BITS * place))
            rest = rest - np.ldexp(word, WORD_BITS * place)
            words.insert(0, word.astype(np.int64))
        return cls(name, tuple(words), Fraction(2) ** -places, tuple(map(_reach, words)))

    def __len__(self) -> int:
        return len(self.words[0])

    def integers(self) -> list[int]:
        """The multiples as Python's unbounded integers."""
        numbers: list[int] = self.words[0].tolist()
        for place, word in enumerate(self.words[1:], start=1):
            shift = WORD_BITS * place
            numbers = [
                low + (high << shift) for low, high in zip(numbers, word.tolist(), strict=True)
            ]
        return numbers

    def fractions(self) -> list[Fraction]:
        """The numbers themselves."""
        return [number * self.unit for number in self.integers()]

    def rows(self, chosen: npt.NDArray[np.bool_] | Int64Array) -> Column:
        """The same column for some of the rows, or for all in another order."""
        words = tuple(word[chosen] for word in self.words)
        return Column(self.name, words, self.unit, self.reach)

    def arm(self) -> npt.NDArray[np.bool_]:
        """Where a column of 0 and 1 is 1. Raises RefusedError for any other value."""
        word = self.words[0]
        if self.unit != 1 or len(self.words) > 1 or word.min() < 0 or word.max() > 1:
            raise RefusedError(
                f"column {self.name} must hold 1 for treated and 0 for control, nothing else"
            )
        treated: npt.NDArray[np.bool_] = self.words[0] == 1
        return treated


def difference(name: str, left: Column, right: Column) -> Column:
    """Left less right, row by row."""
    unit = _common_unit(left.unit, right.unit)
    ours, theirs = left.unit / unit, right.unit / unit
    multiples = [
        int(ours) * a - int(theirs) * b
        for a, b in zip(left.integers(), right.integers(), strict=True)
    ]
    return Column.of(name, multiples, unit)


def centred(column: Column) -> Column:
    """The distance of each number from the column's mean, in parts of the unit over the rows."""
    numbers, rows = column.integers(), len(column)
    total = sum(numbers)
    return Column.of(column.name, [rows * one - total for one in numbers], column.unit / rows)


def where(name: str, column: Column, chosen: npt.NDArray[np.bool_]) -> Column:
    """The column where chosen, 0 elsewhere."""
    words = tuple(np.where(chosen, word, 0) for word in column.words)
    return Column(name, words, column.unit, column.reach)


def codes_of(labels: Iterable[object]) -> tuple[Int64Array, list[str]]:
    """Each row's place among the distinct labels in the order of their text, and these labels."""
    texts = np.array([str(label) for label in labels], dtype=object)
    distinct = sorted(set(texts.tolist()))
    place = {label: number for number, label in enumerate(distinct)}
    return np.array([place[text] for text in texts.tolist()], dtype=np.int64), distinct


def _common_unit(one: Fraction, other: Fraction) -> Fraction:
    """The largest unit of which both are whole multiples."""
    bottom = one.denominator * other.denominator
    top = gcd(one.numerator * other.denominator, other.numerator * one.denominator)
    return Fraction(top, bottom)


def _balanced(name: str, multiples: Int64Array | Sequence[int]) -> list[tuple[Int64Array, int]]:
    """Balanced words, lowest first, each with its reach."""
    rest = _array(multiples)
    words: list[tuple[Int64Array, int]] = []
    while (reach := _reach(rest)) > HALF_WORD:
        if len(words) == WORDS_MAX - 1:
            raise RefusedError(
                f"column {name} holds numbers of more than {WORDS_MAX * WORD_BITS - 1} bits: "
                "round them to what was measured"
            )
        if reach > 2**62:
            # Adding half a word could go beyond int64.
            rest = rest.astype(object)
        higher = (rest + HALF_WORD) >> WORD_BITS
        words.append(((rest - (higher << WORD_BITS)).astype(np.int64), HALF_WORD))
        rest = higher
    return [*words, (rest.astype(np.int64, copy=False), reach)]


def _reach(values: npt.NDArray[Any]) -> int:
    """The largest distance from 0; 0 of nothing."""
    return max(-int(values.min()), int(values.max())) if len(values) else 0


def _array(multiples: Int64Array | Sequence[int]) -> npt.NDArray[Any]:
    try:
        return np.asarray(multiples, dtype=np.int64)
    except OverflowError:
        return np.asarray(multiples, dtype=object)
