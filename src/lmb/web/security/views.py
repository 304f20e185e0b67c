"""What a security officer sees and may stop: that people are there, never what they see."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lmb.people import organisations, queries_bodies
from lmb.people.roles import Role
from lmb.people.sessions import acting
from lmb.web import live_sessions
from lmb.web.bonds_shown import bonds_shown
from lmb.web.doors import workspace
from lmb.web.looks_shown import looks_page
from lmb.web.security import watched
from lmb.web.tables import page
from lmb.web.visits import Visit

DONE = "security-done"
"""Under this name a session remembers what was just stopped."""

REASON_CHARACTERS_MAX = 500
REASON_CHARACTERS_MIN = 10


@workspace(Role.SECURITY_OFFICER)
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everybody who is signed in now."""
    found = live_sessions.live_sessions(visit.by.cell, visit.at)
    seats = queries_bodies.members(visit.by.cell)
    context = {
        "bonds": bonds_shown(visit.by.cell),
        "at": visit.at,
        "sessions": len(found),
        "people": len({session.person for session in found}),
        "done": request.session.pop(DONE, ""),
    }
    table = watched.sessions_table(found, seats, visit.session)
    return page(request, "security/home.html", context, table)


@workspace(Role.SECURITY_OFFICER)
def sign_ins(request: HttpRequest, visit: Visit) -> HttpResponse:
    """How people signed in, as identity providers told it."""
    found = queries_bodies.sign_ins(visit.by.cell)
    context = {"bonds": bonds_shown(visit.by.cell), "at": visit.at, "sign_ins": len(found)}
    return page(request, "security/sign_ins.html", context, watched.sign_ins_table(found))


@workspace(Role.SECURITY_OFFICER)
def looks(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Who looked at whom."""
    return looks_page(request, visit, "security/looks.html")


@workspace(Role.SECURITY_OFFICER)
def members(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Who acts for which organisation in which role."""
    found = queries_bodies.members(visit.by.cell)
    context = {
        "bonds": bonds_shown(visit.by.cell),
        "at": visit.at,
        "members": sum(member.ended_at is None for member in found),
    }
    return page(request, "security/members.html", context, watched.members_table(found))


@workspace(Role.SECURITY_OFFICER)
def end_session(request: HttpRequest, visit: Visit, session: UUID) -> HttpResponse:
    """Sign a browser out: one question, one button."""
    if request.method == "POST":
        live_sessions.end_session(visit.by, session, visit.at)
        request.session[DONE] = "session"
        return redirect("web:security:home")
    found = live_sessions.live_session(visit.by, session, visit.at)
    context = {"session": found, "own": found.id == visit.session}
    return render(request, "security/end_session.html", context)


@workspace(Role.SECURITY_OFFICER)
def end_membership(request: HttpRequest, visit: Visit, membership: UUID) -> HttpResponse:
    """Take somebody's role from them, with a reason."""
    because = request.POST.get("because", "").strip()
    fits = REASON_CHARACTERS_MIN <= len(because) <= REASON_CHARACTERS_MAX
    if request.method == "POST" and fits:
        organisations.end_membership(visit.by, membership, because, visit.at)
        request.session[DONE] = "membership"
        return redirect("web:security:home")
    with acting(visit.by, visit.at):
        member = queries_bodies.member(visit.by.cell, membership)
    problem = request.method == "POST"
    context = {
        "member": member,
        "because": because,
        "problem": problem,
        "least": REASON_CHARACTERS_MIN,
        "own": member.person == visit.by.person,
    }
    return render(request, "security/end_membership.html", context, status=422 if problem else 200)
