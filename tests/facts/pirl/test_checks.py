"""Every edit check fails its failing example and passes its passing one, both made from it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lmb.facts.importers.pirl.catalogue import checks
from lmb.facts.importers.pirl.conditions import REPORT_QUARTER, condition
from lmb.facts.importers.pirl.layout import shipped, versions
from lmb.facts.importers.pirl.reading import PirlFile, records_bytes
from lmb.values.quarters import Quarter

NEWEST = shipped(versions()[-1])


@pytest.mark.parametrize("version", versions())
def test_every_check_tells_its_failing_example_from_its_passing_one(
    tmp_path: Path, version: str
) -> None:
    layout = shipped(version)
    examples = [
        (check.id, fails, check.failing_example() if fails else check.passing_example())
        for check in checks(layout)
        for fails in (True, False)
    ]
    path = tmp_path / "examples.csv"
    path.write_bytes(records_bytes([example for _, _, example in examples], layout))
    report = Quarter(REPORT_QUARTER // 4, REPORT_QUARTER % 4 + 1)
    PirlFile(path, layout, report).part(tmp_path / "parted")
    with (tmp_path / "parted" / "reasons.csv").open(newline="") as file:
        found = {(int(row["row"]), row["check"]) for row in csv.DictReader(file)}
    wrong = [
        (name, "fails" if fails else "passes", example)
        for row, (name, fails, example) in enumerate(examples, start=1)
        if ((row, name) in found) != fails
    ]
    assert wrong == []


def test_there_are_as_many_checks_as_promised_and_each_has_a_name_of_its_own() -> None:
    found = checks(NEWEST)
    assert len(found) >= 150
    assert len({check.id for check in found}) == len(found)
    assert {check.severity for check in found} == {"reject", "warn"}


def test_a_check_has_its_time() -> None:
    first, last = ({each.id for each in checks(shipped(version))} for version in versions())
    assert last - first == {"form-1618", "kept-employer-needs-q2", "kept-employer-needs-q4"}
    assert first <= last


@pytest.mark.parametrize("text", ["901 after 900", "filled", "901 > x", "filled 9", ""])
def test_a_text_that_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no condition"):
        condition(text, NEWEST.by_number())
