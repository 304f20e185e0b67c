"""What an investor holds, how it came, and what it was paid."""

from __future__ import annotations

from datetime import date, datetime
from http import HTTPMethod
from typing import Annotated, Any
from uuid import UUID

from django.db.models import F, Q
from ninja import Path
from pydantic import Field

from lmb.api import paging
from lmb.api.operations import ApiRequest, Shape, client_of, operation, scoped
from lmb.api.paging import Cursor, Limit, Page
from lmb.api.problems import NOT_FOUND
from lmb.bonds import queries
from lmb.bonds import queries_payments as payments
from lmb.bonds import queries_registry as registry
from lmb.bonds.accounts import face_unit
from lmb.bonds.queries import BondOnFile
from lmb.ledger import statements
from lmb.people.scopes import Scope
from lmb.people.sessions import house
from lmb.values.errors import NotFoundError

TAG = "Holdings"
ACCESS = scoped(Scope.HOLDINGS_READ)
FACE_UNIT = face_unit("")
CUSIP = Annotated[str, Path(pattern=r"^[0-9A-Z]{9}$", description="The bond's CUSIP.")]
RUNS_MAX = 200


class Holding(Shape):
    """A position in one bond, in cents of face amount."""

    cusip: str
    bond: UUID
    par_cents: int
    available_cents: int = Field(description="What no pending trade has set aside.")
    matures_on: date
    as_of_movement: int


class Lot(Shape):
    """What is left of one acquisition, the oldest first."""

    acquired_on: date
    how: str
    face_cents: int
    cost_cents: int
    accrued_cents: int


class Disposal(Shape):
    """A lot, or a part of one, that was sold or redeemed."""

    acquired_on: date
    disposed_on: date
    face_cents: int
    cost_cents: int
    proceeds_cents: int
    gain_cents: int


class Statement(Shape):
    """A position with the lots it consists of and everything that was disposed of."""

    cusip: str
    bond: UUID
    par_cents: int
    lots: list[Lot]
    disposals: list[Disposal]


class Payment(Shape):
    """What one payment run comes to for you."""

    kind: str = Field(description="interest or redemption.")
    number: int = Field(description="The interest period.")
    record_at: datetime
    par_cents: int
    base_cents: int
    bonus_cents: int
    paid: bool = Field(description="False while the money waits as unclaimed, or the run goes on.")


class Payments(Shape):
    """What a bond paid you, in the order of the runs."""

    cusip: str
    bond: UUID
    payments: list[Payment]


EXAMPLE = {
    "cusip": "912828LM0",
    "bond": "0051c9c0-b280-75ab-8b23-da1cbf7349e0",
    "par_cents": 15_560_000,
}


@operation(
    HTTPMethod.GET,
    "/holdings",
    ACCESS,
    Page[Holding],
    tag=TAG,
    summary="List your holdings",
    example={
        "items": [
            {
                **EXAMPLE,
                "available_cents": 15_560_000,
                "matures_on": "1980-02-15",
                "as_of_movement": 1085,
            }
        ],
        "next": None,
    },
)
def list_holdings(request: ApiRequest, limit: Limit = paging.PAGE, cursor: Cursor = None) -> Any:
    """The bonds your organisation holds in its own name, by CUSIP."""
    client = client_of(request)
    place = paging.place(cursor, str)
    condition = Q(kind="holding", owner=client.code)
    condition &= Q(posted_credit_cents__gt=F("posted_debit_cents"))
    accounts, more = paging.cut(
        statements.known_accounts(
            client.cell, condition, after="" if place is None else place[0], limit=limit + 1
        ),
        limit,
    )
    items = []
    for account in accounts:
        cusip = account.balance.unit.removeprefix(FACE_UNIT)
        bond = queries.bond(client.cell, cusip)
        items.append(
            Holding(
                cusip=cusip,
                bond=bond.id,
                par_cents=account.balance.posted_cents,
                available_cents=account.balance.available_cents,
                matures_on=bond.terms.matures_on,
                as_of_movement=account.seq_last,
            )
        )
    following = paging.cursor(accounts[-1].balance.code) if more else None
    return Page[Holding](items=items, next=following)


@operation(
    HTTPMethod.GET,
    "/holdings/{cusip}",
    ACCESS,
    Statement,
    tag=TAG,
    summary="Show the statement of a holding",
    problems=[NOT_FOUND],
    example={**EXAMPLE, "lots": [], "disposals": []},
)
def show_holding(request: ApiRequest, cusip: CUSIP) -> Any:
    """Your position in a bond, lot by lot; a bond you never held is not found."""
    client = client_of(request)
    bond = queries.bond(client.cell, cusip)
    # Asked for one holder, whose bonds came from others that the holder does not see.
    with house():
        found = registry.lots(bond, client.code)
        par_cents = registry.position_cents(bond, client.code)
    if not (found.lots or found.disposals or par_cents):
        raise NotFoundError(f"you never held bond {cusip}")
    return Statement(
        cusip=cusip,
        bond=bond.id,
        par_cents=par_cents,
        lots=[
            Lot(
                acquired_on=lot.acquired_on,
                how=lot.how.value,
                face_cents=lot.face_cents,
                cost_cents=lot.cost_cents,
                accrued_cents=lot.accrued_cents,
            )
            for lot in found.lots
        ],
        disposals=[
            Disposal(
                acquired_on=one.lot.acquired_on,
                disposed_on=one.disposed_on,
                face_cents=one.lot.face_cents,
                cost_cents=one.lot.cost_cents,
                proceeds_cents=one.proceeds_cents,
                gain_cents=one.gain_cents,
            )
            for one in found.disposals
        ],
    )


@operation(
    HTTPMethod.GET,
    "/holdings/{cusip}/payments",
    ACCESS,
    Payments,
    tag=TAG,
    summary="List what a holding was paid",
    problems=[NOT_FOUND],
    example={
        "cusip": "912828LM0",
        "bond": EXAMPLE["bond"],
        "payments": [
            {
                "kind": "interest",
                "number": 8,
                "record_at": "1980-01-31T04:59:59Z",
                "par_cents": 15_560_000,
                "base_cents": 573_775,
                "bonus_cents": 151_088,
                "paid": True,
            }
        ],
    },
)
def list_payments(request: ApiRequest, cusip: CUSIP) -> Any:
    """Every payment run of a bond in which you were a holder of record."""
    client = client_of(request)
    bond = queries.bond(client.cell, cusip)
    with house():
        return Payments(cusip=cusip, bond=bond.id, payments=_payments(bond, client.code))


def _payments(bond: BondOnFile, holder: str) -> list[Payment]:
    found = []
    for run in payments.runs(bond)[:RUNS_MAX]:
        try:
            share = payments.entitlement(run, holder)
        except NotFoundError:
            continue
        found.append(
            Payment(
                kind=run.kind,
                number=run.number,
                record_at=run.record_at,
                par_cents=share.par_cents,
                base_cents=share.base_cents,
                bonus_cents=share.bonus_cents,
                paid=payments.was_paid(run, holder),
            )
        )
    return found
