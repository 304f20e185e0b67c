"""Checks that the books add up: sums, limits, balances left behind, the sequence, holds."""

from __future__ import annotations

from collections.abc import Iterator

from lmb.ledger.findings import Finding, findings

_MOVED = "CASE WHEN kind IN ('post', 'capture') THEN amount_cents ELSE 0 END"
_HELD = "CASE kind WHEN 'post' THEN 0 WHEN 'hold' THEN amount_cents ELSE -amount_cents END"


def units_sum_to_zero(cell: int) -> Iterator[Finding]:
    """In every unit, all balances together are zero, and so is what is held."""
    for side, noun in (("posted", "balances"), ("held", "holds")):
        yield from findings(
            "units_sum_to_zero",
            cell,
            f"""SELECT 'unit ' || unit, '{noun} sum to '
                || sum({side}_credit_cents) - sum({side}_debit_cents)
            FROM ledger_account WHERE cell = %(cell)s GROUP BY unit
            HAVING sum({side}_credit_cents) <> sum({side}_debit_cents) ORDER BY unit""",
        )


def accounts_keep_their_limits(cell: int) -> Iterator[Finding]:
    """No account is beyond its limit, holds counted."""
    yield from findings(
        "accounts_keep_their_limits",
        cell,
        """SELECT 'account ' || code, 'is ' || -room || ' beyond its limit ' || limit_side
        FROM (SELECT code, limit_side, CASE limit_side
                WHEN 'debits<=credits'
                    THEN posted_credit_cents::numeric - posted_debit_cents - held_debit_cents
                WHEN 'credits<=debits'
                    THEN posted_debit_cents::numeric - posted_credit_cents - held_credit_cents
                END AS room
            FROM ledger_account WHERE cell = %(cell)s) a
        WHERE room < 0 ORDER BY code""",
    )


def accounts_show_what_their_transfers_did(cell: int) -> Iterator[Finding]:
    """An account's four sums are those of its transfers."""
    yield from findings(
        "accounts_show_what_their_transfers_did",
        cell,
        f"""WITH sums AS (
            SELECT account, sum(debited) AS debited, sum(credited) AS credited,
                sum(held_debit) AS held_debit, sum(held_credit) AS held_credit
            FROM (SELECT debit AS account, {_MOVED} AS debited, 0 AS credited,
                    {_HELD} AS held_debit, 0 AS held_credit
                FROM ledger_transfer WHERE cell = %(cell)s
                UNION ALL
                SELECT credit, 0, {_MOVED}, 0, {_HELD}
                FROM ledger_transfer WHERE cell = %(cell)s) sides
            GROUP BY account
        ), shown AS (
            SELECT code, ARRAY[posted_debit_cents, posted_credit_cents, held_debit_cents,
                    held_credit_cents]::numeric[] AS told,
                ARRAY[coalesce(debited, 0), coalesce(credited, 0), coalesce(held_debit, 0),
                    coalesce(held_credit, 0)]::numeric[] AS found
            FROM ledger_account LEFT JOIN sums ON account = id WHERE cell = %(cell)s
        )
        SELECT 'account ' || code, 'shows debits, credits, held debits, held credits '
            || array_to_string(told, ', ') || '; its transfers '
            || array_to_string(found, ', ')
        FROM shown WHERE told <> found ORDER BY code""",
    )


def balances_follow_one_another(cell: int) -> Iterator[Finding]:
    """Each transfer leaves both accounts with the balance before it and what it moved, and names
    the transfer before it; an account names its last."""
    yield from findings(
        "balances_follow_one_another",
        cell,
        f"""WITH sides AS (
            SELECT seq, debit AS account, debit_balance_after_cents AS told,
                -({_MOVED}) AS change FROM ledger_transfer WHERE cell = %(cell)s
            UNION ALL
            SELECT seq, credit, credit_balance_after_cents, {_MOVED}
            FROM ledger_transfer WHERE cell = %(cell)s
        ), chain AS (
            SELECT seq, account, told, change::numeric
                + lag(told, 1, 0::bigint) OVER (PARTITION BY account ORDER BY seq) AS expected
            FROM sides
        )
        SELECT 'transfer ' || seq, 'leaves ' || coalesce(code, account::text) || ' with ' || told
            || ' where ' || expected || ' follows from the one before'
        FROM chain LEFT JOIN ledger_account a ON a.cell = %(cell)s AND a.id = account
        WHERE told <> expected ORDER BY seq""",
    )

    yield from findings(
        "balances_follow_one_another",
        cell,
        """WITH sides AS (
            SELECT seq, debit AS account, debit_seq_before AS told FROM ledger_transfer
            WHERE cell = %(cell)s
            UNION ALL
            SELECT seq, credit, credit_seq_before FROM ledger_transfer WHERE cell = %(cell)s
        ), chain AS (
            SELECT *, lag(seq, 1, 0::bigint) OVER (PARTITION BY account ORDER BY seq) AS before
            FROM sides
        )
        SELECT 'transfer ' || seq, 'names ' || told || ' before it in '
            || coalesce(code, account::text) || ' where ' || before || ' is'
        FROM chain LEFT JOIN ledger_account a ON a.cell = %(cell)s AND a.id = account
        WHERE told <> before ORDER BY seq""",
    )
    yield from findings(
        "balances_follow_one_another",
        cell,
        """WITH ends AS (
            SELECT account, max(seq) AS seq FROM (
                SELECT debit AS account, seq FROM ledger_transfer WHERE cell = %(cell)s
                UNION ALL
                SELECT credit, seq FROM ledger_transfer WHERE cell = %(cell)s) sides
            GROUP BY account
        )
        SELECT 'account ' || code, 'ends at transfer ' || seq_last || ', its last is '
            || coalesce(seq, 0)
        FROM ledger_account LEFT JOIN ends ON account = id
        WHERE cell = %(cell)s AND seq_last <> coalesce(seq, 0) ORDER BY code""",
    )


