"""What a state board sees: decisions that wait, the fund, and its state's people in numbers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from lmb.people.queries_bodies import review_cases
from lmb.people.roles import Role
from lmb.programs import queries as catalog
from lmb.values.clock import fiscal_date
from lmb.web.board import fund, serving
from lmb.web.bonds_shown import as_of, bonds_shown
from lmb.web.cases import cases_table
from lmb.web.doors import workspace
from lmb.web.organisations import organisation_of
from lmb.web.tables import page
from lmb.web.visits import Visit


@workspace(Role.STATE_BOARD)
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What needs a decision, and the money in short."""
    board = organisation_of(visit)
    cases = review_cases(visit.by.cell)
    waiting = [case for case in cases if case.outcome is None]
    context = {
        "board": board,
        "bonds": bonds_shown(visit.by.cell),
        "at": visit.at,
        "waiting": len(waiting),
        "oldest": min((case.recorded_at for case in waiting), default=None),
        "position": fund.position(visit.by.cell, board),
    }
    return page(
        request,
        "board/home.html",
        context,
        cases_table(cases),
        serving.programs_table(catalog.programs(visit.by.cell)),
    )


@workspace(Role.STATE_BOARD)
def money(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Where the state's share of the bonds' money came from and went."""
    board = organisation_of(visit)
    context = {
        "board": board,
        "bonds": bonds_shown(visit.by.cell),
        "as_of": as_of(visit.by.cell, fiscal_date(visit.at)),
        "position": fund.position(visit.by.cell, board),
    }
    return page(
        request,
        "board/money.html",
        context,
        fund.accounts_table(visit.by.cell, board),
        fund.movements_table(visit.by.cell, board),
    )


@workspace(Role.STATE_BOARD)
def people(request: HttpRequest, visit: Visit) -> HttpResponse:
    """How many people the state's boards serve, and how far they came: counts alone."""
    board = organisation_of(visit)
    served = serving.served(visit, board)
    context = {
        "board": board,
        "bonds": bonds_shown(visit.by.cell),
        "as_of": as_of(visit.by.cell, fiscal_date(visit.at)),
        "served": served.total(),
        "state": board.state,
    }
    return page(
        request,
        "board/people.html",
        context,
        serving.steps_table(visit),
        serving.boards_table(served),
    )
