"""Everything wrong with a programme's files is said at once, before anything is written."""

from __future__ import annotations

import pytest

from lmb.settlement.programme import ProgrammeFiles, load_programme
from lmb.values.errors import InputError
from tests.settlement.small import (
    BIDS,
    EARNINGS,
    PEOPLE,
    changed_terms,
    small_files,
    small_programme,
)


def problems_of(files: ProgrammeFiles) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_programme(files)
    return [str(problem) for problem in caught.value.problems]


def test_sound_files_make_a_programme() -> None:
    programme = small_programme()
    assert [person.person for person in programme.winners] == ["w1", "w2", "w3", "w4"]
    assert programme.name == small_programme().name


def test_other_bytes_are_another_programme() -> None:
    assert small_programme().name != small_programme(bids=BIDS + "\n").name


def test_problems_of_all_files_are_reported_together() -> None:
    files = small_files(
        terms=changed_terms(limits__floor_percent="2.100"),
        bids=BIDS,
        people=PEOPLE.replace("c1,control", "c1,neither"),
        earnings=EARNINGS.replace("w1,dock", "nobody,dock").replace(",1600", ",1600.005"),
    )
    found = problems_of(files)
    for place in (
        "terms.json, limits.floor_percent",
        "bids.csv: found bids not checked yet",
        "people.csv, row 6, arm",
        "earnings.csv, row 5, earnings_dollars",
    ):
        assert any(place in problem for problem in found), found


def test_terms_the_house_cannot_carry_out_are_told_before_anything_is_written() -> None:
    found = problems_of(
        small_files(terms=changed_terms(training__delivery=None, kpis__1__measured=None))
    )
    assert any("training.delivery" in problem for problem in found), found
    plain = changed_terms()
    del plain["training"]["delivery"], plain["kpis"][0]["measured"]
    found = problems_of(small_files(terms=plain))
    assert any("who trains people, where and for what" in problem for problem in found), found
    assert any("measured by the house: none" in problem for problem in found), found


def test_bids_over_the_limit_name_their_row() -> None:
    found = problems_of(
        small_files(bids=BIDS.replace("east-bank,competitive,1700", "x,competitive,1800"))
    )
    assert any("bids.csv, row 4, amount_dollars" in problem for problem in found)


def test_person_of_another_board_is_reported() -> None:
    found = problems_of(
        small_files(people=PEOPLE.replace("c1,control,OH,OH-07", "c1,control,OH,OH-08"))
    )
    assert found == [
        "people.csv, state and board of c1: found OH OH-08, "
        "expected OH OH-07, the board the term sheet funds"
    ]


@pytest.mark.parametrize("accepted", ["1976-02-16", "1979-08-14"])
def test_acceptance_outside_the_programme_is_reported(accepted: str) -> None:
    found = problems_of(
        small_files(
            people=PEOPLE.replace("w4,treated,OH,OH-07,,,", f"w4,treated,OH,OH-07,{accepted},,")
        )
    )
    assert len(found) == 1
    assert "accepted_on of w4" in found[0]


def test_completion_after_the_determination_is_reported() -> None:
    people = PEOPLE.replace("1976-05-17,\n", "1976-05-17,1979-08-14\n")
    assert "completed_on of w3" in problems_of(small_files(people=people))[0]


def test_auction_that_cannot_fund_the_wallets_is_reported() -> None:
    files = small_files(terms=changed_terms(training__delivery__grant_cents=140_000))
    found = problems_of(files)
    assert len(found) == 1
    assert "at least $5,600.00: 4 people with $1,400.00 each" in found[0]


def test_auction_that_cannot_come_off_is_reported() -> None:
    found = problems_of(
        small_files(bids="bidder,kind,amount_dollars,yield_percent\nx,noncompetitive,500,\n")
    )
    assert len(found) == 1
    assert "bids that make an auction" in found[0]
