"""What happens once somebody showed who they are: a session, a stronger one, or neither."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse

from lmb.people.acting import Acting
from lmb.people.queries import acting_as_self
from lmb.people.sign_in.accounts import SignedIn
from lmb.values.errors import RefusedError
from lmb.web import visits
from lmb.web.doors import way_back
from lmb.web.sign_in.browsers import device_name
from lmb.web.visits import Visit
from lmb.web.workspaces import workspace_of

NEXT = "next"


class AnotherPersonError(RefusedError):
    """Somebody is signed in, and somebody else showed who they are."""

    def __init__(self) -> None:
        super().__init__("somebody else is signed in here; sign out first")


def arrive(request: HttpRequest, signed_in: SignedIn) -> HttpResponse:
    """Begin a session, or make the one there is as sure as this; go on to where they wanted.

    Raises AnotherPersonError where the session is somebody else's.
    """
    visit = visits.visit_of(request)
    if visit is None:
        device = device_name(request.headers.get("User-Agent", ""))
        visit = visits.begin(
            request, signed_in.cell, signed_in.person, signed_in.assurance, device=device
        )
    elif (visit.by.cell, visit.by.person) == (signed_in.cell, signed_in.person):
        visit = visits.step_up(request, signed_in.assurance)
    else:
        raise AnotherPersonError
    # Forms of before belong to whoever was here before.
    rotate_token(request)
    return redirect(_onward(request, visit))


def arrival(visit: Visit) -> str:
    """Where somebody arrives: the first page of their workspace."""
    found = workspace_of(visit.by.role)
    return reverse("web:acting" if found is None else found.home)


def remember_way(request: HttpRequest) -> str:
    """Keep the address somebody wanted while they sign in, on however many pages; return it."""
    wanted = way_back(request, "")
    if wanted:
        request.session[NEXT] = wanted
    return str(request.session.get(NEXT, ""))


def own_capacity(visit: Visit) -> Acting:
    """Whoever visits, in their own name: how one signs in is nobody else's matter."""
    return acting_as_self(visit.by.cell, visit.by.person, visit.by.assurance)


def redirect_after(address: str) -> HttpResponse:
    """On to an address with GET, whatever was sent (303 See Other)."""
    return HttpResponseRedirect(address, status=HTTPStatus.SEE_OTHER)


def _onward(request: HttpRequest, visit: Visit) -> str:
    kept = request.session.pop(NEXT, "")
    return way_back(request, str(kept) or arrival(visit))
