"""What an investor sees: holdings and coupons, the statement of their money, their bids."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from lmb.people.roles import Role
from lmb.values.clock import fiscal_date
from lmb.web.bonds_shown import as_of, bonds_of, bonds_shown
from lmb.web.doors import workspace
from lmb.web.investor import bidding, holdings, money, papers
from lmb.web.organisations import organisation_of
from lmb.web.tables import page
from lmb.web.visits import Visit


@workspace(Role.INVESTOR)
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What they hold, what comes next, and every coupon with its trace."""
    holder = organisation_of(visit)
    day = as_of(visit.by.cell, fiscal_date(visit.at))
    bonds = bonds_of(visit.by.cell)
    held = [holdings.held(bond, holder.code, day) for bond in bonds]
    following = [each for each in held if each.next_on is not None]
    par_cents = sum(each.par_cents for each in held)
    received_cents = sum(each.received_cents for each in held)
    context = {
        "holder": holder,
        "bonds": bonds_shown(visit.by.cell),
        "as_of": day,
        "par_cents": par_cents,
        "accrued_cents": sum(each.accrued_cents for each in held),
        "received_cents": received_cents,
        "years": papers.years(bonds, day) if received_cents or par_cents else [],
        "following": min(following, key=lambda each: (each.next_on, each.bond.cusip), default=None),
    }
    return page(
        request,
        "investor/home.html",
        context,
        holdings.holdings_table(held),
        holdings.coupons_table([(bond, holder.code) for bond in bonds]),
    )


@workspace(Role.INVESTOR)
def statement(request: HttpRequest, visit: Visit) -> HttpResponse:
    """All money between them and the bonds, newest first."""
    holder = organisation_of(visit)
    moved = money.moved(visit.by.cell, holder.code)
    context = {
        "holder": holder,
        "bonds": bonds_shown(visit.by.cell),
        "as_of": as_of(visit.by.cell, fiscal_date(visit.at)),
        "paid_cents": sum(-entry.amount_cents for entry in moved if entry.amount_cents < 0),
        "received_cents": sum(entry.amount_cents for entry in moved if entry.amount_cents > 0),
    }
    return page(request, "investor/statement.html", context, money.statement_table(moved))


@workspace(Role.INVESTOR)
def bids(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What they bid, and what they were awarded."""
    holder = organisation_of(visit)
    bonds = bonds_of(visit.by.cell)
    table = bidding.bids_table(bonds, holder.code)
    context = {
        "holder": holder,
        "bonds": bonds_shown(visit.by.cell),
        "as_of": as_of(visit.by.cell, fiscal_date(visit.at)),
        "bids": len(table.rows),
    }
    return page(request, "investor/bids.html", context, table)
