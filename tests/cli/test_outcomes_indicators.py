"""`lmb outcomes indicators` and `score`: the contract of the command line, and its reference."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from lmb.cli.outcomes import outcomes
from lmb.config.paths import CLONE
from lmb.outcomes.indicators import polars_engine
from lmb.outcomes.indicators.results import Measured
from lmb.values.errors import InputError, RefusedError

REFERENCE = (CLONE / "docs" / "reference" / "indicators.md").read_text(encoding="utf-8")
PERIODS, WAGES, LEVELS = re.findall(r"```csv\n(.*?)```", REFERENCE, re.DOTALL)
MINE = ("indicators", "score")


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """The options that name the two files of the reference."""
    (tmp_path / "periods.csv").write_text(PERIODS)
    (tmp_path / "wages.csv").write_text(WAGES)
    return ["--periods", str(tmp_path / "periods.csv"), "--wages", str(tmp_path / "wages.csv")]


def printed(*arguments: str) -> Any:
    done = CliRunner().invoke(outcomes, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def rate(numerator: int, denominator: int, percent: float | None) -> dict[str, Any]:
    return {"numerator": numerator, "denominator": denominator, "rate_percent": percent}


def test_the_example_of_the_reference_gives_these_indicators(files: list[str]) -> None:
    found = printed("indicators", *files, "--exits", "2023-07-01..2024-06-30", "--check")
    assert found["employment_q2"] == rate(2, 3, 66.7)
    assert found["employment_q4"] == rate(1, 2, 50.0)
    assert found["credential_attainment"] == rate(2, 2, 100.0)
    assert found["measurable_skill_gains"] == rate(2, 2, 100.0)
    assert found["serving_employers"] == rate(1, 2, 50.0)
    assert found["median_earnings_q2_cents"] == (914_250 + 350_000) / 2
    assert found["exclusions"] == {"03": 1}
    assert found["not_yet_available"] == {"q2": 0, "q4": 1}
    assert (found["exited"], found["people_exited"]) == (4, 3)
    assert found["engines"] == ["duckdb", "polars"]


def test_the_measures_of_its_own_are_told_when_asked_for(files: list[str]) -> None:
    exits = ["--exits", "2023-07-01..2024-06-30"]
    assert "extensions" not in printed("indicators", *files, *exits)
    found = printed("indicators", *files, *exits, "--extensions")["extensions"]
    assert found["completion"] == rate(1, 2, 50.0)
    assert found["employed_within_six_months"] == rate(3, 3, 100.0)
    assert found["wage_change_q2"] == {
        "people": 2,
        "total_cents": 914_250 + 350_000,
        "median_cents": (914_250 + 350_000) / 2,
    }


def test_a_successor_is_the_same_employer(files: list[str], tmp_path: Path) -> None:
    wages = Path(files[3])
    wages.write_text(WAGES.replace("e-17,2024Q3", "e-99,2024Q3"))
    exits = ["--exits", "2023-07-01..2024-06-30"]
    assert printed("indicators", *files, *exits)["serving_employers"]["numerator"] == 0
    (tmp_path / "s.csv").write_text("predecessor,successor\ne-17,e-50\ne-50,e-99\n")
    options = ["--successors", str(tmp_path / "s.csv"), "--check"]
    assert printed("indicators", *files, *exits, *options)["serving_employers"]["numerator"] == 1


def test_groups_and_a_window_for_skill_gains_of_their_own(files: list[str]) -> None:
    exits = ["--exits", "2023-07-01..2024-06-30", "--msg", "2022-07-01..2023-06-30"]
    found = printed("indicators", *files, *exits, "--by", "program")
    assert found["measurable_skill_gains"] == rate(1, 2, 50.0)
    groups = {each["group"]["program"]: each for each in found["groups"]}
    assert list(groups) == ["adult", "vr", "youth"]
    assert groups["youth"]["employment_q2"] == rate(1, 1, 100.0)


def test_a_bad_file_is_told_whole_and_nothing_is_counted(files: list[str]) -> None:
    Path(files[1]).write_text(PERIODS.replace("adult", "title I"))
    with pytest.raises(InputError, match=r"periods\.csv, row 5, program: found 'title I'"):
        printed("indicators", *files, "--exits", "2023-07-01..2024-06-30")


def test_engines_that_disagree_are_refused(
    files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = polars_engine.measure

    def one_more(*arguments: Any) -> Measured:
        found = first(*arguments)
        return Measured(replace(found.total, exited=found.total.exited + 1), found.groups)

    monkeypatch.setattr(polars_engine, "measure", one_more)
    with pytest.raises(RefusedError, match="the two engines disagree"):
        printed("indicators", *files, "--exits", "2023-07-01..2024-06-30", "--check")


@pytest.mark.parametrize(
    "exits", ["2023-07-01", "2023-07-01...2024-06-30", "2024-07-01..2024-06-30", "x..y"]
)
def test_a_window_that_is_none_is_refused(files: list[str], exits: str) -> None:
    done = CliRunner().invoke(outcomes, ["indicators", *files, "--exits", exits])
    assert done.exit_code == 2
    assert "is no window like 2023-07-01..2024-06-30" in done.stderr


def test_the_published_score() -> None:
    found = printed("score", "--actual", "16244/24000", "--negotiated", "75.2", "--factor", "0")
    assert found["score_percent"] == 90.0
    assert found["adjusted_level"] == 75.2
    assert found["individual_failure"] is False


def test_the_levels_of_the_reference_fail_twice_and_are_sanctioned(tmp_path: Path) -> None:
    (tmp_path / "levels.csv").write_text(LEVELS)
    first, second = printed("score", str(tmp_path / "levels.csv"))["program_years"]
    assert first["program_scores"] == {"adult": 81.5}
    assert first["indicator_scores"]["serving_employers"] == 95.5
    assert first["sanctioned_for"] == []
    assert {"kind": "individual", "program": "adult", "indicator": "employment_q4"} in second[
        "sanctioned_for"
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--actual", "5/4", "--negotiated", "75"],
        ["--actual", "1e2", "--negotiated", "75"],
        ["--actual", "50"],
        ["--actual", "50", "--negotiated", "5", "--factor", "-5"],
    ],
)
def test_a_score_that_cannot_be_is_refused(arguments: list[str]) -> None:
    assert CliRunner().invoke(outcomes, ["score", *arguments]).exit_code == 2


def test_every_option_is_documented_with_an_example() -> None:
    for name in MINE:
        _, _, after = REFERENCE.partition(f"### `lmb outcomes {name}`\n")
        section = re.split(r"^##", after, maxsplit=1, flags=re.MULTILINE)[0]
        assert f"```sh\nlmb outcomes {name}" in section
        for parameter in outcomes.commands[name].params:
            if isinstance(parameter, click.Option):
                assert f"`{parameter.opts[0]}`" in section
