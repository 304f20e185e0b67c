"""docs/reference/ledger-commands.md says what `lmb ledger` does, all of it."""

from __future__ import annotations

import json
import re

import click

from lmb.cli.ledger import ledger
from lmb.config.paths import CLONE
from lmb.ledger import order_files
from lmb.ledger.checks import CHECKS
from lmb.ledger.operations import LIMITS, OPERATIONS, read_operation
from lmb.ledger.script import run
from lmb.values.json_lines import json_lines

REFERENCE = (CLONE / "docs" / "reference" / "ledger-commands.md").read_text(encoding="utf-8")
BOOKS = (CLONE / "docs" / "reference" / "ledger.md").read_text(encoding="utf-8")
SOURCES = CLONE / "src" / "lmb" / "ledger"
GENERAL_OPTIONS = {"--books", "--json"}


def section(command: str) -> str:
    """What the reference says of one command."""
    _, _, after = REFERENCE.partition(f"### `lmb ledger {command}`\n")
    return re.split(r"^##", after, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[str]:
    """The first cell of each row of the tables in a text, as code."""
    return re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)


def test_every_command_and_option_is_documented_with_an_example() -> None:
    told = re.findall(r"^### `lmb ledger (\w+)`$", REFERENCE, re.MULTILINE)
    assert sorted(told) == sorted(ledger.commands)
    for name, command in ledger.commands.items():
        assert f"```sh\nlmb ledger {name}" in section(name), name
        options = {
            option
            for parameter in command.params
            if isinstance(parameter, click.Option)
            for option in parameter.opts
        }
        assert {option for option in options if option not in section(name)} <= GENERAL_OPTIONS
    assert all(f"`{option}" in REFERENCE.partition("## Looking")[0] for option in GENERAL_OPTIONS)


def test_every_operation_and_limit_is_documented() -> None:
    operations = section("script").partition("A line is answered by")[0]
    assert rows(operations) == ["op", *OPERATIONS]
    assert all(f"`{limit}`" in operations for limit in LIMITS)
    fields = set(re.findall(r'fields?\.\w+\("(\w+)"\)', (SOURCES / "operations.py").read_text()))
    assert {field for field in fields if f"`{field}`" not in section("script")} == set()


def test_every_result_of_a_script_is_documented() -> None:
    sources = "".join(file.read_text() for file in sorted(SOURCES.glob("script*.py")))
    given = set(re.findall(r'"result": "(\w+)"', sources))
    given |= set(re.findall(r'return "(\w+)"', sources))
    given |= {
        word for pair in re.findall(r'return "(\w+)" if \w+ else "(\w+)"', sources) for word in pair
    }
    assert given >= {"ok", "exists", "exists_with_different_content", "clock_goes_back", "invalid"}
    documented = {*rows(BOOKS), *rows(section("script").partition("A line is answered by")[2])}
    assert given <= documented


def test_every_check_is_documented_in_its_own_words() -> None:
    told = re.findall(r"^\| `(\w+)` \| (.+) \|$", section("check"), re.MULTILINE)
    promises = [(check.__name__, " ".join((check.__doc__ or "").split())) for check in CHECKS]
    assert told == promises


def test_every_field_of_an_order_is_documented() -> None:
    fields = {
        *order_files.JOURNAL_FIELDS,
        *(n for names in order_files.ITEM_FIELDS.values() for n in names),
    }
    undocumented = {field for field in fields if f"`{field}`" not in section("post")}
    assert undocumented <= {"debit", "credit"}
    assert all(f"`{kind}`" in section("post") for kind in order_files.ITEM_FIELDS)


def test_the_orders_shown_can_be_read() -> None:
    (example,) = re.findall(r"```jsonl\n(.*?)```", section("post"), re.DOTALL)
    orders, problems = order_files.read_orders("orders.jsonl", example.encode())
    assert problems == []
    assert [len(order.items) for order in orders] == [1, 2]


def test_the_example_goes_as_written(db: None) -> None:
    (example,) = re.findall(r"```script\n(.*?)```", REFERENCE, re.DOTALL)
    lines = example.splitlines()
    asked, told = lines[::2], [json.loads(line.removeprefix("=> ")) for line in lines[1::2]]
    script = json_lines("script.jsonl", "\n".join(asked).encode())
    assert list(run(map(read_operation, script))) == told
