"""The demonstration's own files: the real trial as published, and an order book that holds."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from lmb.bonds.bids import BidKind
from lmb.bonds.bids_file import load_bids
from lmb.bonds.cusip import is_cusip
from lmb.bonds.dated_rules import auction_rules_on
from lmb.bonds.linked.document import load_linked_sheet
from lmb.cli.demonstration import exported_files, read_trial, trial
from lmb.facts.importers.earnings_csv import load_earnings
from lmb.facts.importers.people_csv import load_people
from lmb.facts.importers.rows import Arm
from lmb.outcomes.estimators import ArmSums, difference_in_means
from lmb.values.errors import EnvironmentProblem

STOP = Decimal("7.480")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return exported_files()


def test_the_trial_has_445_men_185_of_them_offered_training() -> None:
    people, earnings = read_trial().people, read_trial().earnings
    assert (people[0].person, people[-1].person) == ("nsw-001", "nsw-445")
    assert sum(person.arm is Arm.TREATED for person in people) == 185
    assert len(earnings) == 3 * 445
    assert {(row.employer, row.hours) for row in earnings} == {(None, None)}


def test_training_dates_are_declared_illustrative_and_only_of_the_treated() -> None:
    for person in read_trial().people:
        steps = (person.accepted_on, person.enrolled_on, person.completed_on)
        declared = (date(1976, 4, 1), date(1976, 4, 15), date(1977, 4, 15))
        assert steps == (declared if person.arm is Arm.TREATED else (None, None, None))


def test_the_trial_equals_an_independent_copy_to_the_cent(shared_data: Path) -> None:
    path = shared_data / "nsw" / "nsw_dehejia_wahba.csv.gz"
    with gzip.open(path, "rt", newline="") as lines:
        copy = list(csv.DictReader(lines))
    ours = read_trial()
    assert [person.arm is Arm.TREATED for person in ours.people] == [
        row["treat"] == "1" for row in copy
    ]
    assert [row.earnings_cents for row in ours.earnings] == [
        int(Decimal(row[year]).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN) * 100)
        for row in copy
        for year in ("re74", "re75", "re78")
    ]


def test_the_files_read_back_as_the_trial(files: dict[str, bytes]) -> None:
    assert sorted(files) == ["bids.csv", "earnings.csv", "people.csv", "terms.json"]
    people = load_people("people.csv", files["people.csv"])
    assert people == read_trial().people
    assert load_earnings("earnings.csv", files["earnings.csv"], people) == read_trial().earnings
    assert exported_files() == files


def test_the_files_give_the_published_estimate(files: dict[str, bytes]) -> None:
    people = load_people("people.csv", files["people.csv"])
    cents: dict[tuple[str, int], int] = {
        (row.person, row.period_from.year): row.earnings_cents
        for row in load_earnings("earnings.csv", files["earnings.csv"], people)
    }
    pairs = defaultdict(list)
    for person in people:
        pairs[person.arm].append((cents[person.person, 1978], cents[person.person, 1975]))
    estimate = difference_in_means(*(ArmSums.of(pairs[arm]) for arm in Arm))
    # Dehejia and Wahba (1999), table 2: 1,794 (633 pooled); 671 is Neyman's.
    assert round(estimate.estimate_dollars) == 1794
    assert round(estimate.standard_error_dollars) == 671
    assert round(estimate.pooled_standard_error_dollars) == 633


def test_the_term_sheet_is_one_the_desk_accepts(files: dict[str, bytes]) -> None:
    terms = load_linked_sheet("terms.json", files["terms.json"])
    assert terms.offering_cents == 120_000_000
    assert terms.document() == json.loads(files["terms.json"])


def test_the_bids_are_ones_the_desk_accepts(files: dict[str, bytes]) -> None:
    terms = load_linked_sheet("terms.json", files["terms.json"])
    bids = load_bids(
        "bids.csv", files["bids.csv"], terms.offering, auction_rules_on(terms.announced_on)
    )
    assert len(bids) == 13
    assert sum(bid.kind is BidKind.NONCOMPETITIVE for bid in bids) == 3


def test_the_offering_funds_every_wallet(files: dict[str, bytes]) -> None:
    terms = json.loads(files["terms.json"])
    assert is_cusip(terms["cusip"])
    assert 185 * terms["training"]["delivery"]["grant_cents"] <= terms["offering_cents"]
    people = load_people("people.csv", files["people.csv"])
    places = {(person.state, person.board) for person in people}
    assert places == {
        (terms["training"]["delivery"]["state"], terms["training"]["delivery"]["board"])
    }


def test_the_order_book_covers_the_offering_twice_and_ties_at_the_stop(
    files: dict[str, bytes],
) -> None:
    offering = json.loads(files["terms.json"])["offering_cents"] // 100
    bids = list(csv.DictReader(io.StringIO(files["bids.csv"].decode())))
    par = {bid["bidder"]: int(bid["amount_dollars"]) for bid in bids}
    assert len(par) == len(bids) == 13
    assert all(amount % 100 == 0 for amount in par.values())
    assert max(par.values()) <= offering * 35 // 100
    assert Decimal("1.8") < Decimal(sum(par.values())) / offering < Decimal("2.2")
    simple = [bid["bidder"] for bid in bids if bid["kind"] == "noncompetitive"]
    left = offering - sum(par[bidder] for bidder in simple)
    assert offering - left == 60_000
    by_yield: dict[Decimal, list[str]] = defaultdict(list)
    for bid in bids:
        if bid["kind"] == "competitive":
            by_yield[Decimal(bid["yield_percent"])].append(bid["bidder"])
    assert (min(by_yield), max(by_yield)) == (Decimal("7.310"), Decimal("7.640"))
    asked = {rate: sum(par[bidder] for bidder in by_yield[rate]) for rate in by_yield}
    better = sum(asked[rate] for rate in asked if rate < STOP)
    assert better < left < better + asked[STOP]
    assert len(by_yield[STOP]) == 3


def test_a_machine_without_the_data_package_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(name: str) -> object:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(trial, "distribution", nowhere)
    with pytest.raises(EnvironmentProblem, match="not installed: run `make setup`"):
        read_trial()


def test_a_package_without_the_file_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "DATA_FILE", "causaldata/nsw_mixtape/other.dta")
    with pytest.raises(EnvironmentProblem, match=r"has no file .*other\.dta"):
        read_trial()


def test_a_damaged_file_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "nsw_mixtape.dta"
    other.write_bytes(b"something else")
    monkeypatch.setattr(trial, "_data_file", lambda: other)
    with pytest.raises(EnvironmentProblem, match="has the SHA-256"):
        read_trial()


def test_rows_read_otherwise_than_published_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "ROWS_SHA256", "0" * 64)
    with pytest.raises(EnvironmentProblem, match="445 people, 185 of them treated"):
        read_trial()
