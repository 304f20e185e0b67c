"""What the Treasury sees: the debt service of every bond, and one bond with its holders."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from lmb.bonds import queries as bonds
from lmb.bonds.queries import BondOnFile
from lmb.bonds.queries_debt import debt_service
from lmb.people.roles import Role
from lmb.values.clock import fiscal_date, fiscal_year
from lmb.web.bonds_shown import as_of, bonds_of, bonds_shown
from lmb.web.doors import workspace
from lmb.web.tables import page
from lmb.web.treasury import owed, sold
from lmb.web.visits import Visit


@workspace(Role.TREASURY)
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What is owed in the next fiscal year, and in every year."""
    cell = visit.by.cell
    day = as_of(cell, fiscal_date(visit.at))
    service = [(bond, due) for bond in bonds_of(cell) for due in debt_service(bond)]
    years = owed.years(service)
    following = fiscal_year(day) + 1
    context = {
        "bonds": bonds_shown(cell),
        "as_of": day,
        "next_year": following,
        "next_cents": sum(year.total_cents for year in years if year.year == following),
        "paid_cents": sum(due.total_cents for _, due in service if due.cause is not None),
        "outstanding_cents": sum(bonds.outstanding_cents(bond) for bond in bonds_of(cell)),
    }
    return page(request, "treasury/home.html", context, owed.by_year(years), owed.by_day(service))


@workspace(Role.TREASURY)
def bond(request: HttpRequest, visit: Visit, identifier: UUID) -> HttpResponse:
    """One bond: what was bid and sold, who holds it, what was paid."""
    found = _bond(visit, identifier)
    context = {
        "bond": found,
        "bonds": [shown for shown in bonds_shown(found.cell) if shown.id == found.id],
        "as_of": as_of(found.cell, fiscal_date(visit.at)),
        "auctioned": bonds.is_auctioned(found),
        "auction": sold.summary(found),
    }
    return page(
        request,
        "treasury/bond.html",
        context,
        sold.bids(found),
        sold.holders(found),
        sold.payments(found),
    )


def _bond(visit: Visit, identifier: UUID) -> BondOnFile:
    for found in bonds_of(visit.by.cell):
        if found.id == identifier:
            return found
    raise Http404
