"""A file of test cases is read whole or not at all, and each verdict that differs is named."""

from __future__ import annotations

import json

import pytest

from lmb.proofs.vectors import read_cases
from lmb.values.errors import InputError

GOOD = {
    "kind": "inclusion",
    "case": "0/happy-path",
    "leafIdx": 0,
    "treeSize": 1,
    "root": "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=",
    "leafHash": "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=",
    "proof": None,
    "wantErr": False,
}


def test_a_right_verdict_is_no_difference() -> None:
    (case,) = read_cases("v.jsonl", json.dumps(GOOD) + "\n")
    assert case.difference() is None


def test_a_wrong_verdict_is_told_either_way() -> None:
    lines = [{**GOOD, "wantErr": True}, {**GOOD, "leafIdx": 1}]
    accepted, refused = read_cases("v.jsonl", "\n".join(map(json.dumps, lines)))
    assert accepted.difference() == "accepted, but must be refused"
    assert str(refused.difference()).startswith("refused: leaf 1 is not in a tree")


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        json.dumps({**GOOD, "kind": "exclusion"}),
        json.dumps({**GOOD, "leafIdx": "0"}),
        json.dumps({**GOOD, "leafIdx": True}),
        json.dumps({**GOOD, "root": "*"}),
        json.dumps({**GOOD, "root": 7}),
        json.dumps({**GOOD, "wantErr": 1}),
        json.dumps({key: value for key, value in GOOD.items() if key != "wantErr"}),
    ],
)
def test_a_line_that_is_no_case_is_named_by_its_row(line: str) -> None:
    with pytest.raises(InputError) as raised:
        read_cases("v.jsonl", json.dumps(GOOD) + "\n" + line + "\n")
    (problem,) = raised.value.problems
    assert (problem.file, problem.row) == ("v.jsonl", 2)


def test_a_file_without_a_case_checks_nothing_and_says_so() -> None:
    with pytest.raises(InputError, match="no case"):
        read_cases("v.jsonl", "\n \n")
