"""Approving what was proposed: the page shows what is hashed, and the passkey signs that hash."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lmb.people import approvals
from lmb.people.approvals import APPROVERS, Listed
from lmb.people.assurance import requirement, shortfalls
from lmb.people.sessions import acting
from lmb.people.sign_in.queries import credentials_of
from lmb.values.errors import RefusedError
from lmb.values.money import format_cents
from lmb.web.doors import workspace
from lmb.web.sign_in.arriving import own_capacity
from lmb.web.sign_in.ceremonies import answered, assertion, party, with_script
from lmb.web.sign_in.words import ACTIONS
from lmb.web.visits import Visit

ROLES = frozenset().union(*APPROVERS.values())
CENTS = "_cents"


@dataclass(frozen=True, slots=True)
class Line:
    """One value of what is proposed: where it stands, and what it is; cents also as dollars."""

    place: str
    value: str


@workspace(*ROLES)
def proposals(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What waits for a second person in this role."""
    found = [(ACTIONS[one.action], one) for one in approvals.open_for(visit.by, visit.at)]
    return render(request, "sign_in/proposals.html", {"proposals": found})


@workspace(*ROLES, reads=False)
@with_script
def proposal(request: HttpRequest, visit: Visit, identifier: UUID) -> HttpResponse:
    """One proposal, whole, and approving it."""
    with acting(visit.by, visit.at):
        listed = approvals.listed(visit.by, identifier)
    refusal = ""
    if request.method == "POST":
        try:
            _approve(request, visit, listed)
            return redirect("web:proposal", identifier)
        except RefusedError:
            refusal = _("This was not approved. Look at it again and sign anew.")
    return _page(request, visit, listed, refusal)


def _approve(request: HttpRequest, visit: Visit, listed: Listed) -> None:
    if not listed.proposed.signed:
        approvals.confirm(visit.by, listed.proposed.id, visit.at)
        return
    given = answered(request, _purpose(listed))
    if given is None:
        raise RefusedError("nothing was signed")
    approvals.sign(party(request), visit.by, listed.proposed.id, given.response, visit.at)


def _page(request: HttpRequest, visit: Visit, listed: Listed, refusal: str) -> HttpResponse:
    proposed = listed.proposed
    known = credentials_of(own_capacity(visit))
    needed = requirement(listed.action, visit.at.date())
    unsure = bool(shortfalls(visit.by.assurance, needed, visit.at))
    waits = not listed.by_me and listed.spent_at is None and proposed.expires_at > visit.at
    ceremony = None
    if proposed.signed and waits and known and not unsure:
        ceremony = assertion(request, _purpose(listed), known, proposed.challenge)
    content = json.loads(proposed.content)
    context = {
        "title": ACTIONS[listed.action],
        "listed": listed,
        "lines": list(lines(content["content"])),
        "sha256": proposed.challenge.hex(),
        "expires_at": proposed.expires_at,
        "ceremony": ceremony,
        "waits": waits,
        "unsure": unsure,
        "has_passkey": bool(known),
        "refusal": refusal,
    }
    status = 403 if refusal else 200
    return render(request, "sign_in/proposal.html", context, status=status)


def _purpose(listed: Listed) -> str:
    return f"approve {listed.proposed.id}"


def lines(content: object, place: str = "") -> Iterator[Line]:
    """Every value of a document by its place; none that is hashed is left out."""
    if isinstance(content, dict):
        for name, value in content.items():
            yield from lines(value, f"{place} · {name}" if place else name)
    elif isinstance(content, list):
        for number, value in enumerate(content, start=1):
            yield from lines(value, f"{place} {number}")
    else:
        shown = content if isinstance(content, str) else json.dumps(content)
        if place.endswith(CENTS) and isinstance(content, int):
            shown = f"{format_cents(content)} ({content})"
        yield Line(place, shown)
