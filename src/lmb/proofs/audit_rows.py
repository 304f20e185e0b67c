"""What an audit reads of the books and of the log, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from lmb.ledger.findings import Finding, findings
from lmb.proofs import models
from lmb.proofs.audit_findings import FINDINGS_MAX
from lmb.proofs.books import Posted, posted_among
from lmb.proofs.errors import MalformedError
from lmb.proofs.leaves import LeafType, opened_leaf

BATCH_LEAVES = 4096

NO_LEAF = b""
"""What the books lead to where they say what no leaf can hold."""


@dataclass(frozen=True, slots=True)
class LoggedRow:
    """A leaf as stored, its salt, and the transfer it names as the books have it now."""

    cell: int
    index: int
    subject: UUID
    seq: int
    content: bytes
    hash: bytes
    salt: bytes | None
    posted: Posted | None

    @property
    def row(self) -> str:
        return f"transfer {self.seq} ({self.subject})"

    def made_again(self) -> bytes | None:
        """The leaf as the books would make it now, under the number it was logged by; None where
        its salt was destroyed or the books have no such transfer."""
        found, salt = self.posted, self.salt
        if salt is None or found is None:
            return None
        try:
            leaf = opened_leaf(self.cell, self.seq, found.recorded_at, found.movement, salt).leaf
        except MalformedError:
            return NO_LEAF
        return leaf.content


@dataclass(frozen=True, slots=True)
class OtherPlace:
    """A transfer that is not where its leaf has it, or that has no leaf where one should be."""

    transfer: UUID
    seq: int
    logged_seq: int


def logged(cell: int, first: int) -> list[LoggedRow]:
    """The next leaves of a log from leaf `first`, with what they stand for."""
    leaves = list(
        models.Leaf.objects.filter(cell=cell, index__gte=first).order_by("index")[:BATCH_LEAVES]
    )
    if not leaves:
        return []
    salts = dict(
        models.Salt.objects.filter(
            cell=cell, index__range=(leaves[0].index, leaves[-1].index)
        ).values_list("index", "salt")
    )
    found = posted_among(cell, [leaf.subject for leaf in leaves])
    return [
        LoggedRow(
            cell,
            leaf.index,
            leaf.subject,
            leaf.seq,
            bytes(leaf.content),
            bytes(leaf.hash),
            bytes(salts[leaf.index]) if leaf.index in salts else None,
            found.get(leaf.subject),
        )
        for leaf in leaves
    ]


def stored_tile(cell: int, level: int, index: int) -> tuple[bytes, bytes] | None:
    """The hashes and the root of a full tile as stored."""
    row = models.Tile.objects.filter(cell=cell, level=level, index=index).first()
    return None if row is None else (bytes(row.hashes), bytes(row.root))


def reordered(cell: int) -> Iterator[OtherPlace]:
    """Logged transfers whose place among all logged ones is not that of their leaf. PostgreSQL
    sorts, so that memory here stays small."""
    yield from _places(
        """SELECT id, seq, told FROM (
            SELECT t.id, t.seq, l.seq AS told, l.index,
                row_number() OVER (ORDER BY t.seq) AS place,
                row_number() OVER (ORDER BY l.index) AS logged_place
            FROM proofs_leaf l JOIN ledger_transfer t ON t.cell = l.cell AND t.id = l.subject
            WHERE l.cell = %(cell)s AND l.type = %(type)s) both_places
        WHERE place <> logged_place ORDER BY index LIMIT %(limit)s""",
        cell,
    )


def inserted(cell: int) -> Iterator[OtherPlace]:
    """Transfers without a leaf under a number whose leaf is another's, and those after the last
    leaf that are missing in the chain of one of their accounts."""
    yield from _places(
        """SELECT t.id, t.seq, coalesce(l.seq, 0) FROM ledger_transfer t
        LEFT JOIN proofs_leaf l ON l.cell = t.cell AND l.type = %(type)s AND l.seq = t.seq
        WHERE t.cell = %(cell)s
            AND NOT EXISTS (SELECT FROM proofs_leaf o
                WHERE o.cell = t.cell AND o.type = %(type)s AND o.subject = t.id)
            AND (l.seq IS NOT NULL OR t.seq > (SELECT coalesce(max(m.seq), 0) FROM proofs_leaf m
                    WHERE m.cell = %(cell)s AND m.type = %(type)s)
                AND EXISTS (SELECT FROM unnest(ARRAY[t.debit, t.credit]) AS side
                    WHERE NOT EXISTS (SELECT FROM ledger_account a
                        WHERE a.cell = t.cell AND a.id = side AND a.seq_last = t.seq)
                    AND NOT EXISTS (SELECT FROM ledger_transfer n
                        WHERE n.cell = t.cell AND n.seq > t.seq
                            AND (n.debit = side AND n.debit_seq_before = t.seq
                                OR n.credit = side AND n.credit_seq_before = t.seq))))
        ORDER BY t.seq LIMIT %(limit)s""",
        cell,
    )


def determinations_keep_their_content(cell: int) -> Iterator[Finding]:
    """A determination's content has the fingerprint it was filed under."""
    yield from findings(
        "determinations_keep_their_content",
        cell,
        """SELECT 'determination ' || id, 'has other content than it was filed with'
        FROM rules_determination
        WHERE cell = %(cell)s AND sha256 <> encode(sha256(convert_to(content, 'UTF8')), 'hex')
        ORDER BY id""",
    )


def logged_transfers_of(cell: int, cause: UUID) -> int:
    """How many leaves stand for transfers that have this cause."""
    return int(
        _rows(
            """SELECT count(*) FROM ledger_journal j
            JOIN ledger_transfer t ON t.cell = j.cell
                AND t.seq BETWEEN j.seq_first AND j.seq_last AND t.journal = j.id
            JOIN proofs_leaf l ON l.cell = t.cell AND l.type = %(type)s AND l.subject = t.id
            WHERE j.cell = %(cell)s AND %(cause)s IN (j.determination, j.instruction)""",
            cell,
            cause=cause,
        )[0][0]
    )


def posted_count(cell: int) -> int:
    """How many transfers the books have."""
    return int(_rows("SELECT count(*) FROM ledger_transfer WHERE cell = %(cell)s", cell)[0][0])


def _places(sql: str, cell: int) -> Iterator[OtherPlace]:
    yield from (OtherPlace(*row) for row in _rows(sql, cell))


def _rows(sql: str, cell: int, **more: UUID) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql, {"cell": cell, "type": LeafType.TRANSFER, "limit": FINDINGS_MAX, **more}
        )
        return list(cursor.fetchall())
