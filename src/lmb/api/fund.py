"""Where a state board stands: what its state was given from each bond, and what is left."""

from __future__ import annotations

from http import HTTPMethod
from typing import Any
from uuid import UUID

from django.db.models import Q

from lmb.api import paging
from lmb.api.operations import ApiRequest, Shape, client_of, operation, scoped
from lmb.api.paging import Cursor, Limit, Page
from lmb.ledger import statements
from lmb.people.roles import Role
from lmb.people.scopes import Scope

KINDS = ("fund", "state-fund", "board-fund")
LEVELS = {"fund": "national", "state-fund": "state", "board-fund": "board"}


class Share(Shape):
    """What is left of one bond's money at one level."""

    account: UUID
    level: str
    name: str
    cusip: str
    posted_cents: int
    available_cents: int
    as_of_movement: int


@operation(
    HTTPMethod.GET,
    "/fund",
    scoped(Scope.FUND_READ),
    Page[Share],
    tag="Fund",
    summary="List shares of the fund",
    example={
        "items": [
            {
                "account": "00286e4c-8000-7b3c-9f5e-6f2f0a6d1b12",
                "level": "state",
                "name": "MD",
                "cusip": "912828LM0",
                "posted_cents": 11_520_000,
                "available_cents": 11_520_000,
                "as_of_movement": 412,
            }
        ],
        "next": None,
    },
)
def list_fund_shares(request: ApiRequest, limit: Limit = paging.PAGE, cursor: Cursor = None) -> Any:
    """The Workforce Development Fund by bond: national, states and boards. A state board sees the
    share of its own state."""
    client = client_of(request)
    condition = Q(kind__in=KINDS)
    if client.role is Role.STATE_BOARD:
        condition = Q(kind="state-fund", owner=client.state)
    place = paging.place(cursor, str)
    after = "" if place is None else place[0]
    found, more = paging.cut(
        statements.known_accounts(client.cell, condition, after=after, limit=limit + 1), limit
    )
    items = [
        Share(
            account=one.id,
            level=LEVELS[one.balance.kind],
            name=one.balance.owner,
            cusip=one.balance.code.rpartition("/")[2],
            posted_cents=one.balance.posted_cents,
            available_cents=one.balance.available_cents,
            as_of_movement=one.seq_last,
        )
        for one in found
    ]
    return Page[Share](items=items, next=paging.cursor(found[-1].balance.code) if more else None)
