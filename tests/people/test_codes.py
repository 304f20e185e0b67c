"""A code makes a person known to whom they chose, once, and tells everybody else nothing."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.people import codes
from lmb.people.acting import Acting
from lmb.people.codes import ALPHABET, UNUSABLE, CodeKind
from lmb.people.keys import VaultKeys
from lmb.people.roles import Role
from lmb.values.errors import RefusedError
from tests.people.support import NOW, as_self, member

BEFORE = NOW - timedelta(hours=24)


@pytest.fixture
def school(keys: VaultKeys, ben: UUID) -> Acting:
    return member(keys, ben, "provider", Role.PROVIDER)


def test_a_provider_learns_one_key_once(keys: VaultKeys, ana: UUID, school: Acting) -> None:
    shown = codes.show(keys.randomness, as_self(ana), CodeKind.ENROLMENT, NOW)
    assert codes.take(school, CodeKind.ENROLMENT, shown.code, NOW) == ana
    with pytest.raises(RefusedError, match=UNUSABLE):
        codes.take(school, CodeKind.ENROLMENT, shown.code, NOW)


@pytest.mark.parametrize(
    "typed",
    [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code.replace('-', ' ')} "],
)
def test_a_code_is_read_however_it_is_typed(
    keys: VaultKeys, ana: UUID, school: Acting, typed: object
) -> None:
    shown = codes.show(keys.randomness, as_self(ana), CodeKind.ENROLMENT, NOW)
    assert codes.take(school, CodeKind.ENROLMENT, typed(shown.code), NOW) == ana  # type: ignore[operator]


def test_letters_that_look_like_digits_are_those_digits() -> None:
    assert codes._as_made("oil0-1111-2222") == "011011112222"


def test_every_useless_code_gets_the_same_answer(
    keys: VaultKeys, ana: UUID, ben: UUID, school: Acting
) -> None:
    old = codes.show(keys.randomness, as_self(ana, BEFORE), CodeKind.ENROLMENT, BEFORE)
    other = codes.show(keys.randomness, as_self(ana), CodeKind.DELEGATION, NOW)
    own = codes.show(keys.randomness, as_self(ben), CodeKind.ENROLMENT, NOW)
    withdrawn = codes.show(keys.randomness, as_self(ana), CodeKind.ENROLMENT, NOW)
    assert codes.withdraw_all(as_self(ana), NOW) == 2
    useless = [old.code, other.code, own.code, withdrawn.code, "0000-0000-0000", "", "é" * 99]
    for code in useless:
        with pytest.raises(RefusedError) as refused:
            codes.take(school, CodeKind.ENROLMENT, code, NOW)
        assert str(refused.value) == UNUSABLE


def test_codes_are_shown_by_the_person_and_taken_in_the_roles_they_are_for(
    keys: VaultKeys, ana: UUID, ben: UUID, school: Acting
) -> None:
    with pytest.raises(RefusedError, match="acting for yourself"):
        codes.show(keys.randomness, school, CodeKind.ENROLMENT, NOW)
    shown = codes.show(keys.randomness, as_self(ana), CodeKind.ENROLMENT, NOW)
    employer = member(keys, ben, "employer", Role.EMPLOYER)
    for somebody in (employer, as_self(ben)):
        with pytest.raises(RefusedError, match="cannot be taken in the role"):
            codes.take(somebody, CodeKind.ENROLMENT, shown.code, NOW)


def test_nobody_collects_open_codes(keys: VaultKeys, ana: UUID) -> None:
    for _ in range(codes.OPEN_MAX):
        codes.show(keys.randomness, as_self(ana), CodeKind.ENROLMENT, NOW)
    with pytest.raises(RefusedError, match="5 codes of yours"):
        codes.show(keys.randomness, as_self(ana), CodeKind.ENROLMENT, NOW)
    later = NOW + codes.LASTS
    assert codes.show(keys.randomness, as_self(ana, later), CodeKind.ENROLMENT, later).code


@given(st.text(max_size=100))
def test_whatever_is_typed_is_a_code_or_nothing(text: str) -> None:
    read = codes._as_made(text)
    assert read == "" or (len(read) == 12 and set(read) <= set(ALPHABET))
