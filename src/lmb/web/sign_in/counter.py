"""Proving who one is to a person: the code somebody takes there, and the page of who is there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lmb.people.roles import Role
from lmb.people.sign_in import counter
from lmb.people.sign_in.attempts import TooManyTriesError
from lmb.people.sign_in.counter import PROVED, Strength, evidence_types
from lmb.values.clock import fiscal_date
from lmb.values.errors import InputError, RefusedError
from lmb.web.adapters import keys
from lmb.web.doors import workspace
from lmb.web.sign_in.words import EVIDENCE
from lmb.web.visits import Visit

_FIELDS = {
    "given_name": gettext_lazy("Given name"),
    "family_name": gettext_lazy("Family name"),
    "birth_date": gettext_lazy("Birth date"),
    "ssn": gettext_lazy("Social Security number"),
}
ORDER = [Strength.SUPERIOR, Strength.STRONG, Strength.FAIR]


@workspace(Role.CITIZEN, reads=False)
def code(request: HttpRequest, visit: Visit) -> HttpResponse:
    """A code to take to a counter; drawn when asked for, shown this once."""
    drawn = counter.new_code(keys().vault, visit.by, visit.at) if request.method == "POST" else None
    context = {
        "code": drawn[0] if drawn else None,
        "until": drawn[1] if drawn else None,
        "evidence": [(EVIDENCE[name], strength) for name, strength in _accepted(visit)],
    }
    return render(request, "sign_in/counter_code.html", context)


@workspace(Role.STATE_BOARD, reads=False)
def desk(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Enter the code somebody brought, what they showed, and what stands on it."""
    given = {name: request.POST.get(name, "").strip() for name in PROVED}
    chosen = request.POST.getlist("evidence")
    refusal, proved = "", False
    if request.method == "POST":
        try:
            brought = request.POST.get("code", "")
            counter.prove(keys().vault, visit.by, brought, chosen, given, visit.at)
            given, chosen, proved = dict.fromkeys(PROVED, ""), [], True
        except TooManyTriesError:
            refusal = _("Too many codes were tried. Wait a quarter of an hour.")
        except InputError as error:
            names = ", ".join(str(_FIELDS[str(one.column)]) for one in error.problems)
            refusal = _("These cannot be read: %(names)s.") % {"names": names}
        except RefusedError:
            refusal = _(
                "This was not recorded. Check the code, that one strong document and another are "
                "chosen or one of the strongest, and that every field is filled in. The person can "
                "make a new code."
            )
    context = {
        "evidence": [
            (name, EVIDENCE[name], strength, name in chosen) for name, strength in _accepted(visit)
        ],
        "given": given,
        "refusal": refusal,
        "proved": proved,
    }
    return render(request, "sign_in/counter.html", context, status=400 if refusal else 200)


def _accepted(visit: Visit) -> list[tuple[str, Strength]]:
    """What a counter accepts now: type and strength, the strongest first."""
    found = evidence_types(fiscal_date(visit.at)).items()
    return sorted(found, key=lambda one: ORDER.index(one[1]))
