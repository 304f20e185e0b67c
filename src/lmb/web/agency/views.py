"""What the labor agency sees: outcomes with their intervals, rules in force, cases."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from lmb.people.queries_bodies import review_cases
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.programs import queries as catalog
from lmb.settlement.report import Report, report
from lmb.values.clock import fiscal_date
from lmb.web.agency.outcomes import outcomes_table, programs_table
from lmb.web.agency.rulebook import rules_table
from lmb.web.bonds_shown import as_of, bonds_of, bonds_shown
from lmb.web.cases import cases_table
from lmb.web.doors import workspace
from lmb.web.tables import page
from lmb.web.visits import Visit


@workspace(Role.AGENCY)
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The net gain of the newest measured bond, and every bond's outcome."""
    reports = _reports(visit)
    measured = [each for each in reports if each.outcome is not None]
    context = {
        "bonds": bonds_shown(visit.by.cell),
        "as_of": as_of(visit.by.cell, fiscal_date(visit.at)),
        "newest": measured[0] if measured else None,
        "open_cases": sum(case.outcome is None for case in review_cases(visit.by.cell)),
    }
    return page(
        request,
        "agency/home.html",
        context,
        outcomes_table(reports),
        programs_table(catalog.programs(visit.by.cell)),
    )


@workspace(Role.AGENCY)
def rules(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every rule with its versions, the law it cites, and since when it is in force."""
    table = rules_table(fiscal_date(visit.at))
    context = {
        "bonds": bonds_shown(visit.by.cell),
        "at": visit.at,
        "versions": len(table.rows),
    }
    return page(request, "agency/rules.html", context, table)


@workspace(Role.AGENCY)
def cases(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Questions about people that two must decide, of all states."""
    found = review_cases(visit.by.cell)
    context = {
        "bonds": bonds_shown(visit.by.cell),
        "at": visit.at,
        "waiting": sum(case.outcome is None for case in found),
    }
    return page(request, "agency/cases.html", context, cases_table(found))


@house()
def _reports(visit: Visit) -> list[Report]:
    """The figures of every bond, as its public page has them."""
    return [report(bond) for bond in bonds_of(visit.by.cell)]
