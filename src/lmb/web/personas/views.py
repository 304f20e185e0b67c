"""Coming in as somebody of the demonstration."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from lmb.people.roles import Role
from lmb.web import visits
from lmb.web.doors import way_back
from lmb.web.personas.seeds import Persona, persona, sure
from lmb.web.personas.words import TASKS
from lmb.web.sign_in.arriving import arrival


@require_http_methods(["GET", "HEAD"])
def personas(request: HttpRequest) -> HttpResponse:
    """All roles one can come in as, with what each of them does."""
    _refuse_unless_tried_out()
    roles = [(role, TASKS[role]) for role in Role if persona(role) is not None]
    context = {"roles": roles, "next": way_back(request, "")}
    return render(request, "personas/personas.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def come_in(request: HttpRequest, role: str) -> HttpResponse:
    """Come in as one role: a page with one button, because a link must sign nobody in."""
    _refuse_unless_tried_out()
    found = _persona(role)
    if request.method != "POST":
        context = {"role": found.role, "task": TASKS[found.role]}
        return render(request, "personas/persona.html", context)
    visit = visits.begin(request, found.cell, found.person, sure(timezone.now()))
    if found.membership is not None or found.delegation is not None:
        visit = visits.act_for(request, membership=found.membership, delegation=found.delegation)
    return redirect(way_back(request, arrival(visit)))


def _refuse_unless_tried_out() -> None:
    if not settings.PERSONAS:
        raise Http404


def _persona(role: str) -> Persona:
    found = persona(Role(role)) if role in set(Role) else None
    if found is None:
        raise Http404
    return found
