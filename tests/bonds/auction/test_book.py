"""The opened book: an outsider computes the same result, with our code and with none of it."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.auction.book import AuctionBook, BookedBid, Sealed, book_faults, booked, read_book
from lmb.bonds.auction.sealed import OpenedBid, commitment
from lmb.bonds.bids import Bid
from lmb.bonds.dated_rules import AUCTION_RULE
from lmb.bonds.offering import Offering
from lmb.bonds.schedule import InterestSchedule
from lmb.config.paths import CLONE
from lmb.rules.parameters import in_force
from lmb.values.errors import InputError, RefusedError
from tests.bonds.auction.test_allocation import MILLION, OFFERING, books, competitive
from tests.bonds.auction.test_allocation import noncompetitive as saver

PROGRAM = CLONE / "verifier" / "lmb_verify_auction.py"
PARAMETERS = in_force(AUCTION_RULE, date(2024, 1, 1))
CUSIP = "LMB760AA3"

SCHEDULES = {
    "regular": InterestSchedule(date(2024, 2, 15), date(2024, 8, 15), date(2034, 2, 15)),
    "short first": InterestSchedule(date(2024, 4, 1), date(2024, 8, 15), date(2034, 2, 15)),
    "long first": InterestSchedule(date(2023, 12, 1), date(2024, 8, 15), date(2034, 2, 15)),
    "month end": InterestSchedule(date(2023, 8, 31), date(2024, 2, 29), date(2028, 8, 31)),
    "final period": InterestSchedule(date(2014, 8, 15), date(2015, 2, 15), date(2024, 8, 15)),
}
ISSUE_DAYS = (date(2024, 4, 2), date(2024, 2, 16), date(2024, 5, 15), date(2024, 3, 28))


def outsider() -> Any:
    """The stand-alone program as a module; it is one file and no part of any package."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("lmb_verify_auction", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


OUTSIDER = outsider()


def published(book: AuctionBook) -> dict[str, Any]:
    """The book as everybody reads it."""
    document: dict[str, Any] = json.loads(json.dumps(book.document(book.result())))
    return document


def sealed_book() -> AuctionBook:
    bids = [competitive("a", 3_000_000, "4.125"), saver("d", 1_000_000)]
    bids += [competitive("b", 3_500_000, "4.250", 1_000_000), competitive("c", 3_500_000, "4.25")]
    opened = [OpenedBid(bid, bytes([place]) * 32) for place, bid in enumerate(bids)]
    made = [(one, commitment(CUSIP, 1, one)) for one in opened]
    came = "2024-02-01T12:00:00-05:00"
    never_opened = Sealed("z", "competitive", "ab" * 32, came)
    return AuctionBook(
        OFFERING,
        PARAMETERS,
        tuple(BookedBid(one.bid, hash_, one.salt.hex()) for one, hash_ in made),
        (
            *(Sealed(one.bid.bidder, str(one.bid.kind), hash_, came) for one, hash_ in made),
            never_opened,
        ),
        CUSIP,
    )


def faults(document: dict[str, Any]) -> list[str]:
    book, read = read_book("book.json", json.dumps(document).encode())
    return book_faults(book, read)


def outsider_faults(document: dict[str, Any]) -> list[str]:
    return [*OUTSIDER.seal_faults(document), *OUTSIDER.result_faults(document)]


def test_a_sound_book_holds_for_us_and_for_an_outsider() -> None:
    document = published(sealed_book())
    assert faults(document) == []
    assert outsider_faults(document) == []


def _first_bid(document: dict[str, Any], field: str, value: object) -> None:
    document["bids"][0][field] = value


TAMPERINGS: dict[str, Any] = {
    "another amount": lambda d: _first_bid(d, "par_cents", 2_000_000_00),
    "another yield": lambda d: _first_bid(d, "yield_percent", "4.25"),
    "another position": lambda d: _first_bid(d, "net_long_cents", 100),
    "another bidder": lambda d: _first_bid(d, "bidder", "y"),
    "another salt": lambda d: _first_bid(d, "salt", "ff" * 32),
    "a bid slipped in": lambda d: d["bids"].append(dict(d["bids"][0], bidder="late")),
    "a bid withheld": lambda d: d["bids"].pop(),
    "a commitment added": lambda d: d["sealed"].append(dict(d["sealed"][0], commitment="cd" * 32)),
    "a commitment withheld": lambda d: d["sealed"].pop(0),
    "an award moved": lambda d: d["result"]["awards"][0].update(par_cents=100_00),
    "a better price": lambda d: d["result"].update(price_per_100="99.000000"),
    "a lower stop": lambda d: d["result"].update(high_yield_percent="4.249"),
    "another proration": lambda d: d["result"].update(proration_percent="50.00"),
    "another coupon": lambda d: d["result"].update(coupon_percent="4.125"),
    "another cover": lambda d: d["result"].update(bid_to_cover="9.99"),
    "more offered": lambda d: d["offering"].update(offering_cents=9 * MILLION),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_whatever_is_changed_shows_for_us_and_for_an_outsider(tampering: str) -> None:
    document = copy.deepcopy(published(sealed_book()))
    TAMPERINGS[tampering](document)
    assert faults(document)
    assert outsider_faults(document)


@given(
    books(),
    st.sampled_from(sorted(SCHEDULES)),
    st.sampled_from(ISSUE_DAYS),
    st.sampled_from([None, "0.125", "4.125", "9"]),
)
def test_an_outsider_without_our_code_computes_the_same_auction(
    bids: list[Bid], schedule: str, issue_on: date, coupon: str | None
) -> None:
    dates = SCHEDULES[schedule]
    offering = Offering(
        OFFERING.offering_cents,
        100_00,
        100_00,
        max(issue_on, dates.dated_on),
        dates,
        None if coupon is None else Decimal(coupon),
    )
    book = AuctionBook(offering, PARAMETERS, booked(bids))
    try:
        document = published(book)
    except RefusedError:
        return
    assert outsider_faults(document) == []


def test_a_price_of_each_case_of_the_appendix_is_the_outsiders_price() -> None:
    for dates in SCHEDULES.values():
        for issue_on in {dates.dated_on, *(day for day in ISSUE_DAYS if day >= dates.dated_on)}:
            offering = replace(OFFERING, issue_on=issue_on, schedule=dates)
            bids = [competitive(name, 3_500_000, "4.217") for name in "abc"]
            assert outsider_faults(published(AuctionBook(offering, PARAMETERS, booked(bids)))) == []


def test_the_program_runs_alone_and_its_exit_code_tells(tmp_path: Path) -> None:
    def run(content: str) -> int:
        path = tmp_path / "book.json"
        path.write_text(content)
        command = [sys.executable, "-I", str(PROGRAM), str(path)]
        return subprocess.run(command, capture_output=True, check=False).returncode

    document = published(sealed_book())
    assert run(json.dumps(document)) == 0
    document["result"]["price_per_100"] = "1.000000"
    assert run(json.dumps(document)) == 1
    assert run("{}") == 2


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": "other"}', b'{"format": 1}', b"\xff"])
def test_what_is_no_book_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="no readable book"):
        read_book("book.json", content)
