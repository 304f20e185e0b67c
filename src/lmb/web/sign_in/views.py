"""The way in and out: choosing how to sign in, signing out, choosing for whom one acts."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from lmb.people.assurance import Action, requirement
from lmb.people.roles import Role
from lmb.people.sign_in.queries import WaysIn, credentials_of, ways_in
from lmb.web import visits
from lmb.web.doors import way_back, workspace
from lmb.web.sign_in.arriving import arrival, own_capacity, remember_way
from lmb.web.sign_in.capacities import capacities
from lmb.web.sign_in.ceremonies import assertion, with_script
from lmb.web.sign_in.providers import forms_lead_to, offered
from lmb.web.visits import Visit

ENTER = "enter"


@require_http_methods(["GET", "HEAD"])
@with_script
def sign_in(request: HttpRequest) -> HttpResponse:
    """The ways to sign in. Somebody who is in already goes on to where they wanted, or shows again
    that it is them."""
    visit = visits.visit_of(request)
    if visit is not None and "again" not in request.GET:
        return redirect(way_back(request, arrival(visit)))
    return ways(request, visit)


def ways(
    request: HttpRequest, visit: Visit | None, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The page of ways in, after a refusal with what was wrong."""
    remember_way(request)
    own: WaysIn | None = None
    known: list[bytes] = []
    if visit is not None:
        own, known = ways_in(own_capacity(visit)), credentials_of(own_capacity(visit))
    context = {
        "ceremony": assertion(request, ENTER, known),
        "issuers": list(offered(request).values()),
        "own": own,
        "proof": visit is not None and _needs_proof(request, visit),
        "action": _action(request),
        "refusal": refusal,
        "personas": settings.PERSONAS,
    }
    response = render(request, "sign_in/sign_in.html", context, status=status)
    return forms_lead_to(response, offered(request).values())


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


def _action(request: HttpRequest) -> str:
    """The action somebody was about to do, where a page named one."""
    named = request.GET.get("for", "")
    return named if named in set(Action) else ""


def _needs_proof(request: HttpRequest, visit: Visit) -> bool:
    """Whether what somebody was about to do asks for an identity proofed better than theirs."""
    action = _action(request)
    if not action:
        return False
    needed = requirement(Action(action), timezone.now().date())
    return needed.ial > visit.by.assurance.ial


def _chosen(request: HttpRequest) -> dict[str, UUID]:
    """The capacity a form names; none for oneself."""
    kind, _, identifier = request.POST.get("capacity", "").partition(":")
    if kind not in {"membership", "delegation"}:
        return {}
    try:
        return {kind: UUID(identifier)}
    except ValueError:
        raise Http404 from None
