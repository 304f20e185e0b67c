"""All money between an investor and the bonds, from the books."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from lmb.bonds import accounts
from lmb.ledger import statements
from lmb.ledger.statements import Entry
from lmb.values.clock import fiscal_date
from lmb.values.errors import NotFoundError
from lmb.web.public.words import transfer_name
from lmb.web.tables import Column, Kind, Table

ENTRIES_MAX = 2000


def moved(cell: int, holder: str) -> list[Entry]:
    """The movements of an investor's own account, newest first, at most ENTRIES_MAX; none for
    somebody who never paid nor was paid."""
    try:
        return statements.history(cell, accounts.investor(holder), limit=ENTRIES_MAX)
    except NotFoundError:
        return []


def statement_table(entries: Sequence[Entry]) -> Table:
    """One row per movement: received is positive, paid negative."""
    return Table(
        "statement",
        _("Your payments and receipts, US dollars; what you paid is negative"),
        (
            Column("effective_on", _("Day"), Kind.DAY),
            Column("what", _("What")),
            Column("amount_cents", _("Amount"), Kind.MONEY, adds_up=True),
            Column("balance_cents", _("Net so far"), Kind.MONEY),
            Column("transfer_id", _("Why"), Kind.TRACE),
        ),
        [
            (
                fiscal_date(entry.effective_at),
                transfer_name(entry.code),
                entry.amount_cents,
                entry.balance_after_cents,
                entry.transfer,
            )
            for entry in entries
        ],
        _("Payments and receipts will appear here when bonds are delivered to you."),
    )
