"""The only functions that move money into, within and out of the fund.

Each step's instruction names the one it follows, so that a cent can be walked back to the bond
that raised it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from lmb.fund import accounts
from lmb.ledger.entries import Cause, Journal, NewAccount, Post
from lmb.ledger.queries import balance
from lmb.ledger.service import Books, define_purpose, instruct, open_accounts, post_or_refuse
from lmb.rules.sessions import house
from lmb.values.canonical import Document

STATE_BOARD = tuple[str, str]
"""A workforce board with its state: ("OH", "OH-07")."""


@house()
def open_fund(books: Books, cusip: str, boards: list[STATE_BOARD]) -> None:
    """Open the national fund of a bond series and the shares of states and boards."""
    define_purpose(accounts.TRAINING, "training of residents in certified programs")
    opened = [
        accounts.fund_account(accounts.national(cusip), "fund", "Department of Labor", cusip),
        NewAccount(accounts.TREASURY, "treasury", "Treasury general fund"),
    ]
    for code in sorted({state for state, _ in boards}):
        opened.append(accounts.fund_account(accounts.state(cusip, code), "state-fund", code, cusip))
    for _, code in sorted(set(boards)):
        opened.append(accounts.fund_account(accounts.board(cusip, code), "board-fund", code, cusip))
    open_accounts(books, opened)


@house()
def deposit(books: Books, cusip: str, source: str, follows: UUID, actor: str) -> UUID:
    """Move all of a bond's proceeds from the Treasury's account `source` into the national fund.

    Returns the instruction. `follows` is the settlement that brought the money in.
    """
    order = _order(books, "deposit", cusip, follows, actor)
    amount_cents = balance(books.cell, source).available_cents
    if amount_cents > 0:
        _post(
            books,
            order,
            "deposit",
            actor,
            [(f"{cusip}/deposit", source, accounts.national(cusip), amount_cents)],
        )
    return order


@house()
def allocate(
    books: Books, cusip: str, needs_cents: Mapping[STATE_BOARD, int], follows: UUID, actor: str
) -> UUID:
    """Move from the national fund to each board, through its state, what its residents need.

    Returns the instruction. Raises RefusedError when the fund does not have as much.
    """
    listed: dict[str, Document] = {
        f"{state}/{board}": cents for (state, board), cents in sorted(needs_cents.items())
    }
    order = _order(books, "allocation", cusip, follows, actor, boards_cents=listed)
    states: Counter[str] = Counter()
    for (state, _), cents in needs_cents.items():
        states[state] += cents
    moves = [
        (
            f"{cusip}/allocation/{state}",
            accounts.national(cusip),
            accounts.state(cusip, state),
            cents,
        )
        for state, cents in sorted(states.items())
    ]
    moves += [
        (
            f"{cusip}/allocation/{state}/{board}",
            accounts.state(cusip, state),
            accounts.board(cusip, board),
            cents,
        )
        for (state, board), cents in sorted(needs_cents.items())
    ]
    _post(books, order, "allocation", actor, moves)
    return order


@house()
def return_to_national(
    books: Books, cusip: str, boards: list[STATE_BOARD], follows: UUID, actor: str
) -> UUID:
    """Send what boards and states have left back to the national fund."""
    order = _order(books, "return-to-fund", cusip, follows, actor)
    from_boards: Counter[str] = Counter()
    moves = []
    for state, board in sorted(set(boards)):
        cents = balance(books.cell, accounts.board(cusip, board)).available_cents
        if cents > 0:
            from_boards[state] += cents
            moves.append(
                (
                    f"{cusip}/return/{state}/{board}",
                    accounts.board(cusip, board),
                    accounts.state(cusip, state),
                    cents,
                )
            )
    for state in sorted({state for state, _ in boards}):
        left = balance(books.cell, accounts.state(cusip, state)).available_cents
        cents = left + from_boards[state]
        if cents > 0:
            moves.append(
                (
                    f"{cusip}/return/{state}",
                    accounts.state(cusip, state),
                    accounts.national(cusip),
                    cents,
                )
            )
    _post(books, order, "return", actor, moves)
    return order


@house()
def return_to_treasury(books: Books, cusip: str, follows: UUID, actor: str) -> UUID:
    """Send what the bond's programme never spent back to the Treasury."""
    order = _order(books, "return-to-treasury", cusip, follows, actor)
    cents = balance(books.cell, accounts.national(cusip)).available_cents
    if cents > 0:
        _post(
            books,
            order,
            "treasury-return",
            actor,
            [(f"{cusip}/return/treasury", accounts.national(cusip), accounts.TREASURY, cents)],
        )
    return order


def _order(
    books: Books, kind: str, cusip: str, follows: UUID, actor: str, **more: Document
) -> UUID:
    """Put an order about a bond's money on file; it names the one it follows."""
    document: dict[str, Document] = {"cusip": cusip, "follows": str(follows), **more}
    return instruct(books, kind=kind, subject=cusip, document=document, actor=actor)


def _post(
    books: Books, order: UUID, code: str, actor: str, moves: list[tuple[str, str, str, int]]
) -> None:
    items = [Post(key, debit, credit, cents, code) for key, debit, credit, cents in moves]
    if items:
        key = items[0].key
        post_or_refuse(books, [Journal(key, code, actor, Cause.instruction(order), items)])
