"""`lmb bonds claims`: a rate card counts every outcome once, and says what it does not count."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lmb.cli.bonds import bonds
from lmb.values.errors import InputError, RefusedError
from tests.bonds.linked.support import EXAMPLES

CARD = "dwp-rate-card.json"


def claims(tmp_path: Path, rows: str, terms: str = CARD) -> dict[str, object]:
    file = tmp_path / "claims.csv"
    file.write_text(f"person,kpi,proved_on\n{rows}")
    arguments = ["claims", "--terms", str(EXAMPLES / terms), "--claims", str(file)]
    done = CliRunner().invoke(bonds, arguments)
    if done.exception is not None:
        raise done.exception
    document: dict[str, object] = json.loads(done.output)
    return document


def window_of(tmp_path: Path) -> tuple[str, str]:
    """A window the card pays for, found by claims over its years."""
    rows = "".join(f"p{year},sustained-job,{year}-03-01\n" for year in range(2010, 2020))
    counts = claims(tmp_path, rows)["counts"]
    assert isinstance(counts, list)
    return counts[0]["observed_from"], counts[0]["observed_to"]


def test_an_outcome_counts_once_and_a_person_only_up_to_the_cap(tmp_path: Path) -> None:
    first, last = window_of(tmp_path)
    rows = [
        f"ana,sustained-job,{first}",
        f"ana,sustained-job,{last}",
        f"ana,better-behaviour,{last}",
        f"ben,sustained-job,{last}",
    ]
    found = claims(tmp_path, "\n".join(rows) + "\n")
    assert found["claims"] == 4
    counts = found["counts"]
    assert isinstance(counts, list)
    assert {row["kpi"]: row["value"] for row in counts} == {
        "better-behaviour": 1,
        "sustained-job": 2,
    }
    assert sum(row["priced_cents"] for row in counts) == 2 * 350_000 + 100_000
    assert found["refused"] == [
        {
            "person": "ana",
            "kpi": "sustained-job",
            "proved_on": last,
            "reason": "this person's outcome was counted before",
        }
    ]


def test_a_file_that_is_wrong_and_terms_without_a_card_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"claims\.csv, row 2, kpi"):
        claims(tmp_path, "ana,flying,2013-01-01\n")
    with pytest.raises(RefusedError, match="have no rate card"):
        claims(tmp_path, "", "four-indicators.json")
