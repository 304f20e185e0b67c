"""Signing in by an identity provider: there, and back with an answer."""

from __future__ import annotations

import logging
from datetime import datetime
from secrets import token_bytes
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_GET, require_POST

from lmb.people import enrolment, queries
from lmb.people.assurance import Action, StepUpNeededError, requirement
from lmb.people.homes import Home
from lmb.people.oidc import (
    Asked,
    Fault,
    LowerThanAskedError,
    Pending,
    SignInRefusedError,
    ask,
)
from lmb.people.returned import Returned
from lmb.people.sign_in import attempts
from lmb.people.sign_in.accounts import SignedIn
from lmb.people.sign_in.attempts import TooManyTriesError, Tried
from lmb.values.errors import ConflictError, InputError, RefusedError
from lmb.web import visits
from lmb.web.adapters import keys
from lmb.web.sign_in.arriving import AnotherPersonError, arrive, own_capacity, remember_way
from lmb.web.sign_in.browsers import where
from lmb.web.sign_in.newcomers import home_told
from lmb.web.sign_in.providers import offered, redeemer, redirect_uri
from lmb.web.visits import Visit

KEPT = "asked"
LOG = logging.getLogger("lmb.sign_in")


@require_POST
def start(request: HttpRequest, name: str) -> HttpResponse:
    """Send the browser to a provider: to sign in, or, for somebody who is in, to show more."""
    remember_way(request)
    at, there = timezone.now(), redeemer(request, name)
    asked = _asked(request, visits.visit_of(request))
    try:
        attempts.count(keys().vault, Tried.NETWORK, attempts.network(where(request).address), at)
        endpoint = there.endpoint("authorization_endpoint", at)
        made = ask(
            there.issuer,
            endpoint,
            redirect_uri(request, name),
            asked,
            at,
            token_bytes,
            language=translation.get_language() or "en",
        )
    except (SignInRefusedError, TooManyTriesError) as refused:
        return _refused(request, refused)
    language = translation.get_language() or "en"
    request.session[KEPT] = {"pending": made.pending.document(), "language": language}
    return HttpResponseRedirect(made.url)


@require_GET
def answer(request: HttpRequest, name: str) -> HttpResponse:
    """The browser is back. What it brings counts once, and for what this session asked."""
    kept: dict[str, Any] = request.session.pop(KEPT, None) or {}
    translation.activate(kept.get("language", "en"))
    request.LANGUAGE_CODE = translation.get_language()
    at = timezone.now()
    try:
        returned = _returned(request, name, kept, at)
        return _taken(request, returned, at)
    except LowerThanAskedError as lower:
        context = {"identity_short": lower.identity_short, "visit": visits.visit_of(request)}
        return render(request, "sign_in/lower.html", context, status=403)
    except (RefusedError, ConflictError, InputError) as refused:
        return _refused(request, refused)


def _returned(request: HttpRequest, name: str, kept: dict[str, Any], at: datetime) -> Returned:
    there = redeemer(request, name)
    if "pending" not in kept:
        raise SignInRefusedError(Fault.STATE)
    pending = Pending.from_document(kept["pending"])
    pending.check_state(request.GET.get("state", ""), at)
    if "code" not in request.GET:
        if pending.asked.ial > 1:
            raise LowerThanAskedError(pending.asked.ial, pending.asked.aal, 1, 1)
        raise SignInRefusedError(Fault.DECLINED)
    return there.redeem(pending, request.GET["code"], redirect_uri(request, name), at)


def _taken(request: HttpRequest, returned: Returned, at: datetime) -> HttpResponse:
    """Somebody known comes in; somebody signed in adds this account to their own; somebody new
    tells first where they live."""
    visit = visits.visit_of(request)
    known = queries.person_of_identity(returned.issuer, returned.subject)
    if visit is not None and known is None:
        enrolment.link(keys().vault, own_capacity(visit), returned, at)
        cell, person = visit.by.cell, visit.by.person
    elif known is not None and visit is not None and known != (visit.by.cell, visit.by.person):
        raise AnotherPersonError
    else:
        told = home_told(request)
        if known is None and told is None:
            return redirect("web:new-here")
        cell, home = told or (0, Home("", ""))
        enrolled = enrolment.enrol(keys().vault, cell, returned, home, at)
        cell, person = enrolled.cell, enrolled.person
    assurance = returned.assurance(queries.proofed_here(cell, person))
    return arrive(request, SignedIn(cell, person, assurance))


def _asked(request: HttpRequest, visit: Visit | None) -> Asked:
    """What a sign-in must be worth: the least, or what the action asks for that somebody who is
    signed in was about to do."""
    if visit is None:
        return Asked()
    action = request.POST.get("for", "")
    if action not in set(Action):
        return Asked(aal=2, fresh=True)
    needed = requirement(Action(action), visit.at.date())
    return Asked(needed.ial, needed.aal, needed.phishing_resistant, needed.max_age is not None)


def _refused(request: HttpRequest, refused: Exception) -> HttpResponse:
    """One page for every fault; which it was is for the log, without a word of whose."""
    if isinstance(refused, SignInRefusedError):
        LOG.warning("sign-in refused: %s", refused.fault.name)
    kind = "fault"
    if isinstance(refused, (StepUpNeededError, ConflictError, AnotherPersonError)):
        kind = type(refused).__name__
    elif isinstance(refused, TooManyTriesError):
        kind = "too-many"
    context = {"kind": kind, "issuers": list(offered(request).values())}
    return render(request, "sign_in/refused.html", context, status=403)
