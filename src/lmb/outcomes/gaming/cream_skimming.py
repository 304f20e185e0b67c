"""Choosing the people who would have succeeded anyway.

The rate to be expected of a provider's people follows from the rates of people like them (the same
stratum of barriers) elsewhere. A provider is paid fairly on actual less expected, and it is flagged
when the people it took are expected to do better than those who were eligible to it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lmb.outcomes.gaming.flags import Flag
from lmb.values.errors import RefusedError

CHECK = "cream-skimming"
DEVIATIONS_MIN = 4
"""Standard errors by which enrolment must lean to the easier people; at four, one provider in
30,000 is flagged by chance."""


@dataclass(frozen=True, slots=True)
class Person:
    """One participant: provider, stratum (barriers at entry), and whether they succeeded."""

    provider: str
    stratum: str
    succeeded: bool


@dataclass(frozen=True, slots=True)
class Level:
    """A provider's people, their successes, and the successes expected of people like them, from
    the other providers' rates."""

    people: int
    successes: int
    expected: Fraction

    @property
    def adjusted_percent(self) -> Fraction:
        """Actual less expected, in points of per cent."""
        return 100 * (self.successes - self.expected) / self.people


def adjusted_levels(people: Sequence[Person]) -> dict[str, Level]:
    """The risk-adjusted level of each provider. Raises RefusedError for a stratum that only one
    provider serves: nobody is like its people."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for person in people:
        size, successes = counts.get((person.provider, person.stratum), (0, 0))
        counts[person.provider, person.stratum] = size + 1, successes + person.succeeded
    levels: dict[str, Level] = {}
    for provider in sorted({person.provider for person in people}):
        whole = Level(0, 0, Fraction(0))
        for (name, stratum), (size, successes) in counts.items():
            if name == provider:
                rate = _rate_elsewhere(counts, provider, stratum)
                whole = Level(
                    whole.people + size, whole.successes + successes, whole.expected + size * rate
                )
        levels[provider] = whole
    return levels


def skimmed(people: Sequence[Person], eligible: Mapping[str, Mapping[str, int]]) -> list[Flag]:
    """Providers whose people are easier than those eligible to them; `eligible` counts the people
    of each stratum who could have enrolled with a provider."""
    levels = adjusted_levels(people)
    rates = _pooled_rates(people)
    flags = []
    for provider, pool in sorted(eligible.items()):
        unknown = sorted(set(pool) - set(rates))
        if provider not in levels or unknown or not sum(pool.values()):
            raise RefusedError(
                f"{provider}: no participants, nobody eligible, or strata without outcomes: "
                f"{', '.join(unknown) or 'none'}"
            )
        size = sum(pool.values())
        fair = sum((count * rates[stratum] for stratum, count in pool.items()), Fraction(0)) / size
        square = sum((n * rates[stratum] ** 2 for stratum, n in pool.items()), Fraction(0)) / size
        mine = [rates[person.stratum] for person in people if person.provider == provider]
        taken = sum(mine, Fraction(0)) / len(mine)
        error = math.sqrt((square - fair**2) / len(mine))
        if taken > fair and taken - fair > DEVIATIONS_MIN * error:
            sentence = (
                f"{provider}: the {len(mine)} people it took are expected to succeed in "
                f"{float(100 * taken):.1f} %, those eligible to it in {float(100 * fair):.1f} %. "
                "Look at how people are chosen, and pay on the adjusted level."
            )
            expected = fair * len(mine)
            flags.append(
                Flag(CHECK, provider, round(taken * len(mine)), len(mine), expected, sentence)
            )
    return flags


def _rate_elsewhere(
    counts: Mapping[tuple[str, str], tuple[int, int]], provider: str, stratum: str
) -> Fraction:
    others = [
        pair for (name, other), pair in counts.items() if other == stratum and name != provider
    ]
    if not others:
        raise RefusedError(
            f"stratum {stratum} is served by {provider} alone, so nothing can be expected of it: "
            "join it to another"
        )
    return Fraction(sum(successes for _, successes in others), sum(size for size, _ in others))


def _pooled_rates(people: Sequence[Person]) -> dict[str, Fraction]:
    sizes: dict[str, int] = {}
    successes: dict[str, int] = {}
    for person in people:
        sizes[person.stratum] = sizes.get(person.stratum, 0) + 1
        successes[person.stratum] = successes.get(person.stratum, 0) + person.succeeded
    return {stratum: Fraction(successes[stratum], sizes[stratum]) for stratum in sizes}
