"""What an auditor sees. Nothing here changes anything."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.proofs.standing import LogStanding, signed_sizes, standing
from lmb.rules import queries as rules
from lmb.web.auditor import drawing
from lmb.web.auditor.proving import checkpoints_table, exceptions_table
from lmb.web.bonds_shown import bonds_shown
from lmb.web.doors import workspace
from lmb.web.formats import age_text
from lmb.web.looks_shown import looks_page
from lmb.web.tables import page
from lmb.web.visits import Visit

CHECKPOINTS_MAX = 200


@workspace(Role.AUDITOR)
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Whether all movements are proven, what was found, and every checkpoint."""
    cell = visit.by.cell
    found = _standing(visit)
    last = max((witness.timestamp for witness in found.witnesses), default=None)
    context = {
        "found": found,
        "bonds": bonds_shown(cell),
        "at": visit.at,
        "witnessed_ago": None
        if last is None
        else age_text(datetime.fromtimestamp(min(last, int(visit.at.timestamp())), UTC), visit.at),
        "determinations": rules.count(cell),
    }
    return page(
        request,
        "auditor/home.html",
        context,
        exceptions_table(found.audit),
        checkpoints_table(signed_sizes(cell, 0, CHECKPOINTS_MAX)),
    )


@workspace(Role.AUDITOR)
def sample(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Determinations drawn by a seed, each computed again from its facts."""
    asked = drawing.Asked.from_request(request)
    context = {"bonds": bonds_shown(visit.by.cell), "at": visit.at, "asked": asked}
    drawn = drawing.draw(visit.by.cell, asked) if asked.is_complete else []
    context |= {
        "drawn": len(drawn),
        "equal": sum(each.is_equal for each in drawn),
        "determinations": rules.count(visit.by.cell),
    }
    return page(request, "auditor/sample.html", context, drawing.sample_table(drawn))


@workspace(Role.AUDITOR)
def looks(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Who looked at whom: by keys, never by names."""
    return looks_page(request, visit, "auditor/looks.html")


@house()
def _standing(visit: Visit) -> LogStanding:
    """What the public page of the audit says too."""
    return standing(visit.by.cell, visit.at)
