"""Sums of products of columns, exactly, at the speed of floating-point matrix products.

Words are cut into balanced limbs of 20 bits, between -2^19 and 2^19. A product of two limbs is at
most 2^38, and 2^13 of them add up to at most 2^51: below 2^53 a float64 holds every whole number,
so every partial sum of a block is exact, in whatever order, with whatever instructions or threads
the matrix library adds. Blocks are added as int64 (at most 2^10 of them: 2^61), columns put
together again from their limbs as unbounded integers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lmb.outcomes.estimators.columns import WORD_BITS, Column, Int64Array

LIMB_BITS = 20
HALF_LIMB = 1 << (LIMB_BITS - 1)
BLOCK_ROWS = 2**13

NARROW_LINES = 24
TILE_LINES = 8
PRODUCT_SIZE_MAX = 2**18
"""Multiplications of one matrix product: fewer than a library would share out among threads, for
on a busy machine threads wait for each other longer than so small a product takes. A narrow block
times itself is not shared out."""

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limb:
    """One limb of one word of a column, worth 2^`shift` of the column's unit. `low` says which
    half of the word; None where the whole word is small enough."""

    column: int
    word: Int64Array
    low: bool | None
    shift: int


@dataclass(frozen=True, slots=True)
class CrossProducts:
    """For columns 0, 1, …: how many rows, each sum, each sum of products, in their units."""

    rows: int
    sums: tuple[int, ...]
    products: tuple[tuple[int, ...], ...]


def cross_products(columns: Sequence[Column]) -> CrossProducts:
    """The exact sums and sums of products of columns of one length."""
    limbs = limbs_of(columns)
    rows = len(columns[0])
    totals = np.zeros((len(limbs) + 1, len(limbs) + 1), dtype=np.int64)
    for block in blocks_of(limbs, rows):
        totals += _gram(block)
    count = len(columns)
    sums = [0] * count
    products = [[0] * count for _ in range(count)]
    for first, one in enumerate(limbs):
        sums[one.column] += int(totals[first, -1]) << one.shift
        for second, other in enumerate(limbs):
            shifted = int(totals[first, second]) << (one.shift + other.shift)
            products[one.column][other.column] += shifted
    return CrossProducts(rows, tuple(sums), tuple(map(tuple, products)))


def _gram(block: FloatArray) -> Int64Array:
    """The products of all lines of a block with each other."""
    lines, rows = block.shape
    if lines <= NARROW_LINES:
        return (block @ block.T).astype(np.int64)
    width = 1 << ((PRODUCT_SIZE_MAX // (TILE_LINES * lines)).bit_length() - 1)
    total = np.zeros((lines, lines), dtype=np.int64)
    for start in range(0, rows, width):
        part = np.ascontiguousarray(block[:, start : start + width])
        for first in range(0, lines, TILE_LINES):
            tile = part[first : first + TILE_LINES]
            total[first : first + TILE_LINES] += (tile @ part.T).astype(np.int64)
    return total


def limbs_of(columns: Sequence[Column]) -> list[Limb]:
    """The limbs of columns, those of one word next to each other."""
    limbs = []
    for number, column in enumerate(columns):
        for place, (word, reach) in enumerate(zip(column.words, column.reach, strict=True)):
            shift = WORD_BITS * place
            if reach <= HALF_LIMB:
                limbs.append(Limb(number, word, None, shift))
            else:
                limbs.append(Limb(number, word, False, shift + LIMB_BITS))
                limbs.append(Limb(number, word, True, shift))
    return limbs


def blocks_of(
    limbs: Sequence[Limb], rows: int, block_rows: int = BLOCK_ROWS
) -> Iterator[FloatArray]:
    """Block after block of rows, transposed: one line a limb, then a line of ones."""
    buffer = np.empty((len(limbs) + 1, min(rows, block_rows)))
    buffer[-1] = 1
    for start in range(0, rows, block_rows):
        stop = min(start + block_rows, rows)
        block = buffer[:, : stop - start]
        for place, limb in enumerate(limbs):
            word = limb.word[start:stop]
            if limb.low is None:
                block[place] = word
            elif limb.low:
                # The line above holds the higher half: what is left of the word is the lower.
                np.subtract(word, block[place - 1] * 2**LIMB_BITS, out=block[place])
            else:
                block[place] = (word + HALF_LIMB) >> LIMB_BITS
        yield block


def group_sums(column: Column, groups: Int64Array, count: int) -> list[int]:
    """The exact sum of a column in each of `count` groups, numbered from 0."""
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(count))
    totals = [0] * count
    for place, word in enumerate(column.words):
        shift = WORD_BITS * place
        for group, part in enumerate(np.add.reduceat(word[order], starts).tolist()):
            totals[group] += part << shift
    return totals
