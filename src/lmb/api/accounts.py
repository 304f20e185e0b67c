"""The books as an organisation sees them: its own accounts and what moved on them."""

from __future__ import annotations

from datetime import datetime
from http import HTTPMethod
from typing import Annotated, Any
from uuid import UUID

from ninja import Path
from pydantic import Field

from lmb.api import paging
from lmb.api.operations import ApiRequest, Shape, client_of, operation, scoped
from lmb.api.ownership import owned
from lmb.api.paging import Cursor, Limit, Page
from lmb.api.problems import NOT_FOUND
from lmb.ledger import statements
from lmb.ledger.statements import KnownAccount
from lmb.people.acting import ActingClient
from lmb.people.roles import Role
from lmb.people.scopes import Scope
from lmb.people.sessions import house
from lmb.settlement.trace import label
from lmb.values.errors import NotFoundError

TAG = "Accounts"
ACCESS = scoped(Scope.ACCOUNTS_READ)

AccountId = Annotated[UUID, Path(description="The account's identifier.")]

ACCOUNT = {
    "id": "00286e4c-8000-7a3c-9f5e-6f2f0a6d1b11",
    "code": "holding/912828LM0/Alder Fund",
    "kind": "holding",
    "unit": "face:912828LM0",
    "posted_cents": 15_560_000,
    "available_cents": 15_560_000,
    "incoming_cents": 0,
    "outgoing_cents": 0,
    "as_of_movement": 1085,
}


class Account(Shape):
    """An account with its balance. `unit` is `USD`, or `face:` and a CUSIP for the face amount of a
    bond; amounts are in hundredths of it."""

    id: UUID
    code: str
    kind: str
    unit: str
    posted_cents: int = Field(description="What came in less what went out.")
    available_cents: int = Field(description="Posted, less what is held on its way out.")
    incoming_cents: int = Field(description="Held on its way in.")
    outgoing_cents: int = Field(description="Held on its way out.")
    as_of_movement: int = Field(description="The number of the newest movement counted, or 0.")


class Entry(Shape):
    """One movement as this account sees it."""

    number: int = Field(description="Its place in the books.")
    transfer: UUID = Field(description="Ask for its trace.")
    kind: str = Field(description="post, hold, capture, void or expire.")
    code: str = Field(description="What the money was for.")
    other: str = Field(description="The other side; holders and persons are not named.")
    amount_cents: int = Field(description="Positive in, negative out.")
    balance_after_cents: int
    effective_at: datetime
    recorded_at: datetime


@operation(
    HTTPMethod.GET,
    "/accounts",
    ACCESS,
    Page[Account],
    tag=TAG,
    summary="List your accounts",
    example={"items": [ACCOUNT], "next": None},
)
def list_accounts(request: ApiRequest, limit: Limit = paging.PAGE, cursor: Cursor = None) -> Any:
    """Your organisation's accounts by code, each with its balance."""
    client = client_of(request)
    place = paging.place(cursor, str)
    after = "" if place is None else place[0]
    found, more = paging.cut(
        statements.known_accounts(
            client.cell, owned(client).condition(), after=after, limit=limit + 1
        ),
        limit,
    )
    following = paging.cursor(found[-1].balance.code) if more else None
    return Page[Account](items=list(map(_account, found)), next=following)


@operation(
    HTTPMethod.GET,
    "/accounts/{account}/balance",
    ACCESS,
    Account,
    tag=TAG,
    summary="Read a balance",
    problems=[NOT_FOUND],
    example=ACCOUNT,
)
def show_balance(request: ApiRequest, account: AccountId) -> Any:
    """What one of your accounts shows now. With `If-None-Match` you learn cheaply that nothing
    moved."""
    return _account(_own(client_of(request), account))


@operation(
    HTTPMethod.GET,
    "/accounts/{account}/movements",
    ACCESS,
    Page[Entry],
    tag=TAG,
    summary="List an account's movements",
    problems=[NOT_FOUND],
    example={
        "items": [
            {
                "number": 1085,
                "transfer": "d4e197e1-01ba-8ef3-968f-6c9a81645517",
                "kind": "post",
                "code": "bonus",
                "other": "the bond's debt service",
                "amount_cents": 151_088,
                "balance_after_cents": 724_863,
                "effective_at": "1980-02-15T17:00:00Z",
                "recorded_at": "1980-02-15T17:00:00Z",
            }
        ],
        "next": None,
    },
)
def list_movements(
    request: ApiRequest, account: AccountId, limit: Limit = paging.PAGE, cursor: Cursor = None
) -> Any:
    """What moved on one of your accounts, the newest first, with the balance after each."""
    client = client_of(request)
    known = _own(client, account)
    place = paging.place(cursor, int)
    before = None if place is None else min(max(place[0], 0), known.seq_last + 1)
    # The account is the client's; the other sides are not, and are told by their kind alone.
    with house():
        entries = statements.history(
            client.cell, known.balance.code, limit=limit + 1, before=before
        )
    found, more = paging.cut(entries, limit)
    names_accounts = client.role is Role.AUDITOR
    items = [
        Entry(
            number=entry.seq,
            transfer=entry.transfer,
            kind=entry.kind,
            code=entry.code,
            other=entry.other if names_accounts else label(entry.other),
            amount_cents=entry.amount_cents,
            balance_after_cents=entry.balance_after_cents,
            effective_at=entry.effective_at,
            recorded_at=entry.recorded_at,
        )
        for entry in found
    ]
    return Page[Entry](items=items, next=paging.cursor(found[-1].seq) if more else None)


def _own(client: ActingClient, account: UUID) -> KnownAccount:
    """An account of the client's organisation. Somebody else's is as if it were not there."""
    found = statements.known_account(client.cell, account)
    balance = found.balance
    if not owned(client).covers(balance.code, balance.kind, balance.owner):
        raise NotFoundError(f"there is no account {account} in these books")
    return found


def _account(found: KnownAccount) -> Account:
    balance = found.balance
    # The values come from the books and are what they say: checking them again costs the most.
    return Account.model_construct(
        id=found.id,
        code=balance.code,
        kind=balance.kind,
        unit=balance.unit,
        posted_cents=balance.posted_cents,
        available_cents=balance.available_cents,
        incoming_cents=balance.pending_in_cents,
        outgoing_cents=balance.pending_out_cents,
        as_of_movement=found.seq_last,
    )
