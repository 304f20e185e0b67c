"""The planner's formulas, against textbook values and against simulated trials."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from lmb.cli.outcomes_planning import power as power_command
from lmb.outcomes.power import (
    Trial,
    minimal_detectable_effect,
    power_at,
    simulate,
    step_probabilities,
)
from lmb.values.errors import RefusedError

TRIAL = Trial(treated=150, control=250, deviation=5_500.0)
EFFECT = 1_500.0
STEPS = [0.0, 1_000.0, 2_000.0]


def test_the_multiplier_of_blooms_table() -> None:
    # Bloom (1995): two-sided 5 % with 80 % power reaches 2.8 standard errors.
    assert minimal_detectable_effect(TRIAL) / TRIAL.standard_error == pytest.approx(2.80, abs=0.005)


def test_covariates_sharpen_and_clusters_and_refusals_blunt() -> None:
    plain = minimal_detectable_effect(TRIAL)
    half = Trial(150, 250, 5_500.0, explained=0.5)
    assert minimal_detectable_effect(half) == pytest.approx(plain * 0.5**0.5)
    assert minimal_detectable_effect(Trial(150, 250, 5_500.0, take_up=0.5)) == pytest.approx(
        2 * plain
    )
    clustered = Trial(150, 250, 5_500.0, cluster_size=21, cluster_correlation=0.05)
    assert minimal_detectable_effect(clustered) == pytest.approx(plain * 2**0.5)


def test_ten_thousand_simulated_trials_agree() -> None:
    found = simulate(TRIAL, EFFECT, STEPS, trials=10_000, seed=20261121)
    assert 0.94 <= found.coverage <= 0.96
    assert found.power == pytest.approx(power_at(TRIAL, EFFECT), abs=0.02)
    assert found.steps == pytest.approx(step_probabilities(TRIAL, EFFECT, STEPS), abs=0.02)
    lower = simulate(TRIAL, EFFECT, STEPS, trials=2_000, seed=3, lower_end=True)
    expected = step_probabilities(TRIAL, EFFECT, STEPS, lower_end=True)
    assert lower.steps == pytest.approx(expected, abs=0.04)


def test_a_trial_drawn_alone_is_the_one_drawn_among_many() -> None:
    assert simulate(TRIAL, EFFECT, STEPS, 5, seed=1) == simulate(TRIAL, EFFECT, STEPS, 5, seed=1)
    assert simulate(TRIAL, EFFECT, STEPS, 5, seed=1) != simulate(TRIAL, EFFECT, STEPS, 5, seed=2)


def test_probabilities_of_steps_add_up_to_one() -> None:
    assert sum(step_probabilities(TRIAL, EFFECT, STEPS)) == pytest.approx(1)


def test_the_command_line_prints_both() -> None:
    words = (
        "--treated 150 --control 250 --deviation 5500 --effect 1500 --steps 0,1000 --simulate 50"
    )
    found = json.loads(CliRunner().invoke(power_command, words.split()).stdout)
    assert found["minimal_detectable_effect"] == minimal_detectable_effect(TRIAL)
    assert len(found["steps"]) == len(found["simulated"]["steps"]) == 3


def test_what_is_no_trial_is_refused() -> None:
    with pytest.raises(RefusedError, match="is no trial"):
        Trial(1, 20, 1.0)
    with pytest.raises(RefusedError, match="thresholds ascend"):
        step_probabilities(TRIAL, EFFECT, [2.0, 1.0])
    with pytest.raises(RefusedError, match="without clusters"):
        simulate(Trial(9, 9, 1.0, cluster_correlation=0.1), 1.0, [0.0], 10, seed=1)
