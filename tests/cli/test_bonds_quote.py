"""`lmb bonds quote` as a shell uses it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from lmb.cli.bonds import bonds
from lmb.config.paths import CLONE
from lmb.values.errors import InputError
from tests.bonds.linked.support import EXAMPLES, document
from tests.bonds.scenario.support import EXAMPLE, model_document


def run(*arguments: str | Path) -> str:
    done = CliRunner().invoke(bonds, ["quote", *(str(each) for each in arguments)])
    if done.exception is not None:
        raise done.exception
    return done.output


def files(folder: Path, **changes: Any) -> list[str | Path]:
    terms, model = folder / "terms.json", folder / "model.json"
    terms.write_text(json.dumps(document()))
    model.write_text(json.dumps(model_document(**changes)))
    return ["--terms", terms, "--model", model]


def test_the_shipped_sheet_and_model_give_a_quote_with_its_interval(tmp_path: Path) -> None:
    terms, model = tmp_path / "terms.json", tmp_path / "model.json"
    terms.write_bytes((EXAMPLES / "four-indicators.json").read_bytes())
    model.write_bytes(EXAMPLE.read_bytes())
    answer = json.loads(run("--terms", terms, "--model", model, "--issuer"))
    price = {name: float(value) for name, value in answer["price"].items()}
    assert price["ci95_low"] < price["mean"] < price["ci95_high"]
    assert price["ci95_high"] - price["ci95_low"] < 0.05
    assert (answer["replicates"], answer["paths"], len(answer["periods"])) == (16, 1024, 20)
    assert answer["stress"][0]["name"] == "Recession"
    assert len(answer["issuer"]["by_fiscal_year"]) == 11


def test_the_same_files_give_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    arguments = files(tmp_path)
    assert run(*arguments) == run(*arguments)
    other = json.loads(run(*arguments, "--seed", "8"))
    assert other["seed"] == 8
    assert other["price"] != json.loads(run(*arguments))["price"]


def test_designs_stand_beside_the_quote(tmp_path: Path) -> None:
    design = "limits.cap_percent=0.500,components.1.pays.percent=2.000"
    answer = json.loads(run(*files(tmp_path), "--what-if", design, "--what-if", "title=Same"))
    changed, same = answer["what_if"]
    assert changed["changes"] == design.split(",")
    assert same["price"] == answer["price"]
    assert float(changed["price"]["mean"]) < float(answer["price"]["mean"])


def test_a_bad_model_is_told_whole(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        run(*files(tmp_path, seed="x", correlation="2"))
    assert {problem.column for problem in caught.value.problems} == {"seed", "correlation"}


def test_the_reference_says_every_option() -> None:
    page = (CLONE / "docs" / "reference" / "scenario-pricing.md").read_text(encoding="utf-8")
    options = [
        option
        for parameter in bonds.commands["quote"].params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    ]
    assert len(options) == 5
    assert all(f"| `{option}` |" in page for option in options)
