"""`lmb bonds`: filters as a shell uses them, and a reference that says all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from lmb.cli.bonds import bonds
from lmb.cli.row_filter import write_output
from lmb.config.paths import CLONE
from lmb.values.errors import EnvironmentProblem, InputError

ROW = "2022-01-18,2022-01-15,2025-01-15,1.125,1.237"
NOTES = f"issue_date,dated_date,maturity_date,coupon_percent,yield_percent\n{ROW}\n"
REFERENCE = (CLONE / "docs" / "reference" / "bond-pricing.md").read_text(encoding="utf-8")


def run(*arguments: str | Path, standard_input: str = "") -> bytes:
    done = CliRunner().invoke(bonds, [str(each) for each in arguments], input=standard_input)
    if done.exception is not None:
        raise done.exception
    return done.stdout_bytes


def test_a_filter_reads_standard_input_and_writes_standard_output() -> None:
    priced = run("price", standard_input=NOTES).decode()
    assert priced.splitlines()[1] == f"{ROW},99.671988,0.09323"
    found = run("yield", "-", standard_input=priced).decode()
    assert found.splitlines()[1].endswith(",99.671988,0.09323,1.236999978225")


def test_a_file_comes_out_whole_at_the_place_named(tmp_path: Path) -> None:
    source, target = tmp_path / "notes.csv", tmp_path / "priced.csv"
    source.write_text(NOTES)
    assert run("price", source, "--output", target) == b""
    assert "99.671988" in target.read_text()
    assert sorted(tmp_path.iterdir()) == [source, target]


def test_a_bad_file_leaves_what_is_there_alone(tmp_path: Path) -> None:
    target = tmp_path / "priced.csv"
    target.write_text("before")
    with pytest.raises(InputError, match="standard input, row 2, yield_percent"):
        run("price", "-o", target, standard_input=NOTES.replace("1.237", "x"))
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_more_than_a_file_may_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lmb.cli.row_filter.BYTES_MAX", 20)
    with pytest.raises(EnvironmentProblem, match="more than the 20 bytes"):
        run("price", standard_input=NOTES)


def test_parquet_does_not_go_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with pytest.raises(EnvironmentProblem, match="name one by --output"):
        write_output(b"PAR1...", None)


def test_bills_are_priced_where_asked() -> None:
    bill = "issue_date,maturity_date,discount_rate_percent\n1990-06-01,1990-06-21,7.930\n"
    assert run("price", "--bills", standard_input=bill).endswith(b",99.559444,8.076\n")


def every_command(group: click.Group) -> Iterator[str]:
    """The words that lead to each command, those of groups within included."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from (f"{name} {inner}" for inner in every_command(command))
        else:
            yield name


@pytest.mark.parametrize("name", list(every_command(bonds)))
def test_every_command_has_help_with_an_example(name: str) -> None:
    told = CliRunner().invoke(bonds, [*name.split(), "--help"])
    assert f"Example: lmb bonds {name}" in " ".join(told.output.split())


def test_the_reference_says_every_option_of_the_filters() -> None:
    for name in ("price", "yield"):
        _, _, section = REFERENCE.partition(f"## `lmb bonds {name}`")
        options = [
            option
            for parameter in bonds.commands[name].params
            if isinstance(parameter, click.Option)
            for option in parameter.opts
        ]
        assert len(options) == 3
        assert all(f"`{option}" in section for option in options)


def test_the_examples_of_the_reference_come_out_as_written() -> None:
    examples = re.findall(
        r"```sh\nlmb bonds (\S+)( --bills)? < \S+\n```\n\n```csv\n(.*?)```\n\n"
        r"gives\n\n```csv\n(.*?)```",
        REFERENCE,
        re.DOTALL,
    )
    assert len(examples) == 3
    for name, bills, given, found in examples:
        assert run(name, *bills.split(), standard_input=given).decode() == found


def test_the_python_example_of_the_reference_gives_the_published_prices() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", REFERENCE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(example, names)
    assert [f"{price:.6f}" for price in names["price"]] == ["99.671988", "99.841748"]
