"""What happened to a person's money, data and sign-in, newest first: read from the records
themselves, so that nothing can be told that is not on file and nothing on file goes untold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lmb.people.access_log import looks_at
from lmb.people.codes import taken_from
from lmb.people.consents import of_person
from lmb.people.delegations import delegations_of
from lmb.people.organisations import organisations_in
from lmb.people.roles import Role
from lmb.people.security import events_of
from lmb.values.money import format_cents
from lmb.wallets.queries_statement import statement
from lmb.web.citizen.words import CODES, EVENTS, KINDS, entry_words
from lmb.web.doors import workspace
from lmb.web.visits import Visit

SHOWN = 40
EACH_KIND = 50


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened; `care` where a person should look twice."""

    at: datetime
    words: str
    link: str
    care: bool = False


@require_safe
@workspace(Role.CITIZEN)
def news(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The latest of everything."""
    found = sorted(_happened(visit), key=lambda each: each.at, reverse=True)[:SHOWN]
    return render(request, "citizen/news.html", {"happened": found, "at": visit.at})


def _happened(visit: Visit) -> Iterator[Happened]:
    yield from _money(visit)
    yield from _looks(visit)
    yield from _sharing(visit)
    cell, person = visit.by.cell, visit.by.person
    for kind, at in events_of(cell, person, limit=EACH_KIND):
        yield Happened(at, str(EVENTS[kind]), reverse("web:citizen:home"), care=True)


def _money(visit: Visit) -> Iterator[Happened]:
    for entry in statement(visit.by.cell, visit.by.person).entries[:EACH_KIND]:
        words = f"{entry_words(entry)}, {format_cents(abs(entry.cents))}"
        yield Happened(entry.at, words, reverse("web:citizen:history"))


def _looks(visit: Visit) -> Iterator[Happened]:
    for look in looks_at(visit.by.cell, visit.by.person, limit=EACH_KIND):
        if look.principal == visit.by.person:
            continue
        who = look.organisation or _("Somebody")
        if look.basis == "refused":
            words = _("%(who)s asked to see your record and was refused.") % {"who": who}
        else:
            words = _("%(who)s looked at your record.") % {"who": who}
        yield Happened(look.at, words, reverse("web:citizen:looks"), look.basis == "refused")


def _sharing(visit: Visit) -> Iterator[Happened]:
    cell, person = visit.by.cell, visit.by.person
    names = {body.id: body.name for body in organisations_in(cell)}
    for consent in of_person(cell, person)[:EACH_KIND]:
        who = {"who": names.get(consent.recipient, "–")}
        link = reverse("web:citizen:consents")
        yield Happened(consent.starts_at, _("You agreed to share with %(who)s.") % who, link)
        if consent.withdrawn_at is not None:
            words = _("You stopped sharing with %(who)s.") % who
            yield Happened(consent.withdrawn_at, words, link)
    for listed in delegations_of(cell, person)[:EACH_KIND]:
        words = _("You let somebody act for you: %(kind)s.") % {"kind": KINDS[listed.kind]}
        yield Happened(listed.starts_at, words, reverse("web:citizen:helpers"))
    for kind, at in taken_from(cell, person, limit=EACH_KIND):
        words = _("A code of yours was used %(why)s.") % {"why": CODES[kind]}
        yield Happened(at, words, reverse("web:citizen:code"))
