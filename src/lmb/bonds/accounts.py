"""The accounts a bond keeps in the books."""

from __future__ import annotations

from collections.abc import Iterable

from lmb.ledger import sources
from lmb.ledger.entries import NOT_OVERDRAWN, NewAccount

APPROPRIATION = "world/appropriation"
"""Where debt service comes from: a permanent appropriation, outside these books."""


NOT_OVERPAID = "credits<=debits"
"""The limit of the issuer: no more bonds come back than were issued."""


def investor(bidder: str) -> str:
    """An investor's own money, outside these books."""
    return f"world/investor/{bidder}"


def proceeds(cusip: str) -> str:
    """What investors paid for the bond, before it goes to the fund."""
    return f"treasury/{cusip}/proceeds"


def debt_service(cusip: str) -> str:
    """What is set aside to pay the bond's interest and principal."""
    return f"treasury/{cusip}/debt-service"


def issued(cusip: str) -> str:
    """The bond's face amount as issued: minus what is outstanding."""
    return f"issued/{cusip}"


def holding(cusip: str, bidder: str) -> str:
    """One investor's holding, in face amount."""
    return f"holding/{cusip}/{bidder}"


def unclaimed(cusip: str, investor_code: str) -> str:
    """Money of a bond that could not be paid to its holder, and waits."""
    return f"unclaimed/{cusip}/{investor_code}"


def guarantor(name: str) -> str:
    """A third party's own money, outside these books."""
    return f"world/guarantor/{name}"


def payee(account: str, cusip: str) -> str:
    """The holder behind the account a payment went to: the holder's own, or where it waits."""
    return account.removeprefix(investor("")).removeprefix(unclaimed(cusip, ""))


def face_unit(cusip: str) -> str:
    """The unit holdings are counted in."""
    return f"face:{cusip}"


def treasury_accounts(cusip: str) -> list[NewAccount]:
    """The Treasury's accounts for one bond."""
    return [
        NewAccount(APPROPRIATION, "appropriation", "United States"),
        NewAccount(
            proceeds(cusip),
            "proceeds",
            "Treasury",
            fund=sources.bond_series(cusip),
            limit_side=NOT_OVERDRAWN,
        ),
        NewAccount(
            debt_service(cusip),
            "debt-service",
            "Treasury",
            fund=sources.debt_service(cusip),
            limit_side=NOT_OVERDRAWN,
        ),
        NewAccount(
            issued(cusip),
            "issuer",
            "Treasury",
            unit=face_unit(cusip),
            limit_side=NOT_OVERPAID,
        ),
    ]


def investor_accounts(cusip: str, bidders: Iterable[str]) -> list[NewAccount]:
    """Money and holding accounts of the investors who were awarded bonds."""
    accounts: list[NewAccount] = []
    for bidder in bidders:
        accounts.append(NewAccount(investor(bidder), "investor", bidder))
        accounts.append(
            NewAccount(
                holding(cusip, bidder),
                "holding",
                bidder,
                unit=face_unit(cusip),
                limit_side=NOT_OVERDRAWN,
            )
        )
    return accounts


def unclaimed_account(cusip: str, investor_code: str) -> NewAccount:
    """Where a holder's money of a bond waits."""
    return NewAccount(
        unclaimed(cusip, investor_code),
        "unclaimed",
        investor_code,
        fund=sources.debt_service(cusip),
        limit_side=NOT_OVERDRAWN,
    )


def guarantor_account(name: str) -> NewAccount:
    """A guarantor's own money."""
    return NewAccount(guarantor(name), "guarantor", name)
