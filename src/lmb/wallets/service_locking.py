"""The only functions that lock a wallet and open it again: by its owner, if something seems wrong.

Nothing new leaves a locked wallet. What was set aside before is still paid or released, unspent
credit goes back where it came from, and new credit comes in.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from lmb.ledger.service import Books, instruct, lock_accounts
from lmb.people.acting import Acting
from lmb.people.assurance import Action, requires
from lmb.rules.sessions import house
from lmb.values.errors import RefusedError
from lmb.wallets.queries import locked_among, pockets


def lock(books: Books, by: Acting, at: datetime) -> UUID | None:
    """Lock the wallet of the person `by` is; returns the instruction, None where it was locked.

    Raises RefusedError for anybody but the person themselves and for a person without a wallet.
    """
    requires(Action.BROWSE, by.assurance, at)
    return _change(books, by, at, locked=True)


def unlock(books: Books, by: Acting, at: datetime) -> UUID | None:
    """Open a locked wallet again; returns the instruction, None where it was not locked.

    Raises RefusedError as `lock` does, StepUpNeededError for a session that could not spend.
    """
    requires(Action.COMMIT_CREDITS, by.assurance, at)
    return _change(books, by, at, locked=False)


def keep_locked(books: Books, persons: Collection[UUID]) -> None:
    """Lock what was added to wallets that are locked."""
    for person, order in locked_among(books.cell, persons).items():
        codes = [pocket.account for pocket in pockets(books.cell, person)]
        lock_accounts(books, codes, order=order, locked=True)


@house()
def _change(books: Books, by: Acting, at: datetime, *, locked: bool) -> UUID | None:
    if by.membership is not None or by.delegation is not None:
        raise RefusedError("only the person themselves can lock a wallet and open it again")
    wallet = pockets(books.cell, by.person)
    if not wallet:
        raise RefusedError("there is no wallet yet; it comes with the first credit")
    if any(pocket.locked for pocket in wallet) is locked:
        return None
    codes = sorted(pocket.account for pocket in wallet)
    order = instruct(
        books,
        kind="lock" if locked else "unlock",
        subject=f"wallet/{by.person}/{at.isoformat()}",
        document={"person": str(by.person), "at": at.isoformat(), "accounts": codes},
        actor=f"person/{by.person}",
    )
    lock_accounts(books, codes, order=order, locked=locked)
    return order
