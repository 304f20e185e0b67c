"""What somebody sees of the person they act for. Each visit is put on record for that person."""

from __future__ import annotations

from secrets import token_bytes

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lmb.people.access_log import note
from lmb.people.delegations import DelegableAction
from lmb.people.queries_bodies import ward
from lmb.people.roles import Role
from lmb.values.errors import RefusedError
from lmb.wallets.queries import pockets
from lmb.web.bonds_shown import bonds_shown
from lmb.web.doors import workspace
from lmb.web.representative.handed_over import actions_words, pockets_table
from lmb.web.tables import page
from lmb.web.visits import Visit

PURPOSE = "help with training"
"""What the person reads among who looked at them."""


@workspace(Role.REPRESENTATIVE)
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The wallet of the person one acts for, and what one may do for them."""
    if visit.by.delegation is None:
        return render(request, "representative/nobody.html", {"bonds": bonds_shown(visit.by.cell)})
    found = ward(visit.by.cell, visit.by.delegation)
    if DelegableAction.READ not in found.actions:
        raise RefusedError("this person did not let you look; ask them to delegate that too")
    held = pockets(visit.by.cell, found.person)
    note(
        token_bytes,
        visit.by,
        found.person,
        record="wallet",
        fields=["balance"],
        purpose=PURPOSE,
        at=visit.at,
    )
    paying = [pocket for pocket in held if pocket.pays_at(visit.at)]
    context = {
        "bonds": bonds_shown(visit.by.cell),
        "at": visit.at,
        "ward": found,
        "may": actions_words(found.actions),
        "available_cents": sum(pocket.available_cents for pocket in paying),
        "held_cents": sum(pocket.held_cents for pocket in held),
    }
    return page(request, "representative/home.html", context, pockets_table(held))
