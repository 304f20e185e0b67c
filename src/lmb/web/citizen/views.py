"""What a person sees first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lmb.people.roles import Role
from lmb.wallets.queries import pockets
from lmb.web.doors import workspace
from lmb.web.visits import Visit


@workspace(Role.CITIZEN)
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What somebody can spend now, and the pockets it is in."""
    held = pockets(visit.by.cell, visit.by.person)
    paying = [pocket for pocket in held if pocket.pays_at(visit.at)]
    context = {
        "available_cents": sum(pocket.available_cents for pocket in paying),
        "held_cents": sum(pocket.held_cents for pocket in held),
        "pockets": held,
        "at": visit.at,
    }
    return render(request, "citizen/home.html", context)
