"""A state's share of the bonds' money: its accounts in the fund and what moved there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from lmb.ledger import queries as ledger
from lmb.ledger.queries import POSTED, Balance, Movement
from lmb.people.queries_bodies import OrganisationOnFile
from lmb.people.sessions import house
from lmb.values.clock import fiscal_date
from lmb.web.public.words import account, transfer_name
from lmb.web.tables import Column, Kind, Table

IN_CODES = frozenset({"allocation"})
GRANT_CODES = frozenset({"grant"})
BACK_CODES = frozenset({"grant-return"})


@dataclass(frozen=True, slots=True)
class Position:
    """What came to a state's fund, went to people's wallets, came back, and is there now, in
    cents."""

    received_cents: int
    granted_cents: int
    returned_cents: int
    available_cents: int


def accounts_of(cell: int, board: OrganisationOnFile) -> list[Balance]:
    """The accounts of a state and of its boards in the fund."""
    states = ledger.balances(cell, kind="state-fund")
    boards = ledger.balances(cell, kind="board-fund")
    return [
        *(balance for balance in states if balance.owner == board.state),
        *(balance for balance in boards if balance.owner.startswith(f"{board.state}-")),
    ]


@house()
def movements_of(cell: int, board: OrganisationOnFile) -> list[Movement]:
    """What moved in those accounts, the newest first. The other side may be somebody's wallet: only
    sums of these movements, and no wallet, are shown."""
    seen: dict[object, Movement] = {}
    for balance in accounts_of(cell, board):
        for movement in ledger.movements_of_account(cell, balance.code):
            if movement.kind in POSTED:
                seen[movement.id] = movement
    return sorted(seen.values(), key=lambda movement: -movement.seq)


def position(cell: int, board: OrganisationOnFile) -> Position:
    """Where the state's money is."""
    moved = movements_of(cell, board)
    boards = {balance.code for balance in accounts_of(cell, board)}

    def sum_of(codes: frozenset[str]) -> int:
        return sum(movement.amount_cents for movement in moved if movement.code in codes)

    entered = [m for m in moved if m.code in IN_CODES and m.debit not in boards]
    return Position(
        received_cents=sum(movement.amount_cents for movement in entered),
        granted_cents=sum_of(GRANT_CODES),
        returned_cents=sum_of(BACK_CODES),
        available_cents=sum(balance.available_cents for balance in accounts_of(cell, board)),
    )


def accounts_table(cell: int, board: OrganisationOnFile) -> Table:
    """One row per account."""
    return Table(
        "accounts",
        _("Accounts of your state in the Workforce Development Fund, US dollars"),
        (
            Column("account", _("Account")),
            Column("balance_cents", _("Balance"), Kind.MONEY, adds_up=True),
            Column("available_cents", _("Available"), Kind.MONEY, adds_up=True),
        ),
        [
            (account(balance.code), balance.posted_cents, balance.available_cents)
            for balance in accounts_of(cell, board)
        ],
        _("Accounts will appear here when a bond funds your state."),
    )


def movements_table(cell: int, board: OrganisationOnFile) -> Table:
    """One row per day, kind and way of movement: single wallets are not told apart."""
    days: dict[tuple[date, str, str, str], list[Movement]] = {}
    for movement in movements_of(cell, board):
        sides = account(movement.debit), account(movement.credit)
        key = (fiscal_date(movement.effective_at), transfer_name(movement.code), *sides)
        days.setdefault(key, []).append(movement)
    return Table(
        "movements",
        _("What moved, by day and kind, the newest first, US dollars"),
        (
            Column("day", _("Day"), Kind.DAY),
            Column("what", _("What")),
            Column("source", _("From")),
            Column("target", _("To")),
            Column("movements", _("Movements"), Kind.COUNT, adds_up=True),
            Column("amount_cents", _("Amount"), Kind.MONEY),
            Column("cause_id", _("Why"), Kind.TRACE),
        ),
        [
            (
                *told,
                len(moved),
                sum(movement.amount_cents for movement in moved),
                moved[0].determination or moved[0].instruction,
            )
            for told, moved in days.items()
        ],
        _("Movements will appear here when a bond funds your state."),
    )
