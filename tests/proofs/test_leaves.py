"""A leaf commits to every part of a movement and shows none of it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.proofs.errors import MalformedError
from lmb.proofs.leaves import (
    CauseKind,
    Movement,
    MovementKind,
    OpenedLeaf,
    opened_leaf,
    parse_leaf,
    parse_movement,
    parse_opened_leaf,
)
from lmb.proofs.tree import leaf_hash
from lmb.values.errors import RefusedError

SALT = bytes(range(32))
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)

WAGE_BONUS = Movement(
    transfer=UUID(int=1),
    journal=UUID(int=2),
    reverses=None,
    debit=UUID(int=3),
    credit=UUID(int=4),
    hold=UUID(int=5),
    cause=UUID(int=6),
    cause_sha256=bytes([7]) * 32,
    amount_cents=250_000,
    effective_at=NOON - timedelta(days=1),
    kind=MovementKind.CAPTURE,
    cause_kind=CauseKind.DETERMINATION,
    unit="USD",
    code="bonus",
    journal_kind="placement-tranche",
    actor="training",
)

# Absent identifiers are zeros, so zero itself names nothing.
identifiers = st.uuids().filter(lambda found: found.int != 0)
moments = st.integers(-(10**16), 10**17).map(
    lambda microseconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
)
movements = st.builds(
    Movement,
    transfer=identifiers,
    journal=identifiers,
    reverses=st.none() | identifiers,
    debit=identifiers,
    credit=identifiers,
    hold=st.none() | identifiers,
    cause=identifiers,
    cause_sha256=st.binary(min_size=32, max_size=32),
    amount_cents=st.integers(1, 2**63 - 1),
    effective_at=moments,
    kind=st.sampled_from(MovementKind),
    cause_kind=st.sampled_from(CauseKind),
    unit=st.text(max_size=8),
    code=st.text(max_size=30),
    journal_kind=st.text(max_size=30),
    actor=st.text(max_size=30),
)


def opened(movement: Movement = WAGE_BONUS, salt: bytes = SALT) -> OpenedLeaf:
    return opened_leaf(7, 42, NOON, movement, salt)


def test_the_layout_of_version_1_never_changes() -> None:
    leaf = opened().leaf.content
    assert leaf[:24].hex() == "0001000100000007000000000000002a0006558b6e52d000"
    assert len(leaf) == 56
    assert WAGE_BONUS.content[112:144] == bytes([7]) * 32
    assert WAGE_BONUS.content[144:].hex() == (
        "000000000003d090" "00065577507b7000" "03" "01"
        "0003" + b"USD".hex() + "0005" + b"bonus".hex()
        + "0011" + b"placement-tranche".hex() + "0008" + b"training".hex()
    )  # fmt: skip
    assert leaf_hash(leaf).hex() == (
        "abe208736a5e3277d888e271bc7f75fd045e2a81b916cc1a17fd6a3632d7c32f"
    )


@given(movements, st.binary(min_size=32, max_size=32), moments)
def test_every_leaf_is_read_back_from_its_bytes(
    movement: Movement, salt: bytes, recorded_at: datetime
) -> None:
    leaf = opened_leaf(2**31 - 1, 2**63, recorded_at, movement, salt)
    assert parse_movement(movement.content) == movement
    assert parse_leaf(leaf.leaf.content) == leaf.leaf
    assert parse_opened_leaf(leaf.content) == leaf


@given(movements, movements)
def test_different_movements_have_different_bytes(one: Movement, other: Movement) -> None:
    assert (one.content == other.content) == (one == other)


def test_the_leaf_changes_with_every_part_of_the_movement() -> None:
    other = Movement(
        UUID(int=11),
        UUID(int=12),
        UUID(int=13),
        UUID(int=14),
        UUID(int=15),
        UUID(int=16),
        UUID(int=17),
        bytes(32),
        250_001,
        NOON,
        MovementKind.POST,
        CauseKind.INSTRUCTION,
        "face",
        "price",
        "settlement",
        "treasury-desk",
    )
    leaves = {opened().leaf.content}
    for field in fields(Movement):
        changed = replace(WAGE_BONUS, **{field.name: getattr(other, field.name)})
        leaves.add(opened(changed).leaf.content)
    assert len(leaves) == 1 + len(fields(Movement))


def test_a_leaf_shows_nothing_of_the_movement_and_cannot_be_linked() -> None:
    one, other = opened().leaf.content, opened(salt=SALT[::-1]).leaf.content
    for part in (WAGE_BONUS.debit.bytes, WAGE_BONUS.content[144:152], b"bonus", b"USD"):
        assert part not in one
    assert one[:24] == other[:24]
    assert one[24:] != other[24:]


def test_the_zone_a_time_is_told_in_does_not_matter() -> None:
    eastern = NOON.astimezone(timezone(timedelta(hours=-4)))
    assert opened_leaf(7, 42, eastern, WAGE_BONUS, SALT).content == opened().content


@given(st.data())
def test_no_byte_of_an_opened_leaf_can_be_changed_unseen(data: st.DataObject) -> None:
    content = bytearray(opened().content)
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        parsed = parse_opened_leaf(bytes(content))
    except RefusedError:
        return
    # Cell, number and time stand outside the commitment: there the hash in the tree differs.
    assert parsed.movement == WAGE_BONUS
    assert leaf_hash(parsed.leaf.content) != leaf_hash(opened().leaf.content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "a leaf has 56 bytes, not 0"),
        (opened().content[:55], "a leaf has 56 bytes, not 55"),
        (opened().content[:56], "at least 162 bytes, not 0"),
        (opened().content[:-1], "ends within one of its texts"),
        (opened().content + b"\0", "1 bytes follow"),
        (b"\0\2" + opened().content[2:], "version 2 and type 1"),
        (b"\0\1\0\2" + opened().content[4:], "version 1 and type 2"),
        (opened().content[:248] + b"\6" + opened().content[249:], "kind 6"),
        (opened().content[:249] + b"\3" + opened().content[250:], "cause kind 3"),
        (opened().content[:-1] + b"\xff", "not UTF-8"),
        (opened().content[:16] + b"\x7f" + bytes(7) + opened().content[24:], "no time"),
    ],
)
def test_what_is_not_written_as_a_leaf_is_refused_with_the_reason(
    content: bytes, reason: str
) -> None:
    with pytest.raises(MalformedError, match=reason):
        parse_opened_leaf(content)


def test_a_text_that_does_not_fit_is_refused() -> None:
    with pytest.raises(MalformedError, match="65,536 bytes"):
        _ = replace(WAGE_BONUS, code="x" * 65_536).content
