"""What is sealed opens with its key, in its place, unchanged; otherwise not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.people.identifiers import IndexKind
from lmb.people.keys import LocalIndexKeys, LocalMasterKeys, WrappedKey, key_context
from lmb.people.sealing import BLOCK_BYTES, Place, seal, unseal
from lmb.values.errors import NotFoundError, RefusedError
from tests.people.support import repeating

KEY, OTHER_KEY = repeating("one")(32), repeating("other")(32)
PLACE = Place(1, UUID(int=5), "ssn", 1)
SECRET = "219099999"

values = st.text(max_size=200)


@given(values)
def test_what_is_sealed_opens_unchanged(value: str) -> None:
    assert unseal(KEY, PLACE, seal(KEY, PLACE, value, repeating("nonce"))) == value


@pytest.mark.parametrize(
    "changes", [{"cell": 2}, {"person": UUID(int=6)}, {"field": "bank_account"}, {"version": 2}]
)
def test_it_does_not_open_in_another_place(changes: dict[str, Any]) -> None:
    sealed = seal(KEY, PLACE, SECRET, repeating("nonce"))
    with pytest.raises(RefusedError, match="does not open") as refused:
        unseal(KEY, replace(PLACE, **changes), sealed)
    assert SECRET not in str(refused.value)


@given(st.data())
def test_a_single_changed_bit_closes_it(data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, PLACE, SECRET, repeating("nonce")))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(RefusedError):
        unseal(KEY, PLACE, bytes(sealed))


@given(st.integers(0, 60))
def test_a_part_of_it_does_not_open(count: int) -> None:
    with pytest.raises(RefusedError):
        unseal(KEY, PLACE, seal(KEY, PLACE, SECRET, repeating("nonce"))[:count])


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(RefusedError):
        unseal(OTHER_KEY, PLACE, seal(KEY, PLACE, SECRET, repeating("nonce")))


@given(values, values)
def test_the_length_of_a_value_shows_in_steps_alone(one: str, other: str) -> None:
    def blocks(value: str) -> int:
        return -(-(2 + len(value.encode())) // BLOCK_BYTES)

    lengths = {len(seal(KEY, PLACE, value, repeating("nonce"))) for value in (one, other)}
    assert (len(lengths) == 1) == (blocks(one) == blocks(other))


def test_the_same_value_is_never_sealed_the_same() -> None:
    draw = repeating("nonce")
    assert seal(KEY, PLACE, SECRET, draw) != seal(KEY, PLACE, SECRET, draw)


def master(current: str, *names: str) -> LocalMasterKeys:
    keys = {name: repeating(name)(32) for name in names}
    return LocalMasterKeys(current, keys, repeating("wrapping"))


def test_a_wrapped_key_opens_for_its_person_alone() -> None:
    keys = master("m1", "m1")
    wrapped = keys.wrap(KEY, key_context(1, PLACE.person))
    assert keys.unwrap(wrapped, key_context(1, PLACE.person)) == KEY
    for other in (key_context(2, PLACE.person), key_context(1, UUID(int=6))):
        with pytest.raises(RefusedError, match="belongs to another person"):
            keys.unwrap(wrapped, other)


def test_old_master_keys_still_open_and_the_current_one_wraps() -> None:
    old = master("m1", "m1").wrap(KEY, b"p")
    keys = master("m2", "m1", "m2")
    assert keys.unwrap(old, b"p") == KEY
    assert keys.wrap(KEY, b"p").master == "m2"
    with pytest.raises(NotFoundError, match="'m1' is not among the keys"):
        master("m2", "m2").unwrap(old, b"p")
    with pytest.raises(RefusedError):
        keys.unwrap(WrappedKey("m2", old.content), b"p")


def test_keys_are_not_shown() -> None:
    keys = master("m1", "m1")
    assert repr(repeating("m1")(32)) not in repr(keys)
    assert "key" not in repr(LocalIndexKeys(1, {1: KEY})).replace("LocalIndexKeys", "")


@given(values, values, st.sampled_from(IndexKind), st.sampled_from(IndexKind))
def test_digests_are_equal_only_for_the_same_value_and_kind(
    one: str, other: str, kind: IndexKind, other_kind: IndexKind
) -> None:
    index = LocalIndexKeys(1, {1: KEY})
    same = index.digests(kind, one) == index.digests(other_kind, other)
    assert same == ((kind, one) == (other_kind, other))


def test_each_index_key_makes_a_digest_of_its_own() -> None:
    both = LocalIndexKeys(2, {1: KEY, 2: OTHER_KEY}).digests(IndexKind.SSN, SECRET)
    assert both[1] == LocalIndexKeys(1, {1: KEY}).digests(IndexKind.SSN, SECRET)[1]
    assert both[1] != both[2]
