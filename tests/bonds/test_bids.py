"""BIDS.csv: every problem of the file at once, or the bids."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lmb.bonds.bids import Bid, BidKind
from lmb.bonds.bids_file import load_bids
from lmb.bonds.linked.document import load_linked_sheet
from lmb.values.errors import InputError
from tests.bonds.support import RULES, changed

OFFERING = load_linked_sheet("terms.json", changed()).offering
HEADER = "bidder,kind,amount_dollars,yield_percent,net_long_dollars\n"


def load(text: str) -> tuple[Bid, ...]:
    return load_bids("bids.csv", text.encode(), OFFERING, RULES)


def problems(text: str) -> list[tuple[int | None, str | None]]:
    with pytest.raises(InputError) as caught:
        load(text)
    return [(problem.row, problem.column) for problem in caught.value.problems]


def test_a_sound_file_becomes_bids_in_its_order() -> None:
    bids = load(HEADER + "Lakeshore,competitive,500000.00,7.395,1000\nSaver,noncompetitive,100,,\n")
    assert bids == (
        Bid("Lakeshore", BidKind.COMPETITIVE, 50_000_000, Decimal("7.395"), 100_000),
        Bid("Saver", BidKind.NONCOMPETITIVE, 10_000),
    )


def test_the_column_of_positions_may_be_left_out() -> None:
    bids = load("yield_percent,bidder,kind,amount_dollars\n7.4,A,competitive,100\n")
    assert bids == (Bid("A", BidKind.COMPETITIVE, 10_000, Decimal("7.4")),)


def test_all_problems_are_told_with_row_and_column() -> None:
    text = HEADER + (
        "A,competitive,150,7.395,\n"  # no multiple of $100
        "B,competitive,100,,\n"  # no yield
        "C,noncompetitive,100,7.4,\n"  # a yield
        "D,competetive,100,7.4,\n"  # no such kind
        "E,competitive,700000.01,7.4,\n"  # neither a multiple nor within 35 %
        "F,competitive,1e3,7.4,-5\n"
        "A,noncompetitive,100,,\n"  # both kinds
        "G,competitive,100,7.4001,\n"
        "H,competitive,100,51,\n"
        "I,competitive,100,7.400,\n"
        "I,competitive,200,7.4,\n"  # the same yield again
        ",competitive,100,7.4,\n"
    )
    assert problems(text) == [
        (2, "amount_dollars"),
        (3, "yield_percent"),
        (4, "yield_percent"),
        (5, "kind"),
        (6, "amount_dollars"),
        (7, "amount_dollars"),
        (7, "net_long_dollars"),
        (8, "kind"),
        (9, "yield_percent"),
        (10, "yield_percent"),
        (12, "bidder"),
        (13, "bidder"),
    ]


def test_what_was_found_and_expected_is_in_dollars() -> None:
    with pytest.raises(InputError, match=r"found \$800,000\.00, expected at most \$700,000\.00"):
        load(HEADER + "A,competitive,800000,7.4,\n")


def test_a_noncompetitive_bid_over_the_limit_is_refused() -> None:
    with pytest.raises(InputError, match=r"at most \$10,000,000\.00"):
        load(HEADER + "A,noncompetitive,10000100,,\n")


def test_one_bidder_reports_one_position() -> None:
    text = HEADER + "A,competitive,100,7.4,500\nA,competitive,100,7.5,600\n"
    assert problems(text) == [(3, "net_long_dollars")]


def test_missing_and_unknown_columns_are_told() -> None:
    assert problems("bidder,kind,par,yield_percent\nA,competitive,100,7.4\n") == [
        (1, "par"),
        (1, "amount_dollars"),
    ]


def test_a_file_without_bids_is_refused() -> None:
    assert problems(HEADER) == [(None, None)]
    assert problems("") == [(1, None)]
