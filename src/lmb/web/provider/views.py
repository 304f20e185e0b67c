"""What a provider sees of its own learners, its money and its programs, and of nobody else's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from lmb.people.roles import Role
from lmb.programs import queries as catalog
from lmb.values.clock import fiscal_date
from lmb.web.bonds_shown import as_of, bonds_of, bonds_shown
from lmb.web.doors import workspace
from lmb.web.organisations import organisation_of
from lmb.web.provider import paid, roster
from lmb.web.tables import page
from lmb.web.visits import Visit


@workspace(Role.PROVIDER)
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Learners by what they need next, with what is held and was paid for each."""
    provider = organisation_of(visit)
    learners = roster.learners(visit.by.cell, provider.code)
    money = paid.received(visit.by.cell, provider.code)
    context = {
        "provider": provider,
        "bonds": bonds_shown(visit.by.cell),
        "as_of": as_of(visit.by.cell, fiscal_date(visit.at)),
        "held_cents": money.pending_in_cents,
        "paid_cents": money.posted_cents,
        "learners": len(learners),
        "waiting": sum(learner.needs_provider for learner in learners),
    }
    return page(
        request,
        "provider/home.html",
        context,
        roster.steps_table(learners),
        roster.learners_table(learners),
    )


@workspace(Role.PROVIDER)
def payments(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every tranche that was paid, each with the determination that says why."""
    provider = organisation_of(visit)
    moved = paid.tranches(visit.by.cell, provider.code)
    context = {
        "provider": provider,
        "bonds": bonds_shown(visit.by.cell),
        "as_of": as_of(visit.by.cell, fiscal_date(visit.at)),
        "paid_cents": sum(each.amount_cents for each in moved),
    }
    return page(
        request,
        "provider/payments.html",
        context,
        paid.by_kind_table(moved),
        paid.tranches_table(moved),
    )


@workspace(Role.PROVIDER)
def programs(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The provider's programs, and what the bonds pay for each step."""
    provider = organisation_of(visit)
    offered = catalog.programs(visit.by.cell, provider.code)
    context = {
        "provider": provider,
        "bonds": bonds_shown(visit.by.cell),
        "as_of": as_of(visit.by.cell, fiscal_date(visit.at)),
        "offered": len(offered),
    }
    table = paid.programs_table(offered, bonds_of(visit.by.cell))
    return page(request, "provider/programs.html", context, table)
