"""What exactly was changed behind a leaf: a leaf commits to a movement without telling it, but its
salt shows whether a movement is the one. So whatever else the books still know (balances, terms,
other causes on file) is put in the place of what they say now; what opens the leaf is the truth.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from lmb.proofs.audit_findings import Kind
from lmb.proofs.audit_rows import LoggedRow
from lmb.proofs.books import Posted
from lmb.proofs.errors import MalformedError
from lmb.proofs.leaves import CauseKind, Leaf, Movement, commitment

CANDIDATES_MAX = 10_000
"""Values of one column that are tried in the place of another."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was changed, in which row, and what the leaf stands for."""

    kind: Kind
    row: str
    found: str
    told: str


class Restorer:
    """Finds the movement that a leaf was made from; remembers what held for a whole journal."""

    def __init__(self, cell: int) -> None:
        self._cell = cell
        self._of_journal: dict[UUID, dict[str, Any] | None] = {}
        self._words: dict[str, list[dict[str, Any]]] = {}

    def explain(self, row: LoggedRow, leaf: Leaf) -> Explanation | None:
        """What differs between a transfer and its leaf, None where no value on file restores it."""
        posted, salt = row.posted, row.salt
        assert posted is not None
        assert salt is not None
        movement = posted.movement
        if leaf.recorded_at != posted.recorded_at and opens(movement, salt, leaf.commitment):
            return Explanation(
                Kind.TRANSFER_CHANGED,
                row.row,
                f"recorded at {posted.recorded_at.isoformat()}",
                f"recorded at {leaf.recorded_at.isoformat()}",
            )
        for kind, changes in self._candidates(posted, leaf.recorded_at):
            if opens(replace(movement, **changes), salt, leaf.commitment):
                if kind is Kind.JOURNAL_CHANGED:
                    self._of_journal[movement.journal] = changes
                name = row.row if kind is Kind.TRANSFER_CHANGED else f"journal {movement.journal}"
                said = {column: getattr(movement, column) for column in changes}
                return Explanation(kind, name, _words(said), _words(changes))
        self._of_journal.setdefault(movement.journal, None)
        return None

    def _candidates(
        self, posted: Posted, recorded_at: datetime
    ) -> Iterator[tuple[Kind, dict[str, Any]]]:
        """Single changes that may undo what was done, the likeliest first."""
        movement = posted.movement
        for changes in self._of_transfer(posted, recorded_at):
            yield Kind.TRANSFER_CHANGED, changes
        for changes in self._known("code"):
            yield Kind.TRANSFER_CHANGED, changes
        if movement.journal in self._of_journal:
            known = self._of_journal[movement.journal]
            if known is not None:
                yield Kind.JOURNAL_CHANGED, known
            return
        for name in ("journal_kind", "actor", "cause", "reverses"):
            for changes in self._known(name):
                yield Kind.JOURNAL_CHANGED, changes
        for name in ("debit", "credit"):
            for changes in self._known(name):
                yield Kind.TRANSFER_CHANGED, changes

    def _of_transfer(self, posted: Posted, recorded_at: datetime) -> Iterator[dict[str, Any]]:
        """What the transfer's own balances, hold and journal still say of it."""
        movement = posted.movement
        for amount in _query(_AMOUNTS, self._cell, transfer=movement.transfer):
            if amount[0] is not None and 0 < amount[0] < 2**63:
                yield {"amount_cents": int(amount[0])}
        yield {"debit": movement.credit, "credit": movement.debit}
        yield {"effective_at": recorded_at}
        for (effective_at,) in _query(_EFFECTIVE, self._cell, journal=movement.journal):
            yield {"effective_at": effective_at}

    def _known(self, name: str) -> list[dict[str, Any]]:
        """Every value of a column that is on file, read once."""
        if name not in self._words:
            rows = _query(_KNOWN[name], self._cell, limit=CANDIDATES_MAX)
            self._words[name] = [
                _cause(*row[:3]) if name == "cause" else {name: row[0]} for row in rows
            ]
        return self._words[name]


def opens(movement: Movement, salt: bytes, committed: bytes) -> bool:
    """Whether a leaf's commitment is to this movement."""
    try:
        return hmac.compare_digest(commitment(movement.content, salt), committed)
    except MalformedError:
        return False


