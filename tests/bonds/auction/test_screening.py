"""Entry checks that part the bids: what a rule bars is refused alone, with its reason."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.bonds.auction.allocation import run_auction
from lmb.bonds.bids import Bid, BidKind, bid_faults, screen_bids
from lmb.values.errors import RefusedError
from tests.bonds.auction.test_allocation import MILLION, OFFERING, competitive, noncompetitive
from tests.bonds.support import RULES


def reasons(*bids: Bid) -> list[str]:
    return [refused.reason for refused in screen_bids(bids, OFFERING, RULES).refused]


def test_a_bid_over_the_limit_is_refused_with_its_share_and_the_rule() -> None:
    bids = [competitive(f"b{n}", 1_000_000, "4") for n in range(16)]
    assert reasons(*bids, competitive("big", 3_600_000, "4.1")) == [
        "bid 17: 36 % of the offering exceeds the 35 % limit of 31 CFR 356.22"
    ]


def test_a_share_just_over_the_limit_never_reads_as_the_limit() -> None:
    (reason,) = reasons(competitive("a", 3_500_100, "4"))
    assert "35.001 % of the offering" in reason
    huge = OFFERING.offering_cents * 10**9
    bid = Bid("a", BidKind.COMPETITIVE, huge * 35 // 100 + 100_00, Decimal(4))
    offering = OFFERING.__class__(huge, 100_00, 100_00, OFFERING.issue_on, OFFERING.schedule)
    (refused,) = screen_bids([bid], offering, RULES).refused
    assert "35.000001 % of the offering" in refused.reason


@pytest.mark.parametrize(
    ("bid", "reason"),
    [
        (noncompetitive("a", 10_000_100), "exceeds the $10,000,000.00 limit of a noncompetitive"),
        (competitive("a", 0, "4"), "less than the $100.00 minimum to bid of 31 CFR 356.12"),
        (competitive("a", 250, "4"), "is not a multiple of $100.00 as 31 CFR 356.12 asks for"),
        (competitive("a", 100, "4.0005"), "31 CFR 356.12 asks for per cent from 0 to 50 with at"),
        (Bid("a", BidKind.COMPETITIVE, 100_00), "asks for the yield of a competitive bid"),
        (Bid("a", BidKind.NONCOMPETITIVE, 100_00, Decimal(4)), "noncompetitive bid has no yield"),
        (Bid("a", BidKind.NONCOMPETITIVE, 100_00, None, 1), "only competitive bidders report"),
    ],
)
def test_each_refusal_names_what_was_found_and_the_rule(bid: Bid, reason: str) -> None:
    (told,) = reasons(bid)
    assert told.startswith("bid 1: ")
    assert reason in told


@pytest.mark.parametrize(
    "bids",
    [
        [competitive("a", 100, "4"), noncompetitive("a", 100)],
        [competitive("a", 100, "4"), competitive("a", 200, "4.000"), competitive("a", 1, "5")],
        [competitive("a", 100, "4", 5), competitive("a", 100, "5", 6)],
    ],
)
def test_bids_of_one_bidder_that_do_not_go_together_are_all_refused(bids: list[Bid]) -> None:
    other = competitive("b", 100, "4")
    screened = screen_bids([*bids, other], OFFERING, RULES)
    assert screened.accepted == (other,)
    assert [refused.bid for refused in screened.refused] == bids


@st.composite
def any_bids(draw: st.DrawFn) -> list[Bid]:
    """Bids of every kind, sound and not, by few bidders so that they get into each other's way."""
    kinds = st.sampled_from(list(BidKind))
    pars = st.sampled_from([0, 50, 100, 150, 1_000_000, 3_500_000, 3_500_100, 10_000_100])
    yields = st.sampled_from([None, "-0.001", "4", "4.000", "4.125", "4.0005", "51"])
    positions = st.sampled_from([0, 0, 0, 100, MILLION, -1])
    bidders = st.sampled_from("abcdef")
    bids = []
    for _ in range(draw(st.integers(0, 12))):
        percent = draw(yields)
        bids.append(
            Bid(
                draw(bidders),
                draw(kinds),
                draw(pars) * 100,
                None if percent is None else Decimal(percent),
                draw(positions),
            )
        )
    return bids


@given(any_bids())
def test_every_bid_is_accepted_or_refused_and_the_accepted_pass_all_checks(bids: list[Bid]) -> None:
    accepted, refused = screen_bids(bids, OFFERING, RULES)
    assert bid_faults(accepted, OFFERING, RULES) == ()
    assert len(accepted) + len(refused) == len(bids)
    assert [bids[one.position] for one in refused] == [one.bid for one in refused]
    assert sorted(map(repr, [*accepted, *(one.bid for one in refused)])) == sorted(map(repr, bids))


@given(any_bids(), st.randoms(use_true_random=False))
def test_the_order_of_the_bids_decides_nothing(bids: list[Bid], random: st.DataObject) -> None:
    shuffled = list(bids)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = (screen_bids(each, OFFERING, RULES) for each in (bids, shuffled))
    assert sorted(map(repr, first.accepted)) == sorted(map(repr, second.accepted))
    try:
        result = run_auction(first.accepted, OFFERING, RULES)
    except RefusedError:
        return
    assert run_auction(second.accepted, OFFERING, RULES) == result
