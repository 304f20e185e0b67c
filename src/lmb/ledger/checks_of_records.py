"""Checks that the books can be followed: references, causes, keys, and what money is meant for."""

from __future__ import annotations

from collections.abc import Iterator

from lmb.ledger.findings import Finding, findings


def transfers_refer_to_rows_on_file(cell: int) -> Iterator[Finding]:
    """A transfer's two accounts, its journal and its hold are on file, the accounts in its unit."""
    yield from findings(
        "transfers_refer_to_rows_on_file",
        cell,
        """SELECT 'transfer ' || t.seq, 'names ' || concat_ws(', ',
            CASE WHEN d.id IS NULL THEN 'debit ' || t.debit END,
            CASE WHEN c.id IS NULL THEN 'credit ' || t.credit END,
            CASE WHEN j.id IS NULL THEN 'journal ' || t.journal END,
            CASE WHEN t.hold IS NOT NULL AND h.id IS NULL THEN 'hold ' || t.hold END)
            || ', not on file in ' || t.unit
        FROM ledger_transfer t
        LEFT JOIN ledger_account d ON d.cell = t.cell AND d.id = t.debit AND d.unit = t.unit
        LEFT JOIN ledger_account c ON c.cell = t.cell AND c.id = t.credit AND c.unit = t.unit
        LEFT JOIN ledger_journal j ON j.cell = t.cell AND j.id = t.journal
        LEFT JOIN ledger_hold h ON h.cell = t.cell AND h.id = t.hold
        WHERE t.cell = %(cell)s AND (d.id IS NULL OR c.id IS NULL OR j.id IS NULL
            OR t.hold IS NOT NULL AND h.id IS NULL)
        ORDER BY t.seq""",
    )


def journals_have_one_cause(cell: int) -> Iterator[Finding]:
    """A journal names one cause on file and an actor, and all between its numbers moved by it."""
    yield from findings(
        "journals_have_one_cause",
        cell,
        """SELECT 'journal ' || j.id, CASE
            WHEN num_nonnulls(j.determination, j.instruction) <> 1 OR j.actor = ''
                THEN 'does not name one cause and an actor'
            WHEN d.id IS NULL AND i.id IS NULL THEN 'has a cause that is not on file'
            ELSE 'has other transfers than those it counts, ' || j.seq_first || ' to '
                || j.seq_last END
        FROM ledger_journal j
        LEFT JOIN rules_determination d ON d.cell = j.cell AND d.id = j.determination
        LEFT JOIN ledger_instruction i ON i.cell = j.cell AND i.id = j.instruction
        WHERE j.cell = %(cell)s AND (
            num_nonnulls(j.determination, j.instruction) <> 1 OR j.actor = ''
            OR (d.id IS NULL AND i.id IS NULL)
            OR j.seq_last - j.seq_first + 1 <> (SELECT count(*) FROM ledger_transfer t
                WHERE t.cell = j.cell AND t.journal = j.id
                    AND t.seq BETWEEN j.seq_first AND j.seq_last))
        ORDER BY j.id""",
    )


def instructions_keep_their_content(cell: int) -> Iterator[Finding]:
    """An instruction's content has the fingerprint it was filed under."""
    yield from findings(
        "instructions_keep_their_content",
        cell,
        """SELECT 'instruction ' || id, 'has other content than it was filed with'
        FROM ledger_instruction
        WHERE cell = %(cell)s AND sha256 <> encode(sha256(convert_to(content, 'UTF8')), 'hex')
        ORDER BY id""",
    )


def keys_move_or_are_refused(cell: int) -> Iterator[Finding]:
    """A key that was refused never moved anything; a hold has the identifier of the transfer that
    opened it."""
    yield from findings(
        "keys_move_or_are_refused",
        cell,
        """SELECT 'transfer ' || t.seq, 'has a key that was refused: ' || r.result
        FROM ledger_refusal r JOIN ledger_transfer t ON t.cell = r.cell AND t.id = r.id
        WHERE r.cell = %(cell)s ORDER BY t.seq""",
    )
    yield from findings(
        "keys_move_or_are_refused",
        cell,
        """SELECT 'transfer ' || t.seq, 'opens hold ' || t.hold || ', which is another key''s'
        FROM ledger_transfer t
        WHERE t.cell = %(cell)s AND t.kind = 'hold' AND t.hold <> t.id ORDER BY t.seq""",
    )


def money_keeps_its_fund_and_purpose(cell: int) -> Iterator[Finding]:
    """Money moves within one fund or through the world outside, and stays within its purpose
    until it leaves the house."""
    yield from findings(
        "money_keeps_its_fund_and_purpose",
        cell,
        """SELECT 'transfer ' || t.seq, CASE WHEN d.fund <> c.fund
            THEN 'moves from fund ' || d.fund || ' to fund ' || c.fund
            ELSE 'moves from purpose ' || d.purpose || ' to '
                || coalesce('purpose ' || c.purpose, 'no purpose') END
        FROM ledger_transfer t
        JOIN ledger_account d ON d.cell = t.cell AND d.id = t.debit
        JOIN ledger_account c ON c.cell = t.cell AND c.id = t.credit
        WHERE t.cell = %(cell)s AND (d.fund <> c.fund
            OR c.fund IS NOT NULL AND d.purpose IS NOT NULL
                AND d.purpose IS DISTINCT FROM c.purpose)
        ORDER BY t.seq""",
    )


def nothing_moves_after_its_end(cell: int) -> Iterator[Finding]:
    """After its end an account only empties by an expiry, and a hold is not captured."""
    yield from findings(
        "nothing_moves_after_its_end",
        cell,
        """SELECT 'transfer ' || t.seq, 'leaves account ' || d.code || ', which was over'
        FROM ledger_transfer t
        JOIN ledger_account d ON d.cell = t.cell AND d.id = t.debit
        JOIN ledger_journal j ON j.cell = t.cell AND j.id = t.journal
        WHERE t.cell = %(cell)s AND t.kind IN ('post', 'hold') AND j.kind <> 'expiry'
            AND d.expires_at <= t.recorded_at
        ORDER BY t.seq""",
    )
    yield from findings(
        "nothing_moves_after_its_end",
        cell,
        """SELECT 'transfer ' || t.seq, 'captures from hold ' || h.id || ', which was over'
        FROM ledger_transfer t JOIN ledger_hold h ON h.cell = t.cell AND h.id = t.hold
        WHERE t.cell = %(cell)s AND t.kind = 'capture' AND h.expires_at <= t.recorded_at
        ORDER BY t.seq""",
    )
