"""`lmb outcomes report`: the examples of the reference as forms, and the rows behind a cell."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from lmb.cli.outcomes import outcomes
from lmb.config.paths import CLONE
from lmb.values.errors import InputError, NotFoundError

REFERENCE = (CLONE / "docs" / "reference" / "reports.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```(periods|wages|studies)\n(.*?)```", REFERENCE, re.DOTALL))
FORMS = {
    "eta-9169": ["--year", "2023"],
    "eta-9173": ["--quarter", "2024Q2"],
    "eta-9171": ["--year", "2023", "--studies", "studies.csv"],
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in EXAMPLES.items():
        Path(f"{name}.csv").write_text(text)
    Path("funds.csv").write_text("program,purpose,cents\nadult,training,500000\n")
    Path("levels.csv").write_text("program,indicator,level\nadult,employment_q2,71.5\n")
    return tmp_path


def run(form: str, *more: str) -> Result:
    files = ["--periods", "periods.csv", "--wages", "wages.csv"]
    arguments = ["report", form, *files, *FORMS[form], *more]
    return CliRunner().invoke(outcomes, arguments, catch_exceptions=False)


def cells(form: str) -> dict[str, str]:
    with Path("out", f"{form}.csv").open(newline="") as file:
        return {row["cell"]: row["value"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_written_three_times_and_again_to_the_same_bytes(form: str) -> None:
    first = json.loads(run(form, "--out", "out").stdout)
    files = {path: Path(path).read_bytes() for path in first["written"]}
    assert [Path(path).suffix for path in files] == [".csv", ".xlsx", ".html"]
    assert json.loads(run(form, "--out", "out").stdout) == first
    assert files == {path: Path(path).read_bytes() for path in first["written"]}


def test_the_example_gives_these_figures() -> None:
    run("eta-9169", "--funds", "funds.csv", "--levels", "levels.csv", "--out", "out")
    found = cells("eta-9169")
    assert found["adult/total/employment_q2.numerator"] == "1"
    assert found["adult/total/employment_q2.denominator"] == "2"
    assert found["adult/total/employment_q2.rate"] == "50.0"
    assert found["adult/negotiated/employment_q2.rate"] == "71.5"
    assert found["adult/total/median_q2"] == "9142.50"
    assert found["adult/female/employment_q2.rate"] == "100.0"
    assert found["adult/total/served"] == "1"
    assert found["youth/total/skill_gain.rate"] == "100.0"
    assert found["adult/homeless/served"] == ""
    assert found["summary/adult/training_funds"] == "5000.00"


def test_all_students_and_those_under_the_act_are_told_apart() -> None:
    run("eta-9171", "--out", "out")
    found = cells("eta-9171")
    assert found["programs/welding/all_employment_q2.denominator"] == "2"
    assert found["programs/welding/wioa_employment_q2.denominator"] == "1"
    assert found["programs/welding/tuition"] == "4500.00"
    assert found["programs/nursing/all_served"] == "3"


def test_a_lineage_names_the_periods_of_numerator_and_denominator() -> None:
    found: Any = json.loads(run("eta-9169", "--lineage", "adult/total/employment_q2.rate").stdout)
    assert found["periods"] == ["period-1"]
    assert found["of_periods"] == ["period-1", "period-2"]
    assert found["value"] == "50.0"


def test_a_cell_that_is_not_there_is_named() -> None:
    with pytest.raises(NotFoundError, match="no cell 'adult/total'"):
        run("eta-9169", "--lineage", "adult/total")


def test_one_of_out_and_lineage_is_asked_for() -> None:
    with pytest.raises(click.UsageError, match="--out, a folder for the form, or --lineage"):
        CliRunner().invoke(
            outcomes,
            [
                "report",
                "eta-9173",
                "--periods",
                "periods.csv",
                "--wages",
                "wages.csv",
                "--quarter",
                "2024Q2",
            ],
            catch_exceptions=False,
            standalone_mode=False,
        )


def test_a_code_that_is_none_is_refused_with_row_and_column() -> None:
    Path("periods.csv").write_text(
        EXAMPLES["periods"].replace("4,2022-09-01,,,,,,2,34", "4,2022-09-01,,,,,,F,34")
    )
    with pytest.raises(
        InputError, match=r"periods.csv, row 2, sex: found 'F', expected nothing or"
    ):
        run("eta-9169", "--out", "out")
    assert not Path("out").exists()
