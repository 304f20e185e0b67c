"""Who may act for a person, what they did, and letting somebody or ending it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from secrets import token_bytes

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lmb.people.codes import CodeKind, take
from lmb.people.delegations import (
    DelegableAction,
    DelegationKind,
    DelegationListed,
    DelegationTerms,
    acts_for,
    delegate,
    delegations_of,
    revoke,
)
from lmb.people.organisations import organisations_in
from lmb.people.roles import Role
from lmb.values.errors import RefusedError
from lmb.web.citizen.words import ACTIONS, KINDS
from lmb.web.doors import posted_key, workspace
from lmb.web.visits import Visit

DAYS = (30, 180, 365)
BECAUSE = "ended by the person"


@dataclass(frozen=True, slots=True)
class Helper:
    """A delegation in words."""

    listed: DelegationListed
    kind: str
    organisation: str
    actions: str
    in_force: bool


@require_http_methods(["GET", "HEAD", "POST"])
@workspace(Role.CITIZEN)
def helpers(request: HttpRequest, visit: Visit) -> HttpResponse:
    """All delegations and what was done under them; a POST ends one."""
    if request.method == "POST":
        revoke(visit.by, posted_key(request, "delegation"), BECAUSE, visit.at)
        return redirect("web:citizen:helpers")
    names = {body.id: body.name for body in organisations_in(visit.by.cell)}
    found = [
        Helper(
            listed,
            str(KINDS[listed.kind]),
            names[listed.organisation] if listed.organisation else "",
            ", ".join(str(ACTIONS[action]) for action in sorted(listed.actions)),
            listed.in_force(visit.at),
        )
        for listed in delegations_of(visit.by.cell, visit.by.person)
    ]
    acts = [
        (act, ACTIONS[DelegableAction(act.action)])
        for act in acts_for(visit.by.cell, visit.by.person, limit=50)
    ]
    return render(request, "citizen/helpers.html", {"helpers": found, "acts": acts, "at": visit.at})


@require_http_methods(["GET", "HEAD", "POST"])
@workspace(Role.CITIZEN)
def add(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Let a parent or guardian act, by the code they show."""
    form = {"actions": ACTIONS.items(), "days": DAYS, "at": visit.at}
    if request.method != "POST":
        return render(request, "citizen/helper_new.html", form)
    actions = {each for each in DelegableAction if each in request.POST.getlist("actions")}
    days = request.POST.get("days", "")
    if not actions or days not in map(str, DAYS):
        wrong = _("Choose at least one thing they may do, and for how long.")
        return render(request, "citizen/helper_new.html", {**form, "wrong": wrong}, status=422)
    try:
        # A code that was taken and led to nothing would be lost: both or neither.
        with transaction.atomic():
            person = take(visit.by, CodeKind.DELEGATION, request.POST.get("code", ""), visit.at)
            terms = DelegationTerms(
                delegate=person,
                kind=DelegationKind.PARENT,
                organisation=None,
                actions=frozenset(actions),
                data_classes=frozenset(),
                starts_at=visit.at,
                expires_at=visit.at + timedelta(days=int(days)),
            )
            delegate(token_bytes, visit.by, terms, visit.at)
    except RefusedError:
        wrong = _("This code cannot be used. Ask the person for a new one.")
        return render(request, "citizen/helper_new.html", {**form, "wrong": wrong}, status=422)
    return redirect("web:citizen:helpers")
