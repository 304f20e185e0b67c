"""Bids of an investor: open ones, and sealed ones that are opened after the close."""

from __future__ import annotations

from decimal import Decimal
from http import HTTPMethod, HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from lmb.api import admission
from lmb.api.bonds import AuctionNumber, BondId
from lmb.api.operations import ApiRequest, Shape, client_of, operation, scoped
from lmb.api.problems import NOT_FOUND
from lmb.bonds import queries, service_auction
from lmb.bonds.auction.sealed import OpenedBid
from lmb.bonds.bids import Bid, BidKind
from lmb.bonds.queries import BondOnFile
from lmb.ledger import statements
from lmb.ledger.service import Books
from lmb.people.acting import ActingClient
from lmb.people.scopes import Scope
from lmb.people.sessions import house
from lmb.values.errors import NotFoundError, RefusedError

TAG = "Auctions"
ACCESS = scoped(Scope.BIDS_WRITE)
PAR_CENTS_MAX = 10**15
BIDS_MAX = 100

Amount = Annotated[int, Field(strict=True, ge=1, le=PAR_CENTS_MAX, description="Face, in cents.")]
Yield = Annotated[
    str, Field(pattern=r"^-?[0-9]{1,2}(\.[0-9]{1,3})?$", description="Per cent, three decimals.")
]
Commitment = Annotated[
    str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the bid and its salt.")
]
BID = {
    "kind": "competitive",
    "par_cents": 10_000_000,
    "yield_percent": "7.480",
    "net_long_cents": 0,
}
COMMITMENT = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class BidGiven(Shape):
    """A bid. A noncompetitive one has no yield and no net long position (31 CFR 356.2)."""

    kind: BidKind
    par_cents: Amount
    yield_percent: Yield | None = None
    net_long_cents: int = Field(0, strict=True, ge=0, le=PAR_CENTS_MAX)


class BidsGiven(Shape):
    """Bids that are entered together or not at all."""

    bids: Annotated[list[BidGiven], Field(min_length=1, max_length=BIDS_MAX)]


class Entered(Shape):
    """What of yours is on file at an auction."""

    bond: UUID
    auction: int
    bids: list[BidGiven]


class SealedGiven(Shape):
    """A commitment to a bid you keep to yourself until the close."""

    kind: BidKind
    commitment: Commitment


class Sealed(Shape):
    """Your commitment as it was received."""

    bond: UUID
    auction: int
    kind: BidKind
    commitment: str


class Opening(Shape):
    """The bid behind a commitment, and the salt that was hashed with it."""

    commitment: Commitment
    bid: BidGiven
    salt: Annotated[
        str, Field(pattern=r"^[0-9a-f]{64}$", description="32 bytes in hexadecimal digits.")
    ]


@operation(
    HTTPMethod.POST,
    "/bonds/{bond}/auctions/{number}/bids",
    ACCESS,
    Entered,
    tag=TAG,
    summary="Enter bids",
    status=HTTPStatus.CREATED,
    changes=True,
    problems=[NOT_FOUND],
    body_example={"bids": [BID]},
    example={"bond": "0051c9c0-b280-75ab-8b23-da1cbf7349e0", "auction": 1, "bids": [BID]},
)
def enter_bids(request: ApiRequest, bond: BondId, number: AuctionNumber, body: BidsGiven) -> Any:
    """Bid in your organisation's own name, before the close. All bids are checked first, with those
    you entered before (31 CFR 356.12 and 356.22); if one has a fault, none is entered."""
    client = client_of(request)
    with house():
        found, books = _at(client, bond)
        given = [_bid(client, one) for one in body.bids]
        service_auction.enter_bids(books, found, given, number)
        entered = queries.bids_of(found, {client.code}, number)
    return Entered(
        bond=found.id,
        auction=number,
        bids=[
            BidGiven(
                kind=BidKind(one.kind),
                par_cents=one.par_cents,
                yield_percent=None if one.yield_percent is None else str(one.yield_percent),
                net_long_cents=one.net_long_cents,
            )
            for one in entered
        ],
    )


@operation(
    HTTPMethod.POST,
    "/bonds/{bond}/auctions/{number}/sealed-bids",
    ACCESS,
    Sealed,
    tag=TAG,
    summary="Seal a bid",
    status=HTTPStatus.CREATED,
    changes=True,
    problems=[NOT_FOUND],
    body_example={"kind": "competitive", "commitment": COMMITMENT},
    example={
        "bond": "0051c9c0-b280-75ab-8b23-da1cbf7349e0",
        "auction": 1,
        "kind": "competitive",
        "commitment": COMMITMENT,
    },
)
def seal_bid(request: ApiRequest, bond: BondId, number: AuctionNumber, body: SealedGiven) -> Any:
    """Commit to a bid before the close without showing it."""
    client = client_of(request)
    with house():
        found, books = _at(client, bond)
        service_auction.seal_bid(books, found, client.code, body.kind, body.commitment, number)
    return Sealed(bond=found.id, auction=number, kind=body.kind, commitment=body.commitment)


@operation(
    HTTPMethod.POST,
    "/bonds/{bond}/auctions/{number}/opened-bids",
    ACCESS,
    Sealed,
    tag=TAG,
    summary="Open a sealed bid",
    status=HTTPStatus.CREATED,
    changes=True,
    problems=[NOT_FOUND],
    body_example={"commitment": COMMITMENT, "bid": BID, "salt": "00" * 32},
    example={
        "bond": "0051c9c0-b280-75ab-8b23-da1cbf7349e0",
        "auction": 1,
        "kind": "competitive",
        "commitment": COMMITMENT,
    },
)
def open_bid(request: ApiRequest, bond: BondId, number: AuctionNumber, body: Opening) -> Any:
    """Show the bid you committed to, after the close and before the auction is held."""
    client = client_of(request)
    with house():
        found, books = _at(client, bond)
        opened = OpenedBid(_bid(client, body.bid), bytes.fromhex(body.salt))
        service_auction.open_bid(books, found, body.commitment, opened, number)
    return Sealed(bond=found.id, auction=number, kind=body.bid.kind, commitment=body.commitment)


def _at(client: ActingClient, bond: UUID) -> tuple[BondOnFile, Books]:
    """A bond of the client's books, which are real: a simulated run has its own bidders."""
    found = queries.bond_by_id(bond)
    if found.cell != client.cell:
        raise NotFoundError(f"there is no bond {bond} in these books")
    books = statements.books(found.cell, admission.DoorClock())
    if books.simulated:
        raise RefusedError("these are the books of a simulated run; nobody bids there")
    return found, books


def _bid(client: ActingClient, given: BidGiven) -> Bid:
    return Bid(
        client.code,
        given.kind,
        given.par_cents,
        None if given.yield_percent is None else Decimal(given.yield_percent),
        given.net_long_cents,
    )
