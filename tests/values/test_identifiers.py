"""Derived identifiers: the same thing always has the same one, and later things sort later."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.values.identifiers import derived_uuid7, drawn_uuid7

moments = st.datetimes(
    datetime(1970, 1, 2),  # noqa: DTZ001
    datetime(2199, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
keys = st.lists(st.text(st.characters(exclude_characters="\x1f", codec="utf-8")), min_size=1)


@given(moments, keys)
def test_an_identifier_is_a_uuid_of_version_7_that_tells_its_millisecond(
    at: datetime, key: list[str]
) -> None:
    identifier = derived_uuid7(at, *key)
    assert identifier.version == 7
    assert identifier.variant == "specified in RFC 4122"
    told = datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)
    assert abs(told - at) < timedelta(milliseconds=2)


@given(moments, keys)
def test_the_same_key_at_the_same_moment_is_the_same_identifier_in_any_zone(
    at: datetime, key: list[str]
) -> None:
    elsewhere = at.astimezone(timezone(timedelta(hours=-5)))
    assert derived_uuid7(elsewhere, *key) == derived_uuid7(at, *key)


@given(moments, keys, keys)
def test_other_keys_are_other_identifiers(at: datetime, one: list[str], other: list[str]) -> None:
    same = one == other
    assert (derived_uuid7(at, *one) == derived_uuid7(at, *other)) == same


def test_where_one_part_of_a_key_ends_matters() -> None:
    at = datetime(1976, 2, 17, tzinfo=UTC)
    assert derived_uuid7(at, "ab", "c") != derived_uuid7(at, "a", "bc")


@given(moments, moments, keys, keys)
def test_later_things_sort_later(
    one: datetime, other: datetime, key: list[str], other_key: list[str]
) -> None:
    if one + timedelta(milliseconds=2) <= other:
        assert derived_uuid7(one, *key) < derived_uuid7(other, *other_key)


def test_an_identifier_without_zone_key_or_past_is_refused() -> None:
    with pytest.raises(ValueError, match="aware time"):
        derived_uuid7(datetime(1976, 2, 17), "x")  # noqa: DTZ001
    with pytest.raises(ValueError, match="a key"):
        derived_uuid7(datetime(1976, 2, 17, tzinfo=UTC))
    with pytest.raises(ValueError, match="outside the years"):
        derived_uuid7(datetime(1969, 12, 31, tzinfo=UTC), "x")


def test_a_drawn_identifier_follows_from_nothing_but_what_was_drawn() -> None:
    at = datetime(2027, 1, 1, tzinfo=UTC)
    one, other = drawn_uuid7(at, lambda count: b"\x00" * count), drawn_uuid7(at, os.urandom)
    assert (one.version, other.version) == (7, 7)
    assert {one.variant, other.variant} == {"specified in RFC 4122"}
    assert one.int >> 80 == other.int >> 80 == int(at.timestamp() * 1000)
    assert one.int & (2**62 - 1) == 0
    assert len({drawn_uuid7(at, os.urandom) for _ in range(1000)}) == 1000


def test_an_identifier_is_drawn_at_a_time_with_a_zone() -> None:
    with pytest.raises(ValueError, match="aware time"):
        drawn_uuid7(datetime(2027, 1, 1), os.urandom)  # noqa: DTZ001