def sequence_has_no_gaps(cell: int) -> Iterator[Finding]:
    """Transfers are numbered from 1 to the head of the cell, none left out."""
    yield from findings(
        "sequence_has_no_gaps",
        cell,
        """SELECT 'transfer ' || seq, 'follows ' || before || ' in the sequence'
        FROM (SELECT seq, lag(seq, 1, 0::bigint) OVER (ORDER BY seq) AS before
            FROM ledger_transfer WHERE cell = %(cell)s) t
        WHERE seq <> before + 1 ORDER BY seq""",
    )
    yield from findings(
        "sequence_has_no_gaps",
        cell,
        """SELECT 'cell ' || name, 'ends at ' || seq_last || ', its last transfer is ' || found
        FROM ledger_cell, LATERAL (SELECT coalesce(max(seq), 0) AS found
            FROM ledger_transfer WHERE cell = %(cell)s) t
        WHERE id = %(cell)s AND seq_last <> found""",
    )


def time_goes_on(cell: int) -> Iterator[Finding]:
    """Recorded moments never go back, are those of the journal, and end at the cell's own."""
    yield from findings(
        "time_goes_on",
        cell,
        """SELECT 'transfer ' || seq, 'is recorded before the one before it'
        FROM (SELECT seq, recorded_at, lag(recorded_at) OVER (ORDER BY seq) AS before
            FROM ledger_transfer WHERE cell = %(cell)s) t
        WHERE recorded_at < before ORDER BY seq""",
    )
    yield from findings(
        "time_goes_on",
        cell,
        """SELECT 'transfer ' || t.seq, 'tells other moments than its journal'
        FROM ledger_transfer t JOIN ledger_journal j ON j.cell = t.cell AND j.id = t.journal
        WHERE t.cell = %(cell)s
            AND (t.recorded_at, t.effective_at) <> (j.recorded_at, j.effective_at)
        ORDER BY t.seq""",
    )
    yield from findings(
        "time_goes_on",
        cell,
        """SELECT 'cell ' || name, 'ends at another moment than its last transfer'
        FROM ledger_cell, LATERAL (SELECT max(recorded_at) AS found
            FROM ledger_transfer WHERE cell = %(cell)s) t
        WHERE id = %(cell)s AND recorded_at_last IS DISTINCT FROM found""",
    )


def holds_show_what_was_taken(cell: int) -> Iterator[Finding]:
    """A hold's sums and state are those of its transfers, between the same two accounts."""
    yield from findings(
        "holds_show_what_was_taken",
        cell,
        """WITH taken AS (
            SELECT hold, sum(amount_cents) FILTER (WHERE kind = 'hold') AS opened,
                coalesce(sum(amount_cents) FILTER (WHERE kind = 'capture'), 0) AS captured,
                coalesce(sum(amount_cents) FILTER (WHERE kind IN ('void', 'expire')), 0)
                    AS released,
                bool_or(kind = 'expire') AS expired
            FROM ledger_transfer WHERE cell = %(cell)s AND hold IS NOT NULL GROUP BY hold
        )
        SELECT 'hold ' || id, 'is ' || state || ' with ' || amount_cents || ', captured '
            || captured_cents || ', released ' || released_cents || '; its transfers say '
            || coalesce(opened::text, 'nothing') || ', ' || coalesce(captured::text, 'nothing')
            || ', ' || coalesce(released::text, 'nothing')
        FROM ledger_hold LEFT JOIN taken ON hold = id
        WHERE cell = %(cell)s AND (
            (amount_cents, captured_cents, released_cents)
                IS DISTINCT FROM (opened, captured, released)
            OR (state = 'open') <> (amount_cents > captured_cents + released_cents)
            OR (state = 'expired') IS DISTINCT FROM expired)
        ORDER BY id""",
    )
    yield from findings(
        "holds_show_what_was_taken",
        cell,
        """SELECT 'transfer ' || t.seq, 'moves between other accounts than its hold ' || h.id
        FROM ledger_transfer t JOIN ledger_hold h ON h.cell = t.cell AND h.id = t.hold
        WHERE t.cell = %(cell)s AND (t.debit, t.credit, t.unit) <> (h.debit, h.credit, h.unit)
        ORDER BY t.seq""",
    )
