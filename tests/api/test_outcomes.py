"""Computations on what a client sends are those of the command line, bounded, and kept nowhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lmb.api import limits
from lmb.cli.outcomes_indicators import indicators
from lmb.config.paths import CLONE
from lmb.people.roles import Role
from tests.api.conftest import World
from tests.api.support import Registered, post, problem

REFERENCE = (CLONE / "docs" / "reference" / "indicators.md").read_text()
PERIODS, WAGES = re.findall(r"```csv\n(.*?)```", REFERENCE, re.DOTALL)[:2]
PLACE = "/outcomes/indicators"


@pytest.fixture
def board(world: World) -> Registered:
    return world.clients[Role.STATE_BOARD]


def body(**changes: Any) -> dict[str, Any]:
    return {
        "periods": PERIODS,
        "wages": WAGES,
        "exits_from": "2023-07-01",
        "exits_to": "2024-06-30",
        **changes,
    }


def test_indicators_are_what_the_command_counts(board: Registered, tmp_path: Path) -> None:
    for name, text in (("periods", PERIODS), ("wages", WAGES)):
        (tmp_path / f"{name}.csv").write_text(text)
    words = ["--periods", str(tmp_path / "periods.csv"), "--wages", str(tmp_path / "wages.csv")]
    printed = CliRunner().invoke(indicators, [*words, "--exits", "2023-07-01..2024-06-30"])
    counted = json.loads(post(PLACE, body(), board).content)
    expected = json.loads(printed.stdout)
    assert counted["employment_q2"]["denominator"] > 0
    assert {name: expected[name] for name in counted} == counted


def test_a_fault_in_a_table_is_told_with_table_row_and_column(board: Registered) -> None:
    response = post(PLACE, body(periods=PERIODS.replace("adult", "title I", 1)), board)
    assert problem(response) == "invalid-request"
    (fault,) = json.loads(response.content)["errors"]
    assert re.fullmatch(r"/body/periods/row \d+/program", fault["place"])
    empty = post(PLACE, body(wages="person_id\n"), board)
    assert problem(empty) == "invalid-request"
    assert all("wages" in one["place"] for one in json.loads(empty.content)["errors"])


def test_days_that_end_before_they_begin_or_have_no_rule_are_refused(board: Registered) -> None:
    backwards = post(PLACE, body(exits_to="2023-06-30"), board)
    assert problem(backwards) == "invalid-request"
    assert json.loads(backwards.content)["errors"][0]["place"] == "/body/exits_to"
    assert problem(post(PLACE, body(exits_from="2010-07-01"), board)) == "invalid-request"


def test_what_keeps_a_processor_busy_may_be_asked_less_often(board: Registered) -> None:
    asked = [problem_or_none(post(PLACE, {}, board)) for _ in range(30)]
    assert asked[: limits.COMPUTATIONS.burst] == ["invalid-request"] * limits.COMPUTATIONS.burst
    assert asked[-1] == "rate-limited"
    score = {"program_year": 2023, "actual": "60", "negotiated": "70"}
    assert post("/outcomes/score", score, board).status_code == 200


def problem_or_none(response: Any) -> str | None:
    return None if response.status_code == 200 else problem(response)
