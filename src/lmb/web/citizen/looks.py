"""Who looked: every look at a person's record, with who, why, and by what right."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lmb.people.access_log import Look, looks_at
from lmb.people.roles import Role
from lmb.web.doors import workspace
from lmb.web.downloads import csv_response
from lmb.web.visits import Visit
from lmb.web.words import role_name

LOOKS_A_PAGE = 50
LOOKS_IN_FILE = 500


@dataclass(frozen=True, slots=True)
class Seen:
    """A look in words."""

    look: Look
    who: str
    shown: bool


@require_safe
@workspace(Role.CITIZEN)
def looks(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The looks of others, newest first; refused ones too."""
    before = _before(request)
    found = looks_at(visit.by.cell, visit.by.person, before=before, limit=LOOKS_A_PAGE + 1)
    page = found[:LOOKS_A_PAGE]
    context = {
        "seen": [_seen(visit, look) for look in page],
        "next_before": page[-1].id if len(found) > LOOKS_A_PAGE else None,
        "first_page": before is None,
        "at": visit.at,
    }
    return render(request, "citizen/looks.html", context)


@require_safe
@workspace(Role.CITIZEN)
def looks_csv(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The newest looks as a file."""
    found = looks_at(visit.by.cell, visit.by.person, limit=LOOKS_IN_FILE)
    header = ("at", "who", "role", "organisation", "purpose", "right", "record", "fields")
    rows = (
        (
            look.at.isoformat(),
            "you" if look.principal == visit.by.person else "somebody else",
            look.role,
            look.organisation,
            look.reason or look.purpose,
            look.basis,
            look.record,
            " ".join(look.fields),
        )
        for look in found
    )
    return csv_response("looks", header, rows)


def _seen(visit: Visit, look: Look) -> Seen:
    who = look.organisation or str(role_name(Role(look.role)))
    if look.principal == visit.by.person and look.organisation is None:
        who = _("You")
    return Seen(look, who, look.basis != "refused")


def _before(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("before", ""))
    except ValueError:
        return None
