"""Provider scorecards: against other programs, and made-up providers whose truth is known."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from statistics import mean

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.proportion import proportion_confint

from lmb.outcomes.scorecard import Stratum, provider_scorecard, quantile, wilson
from lmb.values.errors import RefusedError

EASE = {"easy": 0.75, "hard": 0.45}


def made_up(
    chances: Random,
    effects: dict[str, float],
    people: int = 200,
    easy: dict[str, float] | None = None,
) -> list[Stratum]:
    """Providers that add so much to the rate of each stratum; `easy` are shares of easy people."""
    found = []
    for provider, effect in effects.items():
        share = (easy or {}).get(provider, 0.5)
        for stratum, size in (
            ("easy", round(share * people)),
            ("hard", round((1 - share) * people)),
        ):
            chance = EASE[stratum] + effect
            successes = sum(chances.random() < chance for _ in range(size))
            found.append(Stratum(provider, stratum, size, successes))
    return found


EXAMPLE = [
    Stratum("Ash", "easy", 80, 60),
    Stratum("Ash", "hard", 20, 9),
    Stratum("Birch", "easy", 20, 16),
    Stratum("Birch", "hard", 80, 40),
    Stratum("Cedar", "easy", 50, 30),
    Stratum("Cedar", "hard", 50, 15),
]


def test_expected_are_the_successes_of_people_like_them_elsewhere() -> None:
    ash, birch, cedar = provider_scorecard(EXAMPLE).providers
    # Elsewhere 46 of 70 easy and 55 of 130 hard people succeeded.
    assert float(ash.expected) == pytest.approx(80 * 46 / 70 + 20 * 55 / 130)
    assert ash.rate == Decimal("0.69")
    assert birch.rate < ash.rate
    assert birch.adjusted > ash.adjusted > cedar.adjusted


def test_the_drawn_in_rates_are_those_of_another_program() -> None:
    card = provider_scorecard(EXAMPLE)
    values, variances = [], []
    for score in card.providers:
        own = [each for each in EXAMPLE if each.provider == score.provider]
        others = [each for each in EXAMPLE if each.provider != score.provider]
        variance = 0.0
        for each in own:
            alike = [other for other in others if other.stratum == each.stratum]
            people = sum(other.people for other in alike)
            successes = sum(other.successes for other in alike)
            chance = (successes + 1) / (people + 2)
            variance += each.people * chance * (1 - chance)
        values.append((score.successes - float(score.expected)) / score.people)
        variances.append(variance / score.people**2)
    other = combine_effects(np.array(values), np.array(variances), method_re="dl")
    assert float(card.spread) == pytest.approx(other.tau2**0.5, rel=1e-12)
    for score, value, variance in zip(card.providers, values, variances, strict=True):
        weight = other.tau2 / (other.tau2 + variance)
        centre = other.mean_effect_re
        drawn_in = float(card.rate) + centre + weight * (value - centre)
        assert float(score.adjusted) == pytest.approx(drawn_in, rel=1e-12)
        half = 1.959964 * (weight * variance + (1 - weight) ** 2 * other.var_eff_w_re) ** 0.5
        assert float(score.adjusted_interval.high) == pytest.approx(drawn_in + half, rel=1e-9)


@pytest.mark.parametrize(("successes", "people"), [(0, 5), (5, 5), (1, 30), (70, 100), (3, 1_000)])
def test_the_interval_of_a_rate_is_wilsons(successes: int, people: int) -> None:
    low, high = proportion_confint(successes, people, method="wilson")
    found = wilson(successes, people, quantile())
    assert float(found.low) == pytest.approx(low, abs=1e-7)
    assert float(found.high) == pytest.approx(high, abs=1e-7)


def test_equal_providers_share_all_ranks() -> None:
    strata = [Stratum(name, "all", 100, 60) for name in "abcd"]
    card = provider_scorecard(strata)
    assert card.spread == 0
    assert {score.ranks for score in card.providers} == {(1, 4)}
    assert {score.weight for score in card.providers} == {Decimal(0)}
    assert all(score.adjusted_interval.low < score.adjusted for score in card.providers)


def test_a_provider_far_from_all_others_has_a_rank() -> None:
    strata = [Stratum(name, "all", 400, n) for name, n in (("a", 360), ("b", 200), ("c", 205))]
    ranks = {score.provider: score.ranks for score in provider_scorecard(strata).providers}
    assert ranks == {"a": (1, 1), "b": (2, 3), "c": (2, 3)}


def test_ranks_hold_all_together_in_at_least_95_of_100_trials() -> None:
    chances = Random(1)
    effects = {f"p{n}": 0.04 * n - 0.12 for n in range(7)}
    truth = {
        name: 1 + sum(v > effect for v in effects.values()) for name, effect in effects.items()
    }
    held = told = 0
    trials = 200
    for _ in range(trials):
        card = provider_scorecard(made_up(chances, effects))
        held += all(s.ranks.best <= truth[s.provider] <= s.ranks.worst for s in card.providers)
        told += sum(s.ranks != (1, 7) for s in card.providers)
    assert held >= 0.95 * trials
    assert told > trials


def test_drawn_in_rates_are_nearer_the_truth_than_plain_ones() -> None:
    chances = Random(2)
    plain, drawn_in = [], []
    for _ in range(60):
        effects = {f"p{n}": chances.gauss(0, 0.04) for n in range(12)}
        card = provider_scorecard(made_up(chances, effects, people=60))
        level = mean(effects.values())
        for score in card.providers:
            truth = effects[score.provider] - level
            value = (score.successes - float(score.expected)) / score.people
            plain.append((value - truth) ** 2)
            drawn_in.append((float(score.adjusted - card.rate) - truth) ** 2)
    assert mean(drawn_in) < 0.7 * mean(plain)


def test_whom_a_provider_serves_does_not_move_its_adjusted_rate() -> None:
    chances = Random(3)
    effects = dict.fromkeys(("picky", "open", "other"), 0.0)
    card = provider_scorecard(
        made_up(chances, effects, people=4_000, easy={"picky": 0.9, "open": 0.1})
    )
    by_name = {score.provider: score for score in card.providers}
    assert by_name["picky"].rate - by_name["open"].rate > Decimal("0.2")
    assert abs(by_name["picky"].adjusted - by_name["open"].adjusted) < Decimal("0.04")


def test_the_order_of_rows_changes_no_digit() -> None:
    strata = made_up(Random(4), {f"p{n}": n / 100 for n in range(9)})
    shuffled = list(strata)
    Random(5).shuffle(shuffled)
    assert provider_scorecard(shuffled) == provider_scorecard(strata)


@pytest.mark.parametrize(
    ("strata", "message"),
    [
        ([Stratum("a", "x", 5, 3)], "1 providers"),
        ([Stratum("a", "x", 5, 3), Stratum("b", "y", 5, 3)], "served by a alone"),
        ([Stratum("a", "x", 5, 6), Stratum("b", "x", 5, 3)], "6 successes of 5"),
        ([Stratum("a", "x", 0, 0), Stratum("b", "x", 5, 3)], "a has no people"),
    ],
)
def test_what_cannot_be_compared_is_refused(strata: list[Stratum], message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        provider_scorecard(strata)
