"""`lmb outcomes periods`: events in, periods as known on a day out; and its reference."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from lmb.cli.outcomes import outcomes
from lmb.config.paths import CLONE
from lmb.values.errors import InputError

REFERENCE = (CLONE / "docs" / "reference" / "indicators.md").read_text(encoding="utf-8")
(EVENTS,) = re.findall(r"```events\n(.*?)```", REFERENCE, re.DOTALL)
HEADER = "period_id,person_id,program,entry_date,exit_date"


def made(folder: Path, events: str, as_of: str, *options: str) -> list[str]:
    (folder / "events.csv").write_text(events)
    arguments = ["periods", str(folder / "events.csv"), "--as-of", as_of, *options]
    done = CliRunner().invoke(outcomes, arguments, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def test_the_events_of_the_reference_make_these_periods(tmp_path: Path) -> None:
    first = "p-001:adult:2023-01-10,p-001,adult,2023-01-10,2023-03-01"
    second = "p-001:adult:2023-09-01,p-001,adult,2023-09-01,"
    assert made(tmp_path, EVENTS, "2023-11-30") == [HEADER, first, second]
    assert made(tmp_path, EVENTS, "2023-12-01") == [HEADER, first, f"{second}2023-09-01"]
    assert made(tmp_path, EVENTS, "2023-05-30") == [HEADER, first.removesuffix("2023-03-01")]
    assert made(tmp_path, EVENTS, "2023-01-09") == [HEADER]


def test_programs_of_a_common_exit_leave_together(tmp_path: Path) -> None:
    events = EVENTS.replace("4,p-001,adult,2023-09-01", "4,p-001,dislocated,2023-05-01")
    events = events.replace("2023-09-01", "2023-05-01")
    apart = made(tmp_path, events, "2024-01-01")
    together = made(tmp_path, events, "2024-01-01", "--common-exit", "adult,dislocated")
    assert [line.rpartition(",")[2] for line in apart[1:]] == ["2023-03-01", "2023-05-01"]
    assert [line.rpartition(",")[2] for line in together[1:]] == ["2023-05-01", "2023-05-01"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("career", "coffee", "row 2, kind"),
        ("2023-03-02", "2023-02-28", "row 3, recorded_on"),
        ("3,p-001,adult,2023-04-01,supportive", "3,p-001,adult,2023-04-01,withdrawn", "supersedes"),
        ("\n4,", "\n1,", "row 5, event_id"),
    ],
)
def test_events_that_cannot_be_are_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        made(tmp_path, EVENTS.replace(old, new, 1), "2024-01-01")


def test_an_unknown_program_is_refused(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(EVENTS)
    arguments = ["periods", str(tmp_path / "events.csv"), "--as-of", "2024-01-01"]
    done = CliRunner().invoke(outcomes, [*arguments, "--common-exit", "title-one"])
    assert done.exit_code == 2
    assert "'title-one' is no program" in done.stderr


def test_every_option_is_documented_with_an_example() -> None:
    _, _, after = REFERENCE.partition("### `lmb outcomes periods`\n")
    section = re.split(r"^##", after, maxsplit=1, flags=re.MULTILINE)[0]
    assert "```sh\nlmb outcomes periods" in section
    for parameter in outcomes.commands["periods"].params:
        if isinstance(parameter, click.Option):
            assert f"`{parameter.opts[0]}`" in section
