"""`lmb outcomes scorecard`: the example of the reference."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from click.testing import CliRunner

from lmb.cli.outcomes import outcomes
from lmb.config.paths import CLONE
from lmb.values.errors import InputError

REFERENCE = (CLONE / "docs" / "reference" / "scorecard.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```csv\n(.*?)```", REFERENCE, re.DOTALL)


def run(*options: str, given: str = EXAMPLE) -> Any:
    done = CliRunner().invoke(outcomes, ["scorecard", *options], given, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_the_example_says_what_the_reference_says() -> None:
    found = {each["provider"]: each for each in run("--public")["providers"]}
    assert found["Ash"]["rate_percent"] == 69.0
    assert max(found.values(), key=lambda each: each["rate_percent"])["provider"] == "Ash"
    assert max(found.values(), key=lambda each: each["adjusted_percent"])["provider"] == "Birch"
    for name in ("Ash", "Birch"):
        assert (found[name]["rank"], found[name]["rank_from"], found[name]["rank_to"]) == (
            None,
            1,
            2,
        )
    assert found["Cedar"]["rank"] == 3


def test_who_is_too_few_to_show_is_in_no_public_figure() -> None:
    without = EXAMPLE.replace("Dune,easy,3,1\nDune,hard,2,1\n", "")
    public = run("--public")
    assert public.pop("too_few_to_show") == ["Dune"]
    assert public == run(given=without)
    assert "Dune" in {each["provider"] for each in run()["providers"]}


def test_more_successes_than_people_are_refused_with_their_row() -> None:
    with pytest.raises(InputError, match="row 3, successes: found 21, expected at most the people"):
        run(given=EXAMPLE.replace("Ash,hard,20,9", "Ash,hard,20,21"))
