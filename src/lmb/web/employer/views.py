"""What an employer sees of people who agreed to it, and the form that confirms their work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lmb.facts import queries as facts
from lmb.facts.service_employers import EMPLOYMENT, confirm_work
from lmb.people.consents import ConsentOnFile, to_recipient
from lmb.people.roles import Role
from lmb.people.sessions import acting
from lmb.values.errors import ConflictError, RefusedError
from lmb.web.bonds_shown import bonds_shown
from lmb.web.doors import workspace
from lmb.web.employer.answers import Answers, read_answers
from lmb.web.employer.told import agreed_table, told_table
from lmb.web.organisations import organisation_of
from lmb.web.tables import page
from lmb.web.visits import Visit

DONE = "employer-confirmed"
"""Under this name a session remembers that work was just confirmed."""


@workspace(Role.EMPLOYER)
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Who agreed that the employer confirms their work, and what was confirmed."""
    employer = organisation_of(visit)
    agreed = _agreed(visit)
    told = facts.work_told_by(visit.by.cell, employer.code)
    confirmed = {record.person for record in told}
    context = {
        "employer": employer,
        "bonds": bonds_shown(visit.by.cell),
        "at": visit.at,
        "agreed": len(agreed),
        "missing": sum(consent.person not in confirmed for consent in agreed),
        "done": request.session.pop(DONE, False),
    }
    return page(
        request, "employer/home.html", context, agreed_table(agreed, told), told_table(told)
    )


@workspace(Role.EMPLOYER)
def confirm(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Confirm somebody's work: fill in, check the answers, say that they are true."""
    if request.method != "POST":
        return _form(request, visit, _agreed(visit), Answers())
    with acting(visit.by, visit.at):
        agreed = _agreed(visit)
        employer = organisation_of(visit)
    answers = read_answers(request.POST, agreed, visit.at.date())
    if answers.work is None or request.POST.get("step") == "change":
        return _form(request, visit, agreed, answers)
    if request.POST.get("step") != "confirm":
        context = {"answers": answers, "employer": employer}
        return render(request, "employer/check.html", context)
    try:
        confirm_work(visit.by, answers.work, visit.at)
    except (ConflictError, RefusedError) as refusal:
        return _form(request, visit, agreed, answers.refused(str(refusal)))
    request.session[DONE] = True
    return redirect("web:employer:home")


def _agreed(visit: Visit) -> list[ConsentOnFile]:
    employer = organisation_of(visit)
    return to_recipient(visit.by.cell, employer.id, EMPLOYMENT, visit.at)


def _form(
    request: HttpRequest, visit: Visit, agreed: list[ConsentOnFile], answers: Answers
) -> HttpResponse:
    context = {"agreed": agreed, "answers": answers, "at": visit.at}
    status = 422 if answers.problems else 200
    return render(request, "employer/confirm.html", context, status=status)
