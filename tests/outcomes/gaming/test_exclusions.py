"""A provider that excludes far more people than its peers is flagged, by reason and in all."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

from lmb.outcomes.gaming.exclusions import excluded_more_than_peers
from lmb.outcomes.gaming.flags import chance_of_at_least

PEOPLE = {"a": 200, "b": 300, "c": 250}
USUAL = {"a": {"deceased": 1, "medical": 4}, "b": {"medical": 6}, "c": {"medical": 5}}


def test_usual_exclusions_are_left_alone() -> None:
    assert excluded_more_than_peers(PEOPLE, USUAL) == []


def test_one_reason_used_too_often_is_flagged_with_its_counts() -> None:
    flags = excluded_more_than_peers(PEOPLE, {**USUAL, "c": {"medical": 40}})
    assert [flag.subject for flag in flags] == ["c", "c"]
    assert (flags[0].found, flags[0].of) == (40, 250)
    assert "40 of 250 people (16.0 %) are excluded for medical" in flags[0].sentence
    assert "any reason" in flags[1].sentence


def test_a_reason_nobody_else_uses_needs_more_than_one_person() -> None:
    assert excluded_more_than_peers(PEOPLE, {**USUAL, "c": {"called up": 1}}) == []
    flags = excluded_more_than_peers(PEOPLE, {**USUAL, "c": {"called up": 9}})
    assert [flag.found for flag in flags] == [9]


def test_more_excluded_than_people_is_an_error() -> None:
    with pytest.raises(ValueError, match="c excluded 251 of 250"):
        excluded_more_than_peers(PEOPLE, {"c": {"medical": 251}})


@pytest.mark.parametrize("found", [0, 1, 5, 12])
def test_the_chance_is_the_binomial_tail(found: int) -> None:
    exact = sum(math.comb(12, k) * 0.3**k * 0.7 ** (12 - k) for k in range(found, 13))
    assert chance_of_at_least(found, 12, Fraction(3, 10)) == pytest.approx(exact, rel=1e-12)
