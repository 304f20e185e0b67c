"""`lmb bonds terms` and `lmb bonds coupon` as a shell uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lmb.cli.bonds import bonds
from lmb.values.errors import InputError, RefusedError
from tests.bonds.linked.support import EXAMPLES, document
from tests.bonds.support import changed

HEADER = (
    "kpi,observed_from,observed_to,vintage,value,people,coverage_percent,ci95_lower,p_value,"
    "verified_on,verifier"
)
ROW = "jobs,2027-07-01,2027-12-31,1,56.5,500,97.5,,,2028-02-01,Evaluator"


def run(*arguments: str | Path) -> str:
    done = CliRunner().invoke(bonds, [str(each) for each in arguments])
    if done.exception is not None:
        raise done.exception
    return done.output


def files(folder: Path, terms: dict[str, Any] | None = None, *rows: str) -> list[str | Path]:
    sheet, kpis = folder / "terms.json", folder / "kpis.csv"
    sheet.write_text(json.dumps(terms or document()))
    kpis.write_text("\n".join([HEADER, *(rows or (ROW,))]))
    return ["coupon", "--terms", sheet, "--kpis", kpis]


def test_a_coupon_comes_out_as_json_with_its_trace(tmp_path: Path) -> None:
    answer = json.loads(run(*files(tmp_path), "--as-of", "2028-02-11"))
    assert answer["format"] == "lmb-linked-determination/1"
    assert [coupon["coupon_percent"] for coupon in answer["coupons"]] == ["3", "3", "3.65"]
    assert answer["coupons"][2]["trace"][1]["row"] == 2


def test_without_a_day_the_last_verified_value_is_the_day(tmp_path: Path) -> None:
    answer = json.loads(run(*files(tmp_path)))
    assert (answer["as_of"], len(answer["coupons"])) == ("2028-02-01", 2)


def test_one_period_can_be_asked_for(tmp_path: Path) -> None:
    arguments = [*files(tmp_path), "--as-of", "2028-03-01", "--period"]
    (coupon,) = json.loads(run(*arguments, "3"))["coupons"]
    assert coupon["period"] == 3
    with pytest.raises(RefusedError, match="interest period 4 is not determined by 2028-03-01"):
        run(*arguments, "4")


def test_the_auctions_coupon_must_be_said_where_the_terms_leave_it_open(tmp_path: Path) -> None:
    open_base = document(base_coupon={"is": "auction", "highest_percent": "8.000"})
    arguments = files(tmp_path, open_base)
    with pytest.raises(RefusedError, match="leave the base coupon to the auction"):
        run(*arguments)
    answer = json.loads(run(*arguments, "--base-coupon", "4.125"))
    assert answer["coupons"][0]["coupon_percent"] == "4.125"
    with pytest.raises(RefusedError, match="outside 0 to"):
        run(*arguments, "--base-coupon", "8.125")


def test_a_fixed_coupon_cannot_be_overruled(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="the terms fix a base coupon of 3"):
        run(*files(tmp_path), "--base-coupon", "4")


def test_par_beyond_what_is_authorized_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="authorized_cents"):
        run(*files(tmp_path), "--par-dollars", "1000100")


def test_a_bad_file_is_told_whole_and_nothing_is_determined(tmp_path: Path) -> None:
    arguments = files(tmp_path, None, ROW.replace("56.5", "x"), ROW.replace("jobs", "y"))
    with pytest.raises(InputError) as caught:
        run(*arguments)
    assert [problem.row for problem in caught.value.problems] == [2, 3]


def test_an_empty_file_of_indicators_needs_a_day(tmp_path: Path) -> None:
    arguments = files(tmp_path)
    Path(arguments[-1]).write_text(HEADER)
    with pytest.raises(RefusedError, match="say --as-of"):
        run(*arguments)
    assert len(json.loads(run(*arguments, "--as-of", "2040-01-01"))["coupons"]) == 10


def test_a_sheet_is_told_in_english_and_spanish_with_its_fingerprint(tmp_path: Path) -> None:
    sheet = tmp_path / "terms.json"
    sheet.write_bytes((EXAMPLES / "dc-water.json").read_bytes())
    assert "investors pay $3,000,000.00 once, on April 1, 2021" in run("terms", "--terms", sheet)
    spanish = run("terms", "--terms", sheet, "--language", "es")
    assert "los inversionistas pagan $3,000,000.00" in spanish
    assert spanish.splitlines()[-1].startswith("sha256 ")


def test_a_sheet_the_house_measures_is_told_too(tmp_path: Path) -> None:
    sheet = tmp_path / "terms.json"
    sheet.write_bytes(changed())
    assert "Gain in yearly earnings" in run("terms", "--terms", sheet)
