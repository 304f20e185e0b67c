"""Single-price auctions: the examples of 31 CFR 356.20 to 356.22, and what always holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.auction.allocation import AuctionResult, awards_at_stop_cents, run_auction
from lmb.bonds.bids import Bid, BidKind, bid_faults, share_of_cents
from lmb.bonds.offering import Offering
from lmb.bonds.schedule import InterestSchedule
from lmb.values.errors import RefusedError
from tests.bonds.support import RULES

MILLION = 1_000_000_00
SCHEDULE = InterestSchedule(date(2024, 2, 15), date(2024, 8, 15), date(2034, 2, 15))
OFFERING = Offering(10 * MILLION, 100_00, 100_00, date(2024, 2, 15), SCHEDULE)


def competitive(bidder: str, dollars: int, percent: str, net_long: int = 0) -> Bid:
    return Bid(bidder, BidKind.COMPETITIVE, dollars * 100, Decimal(percent), net_long * 100)


def noncompetitive(bidder: str, dollars: int) -> Bid:
    return Bid(bidder, BidKind.NONCOMPETITIVE, dollars * 100)


def award_dollars(result: AuctionResult) -> dict[str, int]:
    """Whole dollars awarded to each bidder."""
    dollars: dict[str, int] = {}
    for award in result.awards:
        bidder = award.bid.bidder
        dollars[bidder] = dollars.get(bidder, 0) + award.award_cents // 100
    return dollars


# ── the regulation's own examples ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("bid_dollars", "percent", "award"),
    [(18_000, "88.27", 15_900), (100, "4.65", 100), (100_000_000, "80.15", 80_150_000)],
)
def test_award_at_the_stop_is_rounded_up_to_the_multiple(
    bid_dollars: int, percent: str, award: int
) -> None:
    found = awards_at_stop_cents([bid_dollars * 100], Decimal(percent), OFFERING)
    assert found == [award * 100]


def test_a_net_long_position_comes_off_the_award_limit() -> None:
    billion = 1_000_000_000
    offering = replace(OFFERING, offering_cents=10 * billion * 100)
    bids = [
        competitive("holder", 3_500_000_000, "4.000", net_long=billion),
        competitive("one", 3_500_000_000, "4.010"),
        competitive("two", 3_500_000_000, "4.020"),
        competitive("three", 3_500_000_000, "4.030"),
    ]
    result = run_auction(bids, offering, RULES)
    assert award_dollars(result)["holder"] == 2_500_000_000
    # The last half billion is 14.29 % of the bid at the stop, after rounding up.
    assert award_dollars(result)["three"] == 500_150_000
    assert any("bids of 1 bidder are recognized only" in line for line in result.explanation)


# ── how an auction runs ───────────────────────────────────────────────────────────────────────


def test_noncompetitive_bids_come_first_then_the_lowest_yields_up_to_the_stop() -> None:
    result = run_auction(
        [
            competitive("dear", 3_000_000, "4.500"),
            competitive("middle", 3_000_000, "4.250"),
            competitive("middle too", 3_000_000, "4.250"),
            competitive("cheap", 3_000_000, "4.125"),
            noncompetitive("saver", 1_000_000),
        ],
        replace(OFFERING, offering_cents=9 * MILLION),
        RULES,
    )
    assert award_dollars(result) == {
        "saver": 1_000_000,
        "cheap": 3_000_000,
        "middle": 2_500_200,  # 5/6 is 83.34 % after rounding up
        "middle too": 2_500_200,
        "dear": 0,
    }
    assert result.high_yield_percent == Decimal("4.250")
    assert result.proration_percent == Decimal("83.34")
    assert result.coupon_percent == Decimal("4.25")
    assert result.price_per_100 == 100
    assert result.bid_to_cover == Decimal("1.44")
    assert result.noncompetitive_cents == MILLION
    assert result.competitive_cents == 8_000_400_00


def test_everyone_pays_the_price_of_the_high_yield() -> None:
    result = run_auction(
        [competitive(f"bidder {n}", 3_000_000, f"4.18{n}") for n in range(4)], OFFERING, RULES
    )
    assert result.coupon_percent == Decimal("4.125")
    assert result.price_per_100 < 100
    payments = {
        result.settlement(award).principal_cents
        for award in result.awards
        if award.award_cents == 3 * MILLION
    }
    assert len(payments) == 1


def test_a_dated_date_before_the_issue_date_makes_everyone_pay_accrued_interest() -> None:
    offering = replace(OFFERING, issue_on=date(2024, 2, 20))
    bids = [competitive(name, 3_500_000, "4.125") for name in ("a", "b", "c")]
    result = run_auction(bids, offering, RULES)
    assert result.accrued_per_1000 == Decimal("0.56662")
    award = result.awards[0]
    assert award.award_cents == 3_333_400_00
    assert result.settlement(award).accrued_cents == 1_888_77


def test_an_undersubscribed_auction_accepts_everything_at_the_highest_yield_bid() -> None:
    bids = [competitive("a", 1_000_000, "4.000"), competitive("b", 2_000_000, "5.000")]
    result = run_auction(bids, OFFERING, RULES)
    assert award_dollars(result) == {"a": 1_000_000, "b": 2_000_000}
    assert result.high_yield_percent == 5
    assert result.proration_percent == 100
    assert any("$7,000,000.00 short" in line for line in result.explanation)


def test_a_reopening_keeps_its_coupon_and_may_price_above_par() -> None:
    offering = replace(OFFERING, coupon_percent=Decimal("5"))
    bids = [competitive(name, 3_500_000, "4.100") for name in ("a", "b", "c")]
    result = run_auction(bids, offering, RULES)
    assert result.coupon_percent == 5
    assert result.price_per_100 > 100
    assert any("The coupon stood before the auction: 5 %." in line for line in result.explanation)


@pytest.mark.parametrize(
    ("high_yield", "coupon"),
    [
        ("4.125", "4.125"),
        ("4.249", "4.125"),
        ("0.125", "0.125"),
        ("0.050", "0.125"),
        ("0", "0.125"),
    ],
)
def test_the_coupon_is_the_eighth_not_above_the_high_yield_and_at_least_one_eighth(
    high_yield: str, coupon: str
) -> None:
    bids = [competitive(name, 3_500_000, high_yield) for name in ("a", "b", "c")]
    result = run_auction(bids, OFFERING, RULES)
    assert result.coupon_percent == Decimal(coupon)
    if Decimal(high_yield) >= Decimal("0.125"):
        assert result.price_per_100 <= 100
    else:
        assert result.price_per_100 > 100


def test_low_and_median_yield_are_those_of_5_and_50_per_cent_of_accepted_bids() -> None:
    bids = [
        competitive("a", 400_000, "4.000"),
        competitive("b", 200_000, "4.100"),
        competitive("c", 3_500_000, "4.200"),
        competitive("d", 3_500_000, "4.300"),
        competitive("e", 3_500_000, "4.400"),
    ]
    result = run_auction(bids, OFFERING, RULES)
    assert result.low_yield_percent == Decimal("4.100")
    assert result.median_yield_percent == Decimal("4.300")
    assert result.high_yield_percent == Decimal("4.400")


def test_the_award_limit_counts_all_bids_of_one_bidder() -> None:
    bids = [
        competitive("big", 2_000_000, "4.000"),
        competitive("big", 2_000_000, "4.100"),
        competitive("a", 3_500_000, "4.200"),
        competitive("b", 3_500_000, "4.300"),
    ]
    result = run_auction(bids, OFFERING, RULES)
    assert award_dollars(result) == {"big": 3_500_000, "a": 3_500_000, "b": 3_000_200}


# ── refusals ──────────────────────────────────────────────────────────────────────────────────


def test_an_auction_without_competitive_bids_is_refused() -> None:
    with pytest.raises(RefusedError, match="no competitive bid"):
        run_auction([noncompetitive("saver", 1_000_000)], OFFERING, RULES)


def test_an_auction_where_every_competitive_bid_is_at_its_limit_is_refused() -> None:
    with pytest.raises(RefusedError, match="no competitive bid"):
        run_auction([competitive("a", 1_000, "4", net_long=3_500_000)], OFFERING, RULES)


def test_noncompetitive_bids_that_fill_the_offering_are_refused() -> None:
    bids = [noncompetitive("saver", 10_000_000), competitive("a", 1_000, "4.000")]
    with pytest.raises(RefusedError, match=r"356\.20\(a\)\(1\)"):
        run_auction(bids, OFFERING, RULES)


def test_faulty_bids_are_refused_with_every_fault_named() -> None:
    bids = [competitive("a", 150, "4.000"), competitive("b", 1_000, "4.0001")]
    with pytest.raises(RefusedError, match=r"bid 1 \(a\), par_cents.*bid 2 \(b\), yield_percent"):
        run_auction(bids, OFFERING, RULES)


@pytest.mark.parametrize(
    ("bids", "field", "expected"),
    [
        ([competitive("a", 50, "4")], "par_cents", "at least $100.00 and a multiple of $100.00"),
        ([competitive("a", 150, "4")], "par_cents", "a multiple of $100.00"),
        ([competitive("a", 3_500_100, "4")], "par_cents", "at most $3,500,000.00, the limit"),
        ([noncompetitive("a", 10_000_100)], "par_cents", "at most $10,000,000.00"),
        ([competitive("a", 100, "-0.001")], "yield_percent", "from 0 to 50"),
        ([competitive("a", 100, "50.001")], "yield_percent", "from 0 to 50"),
        ([competitive("a", 100, "4.0005")], "yield_percent", "at most 3 decimals"),
        ([Bid("a", BidKind.COMPETITIVE, 100_00)], "yield_percent", "the yield of a competitive"),
        (
            [Bid("a", BidKind.NONCOMPETITIVE, 100_00, Decimal(4))],
            "yield_percent",
            "noncompetitive bid has no yield",
        ),
        ([competitive("a", 100, "4", net_long=-1)], "net_long_cents", "no less than"),
        (
            [Bid("a", BidKind.NONCOMPETITIVE, 100_00, None, 1)],
            "net_long_cents",
            "only competitive bidders",
        ),
        ([competitive("a", 100, "4"), noncompetitive("a", 100)], "kind", "one kind"),
        ([competitive("a", 100, "4"), competitive("a", 200, "4.000")], "bidder", "one yield"),
        ([noncompetitive("a", 100), noncompetitive("a", 100)], "bidder", "one noncompetitive bid"),
        (
            [competitive("a", 100, "4", 5), competitive("a", 100, "5", 6)],
            "net_long_cents",
            "$5.00, as in",
        ),
    ],
)
def test_a_faulty_bid_is_told_by_position_field_and_what_was_expected(
    bids: list[Bid], field: str, expected: str
) -> None:
    faults = bid_faults(bids, OFFERING, RULES)
    last = [fault for fault in faults if fault.field == field]
    assert len(last) == 1
    assert last[0].position == len(bids) - 1
    assert expected in last[0].expected


# ── what always holds ─────────────────────────────────────────────────────────────────────────


@st.composite
def books(draw: st.DrawFn) -> list[Bid]:
    """Order books that pass the entry checks, from thin to several times the offering."""
    steps = st.integers(1, 35_000)  # of $100, up to the single bid limit
    bids = []
    for bidder in range(draw(st.integers(1, 12))):
        net_long = draw(st.sampled_from([0, 0, 0, 1_234_567_89, 4 * MILLION]))
        for milli in draw(st.sets(st.integers(4_000, 4_008), min_size=1, max_size=3)):
            percent = Decimal(milli) / 1000
            par_cents = 100_00 * draw(steps)
            bids.append(Bid(f"c{bidder}", BidKind.COMPETITIVE, par_cents, percent, net_long))
    for bidder in range(draw(st.integers(0, 3))):
        par_cents = 100_00 * draw(st.integers(1, 30_000))
        bids.append(Bid(f"n{bidder}", BidKind.NONCOMPETITIVE, par_cents))
    return bids


def _run(bids: list[Bid]) -> AuctionResult | None:
    try:
        return run_auction(bids, OFFERING, RULES)
    except RefusedError:
        return None


@given(books(), st.randoms(use_true_random=False))
def test_the_order_of_the_bids_changes_nothing(bids: list[Bid], random: st.DataObject) -> None:
    shuffled = list(bids)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _run(shuffled) == _run(bids)


@given(books())
def test_a_covered_offering_is_awarded_in_full_and_hardly_more(bids: list[Bid]) -> None:
    result = _run(bids)
    if result is None:
        return
    at_stop = [award for award in result.awards if _at_stop(award.bid, result)]
    if any("short of the offering" in line for line in result.explanation):
        assert result.awarded_cents < OFFERING.offering_cents
        return
    # Each award is rounded up by less than a multiple (or to the minimum, here the same), and the
    # percentage by less than a hundredth of a point of the bids at the stop.
    excess = result.awarded_cents - OFFERING.offering_cents
    by_percentage = sum(award.bid.par_cents for award in at_stop) / 10_000
    assert 0 <= excess < len(at_stop) * OFFERING.multiple_cents + by_percentage


@given(books())
def test_nobody_is_awarded_more_than_bid_or_than_the_limit_and_all_awards_are_multiples(
    bids: list[Bid],
) -> None:
    result = _run(bids)
    if result is None:
        return
    limit_cents = share_of_cents(OFFERING.offering_cents, RULES.award_limit_percent)
    totals: dict[str, int] = {}
    for award in result.awards:
        assert 0 <= award.award_cents <= award.bid.par_cents
        assert award.award_cents % OFFERING.multiple_cents == 0
        totals[award.bid.bidder] = totals.get(award.bid.bidder, 0) + award.award_cents
    for award in result.awards:
        if award.bid.kind is BidKind.COMPETITIVE:
            room_cents = max(0, limit_cents - award.bid.net_long_cents)
            assert totals[award.bid.bidder] <= room_cents
    assert sorted(map(repr, bids)) == sorted(repr(award.bid) for award in result.awards)


@given(books())
def test_bids_below_the_stop_are_filled_up_to_the_limit_and_bids_above_get_nothing(
    bids: list[Bid],
) -> None:
    result = _run(bids)
    if result is None:
        return
    limit_cents = share_of_cents(OFFERING.offering_cents, RULES.award_limit_percent)
    used: dict[str, int] = {}
    for award in result.awards:
        bid = award.bid
        if bid.yield_percent is None:
            assert award.award_cents == bid.par_cents
        elif bid.yield_percent > result.high_yield_percent:
            assert award.award_cents == 0
        elif bid.yield_percent < result.high_yield_percent:
            room_cents = limit_cents - bid.net_long_cents - used.get(bid.bidder, 0)
            room_cents = max(0, room_cents - room_cents % OFFERING.multiple_cents)
            assert award.award_cents == min(bid.par_cents, room_cents)
            used[bid.bidder] = used.get(bid.bidder, 0) + award.award_cents


def _at_stop(bid: Bid, result: AuctionResult) -> bool:
    return bid.yield_percent == result.high_yield_percent


def test_a_hundred_thousand_bids_are_awarded_exactly() -> None:
    offering = replace(OFFERING, offering_cents=10_000 * MILLION)
    bids = [competitive(f"b{n}", 200_000, f"4.{n % 500:03}") for n in range(100_000)]
    result = run_auction(bids, offering, RULES)
    assert result.awarded_cents >= offering.offering_cents
    assert result.high_yield_percent == Decimal("4.249")
