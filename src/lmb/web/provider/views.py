"""What a provider sees of its own learners, its money and its programs, and of nobody else's."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lmb.ledger.statements import books as books_of
from lmb.people.roles import Role
from lmb.people.sessions import acting
from lmb.programs import queries as catalog
from lmb.training.service_providers import confirm_step
from lmb.values.clock import fiscal_date
from lmb.values.errors import ConflictError, RefusedError
from lmb.web.bonds_shown import as_of, bonds_of, bonds_shown
from lmb.web.clock import system_clock
from lmb.web.doors import workspace
from lmb.web.formats import day_or_none
from lmb.web.organisations import organisation_of
from lmb.web.provider import paid, roster
from lmb.web.tables import page
from lmb.web.visits import Visit

DONE = "provider-confirmed"
"""Under this name a session remembers that a step was just confirmed."""


@workspace(Role.PROVIDER)
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Learners by what they need next, with what is held and was paid for each."""
    provider = organisation_of(visit)
    learners = roster.learners(visit.by.cell, provider.code)
    money = paid.received(visit.by.cell, provider.code)
    context = {
        "provider": provider,
        "done": request.session.pop(DONE, False),
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
def confirm(request: HttpRequest, visit: Visit, learner: UUID) -> HttpResponse:
    """Confirm a learner's next step: the day, check it, say that it is true."""
    with acting(visit.by, visit.at):
        provider = organisation_of(visit)
        found = roster.learner(visit.by.cell, provider.code, learner)
        day = as_of(visit.by.cell, fiscal_date(visit.at))
    context: dict[str, object] = {"learner": found, "provider": provider, "as_of": day}
    typed = request.POST.get("happened_on", "").strip()
    context |= {"typed": typed, "problem": "", "happened_on": None}
    if request.method != "POST" or request.POST.get("step") == "change":
        return render(request, "provider/confirm.html", context)
    happened_on = day_or_none(typed)
    if happened_on is None:
        context["problem"] = _("Give the day on which it happened.")
        return render(request, "provider/confirm.html", context, status=422)
    context["happened_on"] = happened_on
    if request.POST.get("step") != "confirm":
        return render(request, "provider/check.html", context)
    try:
        books = books_of(visit.by.cell, system_clock())
        confirm_step(books, visit.by, learner, found.step.fact, happened_on, visit.at)
    except (ConflictError, RefusedError) as refusal:
        context["problem"] = str(refusal)
        return render(request, "provider/confirm.html", context, status=422)
    request.session[DONE] = True
    return redirect("web:provider:home")


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