def cause_name(movement: Movement) -> str:
    """The row of a movement's cause."""
    return f"{movement.cause_kind.name.lower()} {movement.cause}"


def _cause(identifier: UUID, sha256: str, is_determination: bool) -> dict[str, Any]:
    return {
        "cause": identifier,
        "cause_sha256": bytes.fromhex(sha256),
        "cause_kind": CauseKind.DETERMINATION if is_determination else CauseKind.INSTRUCTION,
    }


def _words(values: dict[str, Any]) -> str:
    """Columns and their values for a person; a cause's hash and kind go without saying."""
    return ", ".join(
        f"{column.removesuffix('_cents').replace('_', ' ')} "
        + (f"{value} cents" if column == "amount_cents" else str(value))
        for column, value in values.items()
        if column not in ("cause_sha256", "cause_kind")
    )


def _query(sql: str, cell: int, **parameters: UUID | int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"cell": cell, **parameters})
        return list(cursor.fetchall())


# What the balances it left behind say a transfer moved, and what its hold was opened with.
_AMOUNTS = """
    SELECT abs(t.debit_balance_after_cents::numeric - coalesce((
        SELECT CASE WHEN p.debit = t.debit THEN p.debit_balance_after_cents
            ELSE p.credit_balance_after_cents END
        FROM ledger_transfer p
        WHERE p.cell = t.cell AND p.seq < t.seq AND t.debit IN (p.debit, p.credit)
        ORDER BY p.seq DESC LIMIT 1), 0))
    FROM ledger_transfer t WHERE t.cell = %(cell)s AND t.id = %(transfer)s
    UNION ALL
    SELECT abs(t.credit_balance_after_cents::numeric - coalesce((
        SELECT CASE WHEN p.credit = t.credit THEN p.credit_balance_after_cents
            ELSE p.debit_balance_after_cents END
        FROM ledger_transfer p
        WHERE p.cell = t.cell AND p.seq < t.seq AND t.credit IN (p.debit, p.credit)
        ORDER BY p.seq DESC LIMIT 1), 0))
    FROM ledger_transfer t WHERE t.cell = %(cell)s AND t.id = %(transfer)s
    UNION ALL
    SELECT unnest(ARRAY[h.amount_cents, h.captured_cents, h.released_cents]) FROM ledger_transfer t
    JOIN ledger_hold h ON h.cell = t.cell AND h.id = t.hold
    WHERE t.cell = %(cell)s AND t.id = %(transfer)s
"""
_EFFECTIVE = """
    SELECT effective_at FROM ledger_journal WHERE cell = %(cell)s AND id = %(journal)s
    UNION SELECT t.effective_at FROM ledger_journal j
    JOIN ledger_transfer t ON t.cell = j.cell AND t.seq BETWEEN j.seq_first AND j.seq_last
    WHERE j.cell = %(cell)s AND j.id = %(journal)s
    LIMIT 100
"""
_KNOWN = {
    "journal_kind": """SELECT DISTINCT kind FROM ledger_journal WHERE cell = %(cell)s
        LIMIT %(limit)s""",
    "actor": """SELECT DISTINCT actor FROM ledger_journal WHERE cell = %(cell)s
        UNION SELECT DISTINCT actor FROM ledger_instruction WHERE cell = %(cell)s
        LIMIT %(limit)s""",
    "cause": """SELECT id, sha256, false, recorded_at FROM ledger_instruction
            WHERE cell = %(cell)s AND sha256 ~ '^[0-9a-f]{64}$'
        UNION ALL SELECT id, sha256, true, recorded_at FROM rules_determination
            WHERE cell = %(cell)s AND sha256 ~ '^[0-9a-f]{64}$'
        ORDER BY recorded_at DESC LIMIT %(limit)s""",
    "reverses": """SELECT NULL::uuid UNION ALL
        (SELECT id FROM ledger_journal WHERE cell = %(cell)s LIMIT %(limit)s)""",
    "code": "SELECT DISTINCT code FROM ledger_transfer WHERE cell = %(cell)s LIMIT %(limit)s",
    "debit": "SELECT id FROM ledger_account WHERE cell = %(cell)s LIMIT %(limit)s",
    "credit": "SELECT id FROM ledger_account WHERE cell = %(cell)s LIMIT %(limit)s",
}
