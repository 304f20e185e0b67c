"""Identifiers have one form however they were typed, and messages never repeat them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.people.identifiers import (
    FIELDS,
    DataClass,
    IndexKind,
    age_on,
    data_classes,
    index_terms,
    normalised,
)
from lmb.values.errors import InputError


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("ssn", "219-09-9999", "219099999"),
        ("ssn", " 219 09 9999 ", "219099999"),
        ("birth_date", " 1990-02-28", "1990-02-28"),
        ("given_name", "  Ana \t María ", "Ana María"),
        ("family_name", "Nu\u0301n\u0303ez", "N\u00fa\u00f1ez"),
        ("postal_code", "21201-1234", "212011234"),
        ("phone", "(410) 555-0100", "+14105550100"),
        ("phone", "+44 20 7946 0000", "+442079460000"),
        ("email", " Ana@Example.ORG ", "ana@example.org"),
        ("bank_routing", "021000021", "021000021"),
        ("bank_account", "1234-5678 90", "1234567890"),
    ],
)
def test_a_value_is_kept_in_one_form(field: str, typed: str, kept: str) -> None:
    assert normalised({field: typed}) == {field: kept}


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("ssn", "000-12-3456"),
        ("ssn", "666-12-3456"),
        ("ssn", "912-12-3456"),
        ("ssn", "219-00-9999"),
        ("ssn", "219-09-0000"),
        ("ssn", "21909999"),
        ("ssn", "٢١٩-٠٩-٩٩٩٩"),
        ("birth_date", "1990-02-30"),
        ("birth_date", "28.02.1990"),
        ("given_name", " "),
        ("given_name", "Ana\x00"),
        ("given_name", "a" * 201),
        ("postal_code", "2120"),
        ("phone", "555-0100"),
        ("email", "ana@"),
        ("bank_routing", "021000022"),
        ("bank_routing", "000000000"),
        ("bank_routing", "02100002¹"),
        ("bank_account", "12"),
        ("favourite_colour", "green and blue"),
    ],
)
def test_what_cannot_be_read_is_named_and_not_repeated(field: str, typed: str) -> None:
    with pytest.raises(InputError) as refused:
        normalised({"city": "Baltimore", field: typed})
    (problem,) = refused.value.problems
    assert problem.column == field
    assert typed.strip() == "" or typed.strip() not in str(refused.value)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InputError) as refused:
        normalised({"ssn": "1", "email": "2", "city": "Baltimore"})
    assert [problem.column for problem in refused.value.problems] == ["ssn", "email"]


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=30))
def test_normalising_twice_changes_nothing(field: str, typed: str) -> None:
    try:
        once = normalised({field: typed})
    except InputError:
        return
    assert normalised(once) == once


@given(st.from_regex(r"[0-8][0-9]{8}", fullmatch=True), st.sampled_from(["-", " ", ""]))
def test_a_number_is_one_number_however_it_is_grouped(digits: str, mark: str) -> None:
    grouped = mark.join([digits[:3], digits[3:5], digits[5:]])
    plain: dict[str, str] | None
    try:
        plain = normalised({"ssn": digits})
    except InputError:
        plain = None
    try:
        found = normalised({"ssn": grouped})
    except InputError:
        found = None
    assert found == plain


@pytest.mark.parametrize(
    ("one", "other"), [("Núñez", "nunez"), ("O'Brien", "O’BRIEN"), ("de la Cruz", "Delacruz")]
)
def test_names_meet_without_case_accents_and_marks(one: str, other: str) -> None:
    known = {"given_name": "Ana", "birth_date": "1990-02-28"}
    first = index_terms(known | {"family_name": one})
    assert first == index_terms(known | {"family_name": other})
    assert set(first) == {IndexKind.NAME_AND_BIRTH_DATE}


@pytest.mark.parametrize("missing", ["given_name", "family_name", "birth_date"])
def test_half_a_name_is_not_compared(missing: str) -> None:
    whole = {"given_name": "Ana", "family_name": "Núñez", "birth_date": "1990-02-28"}
    assert index_terms({name: value for name, value in whole.items() if name != missing}) == {}


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2024, 2, 28), 15),
        (date(2024, 2, 29), 16),
        (date(2027, 2, 28), 18),
        (date(2027, 3, 1), 19),
        (date(2007, 12, 31), -1),
    ],
)
def test_somebody_born_on_29_february_is_older_on_1_march(day: date, age: int) -> None:
    assert age_on(date(2008, 2, 29), day) == age


def test_a_class_is_never_a_single_field_of_another() -> None:
    assert data_classes(["given_name", "bank_account"]) == {DataClass.NAME, DataClass.BANK}
    assert {field.data_class for field in FIELDS.values()} == set(DataClass)
