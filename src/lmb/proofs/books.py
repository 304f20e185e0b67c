"""What the books say of their transfers, as the proof log writes it into leaves.

One query joins a transfer with its journal and the content hash of its cause, because a batch of
a thousand leaves is made from one read. Who appends leaves needs a movement's bytes and nothing
else of it: the database joins them where the rows are (`written_after`), four times as fast as
values that travel one by one. Who checks leaves reads the values and writes the bytes anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from lmb.proofs.errors import MalformedError
from lmb.proofs.leaves import ABSENT, TEXT_BYTES_MAX, CauseKind, Movement, MovementKind

_JOINED = """
    FROM {source} t
    JOIN ledger_journal j ON j.cell = t.cell AND j.id = t.journal
    LEFT JOIN rules_determination d ON d.cell = t.cell AND d.id = j.determination
    LEFT JOIN ledger_instruction i ON i.cell = t.cell AND i.id = j.instruction
"""
_SELECT = (
    """
    SELECT t.cell, t.seq, t.recorded_at, t.id, t.journal, j.reverses, t.debit, t.credit, t.hold,
        coalesce(j.determination, j.instruction), coalesce(d.sha256, i.sha256), t.amount_cents,
        t.effective_at, t.kind, j.determination IS NOT NULL, t.unit, t.code, j.kind, j.actor
"""
    + _JOINED
)
# Limited before it is joined: else every later transfer is joined and sorted for each page.
_PAGE = "(SELECT * FROM ledger_transfer WHERE cell = %s AND seq > %s ORDER BY seq LIMIT %s)"

# The layout of `leaves.Movement`, field by field. A text that does not fit gives no bytes at all.
_TEXTS = ("t.unit", "t.code", "j.kind", "j.actor")
_KINDS = " ".join(f"WHEN '{kind.name.lower()}' THEN '\\x{kind:02x}'" for kind in MovementKind)
_WRITTEN = (
    f"""
    SELECT t.seq, t.id, (extract(epoch FROM t.recorded_at) * 1000000)::bigint,
        CASE WHEN greatest({", ".join(f"octet_length({text})" for text in _TEXTS)})
            <= {TEXT_BYTES_MAX}
        THEN uuid_send(t.id) || uuid_send(t.journal)
            || uuid_send(coalesce(j.reverses, '{ABSENT}'))
            || uuid_send(t.debit) || uuid_send(t.credit)
            || uuid_send(coalesce(t.hold, '{ABSENT}'))
            || uuid_send(coalesce(j.determination, j.instruction))
            || decode(coalesce(d.sha256, i.sha256), 'hex') || int8send(t.amount_cents)
            || int8send((extract(epoch FROM t.effective_at) * 1000000)::bigint)
            || (CASE t.kind {_KINDS} END)::bytea
            || (CASE WHEN j.determination IS NULL THEN '\\x{CauseKind.INSTRUCTION:02x}'
                ELSE '\\x{CauseKind.DETERMINATION:02x}' END)::bytea
            || {
        " || ".join(
            f"substr(int4send(octet_length({text})), 3) || convert_to({text}, 'UTF8')"
            for text in _TEXTS
        )
    } END
"""
    + _JOINED.format(source=_PAGE)
    + " ORDER BY t.seq"
)


@dataclass(frozen=True, slots=True)
class Posted:
    """A transfer as it stands in the books."""

    cell: int
    seq: int
    recorded_at: datetime
    movement: Movement


@dataclass(frozen=True, slots=True)
class Written:
    """A transfer as its leaf is made of it; `recorded` is in microseconds since 1970."""

    seq: int
    transfer: UUID
    recorded: int
    movement: bytes


def written_after(cell: int, seq: int, limit: int) -> list[Written]:
    """The next transfers of a cell after a number, in order, as bytes. Raises MalformedError for
    one with a text that does not fit a leaf."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, [cell, seq, limit])
        rows = [Written(*row) for row in cursor.fetchall()]
    for row in rows:
        if row.movement is None:
            raise MalformedError(
                f"transfer {row.transfer} has a text of more than {TEXT_BYTES_MAX:,} bytes"
            )
    return rows


def posted_after(cell: int, seq: int, limit: int) -> list[Posted]:
    """The next transfers of a cell after a number, in order."""
    return list(_read("ORDER BY t.seq", [cell, seq, limit], source=_PAGE))


def posted(cell: int, transfer: UUID) -> Posted | None:
    """One transfer of a cell, None where there is none."""
    return next(_read("WHERE t.cell = %s AND t.id = %s", [cell, transfer]), None)


def newest_seq(cell: int) -> int:
    """The number of the newest transfer of a cell, 0 for none; numbers have no gaps."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(seq) FROM ledger_transfer WHERE cell = %s", [cell])
        (newest,) = cursor.fetchone()
    return int(newest or 0)


def posted_among(cell: int, transfers: Collection[UUID]) -> dict[UUID, Posted]:
    """Those of some transfers that stand in the books with journal and cause, by identifier.
    A row that says what no row may say is left out: an audit must read books that are broken."""
    found = _read(
        """WHERE t.cell = %s AND t.id = ANY(%s)
            AND coalesce(d.sha256, i.sha256) ~ '^[0-9a-f]{64}$'
            AND t.kind IN ('post', 'hold', 'capture', 'void', 'expire')""",
        [cell, list(transfers)],
    )
    return {one.movement.transfer: one for one in found}


def _read(
    tail: str, parameters: list[int | UUID | list[UUID]], *, source: str = "ledger_transfer"
) -> Iterator[Posted]:
    with connection.cursor() as cursor:
        cursor.execute(_SELECT.format(source=source) + tail, parameters)
        rows = cursor.fetchall()
    return map(_posted, rows)


def _posted(row: tuple[Any, ...]) -> Posted:
    movement = Movement(
        transfer=row[3],
        journal=row[4],
        reverses=row[5],
        debit=row[6],
        credit=row[7],
        hold=row[8],
        cause=row[9],
        cause_sha256=bytes.fromhex(row[10]),
        amount_cents=row[11],
        effective_at=row[12],
        kind=MovementKind[row[13].upper()],
        cause_kind=CauseKind.DETERMINATION if row[14] else CauseKind.INSTRUCTION,
        unit=row[15],
        code=row[16],
        journal_kind=row[17],
        actor=row[18],
    )
    return Posted(row[0], row[1], row[2], movement)
