"""Expected success follows from people like them; choosing the easy ones is seen."""

from __future__ import annotations

from fractions import Fraction

import pytest

from lmb.outcomes.gaming.cream_skimming import Person, adjusted_levels, skimmed
from lmb.values.errors import RefusedError


def people(provider: str, stratum: str, size: int, successes: int) -> list[Person]:
    return [Person(provider, stratum, number < successes) for number in range(size)]


ALL = [
    *people("fair", "easy", 100, 80),
    *people("fair", "hard", 100, 30),
    *people("choosy", "easy", 180, 144),
    *people("choosy", "hard", 20, 6),
]
ELIGIBLE = {"fair": {"easy": 500, "hard": 500}, "choosy": {"easy": 500, "hard": 500}}


def test_levels_by_hand() -> None:
    levels = adjusted_levels(ALL)
    # Choosy looks better by 20 points, and does exactly as well with everybody it takes.
    assert (levels["fair"].successes, levels["choosy"].successes) == (110, 150)
    assert levels["choosy"].expected == 180 * Fraction(8, 10) + 20 * Fraction(3, 10)
    assert levels["choosy"].adjusted_percent == 0
    better = adjusted_levels([*ALL, *people("third", "hard", 50, 25)])["third"]
    assert better.adjusted_percent == 100 * (Fraction(1, 2) - Fraction(36, 120))


def test_whoever_takes_the_easy_people_is_flagged() -> None:
    (flag,) = skimmed(ALL, ELIGIBLE)
    assert (flag.subject, flag.of) == ("choosy", 200)
    assert "are expected to succeed in 75.0 %, those eligible to it in 55.0 %" in flag.sentence


def test_taking_the_hard_people_is_never_flagged() -> None:
    kind = [*people("kind", "easy", 10, 8), *people("kind", "hard", 190, 57)]
    others = [one for one in ALL if one.provider == "fair"]
    assert skimmed([*others, *kind], {"kind": {"easy": 500, "hard": 500}}) == []


def test_strata_without_anybody_alike_are_refused() -> None:
    with pytest.raises(RefusedError, match="stratum rare is served by fair alone"):
        adjusted_levels([*ALL, *people("fair", "rare", 3, 1)])
    with pytest.raises(RefusedError, match="strata without outcomes: unknown"):
        skimmed(ALL, {"fair": {"unknown": 5}})
