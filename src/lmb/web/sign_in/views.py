"""Signing in, choosing for whom one acts, and signing out."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from lmb.people.roles import Role
from lmb.web import visits
from lmb.web.doors import way_back, workspace
from lmb.web.sign_in.capacities import capacities
from lmb.web.visits import Visit
from lmb.web.workspaces import workspace_of


@require_http_methods(["GET", "HEAD"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The ways to sign in. Somebody who is in already goes on to where they wanted."""
    visit = visits.visit_of(request)
    if visit is not None:
        return redirect(way_back(request, arrival(visit)))
    return render(request, "sign_in/sign_in.html", {"next": way_back(request, "")})


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    visits.end(request)
    response = redirect("web:home")
    # What the browser kept of private pages goes too: a phone may be lent to somebody else.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@workspace(*Role)
def act(request: HttpRequest, visit: Visit) -> HttpResponse:
    """For whom one acts: oneself, an organisation, another person."""
    if request.method == "POST":
        return redirect(arrival(visits.act_for(request, **_chosen(request))))
    return render(request, "sign_in/acting.html", {"capacities": capacities(visit)})


def arrival(visit: Visit) -> str:
    """Where somebody arrives: the first page of their workspace."""
    found = workspace_of(visit.by.role)
    return reverse("web:acting" if found is None else found.home)


def _chosen(request: HttpRequest) -> dict[str, UUID]:
    """The capacity a form names; none for oneself."""
    kind, _, identifier = request.POST.get("capacity", "").partition(":")
    if kind not in {"membership", "delegation"}:
        return {}
    try:
        return {kind: UUID(identifier)}
    except ValueError:
        raise Http404 from None
