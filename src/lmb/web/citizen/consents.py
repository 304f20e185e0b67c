"""What a person agreed to share, with whom, until when; agreeing and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from secrets import token_bytes

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lmb.people.consents import ConsentOnFile, of_person, withdraw
from lmb.people.consents import give as give_consent
from lmb.people.identifiers import DataClass
from lmb.people.organisations import OrganisationListed, organisations_in
from lmb.people.receipts import ConsentTerms, ConsentText
from lmb.people.roles import Role
from lmb.people.sessions import acting
from lmb.web.adapters import keys
from lmb.web.citizen.words import DATA, PURPOSES
from lmb.web.doors import posted_key, workspace
from lmb.web.visits import Visit

TEXT, TEXT_VERSION = "share-my-data", "1"
DAYS = (30, 90, 365)
SHAREABLE = (DataClass.NAME, DataClass.CONTACT, DataClass.BIRTH_DATE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks to agree to, and the words a person reads and signs."""

    recipient: OrganisationListed
    purpose: str
    data: tuple[DataClass, ...]
    days: int
    words: str


@dataclass(frozen=True, slots=True)
class Given:
    """A consent on file with its words."""

    consent: ConsentOnFile
    recipient: str
    purpose: str
    data: str
    in_force: bool


@require_http_methods(["GET", "HEAD", "POST"])
@workspace(Role.CITIZEN)
def consents(request: HttpRequest, visit: Visit) -> HttpResponse:
    """All consents, newest first; a POST takes one back."""
    if request.method == "POST":
        withdraw(keys().receipts, token_bytes, visit.by, posted_key(request, "consent"), visit.at)
        return redirect("web:citizen:consents")
    names = {body.id: body.name for body in organisations_in(visit.by.cell)}
    given = [
        Given(
            consent,
            names.get(consent.recipient, "–"),
            str(PURPOSES.get(consent.purpose, consent.purpose)),
            _listed(sorted(consent.data_classes)),
            consent.in_force(visit.at),
        )
        for consent in of_person(visit.by.cell, visit.by.person)
    ]
    return render(request, "citizen/consents.html", {"given": given, "at": visit.at})


@require_http_methods(["GET", "HEAD", "POST"])
@workspace(Role.CITIZEN)
def give(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Agree in two steps: choose, then read what one agrees to and sign it."""
    with acting(visit.by, visit.at):
        bodies = [body for body in organisations_in(visit.by.cell) if body.receives_data]
    form = {
        "bodies": bodies,
        "purposes": PURPOSES.items(),
        "data": [(each, DATA[each]) for each in SHAREABLE],
        "days": DAYS,
    }
    if request.method != "POST":
        return render(request, "citizen/consent_new.html", form)
    asked = _asked(request, bodies)
    if asked is None:
        context = {**form, "incomplete": True}
        return render(request, "citizen/consent_new.html", context, status=422)
    if request.POST.get("step") != "agree":
        return render(request, "citizen/consent_check.html", {"asked": asked})
    terms = ConsentTerms(
        recipient=asked.recipient.id,
        purpose=asked.purpose,
        data_classes=frozenset(asked.data),
        starts_at=visit.at,
        expires_at=visit.at + timedelta(days=asked.days),
        text=ConsentText.of(TEXT, TEXT_VERSION, get_language() or "en", asked.words),
    )
    give_consent(keys().receipts, token_bytes, visit.by, terms, visit.at)
    return redirect("web:citizen:consents")


def _asked(request: HttpRequest, bodies: list[OrganisationListed]) -> Asked | None:
    """What the form asks for; None where it leaves something open."""
    chosen = [body for body in bodies if str(body.id) == request.POST.get("recipient")]
    purpose = request.POST.get("purpose", "")
    data = tuple(each for each in SHAREABLE if each in request.POST.getlist("data"))
    days = request.POST.get("days", "")
    if not chosen or purpose not in PURPOSES or not data or days not in map(str, DAYS):
        return None
    words = _("%(who)s may see %(what)s, %(why)s, for %(long)s from today.") % {
        "who": chosen[0].name,
        "what": _listed(data),
        "why": PURPOSES[purpose],
        "long": ngettext("%(count)d day", "%(count)d days", int(days)) % {"count": int(days)},
    }
    return Asked(chosen[0], purpose, data, int(days), words)


def _listed(data: list[DataClass] | tuple[DataClass, ...]) -> str:
    return ", ".join(str(DATA[each]) for each in data)
