"""Matching by keyed hash: one key on both sides, the type of match, and no small aggregates."""

from __future__ import annotations

from datetime import date

import pytest

from lmb.facts.importers.wage_files.fixed_width import load_wages
from lmb.facts.importers.wage_files.layouts import shipped_layout
from lmb.facts.importers.wage_files.matching import MatchedWage, MatchingRules, match_wages
from lmb.facts.importers.wage_files.persons import PersonKey, Roster, is_ssn
from lmb.values.errors import RefusedError
from tests.facts.wage_files.files import KEY, lines

RULES = MatchingRules.in_force_on(date(2024, 7, 1))
LAYOUT = shipped_layout("icesa")
WAGES = load_wages("wages.txt", lines(LAYOUT), LAYOUT, KEY)
ROSTER = Roster(KEY.name, {KEY.hashed(b"078051120"): "person-1"})


def test_wages_of_the_roster_are_matched_and_others_only_counted() -> None:
    found = match_wages(WAGES, ROSTER, "ui", RULES)
    assert found.unmatched == 1
    assert found.wages == (
        MatchedWage("person-1", "123456789", 4 * 2024, 914_250, "ui", 1),
        MatchedWage("person-1", "987654321", 4 * 2024 + 1, 1, "ui", 1),
    )


@pytest.mark.parametrize(
    ("source", "kind"), [("ui", 1), ("federal", 2), ("military", 3), ("supplemental", 4)]
)
def test_the_type_of_match_is_that_of_the_source(source: str, kind: int) -> None:
    assert {each.match_type for each in match_wages(WAGES, ROSTER, source, RULES).wages} == {kind}


def test_a_roster_of_another_key_is_refused() -> None:
    with pytest.raises(RefusedError, match="hashed with key '2024-a', the roster with '2023-z'"):
        match_wages(WAGES, Roster("2023-z", ROSTER.persons), "ui", RULES)
    with pytest.raises(RefusedError, match="'irs' is no source"):
        match_wages(WAGES, ROSTER, "irs", RULES)


def test_another_key_gives_another_hash_and_a_short_one_is_refused() -> None:
    assert PersonKey("b", b"z" * 32).hashed(b"078051120") != KEY.hashed(b"078051120")
    with pytest.raises(RefusedError, match="needs at least 32"):
        PersonKey("short", b"z" * 31)
    assert "kkk" not in repr(KEY)


def test_no_social_security_number_stays_in_what_was_read() -> None:
    assert b"078051120" not in b"".join(WAGES.persons)
    assert "078051120" not in repr(WAGES) + repr(match_wages(WAGES, ROSTER, "ui", RULES))


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        (b"078051120", True),
        (b"000051120", False),
        (b"666051120", False),
        (b"900051120", False),
        (b"078001120", False),
        (b"078050000", False),
        (b"07805112", False),
        (b"07805112X", False),
    ],
)
def test_what_can_be_a_social_security_number(text: bytes, valid: bool) -> None:
    assert is_ssn(text) is valid


def test_aggregates_of_fewer_than_three_records_are_refused() -> None:
    RULES.refuse_small_aggregate(3)
    with pytest.raises(RefusedError, match="at least 3 are needed"):
        RULES.refuse_small_aggregate(2)
