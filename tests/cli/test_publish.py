"""`lmb publish`: the example of the reference, protected and then attacked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lmb.cli.publish import publish
from lmb.config.paths import CLONE
from lmb.values.errors import InputError

REFERENCE = (CLONE / "docs" / "reference" / "disclosure.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```csv\n(.*?)```", REFERENCE, re.DOTALL)


def run(*arguments: str | Path, given: str | None = None) -> Result:
    return CliRunner().invoke(publish, list(map(str, arguments)), given, catch_exceptions=False)


def test_the_example_of_the_reference_hides_what_it_says(tmp_path: Path) -> None:
    out = tmp_path / "published.csv"
    done = run("suppress", "-", "--output", out, given=EXAMPLE)
    receipt = json.loads(done.stdout)
    assert (receipt["counts"], receipt["shown"]) == (24, 20)
    assert (receipt["hidden_as_small"], receipt["hidden_to_protect_them"]) == (1, 3)
    assert [line for line in out.read_text().splitlines() if "*" in line] == [
        "Utah > Cache,women,*",
        "Utah > Cache,men,*",
        "Utah > Davis,women,*",
        "Utah > Davis,men,*",
    ]
    checked = run("check", out)
    assert checked.exit_code == 0
    assert json.loads(checked.stdout)["findings"] == []


def test_without_output_the_table_itself_is_printed() -> None:
    done = run("suppress", given="sex,count\n,53\na,3\nb,50\n")
    assert done.stdout == "sex,count\n,53\na,*\nb,*\n"


def test_a_table_that_tells_ends_with_2_and_says_what() -> None:
    done = run("check", given="sex,count\n,53\na,*\nb,50\n")
    assert done.exit_code == 2
    assert json.loads(done.stdout)["findings"] == [
        {"row": 3, "what": "count of sex a", "told": "3, by all that is shown"}
    ]


def test_another_smallest_count_is_kept_to() -> None:
    text = "sex,count\n,24\na,4\nb,20\n"
    assert "*" not in run("suppress", "--smallest", "4", given=text).stdout
    assert run("check", "--smallest", "5", given=text).exit_code == 2


def test_what_was_released_before_is_not_shown_again_nor_hidden(tmp_path: Path) -> None:
    first = "sex,period,count\n,2024Q1,53\na,2024Q1,*\nb,2024Q1,*\n"
    (tmp_path / "first.csv").write_text(first)
    now = first.replace("*", "3", 1).replace("*", "50", 1)
    now += ",2024Q2,90\na,2024Q2,40\nb,2024Q2,50\n"
    done = run("suppress", "--released", tmp_path / "first.csv", given=now)
    assert done.stdout == now.replace(",3\n", ",*\n").replace("b,2024Q1,50", "b,2024Q1,*")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sex\na\n", "a column count, or the two columns numerator and denominator"),
        ("sex,count\na,*\n", "row 2, count.*expected people"),
        ("sex,count\na,5\na,6\n", "each only once"),
        ("sex,period,count\na,2024,5\n", "a quarter like 2024Q1"),
        ("sex,numerator,denominator\na,5,4\n", "at most the denominator, 4"),
        ("sex,numerator,denominator,rate_percent\na,5,40,12.5\n", "no column rate_percent"),
        ("sex,count\n,54\na,4\nb,51\n", "not the sum of its parts"),
        ("", "a column count"),
    ],
)
def test_a_bad_table_is_refused_with_row_and_column(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        run("suppress", given=text)
