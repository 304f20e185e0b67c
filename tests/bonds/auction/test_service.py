"""Auctions on file: the clock decides what is late, and a sealed bid opens to itself alone."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from lmb.bonds import queries
from lmb.bonds import service_auction as auctions
from lmb.bonds.auction import allocation, rule
from lmb.bonds.auction.announcement import Reopening
from lmb.bonds.auction.book import book_faults, read_book
from lmb.bonds.auction.sealed import OpenedBid, commitment, sealed_text
from lmb.bonds.bids import Bid, BidKind
from lmb.rules.queries import find
from lmb.settlement.rulebook import replay
from lmb.values.errors import ConflictError, NotFoundError, RefusedError
from tests.bonds.auction.test_book import OUTSIDER
from tests.bonds.desk import FULL_BOOK, Desk, announced, competitive, saver

pytestmark = pytest.mark.django_db

AUCTION_ON = date(1976, 2, 3)
CUSIP = "LMB760AA3"
SALT = bytes(range(32))


def sealed(desk: Desk, bid: Bid, salt: bytes = SALT) -> tuple[str, OpenedBid]:
    """A bid put under seal at the desk: its commitment, and what opens it."""
    opened = OpenedBid(bid, salt)
    made = commitment(CUSIP, 1, opened)
    auctions.seal_bid(desk.books, desk.bond, bid.bidder, bid.kind, made)
    return made, opened


# ── what is announced, and when ───────────────────────────────────────────────────────────────


def test_the_announcement_states_what_356_10_asks_for() -> None:
    announcement = queries.announcement(announced().bond)
    document = announcement.document()
    assert document["security"] == "note"
    assert document["reopening"] is False
    assert document["offering_cents"] == 1_000_000
    assert document["single_bid_limit_cents"] == document["award_limit_cents"] == 350_000
    assert document["noncompetitive_limit_cents"] == 1_000_000_000
    assert document["noncompetitive_closes_at"] == "1976-02-03T12:00:00-05:00"
    assert document["competitive_closes_at"] == "1976-02-03T13:00:00-05:00"
    assert document["coupon_percent"] is None


@pytest.mark.parametrize(
    ("bid", "last", "late"),
    [(saver("ana", 500), (11, 59), (12, 0)), (competitive("a", 500), (12, 59), (13, 0))],
)
def test_a_bid_is_taken_until_its_kind_closes_and_not_a_moment_later(
    bid: Bid, last: tuple[int, int], late: tuple[int, int]
) -> None:
    desk = announced()
    auctions.enter_bids(desk.at(AUCTION_ON, *last).books, desk.bond, [bid])
    assert len(queries.bids(desk.bond)) == 1
    with pytest.raises(RefusedError, match="came too late"):
        auctions.enter_bids(desk.at(AUCTION_ON, *late).books, desk.bond, [bid])
    with pytest.raises(RefusedError, match="came too late"):
        sealed(desk, bid)


def test_an_auction_is_not_held_before_its_close() -> None:
    desk = announced()
    auctions.enter_bids(desk.books, desk.bond, FULL_BOOK)
    with pytest.raises(RefusedError, match="is open until"):
        auctions.hold_auction(desk.at(AUCTION_ON, 12, 59).books, desk.bond)


def test_the_results_notice_shows_what_356_23_asks_for_and_names_no_bidder() -> None:
    bids = [competitive("north", 3_500, "7.900"), *FULL_BOOK[1:], competitive("west", 3_000)]
    desk = announced().auctioned(bids)
    told = queries.results_notice(desk.bond)
    # $6,000 is left for $9,000 bid at 8 %: 66.67 %, rounded up to hundreds.
    assert told["proration_percent"] == "66.67"
    assert told["awarded_cents"] == 50_000 + 350_000 + 240_000 + 170_000 + 210_000
    assert told["tendered_cents"] == 1_300_000
    assert (told["noncompetitive_cents"], told["competitive_tendered_cents"]) == (50_000, 1_250_000)
    assert told["bid_to_cover"] == "1.27"
    yields = [told[f"{name}_yield_percent"] for name in ("low", "median", "high")]
    assert yields == ["7.900", "8.000", "8.000"]
    # Two of 182 days have accrued: 104 / (1 + 180/182 x 4 %) less 4 x 2/182.
    assert (told["coupon_percent"], told["price_per_100"]) == ("8", "99.998327")
    determined = queries.auction_determination(desk.bond).result
    assert {name: told[name] for name in determined if name in told} == {
        name: value for name, value in determined.items() if name in told
    }
    words = set(re.findall(r"\w+", json.dumps(told)))
    assert words.isdisjoint(bid.bidder for bid in bids)


# ── entry ─────────────────────────────────────────────────────────────────────────────────────


def test_a_faulty_bid_bars_its_whole_batch_and_nothing_is_entered() -> None:
    desk = announced()
    with pytest.raises(RefusedError, match="bid of b: 36 % of the offering exceeds the 35 % limit"):
        auctions.enter_bids(desk.books, desk.bond, [saver("a", 100), competitive("b", 3_600)])
    assert queries.bids(desk.bond) == []


def test_a_bid_is_checked_beside_what_its_bidder_has_on_file() -> None:
    desk = announced()
    auctions.enter_bids(desk.books, desk.bond, [saver("a", 100)])
    with pytest.raises(RefusedError, match="both competitively and noncompetitively"):
        auctions.enter_bids(desk.books, desk.bond, [competitive("a", 100)])


def test_the_same_bid_entered_again_changes_nothing() -> None:
    desk = announced()
    auctions.enter_bids(desk.books, desk.bond, FULL_BOOK)
    auctions.enter_bids(desk.at(AUCTION_ON, 8).books, desk.bond, FULL_BOOK[:2])
    assert len(queries.bids(desk.bond)) == len(FULL_BOOK)


def test_an_auction_is_run_once_for_its_decision_and_its_awards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runs = []

    def counted(*arguments: object) -> allocation.AuctionResult:
        runs.append(arguments)
        return allocation.run_auction(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(rule, "run_auction", counted)
    desk = announced().auctioned(FULL_BOOK)
    assert len(runs) == 1
    assert [award.par_cents for award in queries.awards(desk.bond)]


def test_the_determination_replays_to_the_same_bytes() -> None:
    desk = announced().auctioned(FULL_BOOK)
    on_file = queries.auction_determination(desk.bond)
    assert replay(on_file).content.decode() == on_file.content


# ── sealed bids ───────────────────────────────────────────────────────────────────────────────


def test_the_sealed_text_is_the_nine_lines_the_reference_documents() -> None:
    opened = OpenedBid(competitive("Lakeshore", 3_000, "8.250", 100), SALT)
    assert sealed_text(CUSIP, 1, opened) == (
        "lmb-sealed-bid/1\nLMB760AA3\n1\nLakeshore\ncompetitive\n300000\n8.25\n10000\n"
        f"{SALT.hex()}\n"
    )


def test_sealed_bids_are_opened_after_the_close_and_take_part() -> None:
    desk = announced()
    sealed_bids = [sealed(desk, bid, bytes([n]) * 32) for n, bid in enumerate(FULL_BOOK)]
    with pytest.raises(RefusedError, match="is open until"):
        auctions.open_bid(desk.books, desk.bond, *sealed_bids[0])
    desk.at(AUCTION_ON, 13)
    for made, opened in sealed_bids:
        auctions.open_bid(desk.books, desk.bond, made, opened)
    auctions.open_bid(desk.books, desk.bond, *sealed_bids[0])
    determination = find(auctions.hold_auction(desk.books, desk.bond))
    assert determination is not None
    assert determination.result["awarded_cents"] == 1_000_000


def test_a_bid_that_is_not_opened_has_no_part_and_stays_in_the_book() -> None:
    desk = announced()
    made, opened = sealed(desk, competitive("west", 3_500, "7.000"))
    desk.auctioned(FULL_BOOK)
    with pytest.raises(RefusedError, match="has been held; it is too late"):
        auctions.open_bid(desk.books, desk.bond, made, opened)
    book = queries.auction_book(desk.bond)
    assert [one.commitment for one in book.sealed] == [made]
    assert "west" not in {booked.bid.bidder for booked in book.bids}


@pytest.mark.parametrize(
    "other",
    [
        competitive("west", 3_400, "7.000"),
        competitive("west", 3_500, "7.001"),
        competitive("west", 3_500, "7.000", 100),
    ],
)
def test_another_bid_than_the_one_committed_to_is_refused(other: Bid) -> None:
    desk = announced()
    made, _ = sealed(desk, competitive("west", 3_500, "7.000"))
    desk.at(AUCTION_ON, 13)
    with pytest.raises(RefusedError, match="is not what"):
        auctions.open_bid(desk.books, desk.bond, made, OpenedBid(other, SALT))


def test_nobody_opens_what_another_committed_to() -> None:
    desk = announced()
    made, opened = sealed(desk, competitive("west", 3_500, "7.000"))
    desk.at(AUCTION_ON, 13)
    stolen = OpenedBid(opened.bid._replace(bidder="thief"), SALT)
    with pytest.raises(NotFoundError, match="thief made no competitive commitment"):
        auctions.open_bid(desk.books, desk.bond, made, stolen)


def test_the_database_refuses_an_opened_bid_that_was_not_committed_to() -> None:
    """For raw SQL too: the hash is computed again where the row is written."""
    desk = announced()
    made, opened = sealed(desk, competitive("west", 3_500, "7.000"))
    desk.at(AUCTION_ON, 13)
    columns = "cell, id, bond, auction, bidder, kind, par_cents, yield_percent, net_long_cents"
    insert = (
        f"INSERT INTO bonds_bid ({columns}, commitment, salt, recorded_at) "
        "VALUES (%s, gen_random_uuid(), %s, 1, 'west', 'competitive', %s, 7, 0, %s, %s, now())"
    )
    values: list[Any] = [desk.books.cell, desk.bond.id, 340_000, made, SALT.hex()]
    with (
        pytest.raises(IntegrityError, match="not what was committed to"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(insert, values)
    auctions.open_bid(desk.books, desk.bond, made, opened)
    assert len(queries.bids(desk.bond)) == 1


def test_a_commitment_is_a_hash_and_salts_have_their_length() -> None:
    desk = announced()
    with pytest.raises(RefusedError, match="64 hexadecimal digits"):
        auctions.seal_bid(desk.books, desk.bond, "west", BidKind.COMPETITIVE, "3500 at 7 %")
    with pytest.raises(ValueError, match="a salt has 32 bytes, not 3"):
        commitment(CUSIP, 1, OpenedBid(saver("a", 100), b"abc"))


def test_the_opened_book_lets_an_outsider_compute_the_result_again() -> None:
    desk = announced()
    sealed_bids = [sealed(desk, bid, bytes([n]) * 32) for n, bid in enumerate(FULL_BOOK[:2])]
    auctions.enter_bids(desk.at(AUCTION_ON, 11).books, desk.bond, FULL_BOOK[2:])
    desk.at(AUCTION_ON, 13)
    for made, opened in sealed_bids:
        auctions.open_bid(desk.books, desk.bond, made, opened)
    auctions.hold_auction(desk.books, desk.bond)
    book = queries.auction_book(desk.bond)
    document = json.loads(json.dumps(book.document(book.result())))
    assert [*OUTSIDER.seal_faults(document), *OUTSIDER.result_faults(document)] == []
    assert book_faults(*read_book("book.json", json.dumps(document).encode())) == []
    awards = {award.bidder: award.par_cents for award in queries.awards(desk.bond)}
    assert {one["bidder"]: one["par_cents"] for one in document["result"]["awards"]} == awards


# ── reopenings ────────────────────────────────────────────────────────────────────────────────

REOPENING = Reopening(2, 500_000, date(1976, 5, 10), date(1976, 5, 11), date(1976, 5, 17))


def test_a_reopening_keeps_the_coupon_and_sells_with_accrued_interest() -> None:
    desk = announced().auctioned(FULL_BOOK)
    auctions.announce_reopening(desk.at(REOPENING.announced_on).books, desk.bond, REOPENING)
    auctions.announce_reopening(desk.books, desk.bond, REOPENING)
    bids = [competitive(name, 1_700, "7.500") for name in ("north", "south", "west")]
    auctions.enter_bids(desk.at(REOPENING.auction_on, 10).books, desk.bond, bids, 2)
    auctions.hold_auction(desk.at(REOPENING.auction_on, 13).books, desk.bond, 2)
    result = queries.auction_determination(desk.bond, 2).result
    assert result["coupon_percent"] == "8"
    assert Decimal(result["price_per_100"]) > 100
    # 92 of the 182 days from 15 February to 15 August at 4 % a half-year, on $1,000.
    assert result["accrued_per_1000"] == "20.21978"
    on_file = queries.auction_determination(desk.bond, 2)
    assert replay(on_file).content.decode() == on_file.content
    assert len(queries.awards(desk.bond, 2)) == 3
    assert len(queries.awards(desk.bond)) == len(FULL_BOOK)


@pytest.mark.parametrize(
    ("reopening", "wrong"),
    [
        (REOPENING._replace(number=3), "its next auction is number 2, not 3"),
        (REOPENING._replace(auction_on=date(1976, 5, 10)), "announced before it is auctioned"),
        (REOPENING._replace(auction_on=date(1976, 5, 15)), "1976-05-15 is no business day"),
        (REOPENING._replace(announced_on=date(1976, 2, 4)), "once the bond is out"),
        (REOPENING._replace(issue_on=date(1981, 2, 17)), "at maturity"),
        (REOPENING._replace(offering_cents=10_001), "no multiple of 10000 cents"),
    ],
)
def test_a_reopening_that_makes_no_auction_is_refused(reopening: Reopening, wrong: str) -> None:
    desk = announced().auctioned(FULL_BOOK)
    with pytest.raises(RefusedError, match=wrong):
        auctions.announce_reopening(desk.books, desk.bond, reopening)


def test_a_reopening_announced_otherwise_is_a_conflict() -> None:
    desk = announced().auctioned(FULL_BOOK)
    auctions.announce_reopening(desk.books, desk.bond, REOPENING)
    with pytest.raises(ConflictError, match="announced with other terms"):
        auctions.announce_reopening(
            desk.books, desk.bond, REOPENING._replace(offering_cents=600_000)
        )


def test_no_bid_on_a_reopening_that_was_not_announced() -> None:
    desk = announced().auctioned(FULL_BOOK)
    with pytest.raises(NotFoundError, match="no auction 2"):
        auctions.enter_bids(desk.books, desk.bond, FULL_BOOK, 2)
