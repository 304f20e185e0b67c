"""Exits that crowd at the edges of quarters are flagged, honest ones are not."""

from __future__ import annotations

import random
from datetime import date, timedelta

from lmb.outcomes.gaming.exit_dates import clusters_at_quarter_edges


def honest(seed: int, count: int = 200) -> list[date]:
    draw = random.Random(seed)
    return [date(2025, 1, 1) + timedelta(draw.randrange(365)) for _ in range(count)]


def test_a_provider_who_waits_for_the_next_quarter_is_flagged() -> None:
    exits = {f"honest {seed}": honest(seed) for seed in range(5)}
    delayed = [date(2025, 4, 1) if day.month == 3 else day for day in honest(9)]
    (flag,) = clusters_at_quarter_edges({**exits, "late": delayed})
    assert (flag.check, flag.subject, flag.of) == ("exit-dates", "late", 200)
    assert flag.found > 2 * flag.expected
    assert "fall in the first 7 days of a quarter" in flag.sentence


def test_exits_hurried_before_the_end_are_flagged_too() -> None:
    exits = {"honest": honest(1), "early": [*honest(2), *[date(2025, 9, 29)] * 40]}
    (flag,) = clusters_at_quarter_edges(exits)
    assert flag.subject == "early"
    assert "last 7 days" in flag.sentence


def test_honest_providers_are_left_alone() -> None:
    for start in range(0, 200, 10):
        exits = {f"provider {seed}": honest(seed) for seed in range(start, start + 10)}
        assert clusters_at_quarter_edges(exits) == []


def test_few_exits_prove_nothing() -> None:
    assert clusters_at_quarter_edges({"small": [date(2025, 3, 31)] * 19, "honest": honest(1)}) == []


def test_both_sides_of_a_quarter_and_of_a_year_are_edges() -> None:
    for edge in (date(2025, 12, 25), date(2026, 1, 7), date(2024, 3, 31)):
        found = clusters_at_quarter_edges({"all": [edge] * 30, "honest": honest(1)})
        assert [flag.subject for flag in found] == ["all"]
    for inside in (date(2025, 12, 24), date(2026, 1, 8)):
        assert clusters_at_quarter_edges({"all": [inside] * 30, "honest": honest(1)}) == []
