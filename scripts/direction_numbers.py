"""Choose the direction numbers of our Sobol points: `python scripts/direction_numbers.py > FILE`.

Dimension 1 is the radical inverse; every other has a primitive polynomial of its own, in order of
degree. Its first numbers are free: of a few drawn candidates the one is taken whose points lie best
with those of the dimensions just before, two by two (the quality parameter t of each pair).
Takes some minutes; the file is `src/lmb/bonds/scenario/direction_numbers.txt`.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

DIMENSIONS = 1_024
COLUMNS = 16
SEED = 20_261_121
CANDIDATES = 8
COMPARED = 40
JUDGED_COLUMNS = 10


def main(dimensions: int) -> None:
    """Write the table; fewer dimensions are the first of more."""
    drawn = random.Random(SEED)
    print("# degree polynomial first_numbers")
    matrices = [[1 << (COLUMNS - 1 - k) for k in range(COLUMNS)]]
    polynomials = primitive_polynomials()
    for _ in range(dimensions - 1):
        degree, polynomial = next(polynomials)
        best: tuple[int, list[int], list[int]] | None = None
        for _ in range(CANDIDATES):
            first = [drawn.randrange(1, 1 << (k + 1), 2) for k in range(min(degree, COLUMNS))]
            columns = direction_numbers(degree, polynomial, first)
            badness = sum(quality(columns, other) ** 2 for other in matrices[-COMPARED:])
            if best is None or badness < best[0]:
                best = (badness, first, columns)
        assert best is not None
        matrices.append(best[2])
        print(degree, polynomial, *best[1], flush=True)


def primitive_polynomials() -> Iterator[tuple[int, int]]:
    """Primitive polynomials over GF(2) by degree, each as its bits."""
    for degree in range(1, 30):
        order = (1 << degree) - 1
        factors = prime_factors(order)
        for polynomial in range((1 << degree) | 1, 1 << (degree + 1), 2):
            if power_of_x(order, polynomial, degree) == 1 and all(
                power_of_x(order // factor, polynomial, degree) != 1 for factor in factors
            ):
                yield degree, polynomial


def prime_factors(number: int) -> set[int]:
    found, divisor = set(), 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            found.add(divisor)
            number //= divisor
        divisor += 1
    return found | ({number} if number > 1 else set())


def power_of_x(exponent: int, polynomial: int, degree: int) -> int:
    """x to a power, modulo a polynomial; all over GF(2)."""

    def times(one: int, other: int) -> int:
        product = 0
        while other:
            if other & 1:
                product ^= one
            other >>= 1
            one <<= 1
            if one >> degree & 1:
                one ^= polynomial
        return product

    result, base = 1, 2 if degree > 1 else 2 ^ polynomial
    while exponent:
        if exponent & 1:
            result = times(result, base)
        base = times(base, base)
        exponent >>= 1
    return result


def direction_numbers(degree: int, polynomial: int, first: list[int]) -> list[int]:
    """The columns of a dimension, each as bits from the first digit down (Bratley and Fox 1988)."""
    numbers = list(first)
    for k in range(len(first), COLUMNS):
        value = numbers[k - degree] ^ (numbers[k - degree] << degree)
        for i in range(1, degree):
            if polynomial >> (degree - i) & 1:
                value ^= numbers[k - i] << i
        numbers.append(value)
    return [number << (COLUMNS - 1 - k) for k, number in enumerate(numbers[:COLUMNS])]


def quality(one: list[int], other: list[int]) -> int:
    """The parameter t of two dimensions' points: 0 is best."""
    m = JUDGED_COLUMNS
    rows = [digits(one), digits(other)]
    for t in range(m):
        strength = m - t
        if all(
            independent(rows[0][:first] + rows[1][: strength - first])
            for first in range(strength + 1)
        ):
            return t
    return m


def digits(columns: list[int]) -> list[int]:
    """The rows of a dimension's matrix: for each digit the columns that flip it."""
    m = JUDGED_COLUMNS
    return [sum((columns[k] >> (COLUMNS - 1 - row) & 1) << k for k in range(m)) for row in range(m)]


def independent(rows: list[int]) -> bool:
    basis: list[int] = []
    for row in rows:
        for vector in basis:
            row = min(row, row ^ vector)
        if row == 0:
            return False
        basis.append(row)
    return True


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DIMENSIONS)
