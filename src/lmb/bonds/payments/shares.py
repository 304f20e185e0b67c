"""From a rate on the whole issue to whole cents of every holder, by a declared rounding. Pure.

The database shares out a million holders by the same two rules (`migrations/sql/payments.sql`); a
test holds the two to the same cents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple


class Rounding(StrEnum):
    """How cents are shared.

    Per holder, each amount is rounded half up alone, and the sum is whatever comes of it. By
    largest remainder, the whole is rounded half up once, everybody gets the whole cents of their
    share, and the cents left over go to those who lost the most, by account where they tie.
    """

    PER_HOLDER = "per-holder"
    LARGEST_REMAINDER = "largest-remainder"


class Entitlement(NamedTuple):
    """What one holder of record gets, in cents: the guaranteed part and what was earned on top."""

    account: str
    par_cents: int
    base_cents: int
    bonus_cents: int


@dataclass(frozen=True, slots=True)
class Payment:
    """What is paid per cent of par: `base` is guaranteed, `bonus` comes on top; both exact."""

    base: Fraction
    bonus: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        if self.base < 0 or self.bonus < 0:
            raise ValueError("holders are paid, they do not pay")

    def obligation_cents(self, par_cents: int) -> int:
        """What the whole of it comes to on an amount of par, rounded half up once."""
        return half_up_cents(par_cents * (self.base + self.bonus))


def half_up_cents(amount: Fraction) -> int:
    """The nearest whole cent, a half rounded up; the amount is not negative."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def entitlements(
    held: Sequence[tuple[str, int]], payment: Payment, rounding: Rounding
) -> list[Entitlement]:
    """What every holder gets, in the order of their accounts. `held` are accounts with par in
    cents, each once.

    The base is shared as if it stood alone, so that nobody gets less than the guarantee; the bonus
    is what is left of the whole.
    """
    in_order = sorted(held)
    pars = [par_cents for _, par_cents in in_order]
    if rounding is Rounding.PER_HOLDER:
        bases = [half_up_cents(par * payment.base) for par in pars]
        wholes = [payment.obligation_cents(par) for par in pars]
        bonuses = [whole - base for whole, base in zip(wholes, bases, strict=True)]
    else:
        whole_cents = payment.obligation_cents(sum(pars))
        base_cents = half_up_cents(sum(pars) * payment.base)
        bases = _largest_remainder(pars, payment.base, base_cents)
        bonuses = _largest_remainder(pars, payment.bonus, whole_cents - base_cents)
    return [
        Entitlement(account, par, base, bonus)
        for (account, par), base, bonus in zip(in_order, bases, bonuses, strict=True)
    ]


def _largest_remainder(pars: Sequence[int], rate: Fraction, total_cents: int) -> list[int]:
    exact = [par * rate for par in pars]
    shares = [amount.numerator // amount.denominator for amount in exact]
    by_remainder = sorted(range(len(pars)), key=lambda place: (shares[place] - exact[place], place))
    for place in by_remainder[: total_cents - sum(shares)]:
        shares[place] += 1
    return shares
