"""A flag, and how unlikely a count is when nothing is wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

CHANCE_MAX = Fraction(1, 1000)
"""Of one false flag in a whole run of a check over all it compares (Bonferroni): with honest
providers, one run in a thousand flags any of them."""


@dataclass(frozen=True, slots=True)
class Flag:
    """What a check found: about whom, how many of how many, how many were to be expected, and a
    sentence for people."""

    check: str
    subject: str
    found: int
    of: int
    expected: Fraction
    sentence: str


def chance_of_at_least(found: int, of: int, share: Fraction) -> float:
    """The binomial probability of so many or more, each with this share."""
    if found <= 0:
        return 1.0
    if share <= 0 or share >= 1:
        return float(share >= 1)
    log_in, log_out = math.log(share), math.log1p(-share)
    logs = (
        math.lgamma(of + 1)
        - math.lgamma(k + 1)
        - math.lgamma(of - k + 1)
        + k * log_in
        + (of - k) * log_out
        for k in range(found, of + 1)
    )
    return min(1.0, math.fsum(map(math.exp, logs)))


def is_rare(found: int, of: int, share: Fraction, comparisons: int) -> bool:
    """Whether a count is too high for chance, among so many comparisons."""
    return chance_of_at_least(found, of, share) * comparisons < CHANCE_MAX


def percent(part: int, whole: int) -> str:
    """A share for people, to a tenth of a per cent."""
    return f"{100 * part / whole:.1f} %" if whole else "none"
