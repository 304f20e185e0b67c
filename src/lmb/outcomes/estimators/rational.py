"""Systems of equations in whole numbers, and roots and roundings of fractions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from lmb.values.rounding import PRECISION_DIGITS

SIGNIFICANT_DIGITS = 12
"""What a figure is rounded to, half to even, once: few enough that any JSON reader keeps them."""


class SingularError(Exception):
    """A system has no single solution; `column` is the first that depends on those before it."""

    def __init__(self, column: int) -> None:
        self.column = column
        super().__init__(f"column {column} depends on those before it")


def solve(matrix: Sequence[Sequence[int]], right: Sequence[int]) -> tuple[list[int], int]:
    """Numerators and the common positive denominator of the solution of matrix · x = right.

    Fraction-free elimination (Bareiss 1968): every division is without remainder. Raises
    SingularError.
    """
    size = len(matrix)
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    previous = 1
    for step in range(size):
        pivot_row = next((row for row in range(step, size) if rows[row][step]), None)
        if pivot_row is None:
            raise SingularError(step)
        rows[step], rows[pivot_row] = rows[pivot_row], rows[step]
        pivot = rows[step][step]
        for row in range(size):
            if row != step:
                factor = rows[row][step]
                rows[row] = [
                    (pivot * own - factor * leading) // previous
                    for own, leading in zip(rows[row], rows[step], strict=True)
                ]
        previous = pivot
    # After the last step every diagonal entry is the determinant (up to the sign of row swaps).
    sign = 1 if previous > 0 else -1
    return [sign * row[size] for row in rows], abs(previous)


def decimal_of(value: Fraction) -> Decimal:
    """A fraction to 60 significant digits."""
    with localcontext(prec=PRECISION_DIGITS):
        return Decimal(value.numerator) / value.denominator


def square_root(value: Fraction) -> Decimal:
    """The square root to 60 significant digits. Raises ValueError below zero."""
    if value < 0:
        raise ValueError(f"{value} has no real square root")
    with localcontext(prec=PRECISION_DIGITS):
        return decimal_of(value).sqrt()


def significant(value: Decimal, digits: int = SIGNIFICANT_DIGITS) -> Decimal:
    """Rounded half to even to so many significant digits; -0 is 0."""
    with localcontext(prec=digits):
        return +value + 0
