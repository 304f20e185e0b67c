"""Bonds as anyone may see them: terms, auctions, coupons."""

from __future__ import annotations

from datetime import date
from http import HTTPMethod
from typing import Annotated, Any
from uuid import UUID

from ninja import Path
from pydantic import Field

from lmb.api import paging
from lmb.api.operations import PUBLIC, ApiRequest, Shape, operation
from lmb.api.paging import Cursor, Limit, Page
from lmb.api.problems import NOT_FOUND
from lmb.bonds import queries
from lmb.bonds import queries_coupons as coupons
from lmb.bonds import queries_payments as payments
from lmb.bonds.queries import BondOnFile
from lmb.values.errors import NotFoundError
from lmb.values.rates import decimal_text

TAG = "Bonds"
AUCTIONS_MAX = 1000

BondId = Annotated[UUID, Path(description="The bond's identifier.")]
AuctionNumber = Annotated[
    int, Path(ge=1, le=AUCTIONS_MAX, description="1 is the first issue, from 2 on reopenings.")
]

Percent = Annotated[
    str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", description="Per cent a year, exact.")
]
Cents = Annotated[int, Field(description="Whole cents of a United States dollar.")]

BOND = {
    "id": "0051c9c0-b280-75ab-8b23-da1cbf7349e0",
    "books": 1276532890,
    "cusip": "912828LM0",
    "title": "Supported Work Outcome Note",
    "announced_on": "1975-02-01",
    "issue_on": "1975-02-18",
    "matures_on": "1980-02-15",
    "offering_cents": 120_000_000,
    "terms_sha256": "5c2ff2a0a5b1f6f6dd3f9b0d2b9c3a6dfcf4d0d1a3b0e8f7a6c5b4d3e2f1a0b9",
    "coupon_percent": "7.375",
    "outstanding_cents": 120_020_000,
}


class Bond(Shape):
    """An announced bond. `coupon_percent` is null before the auction."""

    id: UUID
    books: int = Field(description="The number of the books (the cell) it is in.")
    cusip: str
    title: str
    announced_on: date
    issue_on: date
    matures_on: date
    offering_cents: Cents
    terms_sha256: str
    coupon_percent: Percent | None
    outstanding_cents: int = Field(description="Face amount issued and not redeemed.")


class Coupon(Shape):
    """One interest period. What is still to be determined is null."""

    number: int
    starts_on: date
    ends_on: date
    pays_on: date
    base_percent: Percent | None
    coupon_percent: Percent | None = Field(description="Base and bonus together.")
    interest_cents: int | None = Field(description="The guaranteed part, to all holders together.")
    bonus_cents: int | None
    determination: UUID | None = Field(description="Ask for its trace.")


class Coupons(Shape):
    """All interest periods of a bond, in order."""

    bond: UUID
    coupons: list[Coupon]


@operation(
    HTTPMethod.GET,
    "/bonds",
    PUBLIC,
    Page[Bond],
    tag=TAG,
    summary="List bonds",
    example={"items": [BOND], "next": None},
)
def list_bonds(request: ApiRequest, limit: Limit = paging.PAGE, cursor: Cursor = None) -> Any:
    """All announced bonds, the newest first."""
    place = paging.place(cursor, str)
    before = None if place is None else paging.identifier(place[0])
    found, more = paging.cut(queries.bonds_before(before, limit + 1), limit)
    following = paging.cursor(str(found[-1].id)) if more else None
    return Page[Bond](items=list(map(_bond, found)), next=following)


@operation(
    HTTPMethod.GET,
    "/bonds/{bond}",
    PUBLIC,
    Bond,
    tag=TAG,
    summary="Show a bond",
    problems=[NOT_FOUND],
    example=BOND,
)
def show_bond(request: ApiRequest, bond: BondId) -> Any:
    """One bond with what is outstanding now."""
    return _bond(queries.bond_by_id(bond))


@operation(
    HTTPMethod.GET,
    "/bonds/{bond}/terms",
    PUBLIC,
    dict[str, Any],
    tag=TAG,
    summary="Show a bond's term sheet",
    problems=[NOT_FOUND],
    example={"title": BOND["title"], "cusip": BOND["cusip"], "offering_cents": 120_000_000},
)
def show_terms(request: ApiRequest, bond: BondId) -> Any:
    """The term sheet as it was locked. Written as RFC 8785 says, its SHA-256 is `terms_sha256` of
    the bond."""
    return queries.bond_by_id(bond).terms.document()


@operation(
    HTTPMethod.GET,
    "/bonds/{bond}/coupons",
    PUBLIC,
    Coupons,
    tag=TAG,
    summary="List a bond's coupons",
    problems=[NOT_FOUND],
    example={
        "bond": BOND["id"],
        "coupons": [
            {
                "number": 8,
                "starts_on": "1979-08-15",
                "ends_on": "1980-02-15",
                "pays_on": "1980-02-15",
                "base_percent": "7.375",
                "coupon_percent": "9.317",
                "interest_cents": 4_425_738,
                "bonus_cents": 1_165_394,
                "determination": "d4e197e1-01ba-7ef3-968f-6c9a81645517",
            }
        ],
    },
)
def list_coupons(request: ApiRequest, bond: BondId) -> Any:
    """Every interest period with the rate that was determined for it and what it came to."""
    found = queries.bond_by_id(bond)
    determined = {one.period: one for one in coupons.coupons(found)}
    paid = {run.number: run for run in payments.runs(found) if run.kind == payments.INTEREST}
    rows = []
    for period in queries.periods(found):
        one, run = determined.get(period.number), paid.get(period.number)
        rows.append(
            Coupon(
                number=period.number,
                starts_on=period.starts_on,
                ends_on=period.ends_on,
                pays_on=period.pays_on,
                base_percent=None if one is None else decimal_text(one.base_percent),
                coupon_percent=None if one is None else decimal_text(one.coupon_percent),
                interest_cents=None if run is None else run.base_cents,
                bonus_cents=None if run is None else run.bonus_cents,
                determination=None if one is None else one.determination.id,
            )
        )
    return Coupons(bond=found.id, coupons=rows)


@operation(
    HTTPMethod.GET,
    "/bonds/{bond}/auctions/{number}",
    PUBLIC,
    dict[str, Any],
    tag=TAG,
    summary="Show the results of an auction",
    problems=[NOT_FOUND],
    example={"cusip": BOND["cusip"], "auction": 1, "high_yield_percent": "7.480"},
)
def show_auction(request: ApiRequest, bond: BondId, number: AuctionNumber) -> Any:
    """The results notice of 31 CFR 356.23, once the auction was held. It names no bidder."""
    return queries.results_notice(queries.bond_by_id(bond), number)


def _bond(found: BondOnFile) -> Bond:
    try:
        coupon = decimal_text(queries.coupon_percent(found))
    except NotFoundError:
        coupon = None
    terms = found.terms
    return Bond(
        id=found.id,
        books=found.cell,
        cusip=found.cusip,
        title=terms.title,
        announced_on=terms.announced_on,
        issue_on=terms.issue_on,
        matures_on=terms.matures_on,
        offering_cents=terms.offering_cents,
        terms_sha256=found.terms_sha256,
        coupon_percent=coupon,
        outstanding_cents=queries.outstanding_cents(found),
    )
