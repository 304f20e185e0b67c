"""Randomised Sobol points: replicates that each spread evenly, and differ only by chance.

Points are those of Sobol (1967) with direction numbers of our own (`direction_numbers.txt`, made by
`scripts/direction_numbers.py`). Each replicate is scrambled by random lower triangular matrices and
a digital shift (Matoušek 1998): the points keep their evenness, each is uniform, and replicates are
independent, so that their spread gives an honest interval. Randomness is Philox, keyed by seed and
replicate: no result depends on how the work is cut.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

DIMENSIONS_MAX = 1_024
COLUMNS = 16
PATHS_MAX = 2**COLUMNS
_BITS = 32

Bits = NDArray[np.uint32]
Floats = NDArray[np.float64]


class ScrambledSobol:
    """The points of one replicate: `paths` (a power of two) in so many dimensions."""

    def __init__(self, dimensions: int, paths: int, seed: int, replicate: int) -> None:
        if not 1 <= dimensions <= DIMENSIONS_MAX:
            raise ValueError(f"dimensions are 1 to {DIMENSIONS_MAX}, not {dimensions}")
        if not 1 <= paths <= PATHS_MAX or paths & (paths - 1):
            raise ValueError(f"paths are a power of two up to {PATHS_MAX}, not {paths}")
        columns = paths.bit_length() - 1
        scrambles, shifts = _generators(seed, replicate)
        self._columns = _scrambled(direction_numbers()[:dimensions, :columns], scrambles)
        self._shift: Bits = shifts.integers(0, 2**_BITS, dimensions, dtype=np.uint32)

    def points(self, start: int, count: int) -> Floats:
        """Points from `start`, which a `count` that is a power of two divides; dimensions by
        points, each strictly between 0 and 1."""
        if count < 1 or count & (count - 1) or start % count:
            raise ValueError(f"points come in aligned powers of two, not {count} from {start}")
        first = self._shift.copy()
        for column in range(self._columns.shape[1]):
            if start >> column & 1:
                first ^= self._columns[:, column]
        bits = np.empty((len(first), count), dtype=np.uint32)
        bits[:, 0] = first
        for column in range(count.bit_length() - 1):
            half = 1 << column
            np.bitwise_xor(
                bits[:, :half], self._columns[:, column, None], out=bits[:, half : 2 * half]
            )
        points = bits.astype(np.float64)
        points += 0.5
        points *= 2.0**-_BITS
        return points


@cache
def direction_numbers() -> Bits:
    """The columns of every dimension, the first binary digit in the highest of 32 bits."""
    text = (resources.files("lmb.bonds.scenario") / "direction_numbers.txt").read_text("ascii")
    numbers = np.empty((DIMENSIONS_MAX, COLUMNS), dtype=np.uint32)
    numbers[0] = [1 << (_BITS - 1 - k) for k in range(COLUMNS)]
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for dimension, line in enumerate(lines[: DIMENSIONS_MAX - 1], start=1):
        degree, polynomial, *first = map(int, line.split())
        found = _recurred(degree, polynomial, first)
        numbers[dimension] = [number << (_BITS - 1 - k) for k, number in enumerate(found)]
    return numbers


def _recurred(degree: int, polynomial: int, first: list[int]) -> list[int]:
    """The numbers of a dimension from its polynomial and first numbers (Bratley, Fox 1988)."""
    numbers = first[:COLUMNS]
    for k in range(len(numbers), COLUMNS):
        value = numbers[k - degree] ^ (numbers[k - degree] << degree)
        for i in range(1, degree):
            if polynomial >> (degree - i) & 1:
                value ^= numbers[k - i] << i
        numbers.append(value)
    return numbers


def _generators(seed: int, replicate: int) -> tuple[np.random.Generator, np.random.Generator]:
    """Streams of their own for matrices and shifts: more dimensions leave the first ones as they
    are."""
    scrambles, shifts = (
        np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, replicate, stream])))
        for stream in (0, 1)
    )
    return scrambles, shifts


def _scrambled(columns: Bits, random: np.random.Generator) -> Bits:
    """The columns under a random lower triangular matrix for each dimension: digit i becomes
    itself and a random choice of the digits before it."""
    dimensions = len(columns)
    places = np.arange(_BITS, dtype=np.uint32)
    own = (np.uint32(1) << (np.uint32(_BITS - 1) - places)).astype(np.uint32)
    before = ~(own | (own - np.uint32(1)))
    rows = random.integers(0, 2**_BITS, (dimensions, _BITS), dtype=np.uint32) & before | own
    chosen = columns[:, None, :] & rows[:, :, None]
    parity = (np.bitwise_count(chosen) & 1).astype(np.uint32)
    parity <<= (np.uint32(_BITS - 1) - places)[None, :, None]
    scrambled: Bits = np.bitwise_or.reduce(parity, axis=1)
    return scrambled
