"""A credential counts once: for one person, in one claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from lmb.outcomes.gaming.repeated_credentials import Claim, repeated

ONE = Claim("t1", "p1", "provider-1", "5", date(2025, 6, 1), "board", "N-17")


def test_one_claim_of_each_is_left_alone() -> None:
    other = replace(ONE, period="t2", person="p2", number="N-18")
    second = replace(ONE, kind="6", number="N-19")
    assert repeated([ONE, other, second]) == []


def test_a_number_on_two_people_is_flagged() -> None:
    (flag,) = repeated([ONE, replace(ONE, period="t2", person="p2")])
    assert (flag.subject, flag.found) == ("board/N-17", 2)
    assert "claimed for 2 people (p1, p2)" in flag.sentence


def test_one_award_claimed_by_two_providers_is_flagged() -> None:
    (flag,) = repeated([ONE, replace(ONE, period="t2", provider="provider-2")])
    assert "claimed 2 times, by provider-1, provider-2. Count it once" in flag.sentence
    unnumbered = [replace(ONE, number=""), replace(ONE, period="t2")]
    assert [flag.subject for flag in repeated(unnumbered)] == ["p1/5/2025-06-01"]


def test_two_certificates_of_one_day_are_two() -> None:
    assert repeated([ONE, replace(ONE, number="N-18")]) == []


def test_numbers_of_two_issuers_are_not_compared() -> None:
    assert repeated([ONE, replace(ONE, person="p2", issuer="college")]) == []
