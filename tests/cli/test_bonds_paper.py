"""`lmb bonds paper` as a shell uses it: from files, from the books, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from lmb.bonds import queries
from lmb.bonds.auction.book import AuctionBook, booked
from lmb.bonds.dated_rules import AUCTION_RULE
from lmb.bonds.queries import BondOnFile
from lmb.cli import bonds_paper
from lmb.cli.bonds import bonds
from lmb.rules.parameters import in_force
from lmb.settlement.impact import impact_of
from lmb.settlement.service import run as run_programme
from lmb.values.errors import InputError, NotFoundError, RefusedError
from tests.bonds.desk import FULL_BOOK
from tests.bonds.linked.support import EXAMPLES, document
from tests.bonds.papers.samples import terms
from tests.cli.test_bonds_coupon import HEADER, ROW
from tests.settlement.small import CUSIP, small_programme


def paper(*arguments: str | Path) -> bytes:
    done = CliRunner().invoke(bonds, ["paper", *map(str, arguments)], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.stdout_bytes


def figures(*arguments: str | Path) -> dict[str, object]:
    return dict(json.loads(paper(*arguments, "--format", "json")))


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    file = tmp_path / "terms.json"
    file.write_bytes(terms().content)
    return file


@pytest.fixture
def linked(tmp_path: Path) -> list[str | Path]:
    """The options of a linked sheet with one verified value."""
    sheet, kpis = tmp_path / "linked.json", tmp_path / "kpis.csv"
    sheet.write_text(json.dumps(document()))
    kpis.write_text(f"{HEADER}\n{ROW}")
    return ["--terms", sheet, "--kpis", kpis]


# ── from files ────────────────────────────────────────────────────────────────────────────────


def test_every_form_comes_out_whole_to_standard_output_or_to_a_file(
    sheet: Path, tmp_path: Path
) -> None:
    printed = paper("offering", "--terms", sheet)
    assert printed.startswith(b"%PDF-1.7")
    target = tmp_path / "circular.pdf"
    assert paper("offering", "--terms", sheet, "-o", target) == b""
    assert target.read_bytes() == printed
    page = paper("offering", "--terms", sheet, "--format", "html", "--language", "es").decode()
    assert "<h1>Circular de oferta</h1>" in page
    assert figures("offering", "--terms", sheet)["terms_sha256"] == terms().sha256


@pytest.mark.parametrize("name", sorted(file.name for file in Path(str(EXAMPLES)).glob("*.json")))
def test_every_example_sheet_has_a_circular(name: str) -> None:
    assert figures("offering", "--terms", Path(str(EXAMPLES)) / name)["kind"] == "offering"


def test_an_auction_is_announced_and_its_results_told_from_files(
    sheet: Path, tmp_path: Path
) -> None:
    assert figures("announcement", "--terms", sheet)["offering_cents"] == 1_000_000
    told, book = terms(), tmp_path / "book.json"
    parameters = in_force(AUCTION_RULE, told.auction_on)
    opened = AuctionBook(told.offering, parameters, booked(FULL_BOOK), cusip=told.cusip)
    book.write_text(json.dumps(opened.document(opened.result())))
    both = figures("results", "--book", book, "--terms", sheet)
    assert (both["awarded_cents"], both["as_of"]) == (1_000_000, "1976-02-03")
    # The book alone does not say the day of the auction.
    assert figures("results", "--book", book)["as_of"] == "1976-02-17"


def test_a_coupon_and_a_redemption_are_told_from_verified_values(linked: list[str | Path]) -> None:
    holder = ["--account", "ana", "--face-dollars", "25000", "--period", "3"]
    coupon = figures("coupon", *linked, *holder)
    assert (coupon["base_cents"], coupon["bonus_cents"]) == (375_00, 81_25)
    assert (coupon["base_percent"], coupon["bonus_percent"]) == ("3", "0.65")
    redemption = figures("redemption", *linked)
    assert (redemption["redeemed_on"], redemption["total_cents"]) == ("2032-02-15", 100_000_000)


def test_what_is_missing_or_too_much_is_named(
    sheet: Path, linked: list[str | Path], tmp_path: Path
) -> None:
    with pytest.raises(click.UsageError, match="Give either a CUSIP or --terms"):
        paper("announcement")
    with pytest.raises(click.UsageError, match="Give either a CUSIP or --terms"):
        paper("announcement", CUSIP, "--terms", sheet)
    with pytest.raises(click.UsageError, match="--terms needs --kpis and --face-dollars"):
        paper("coupon", "--terms", sheet, "--account", "ana", "--period", "1")
    with pytest.raises(RefusedError, match="Small bond is an illustration and is not auctioned"):
        paper("announcement", *linked[:2])
    with pytest.raises(RefusedError, match=r"a multiple of 100 dollars.*correct --face-dollars"):
        paper("coupon", *linked, "--account", "ana", "--period", "3", "--face-dollars", "150")
    with pytest.raises(RefusedError, match="pays no interest period 11"):
        paper("coupon", *linked, "--account", "a", "--period", "11", "--face-dollars", "100")
    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    with pytest.raises(InputError, match="no readable book"):
        paper("results", "--book", broken)
    with pytest.raises(InputError, match=r"broken\.json, schema: found nothing"):
        paper("offering", "--terms", broken)


# ── from the books ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def finished(db: None, monkeypatch: pytest.MonkeyPatch) -> BondOnFile:
    """The small programme carried out, in the test's own database."""

    @contextmanager
    def this_database(**_: object) -> Iterator[None]:
        yield

    monkeypatch.setattr(bonds_paper, "database", this_database)
    monkeypatch.setattr(bonds_paper, "migrate", lambda **_: None)
    return queries.bond(run_programme(small_programme(), lambda step: None).cell, CUSIP)


def test_every_paper_comes_out_of_the_books(
    finished: BondOnFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RefusedError, match="a group of LMB760AA3 has fewer than 10 people"):
        paper("impact", CUSIP)
    monkeypatch.setattr(bonds_paper, "published_impact", impact_of)
    ana = ["--account", "a-saver"]
    days = ["--from", "1976-01-01", "--to", "1981-12-31"]
    issuers = ["--comparable-yield", "8.25", "--expected-bonus", "0.5"]
    asked: dict[str, list[str]] = {
        "announcement": [CUSIP],
        "results": [CUSIP],
        "confirmation": [CUSIP, *ana],
        "holdings": [*ana, *days],
        "coupon": [CUSIP, *ana, "--period", "10"],
        "redemption": [CUSIP, *ana],
        "impact": [CUSIP],
        "tax": [CUSIP, *ana, "--year", "1979", *issuers],
    }
    told = {kind: figures(kind, *arguments) for kind, arguments in asked.items()}
    assert {kind: document["kind"] for kind, document in told.items()} == {k: k for k in asked}
    assert told["results"]["awarded_cents"] == told["redemption"]["outstanding_cents"] == 530_000
    assert told["coupon"]["total_cents"] == 50_000 * 9 // 200
    assert told["holdings"]["held_cents"] == 0
    assert told["impact"]["people_placed"] == 1
    for kind, arguments in asked.items():
        assert paper(kind, *arguments).startswith(b"%PDF-1.7")
    project = json.loads(paper("impact", CUSIP, "--format", "indigo"))
    assert project["service_and_beneficiaries"]


def test_a_bond_that_is_not_there_is_named(finished: BondOnFile) -> None:
    with pytest.raises(NotFoundError, match="no bond with CUSIP 912XXX000"):
        paper("impact", "912XXX000")
