"""TERMS.json and BIDS.csv of an auction held from files, and the command that reads them."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lmb.bonds.auction.files import load_auction_bids, load_offering
from lmb.bonds.bids import Bid, BidKind
from lmb.cli.bonds import bonds
from lmb.values.errors import InputError, RefusedError
from tests.bonds.support import changed

TERMS: dict[str, Any] = {
    "offering_dollars": 10_000_000,
    "issue_date": "2024-02-15",
    "dated_date": "2024-02-15",
    "maturity_date": "2034-02-15",
}
HEADER = "bidder,kind,amount_dollars,yield_percent,net_long_dollars\n"
BIDS = HEADER + (
    "a,competitive,3000000,4.250,\n"
    "b,competitive,3000000,4.125,\n"
    "big,competitive,3600000,4.1,\n"
    "c,competitive,3000000,4.3,500000\n"
    "d,noncompetitive,1000000,,\n"
    "e,competitive,3000000,4.3,\n"
    "late,competitive,3000000,5,\n"
)


def offering(**changes: object) -> Any:
    document = {**TERMS, **changes}
    content = json.dumps({name: value for name, value in document.items() if value is not ...})
    return load_offering("terms.json", content.encode())[0]


def hold(folder: Path, bids: str, *options: str, **changes: object) -> Any:
    (folder / "terms.json").write_text(json.dumps({**TERMS, **changes}))
    (folder / "bids.csv").write_text(bids)
    files = ["--terms", str(folder / "terms.json"), "--bids", str(folder / "bids.csv")]
    result = CliRunner().invoke(bonds, ["auction", *files, *options])
    if result.exception is not None:
        raise result.exception
    return json.loads(result.stdout)


def test_the_result_has_exactly_the_fields_it_promises(tmp_path: Path) -> None:
    assert hold(tmp_path, BIDS) == {
        "stop_yield_percent": "4.300",
        "proration_percent": "50.00",
        "coupon_percent": "4.250",
        "price": "99.597070",
        "total_awarded_dollars": 10_000_000,
        "bid_to_cover": "1.60",
        "awards": [
            {"bidder": "d", "amount_dollars": 1_000_000},
            {"bidder": "b", "amount_dollars": 3_000_000},
            {"bidder": "a", "amount_dollars": 3_000_000},
            {"bidder": "c", "amount_dollars": 1_500_000},
            {"bidder": "e", "amount_dollars": 1_500_000},
        ],
        "refused": [
            {
                "bidder": "big",
                "reason": "bid 3: 36 % of the offering exceeds the 35 % limit of 31 CFR 356.22",
            }
        ],
    }


def test_a_bidder_with_several_bids_is_awarded_once(tmp_path: Path) -> None:
    bids = HEADER + "a,competitive,1000000,4.1,\na,competitive,2000000,4.2,\n"
    assert hold(tmp_path, bids)["awards"] == [{"bidder": "a", "amount_dollars": 3_000_000}]


def test_the_book_it_writes_holds_and_a_changed_one_does_not(tmp_path: Path) -> None:
    book = tmp_path / "book.json"
    hold(tmp_path, BIDS, "--book", str(book))
    checked = CliRunner().invoke(bonds, ["auction-check", str(book)])
    assert checked.stdout == "book.json holds: the result follows from its 6 bids\n"
    book.write_text(book.read_text().replace('"99.597070"', '"99.597071"'))
    with pytest.raises(RefusedError, match=r"price_per_100.*'99\.597071', computed '99\.597070'"):
        CliRunner().invoke(bonds, ["auction-check", str(book)], catch_exceptions=False)


def test_a_file_with_rows_that_cannot_be_read_is_refused_with_each_of_them(tmp_path: Path) -> None:
    bids = HEADER + "a,competetive,100,4,\n,competitive,1e3,4,\nb,competitive,100,x,-5\nc,d\n"
    with pytest.raises(InputError) as caught:
        hold(tmp_path, bids)
    assert caught.value.exit_code == 2
    assert [(problem.row, problem.column) for problem in caught.value.problems] == [
        (2, "kind"),
        (3, "bidder"),
        (3, "amount_dollars"),
        (4, "yield_percent"),
        (4, "net_long_dollars"),
        (5, None),
    ]


def test_a_bid_a_rule_bars_is_read_and_left_to_the_entry_checks() -> None:
    bids = load_auction_bids("bids.csv", (HEADER + "a,competitive,0,4.12345,\n").encode())
    assert bids == (Bid("a", BidKind.COMPETITIVE, 0, Decimal("4.12345")),)


def test_a_position_left_blank_is_the_one_stated_in_another_bid() -> None:
    text = HEADER + "a,competitive,100,4,\na,competitive,100,5,700\nb,competitive,100,4,\n"
    positions = [bid.net_long_cents for bid in load_auction_bids("b.csv", text.encode())]
    assert positions == [70_000, 70_000, 0]


def test_the_column_of_positions_may_be_left_out() -> None:
    text = "kind,yield_percent,bidder,amount_dollars\ncompetitive,4,a,100\n"
    bids = load_auction_bids("b.csv", text.encode())
    assert bids == (Bid("a", BidKind.COMPETITIVE, 100_00, Decimal(4)),)


def test_an_offering_takes_minimum_and_multiple_from_the_rules() -> None:
    found = offering(offering_dollars="10000000.00", dated_date="2024-01-15")
    assert (found.offering_cents, found.minimum_cents, found.multiple_cents) == (
        10**9,
        10**4,
        10**4,
    )
    assert found.schedule.first_interest_on == date(2024, 2, 15)
    assert found.coupon_percent is None


def test_a_reopening_and_another_minimum_may_be_stated() -> None:
    found = offering(coupon_percent=4.125, minimum_dollars=1000, first_payment_date="2024-08-15")
    assert found.coupon_percent == Decimal("4.125")
    assert found.minimum_cents == 100_000


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"offering_dollars": ...}, "offering_dollars"),
        ({"offering_dollars": None}, "offering_dollars"),
        ({"offering_dollars": 0}, "offering_dollars"),
        ({"offering_dollars": 1.005}, "offering_dollars"),
        ({"offering_dollars": [1]}, "offering_dollars"),
        ({"offering_dollars": True}, "offering_dollars"),
        ({"issue_date": "20240215"}, "issue_date"),
        ({"issue_date": "2034-02-15"}, "issue_date"),
        ({"issue_date": "2024-02-14"}, "issue_date"),
        ({"maturity_date": "2024-02-15"}, "maturity_date"),
        ({"maturity_date": "2034-02-30"}, "maturity_date"),
        ({"first_payment_date": "2024-07-15"}, "maturity_date"),
        ({"coupon_percent": "a"}, "coupon_percent"),
        ({"auction_date": "1950-01-01"}, "issue_date"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_each_wrong_field_of_the_terms_is_named(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(InputError) as caught:
        offering(**changes)
    assert [problem.column for problem in caught.value.problems] == [place]


@pytest.mark.parametrize("content", [b"", b"[1]", b"\xff", b'{"a": 1, "a": 2}', b"[" * 10_000])
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="a JSON object"):
        load_offering("terms.json", content)


def test_a_term_sheet_says_what_is_offered_too() -> None:
    offering, parameters = load_offering("terms.json", changed())
    assert offering.offering_cents == 200_000_000
    assert offering.highest_yield_percent == Decimal(20)
    assert parameters.rule == "treasury-auction"
    with pytest.raises(InputError, match="authorized_cents"):
        load_offering("terms.json", changed(authorized_cents=1))
