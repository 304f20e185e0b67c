"""The doors of the workspaces: who may come in, and what the database then shows them.

    @workspace(Role.CITIZEN)
    def home(request: HttpRequest, visit: Visit) -> HttpResponse: ...

A page that reads runs in a transaction that says who asks, so that row-level security decides
what it finds. One that changes something calls a service, which does so itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from lmb.people.assurance import StepUpNeededError
from lmb.people.roles import Role
from lmb.people.sessions import acting
from lmb.values.errors import ConflictError, LmbError, NotFoundError
from lmb.web.visits import Visit, visit_of

SAFE = frozenset({"GET", "HEAD"})
View = Callable[..., HttpResponse]


def workspace(*roles: Role, reads: bool = True) -> Callable[[View], View]:
    """A page for some roles; it is given the visit after the request.

    Nobody signed in is sent to sign in and comes back; another role is told whose page it is. With
    `reads` GET and HEAD run inside `acting`; without, as for what `vault.read` commits, the page
    opens its own.
    """

    def door(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
            visit = visit_of(request)
            if visit is None:
                return redirect(sign_in_address(request.get_full_path()))
            if visit.by.role not in roles:
                return _another_role(request, visit, roles)
            try:
                response = _shown(view, request, visit, reads, args, named)
            except StepUpNeededError as short:
                response = _more_assurance(request, visit, short)
            except LmbError as refusal:
                response = _refused(request, visit, refusal)
            # Somebody else may use this browser next.
            response.headers["Cache-Control"] = "private, no-store"
            return response

        guarded.workspace_roles = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return door


def sign_in_address(back: str) -> str:
    """Where to sign in, so that one comes back to an address of this site."""
    return f"{reverse('web:sign-in')}?{urlencode({'next': back})}"


def way_back(request: HttpRequest, default: str) -> str:
    """The address of this site that a form or link asked to come back to; `default` for any other,
    so that nobody is sent to a stranger's page from ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if own and wanted.startswith("/") else default


def posted_key(request: HttpRequest, field: str) -> UUID:
    """The key that a button of a form says back. Raises Http404 for anything else."""
    try:
        return UUID(request.POST.get(field, ""))
    except ValueError:
        raise Http404 from None


def _shown(
    view: View,
    request: HttpRequest,
    visit: Visit,
    reads: bool,
    args: tuple[object, ...],
    named: dict[str, object],
) -> HttpResponse:
    if not reads or request.method not in SAFE:
        return view(request, visit, *args, **named)
    with acting(visit.by, visit.at):
        return view(request, visit, *args, **named)


def _another_role(request: HttpRequest, visit: Visit, roles: tuple[Role, ...]) -> HttpResponse:
    return render(request, "lmb/another_role.html", {"visit": visit, "roles": roles}, status=403)


def _more_assurance(request: HttpRequest, visit: Visit, short: StepUpNeededError) -> HttpResponse:
    """What the session lacks, and where to get it."""
    context = {
        "visit": visit,
        "shortfalls": short.shortfalls,
        "action": short.action.value,
        "back": request.get_full_path(),
    }
    return render(request, "lmb/more_assurance.html", context, status=403)


def _refused(request: HttpRequest, visit: Visit, refusal: LmbError) -> HttpResponse:
    """What a service refused and a page had no words of its own for, in the service's words."""
    kinds = ((NotFoundError, 404), (ConflictError, 409))
    status = next((code for kind, code in kinds if isinstance(refusal, kind)), 403)
    context = {"visit": visit, "reason": str(refusal)}
    return render(request, "lmb/refused.html", context, status=status)
