"""What must hold in any books at any time, as the product itself checks it, and as plain
arithmetic over what it shows."""

from __future__ import annotations

from lmb.ledger import queries, statements
from lmb.ledger.checks import findings

HISTORY_MAX = 10**9


def broken(cell: int) -> list[str]:
    """What is wrong with a cell's books; nothing when they are sound."""
    return list(map(str, findings(cell)))


def not_their_prefix(cell: int) -> list[str]:
    """The entries of each account whose balance is not the sum of those up to them, and the
    accounts that do not show their last; nothing when books are sound."""
    wrong = []
    for account in queries.balances(cell):
        cents = 0
        for entry in reversed(statements.history(cell, account.code, limit=HISTORY_MAX)):
            cents += entry.amount_cents if entry.kind in queries.POSTED else 0
            if entry.balance_after_cents != cents:
                wrong.append(f"{account.code} after transfer {entry.seq}: {cents}")
        if account.posted_cents != cents:
            wrong.append(f"{account.code}: {cents}")
    return wrong
