"""The only functions that put credit into wallets and take unspent credit back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from lmb.ledger.entries import Cause, Journal, Post
from lmb.ledger.queries import balances
from lmb.ledger.service import Books, instruct, open_accounts, post_or_refuse
from lmb.rules.sessions import house
from lmb.wallets import accounts
from lmb.wallets.service_locking import keep_locked


@dataclass(frozen=True, slots=True)
class Holder:
    """A person and the account their credit comes from and, unspent, goes back to."""

    person: UUID
    source: str


@house()
def grant(
    books: Books,
    cusip: str,
    holders: Sequence[Holder],
    *,
    amount_cents: int,
    purpose: str,
    follows: UUID,
    actor: str,
) -> UUID:
    """Open a pocket for each person and put the same credit into it; returns the instruction.

    Raises RefusedError when a source does not have enough; then nobody gets any.
    """
    order = instruct(
        books,
        kind="grant",
        subject=cusip,
        document={
            "cusip": cusip,
            "amount_cents": amount_cents,
            "people": len(holders),
            "follows": str(follows),
        },
        actor=actor,
    )
    open_accounts(
        books, (accounts.pocket_account(cusip, holder.person, purpose) for holder in holders)
    )
    keep_locked(books, [holder.person for holder in holders])
    post_or_refuse(
        books,
        (
            _move(
                f"{cusip}/grant/{holder.person}",
                "grant",
                actor,
                order,
                holder.source,
                accounts.pocket(cusip, holder.person),
                amount_cents,
            )
            for holder in holders
        ),
    )
    return order


@house()
def take_back_unspent(
    books: Books, cusip: str, holders: Sequence[Holder], *, follows: UUID, actor: str
) -> UUID:
    """Send what is left in each pocket, holds aside, back where it came from; returns the
    instruction."""
    order = instruct(
        books,
        kind="return-of-credit",
        subject=cusip,
        document={"cusip": cusip, "follows": str(follows)},
        actor=actor,
    )
    left = {
        balance.code: balance.available_cents
        for balance in balances(books.cell, kind=accounts.KIND)
    }
    post_or_refuse(
        books,
        (
            _move(
                f"{cusip}/grant-return/{holder.person}",
                "grant-return",
                actor,
                order,
                accounts.pocket(cusip, holder.person),
                holder.source,
                left[accounts.pocket(cusip, holder.person)],
            )
            for holder in holders
            if left[accounts.pocket(cusip, holder.person)] > 0
        ),
    )
    return order


def _move(
    key: str, code: str, actor: str, order: UUID, debit: str, credit: str, amount_cents: int
) -> Journal:
    items = [Post(key, debit, credit, amount_cents, code)]
    return Journal(key, code, actor, Cause.instruction(order), items)
