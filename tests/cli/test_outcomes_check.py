"""`lmb outcomes check`: receipt, exit code, quarantine; and its reference."""

from __future__ import annotations

import json
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from lmb.cli.outcomes import outcomes
from lmb.config.paths import CLONE
from lmb.facts.importers.pirl.layout import HEADER, shipped, versions
from lmb.values.errors import InputError, NotFoundError

REFERENCE = (CLONE / "docs" / "reference" / "pirl.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```csv\n(.*?)```", REFERENCE, re.DOTALL)


@pytest.fixture
def example(tmp_path: Path) -> str:
    path = tmp_path / "pirl.csv"
    path.write_text(EXAMPLE)
    return str(path)


def test_the_example_of_the_reference_is_told_as_it_says(example: str, tmp_path: Path) -> None:
    parted = tmp_path / "checked"
    done = CliRunner().invoke(outcomes, ["check", example, "--part", str(parted)])
    assert done.exit_code == 2
    receipt = json.loads(done.stdout)
    assert (receipt["rows"], receipt["accepted"], receipt["rejected"]) == (3, 2, 1)
    assert receipt["warned"] == 1
    assert [(each["row"], each["check"]) for each in receipt["findings"]] == [
        (3, "exit-not-before-entry"),
        (3, "q2-employed-needs-match"),
        (3, "q2-no-match-not-employed"),
        (4, "q2-wages-plausible"),
    ]
    assert "credential-told-after-training" not in receipt["failed_checks"]
    assert "q2-not-yet-too-late" in receipt["checks_left_out"]
    assert sorted(file.name for file in parted.iterdir()) == [
        "accepted.csv",
        "quarantine.csv",
        "reasons.csv",
    ]


def test_a_file_without_rejected_rows_ends_well(tmp_path: Path) -> None:
    (tmp_path / "pirl.csv").write_text("100,900\nP-1,20230110\n")
    arguments = ["check", str(tmp_path / "pirl.csv"), "--report", "2024Q4", "--layout", "2016"]
    done = CliRunner().invoke(outcomes, arguments)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["checks_left_out"] == []


def test_an_operators_own_elements_are_used(example: str, tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(",".join(HEADER) + "\n100,Identifier,AN,12,,all,2025,\n")
    arguments = ["check", example, "--elements", str(own), "--layout", "2025"]
    with pytest.raises(InputError, match="row 1, 900: found an unknown element"):
        CliRunner().invoke(outcomes, arguments, catch_exceptions=False)


def test_an_unknown_version_or_quarter_is_refused(example: str) -> None:
    with pytest.raises(NotFoundError, match="no layout version '1999'"):
        CliRunner().invoke(outcomes, ["check", example, "--layout", "1999"], catch_exceptions=False)
    done = CliRunner().invoke(outcomes, ["check", example, "--report", "2024"])
    assert done.exit_code == 2
    assert "is no quarter like 2024Q4" in done.stderr


def test_every_option_and_version_is_documented() -> None:
    for parameter in outcomes.commands["check"].params:
        if isinstance(parameter, click.Option):
            assert f"`{parameter.opts[0]}`" in REFERENCE
    counts = [len(shipped(version).elements) for version in versions()]
    assert "`2016` and `2024`" in REFERENCE
    assert "({} and {} of them)".format(*counts) in REFERENCE
