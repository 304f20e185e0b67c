"""`lmb bonds tax` as a shell uses it: the schedule an issuer publishes, and a holder's years."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lmb.cli.bonds import bonds
from lmb.values.errors import RefusedError
from tests.bonds.linked.support import EXAMPLES, document
from tests.cli.test_bonds_coupon import HEADER, ROW

ISSUE = ["--issue-price", "100", "--comparable-yield", "3.4", "--expected-bonus", "0.5"]


def run(*arguments: str | Path) -> dict[str, Any]:
    done = CliRunner().invoke(bonds, ["tax", *map(str, arguments)])
    if done.exception is not None:
        raise done.exception
    return dict(json.loads(done.output))


@pytest.fixture
def terms(tmp_path: Path) -> list[str | Path]:
    sheet = tmp_path / "terms.json"
    sheet.write_text(json.dumps(document()))
    return ["--terms", sheet]


def test_the_schedule_promises_the_base_coupon_and_projects_what_the_outcome_can_add(
    terms: list[str | Path],
) -> None:
    told = run(*terms, *ISSUE)
    payments = told["schedule_per_100"]
    assert [one["due_on"] for one in payments][::9] == ["2027-08-15", "2032-02-15"]
    assert {one["promised"] for one in payments[:-1]} == {"1.5"}
    # The first two coupons are determined before any window is complete.
    assert [one["projected"] is None for one in payments] == [True, True, *[False] * 8]
    projected = {one["projected"] for one in payments[2:]}
    assert len(projected) == 1
    assert Decimal("0.2") < Decimal(projected.pop()) < Decimal("0.3")
    assert "years" not in told


def test_what_is_determined_changes_the_years_and_all_of_them_add_up_to_what_was_paid(
    terms: list[str | Path], tmp_path: Path
) -> None:
    kpis = tmp_path / "kpis.csv"
    kpis.write_text(f"{HEADER}\n{ROW}")
    held: list[str | Path] = [*terms, *ISSUE, "--face-dollars", "10000"]
    plain = run(*held)["years"]
    assert [one["year"] for one in plain] == list(range(2027, 2033))
    # The last value was verified before the coupon it goes into was determined.
    assert run(*held, "--kpis", kpis)["years"] == plain
    third = run(*held, "--kpis", kpis, "--as-of", "2028-02-11")["years"]
    assert third[1]["form_1099_oid_box_8_cents"] > plain[1]["form_1099_oid_box_8_cents"]
    whole = run(*held, "--kpis", kpis, "--as-of", "2032-02-15")["years"]
    included = sum(one["form_1099_oid_box_8_cents"] - one["ordinary_loss_cents"] for one in whole)
    # Five years of 3 %, and one half-year of 0.65 %; a cent of rounding a year.
    assert abs(included - (1_500_00 + 32_50)) <= 6
    part = run(*held, "--from", "2028-02-16")["years"]
    assert [one["year"] for one in part] == list(range(2028, 2033))
    assert part[-1] == plain[-1]


def test_terms_that_pay_amounts_and_days_beyond_the_bond_are_refused(
    terms: list[str | Path],
) -> None:
    water: list[str | Path] = ["--terms", Path(str(EXAMPLES)) / "dc-water.json"]
    with pytest.raises(RefusedError, match="is no rate on the coupon"):
        run(*water, *ISSUE)
    with pytest.raises(RefusedError, match="held from 2020-01-01 until 2032-02-15 is not within"):
        run(*terms, *ISSUE, "--face-dollars", "100", "--from", "2020-01-01")
    with pytest.raises(RefusedError, match="correct the yield or the expected bonuses"):
        run(*terms, "--issue-price", "100", "--comparable-yield", "1", "--expected-bonus", "0.5")
