"""The leaf of a posted transfer: fixed bytes that name nobody.

What is public is the leaf: which cell, the how-manieth transfer, when it was recorded, and a
commitment. What moved, between whom and why is the *movement*; the commitment is HMAC-SHA256 of
it under a salt of 32 random bytes of its own, so a leaf tells nothing and two leaves cannot be
linked, yet whoever is given movement and salt (the *opening*) can check them against the leaf.
Where a salt has been destroyed, the leaf stays and says nothing for ever.

    leaf      version 2 | type 2 | cell 4 | seq 8 | recorded 8 | commitment 32           56 bytes
    movement  transfer 16 | journal 16 | reverses 16 | debit 16 | credit 16 | hold 16
              | cause 16 | cause hash 32 | amount 8 | effective 8 | kind 1 | cause kind 1
              | unit | code | journal kind | actor, each after its length in 2 bytes

Numbers are big-endian; times are microseconds since 1970, signed; an absent identifier is zeros.
`docs/reference/proofs.md` has the layout byte by byte.
"""

from __future__ import annotations

import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from uuid import UUID

from lmb.proofs.errors import MalformedError, NotProvenError

LEAF_VERSION = 1
SALT_BYTES = 32
TEXT_BYTES_MAX = 2**16 - 1

_LEAF = struct.Struct(">HHIQq32s")
_MOVEMENT = struct.Struct(">16s16s16s16s16s16s16s32sqqBB")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
ABSENT = UUID(int=0)


class LeafType(IntEnum):
    """What a leaf stands for. Types are added, never changed."""

    TRANSFER = 1


class MovementKind(IntEnum):
    """The kinds of transfer, with their bytes."""

    POST = 1
    HOLD = 2
    CAPTURE = 3
    VOID = 4
    EXPIRE = 5


class CauseKind(IntEnum):
    """Why money moved, with its byte."""

    DETERMINATION = 1
    INSTRUCTION = 2


@dataclass(frozen=True, slots=True)
class Movement:
    """What a leaf commits to. `cause_sha256` is the hash of the determination's or instruction's
    content, so that the reason can no more be rewritten than the amount."""

    transfer: UUID
    journal: UUID
    reverses: UUID | None
    debit: UUID
    credit: UUID
    hold: UUID | None
    cause: UUID
    cause_sha256: bytes
    amount_cents: int
    effective_at: datetime
    kind: MovementKind
    cause_kind: CauseKind
    unit: str
    code: str
    journal_kind: str
    actor: str

    @property
    def content(self) -> bytes:
        """The canonical bytes. Raises MalformedError for a text that does not fit."""
        return _MOVEMENT.pack(
            self.transfer.bytes,
            self.journal.bytes,
            (self.reverses or ABSENT).bytes,
            self.debit.bytes,
            self.credit.bytes,
            (self.hold or ABSENT).bytes,
            self.cause.bytes,
            self.cause_sha256,
            self.amount_cents,
            _microseconds(self.effective_at),
            self.kind,
            self.cause_kind,
        ) + b"".join(map(_text, (self.unit, self.code, self.journal_kind, self.actor)))


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf of the log. `seq` counts the transfers of a cell from 1, without gaps."""

    cell: int
    seq: int
    recorded_at: datetime
    commitment: bytes
    type: LeafType = LeafType.TRANSFER

    @property
    def content(self) -> bytes:
        recorded = _microseconds(self.recorded_at)
        return leaf_content(self.cell, self.seq, recorded, self.commitment, self.type)


@dataclass(frozen=True, slots=True)
class OpenedLeaf:
    """A leaf with what it commits to; the extra data of a receipt."""

    leaf: Leaf
    salt: bytes
    movement: Movement

    @property
    def content(self) -> bytes:
        return self.leaf.content + self.salt + self.movement.content


def leaf_content(
    cell: int,
    seq: int,
    recorded: int,
    committed: bytes,
    kind: LeafType = LeafType.TRANSFER,
) -> bytes:
    """The bytes of a leaf, recorded at microseconds since 1970."""
    return _LEAF.pack(LEAF_VERSION, kind, cell, seq, recorded, committed)


def commitment(movement: bytes, salt: bytes) -> bytes:
    """What a leaf says of a movement's bytes."""
    return hmac.digest(salt, movement, "sha256")


