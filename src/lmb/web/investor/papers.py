"""The papers of an investor's own account, from the books as they stand."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lmb.bonds import queries_papers
from lmb.bonds.papers.coupon import coupon_statement
from lmb.bonds.papers.holdings import holdings_statement
from lmb.bonds.papers.redemption import redemption_notice
from lmb.bonds.queries import BondOnFile
from lmb.bonds.queries_holdings import holdings_of
from lmb.bonds.queries_payments import INTEREST, REDEMPTION, RunOnFile
from lmb.people.roles import Role
from lmb.values.clock import fiscal_date
from lmb.web.bonds_shown import as_of, bonds_of
from lmb.web.doors import workspace
from lmb.web.downloads import paper_language, paper_response
from lmb.web.organisations import organisation_of
from lmb.web.tables import Link
from lmb.web.visits import Visit


@workspace(Role.INVESTOR)
def coupon(request: HttpRequest, visit: Visit, identifier: UUID, number: int) -> HttpResponse:
    """One coupon of theirs, from rate to cents, with the trace of the rate."""
    bond, holder = _bond(visit, identifier), organisation_of(visit).code
    told = queries_papers.coupon_of(bond, holder, number)
    return paper_response(coupon_statement(told, paper_language()), bond.cusip, number)


@workspace(Role.INVESTOR)
def redemption(request: HttpRequest, visit: Visit, identifier: UUID) -> HttpResponse:
    """What they got when a bond was paid back."""
    bond, holder = _bond(visit, identifier), organisation_of(visit).code
    told = queries_papers.redemption_of(bond, holder)
    return paper_response(redemption_notice(told, paper_language()), bond.cusip)


@workspace(Role.INVESTOR)
def holdings(request: HttpRequest, visit: Visit, year: int) -> HttpResponse:
    """What they held, what moved and what they were paid in a calendar year, up to the newest
    movement of the books."""
    day = as_of(visit.by.cell, fiscal_date(visit.at))
    if year not in years(bonds_of(visit.by.cell), day):
        raise Http404(_("There is no statement for this year. The page of holdings lists them."))
    last = min(date(year, 12, 31), day)
    told = holdings_of(visit.by.cell, organisation_of(visit).code, date(year, 1, 1), last)
    return paper_response(holdings_statement(told, paper_language()), year)


def years(bonds: list[BondOnFile], day: date) -> list[int]:
    """The calendar years for which there can be a statement, the newest first."""
    first = min((bond.terms.issue_on for bond in bonds), default=None)
    return [] if first is None else list(range(day.year, first.year - 1, -1))


def paper_of(bond: BondOnFile, run: RunOnFile) -> Link | None:
    """Where the paper of a payment is, None where a payment has none of its own."""
    if run.kind == INTEREST and run.cause.kind == "determination":
        return Link("PDF", reverse("web:investor:coupon-paper", args=[bond.id, run.number]))
    if run.kind == REDEMPTION:
        return Link("PDF", reverse("web:investor:redemption-paper", args=[bond.id]))
    return None


def _bond(visit: Visit, identifier: UUID) -> BondOnFile:
    for found in bonds_of(visit.by.cell):
        if found.id == identifier:
            return found
    raise Http404
