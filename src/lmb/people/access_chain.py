"""The chains of the access log: what a look's hash covers, and what is wrong with a chain. Pure.

    hash = SHA-256(hash of the look before in its lane | content)

A cell has 256 lanes, by the last byte of the key of whoever looked; in each, looks are numbered
from 1 without gaps. The database chains each look as it is written
(`migrations/sql/access_chain.sql`). Whoever owns the tables could write a whole lane anew; what was
*anchored* before, the head of each lane at a moment, then no longer lies on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

LANES = 256
FORMAT = "lmb-access/1"
CHANGED = "does not follow from the one before: one of the two was changed"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """A look as it stands in the log, with its place and hash."""

    cell: int
    lane: int
    seq: int
    id: UUID
    person: UUID
    principal: UUID
    membership: UUID | None
    delegation: UUID | None
    role: str
    organisation: UUID | None
    purpose: str
    basis: str
    record: str
    fields: tuple[str, ...]
    at: datetime
    hash: bytes

    @property
    def content(self) -> bytes:
        """The bytes its hash covers, beside the hash before: each part after its length."""
        parts: list[object] = [
            *(FORMAT, self.cell, self.lane, self.seq, self.id, self.person, self.principal),
            *(self.membership, self.delegation, self.role, self.organisation, self.purpose),
            *(self.basis, self.record, (self.at - _EPOCH) // timedelta(microseconds=1)),
            *self.fields,
        ]
        return b"".join(map(_counted, parts))


@dataclass(frozen=True, slots=True)
class Head:
    """The last look of a lane at some moment."""

    lane: int
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """The heads of a cell's lanes as they were known outside the log; `name` says where from."""

    name: str
    heads: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a lane, from one number to another, and what."""

    lane: int
    first: int
    last: int
    what: str


def lane_of(principal: UUID) -> int:
    """The lane of whoever looks."""
    return principal.bytes[-1]


def linked(before: bytes, content: bytes) -> bytes:
    """The hash of a look after another; of a lane's first, after nothing."""
    return hashlib.sha256(before + content).digest()


def faults(entries: Iterable[Entry], anchors: Sequence[Anchor]) -> Iterator[Fault]:
    """What is wrong with a cell's log, given in the order of lanes and numbers. Looks after one
    that does not follow are held to the hash it shows, so that one change is told once."""
    heads = {
        (head.lane, head.seq): (anchor.name, head.hash)
        for anchor in reversed(anchors)
        for head in anchor.heads
    }
    met: dict[int, int] = {}
    sound: dict[int, int] = {}
    lane, seq, before = -1, 0, b""
    for entry in entries:
        if entry.lane != lane:
            lane, seq, before = entry.lane, 0, b""
        if entry.seq != seq + 1:
            yield Fault(lane, seq + 1, entry.seq - 1, "taken out")
        elif entry.hash != linked(before, entry.content) or lane_of(entry.principal) != lane:
            yield Fault(lane, entry.seq, entry.seq, f"look {entry.id} {CHANGED}")
        anchored = heads.pop((lane, entry.seq), None)
        if anchored is not None:
            name, expected = anchored
            if expected != entry.hash:
                first = sound.get(lane, 0) + 1
                yield Fault(lane, first, entry.seq, f"not what {name} anchored: written anew")
            sound[lane] = entry.seq
        seq, before = entry.seq, entry.hash
        met[lane] = seq
    for (lane, last), (name, _) in sorted(heads.items()):
        if last > met.get(lane, 0):
            yield Fault(lane, met.get(lane, 0) + 1, last, f"taken out since {name} anchored them")


def _counted(part: object) -> bytes:
    if part is None:
        return b"-,"
    text = str(part).encode()
    return f"{len(text)}:".encode() + text + b","