def opened_leaf(
    cell: int, seq: int, recorded_at: datetime, movement: Movement, salt: bytes
) -> OpenedLeaf:
    """The leaf of a movement under a salt of 32 bytes."""
    return OpenedLeaf(
        Leaf(cell, seq, recorded_at, commitment(movement.content, salt)), salt, movement
    )


def parse_leaf(content: bytes) -> Leaf:
    """Read a leaf's bytes. Raises MalformedError."""
    if len(content) != _LEAF.size:
        raise MalformedError(f"a leaf has {_LEAF.size} bytes, not {len(content)}")
    version, kind, cell, seq, recorded, committed = _LEAF.unpack(content)
    if version != LEAF_VERSION or kind not in list(LeafType):
        raise MalformedError(f"a leaf of version {version} and type {kind} is not known here")
    return Leaf(cell, seq, _moment(recorded), committed, LeafType(kind))


def parse_opened_leaf(content: bytes) -> OpenedLeaf:
    """Read a leaf with its opening. Raises MalformedError, and NotProvenError when the leaf does
    not commit to the movement that is shown with it."""
    opening = _LEAF.size + SALT_BYTES
    leaf = parse_leaf(content[: _LEAF.size])
    salt, movement = content[_LEAF.size : opening], content[opening:]
    parsed = parse_movement(movement)
    if not hmac.compare_digest(commitment(movement, salt), leaf.commitment):
        raise NotProvenError("the leaf commits to another movement than the one shown with it")
    return OpenedLeaf(leaf, salt, parsed)


def parse_movement(content: bytes) -> Movement:
    """Read a movement's bytes. Raises MalformedError."""
    if len(content) < _MOVEMENT.size:
        raise MalformedError(f"a movement has at least {_MOVEMENT.size} bytes, not {len(content)}")
    fixed = _MOVEMENT.unpack_from(content)
    texts = _texts(content[_MOVEMENT.size :])
    transfer, journal, reverses, debit, credit, hold, cause = (UUID(bytes=b) for b in fixed[:7])
    if fixed[10] not in list(MovementKind) or fixed[11] not in list(CauseKind):
        raise MalformedError(f"a movement of kind {fixed[10]}, cause kind {fixed[11]}")
    return Movement(
        transfer=transfer,
        journal=journal,
        reverses=None if reverses == ABSENT else reverses,
        debit=debit,
        credit=credit,
        hold=None if hold == ABSENT else hold,
        cause=cause,
        cause_sha256=fixed[7],
        amount_cents=fixed[8],
        effective_at=_moment(fixed[9]),
        kind=MovementKind(fixed[10]),
        cause_kind=CauseKind(fixed[11]),
        unit=texts[0],
        code=texts[1],
        journal_kind=texts[2],
        actor=texts[3],
    )


def _text(text: str) -> bytes:
    content = text.encode()
    if len(content) > TEXT_BYTES_MAX:
        raise MalformedError(f"a text of {len(content):,} bytes; at most {TEXT_BYTES_MAX:,}")
    return len(content).to_bytes(2, "big") + content


def _texts(content: bytes) -> list[str]:
    texts: list[str] = []
    for _ in range(4):
        length = int.from_bytes(content[:2], "big")
        if len(content) < 2 + length:
            raise MalformedError("a movement ends within one of its texts")
        try:
            texts.append(content[2 : 2 + length].decode())
        except UnicodeDecodeError as error:
            raise MalformedError(f"a text of a movement is not UTF-8: {error}") from error
        content = content[2 + length :]
    if content:
        raise MalformedError(f"{len(content)} bytes follow the movement")
    return texts


def _microseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _moment(microseconds: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError as error:
        raise MalformedError(
            f"{microseconds} microseconds is no time in years 1 to 9999"
        ) from error
