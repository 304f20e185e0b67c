"""The wallet: what can be spent, where each dollar is, what moved it, and its lock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from lmb.bonds.queries import bond_ids
from lmb.ledger.statements import books
from lmb.people.roles import Role
from lmb.people.security import held_until
from lmb.people.sessions import house
from lmb.wallets.queries import pockets
from lmb.wallets.queries_statement import Entry, Standing, Statement, statement
from lmb.wallets.service_locking import lock as lock_wallet
from lmb.wallets.service_locking import unlock as unlock_wallet
from lmb.web.citizen.offline import installable
from lmb.web.citizen.words import entry_words
from lmb.web.clock import system_clock
from lmb.web.doors import workspace
from lmb.web.downloads import csv_response
from lmb.web.visits import Visit

LATEST = 5
ENTRIES_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with its words; `bond` is where its money comes from, for a link."""

    entry: Entry
    words: str
    series: str
    bond: UUID | None


@dataclass(frozen=True, slots=True)
class Source:
    """One pocket with the bond its money comes from."""

    standing: Standing
    series: str
    bond: UUID | None


@installable
@require_safe
@workspace(Role.CITIZEN)
def home(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What somebody can spend now, where the rest is, and what happened last."""
    found = statement(visit.by.cell, visit.by.person)
    context = {
        "statement": found,
        "spendable_cents": found.spendable_cents(visit.at),
        "sources": _sources(visit, found),
        "expires_at": _next_expiry(visit, found),
        "lines": _lines(visit, found.entries[:LATEST]),
        "locked": any(each.pocket.locked for each in found.standings),
        "payouts_wait_until": held_until(visit.by.cell, visit.by.person, visit.at),
        "at": visit.at,
    }
    return render(request, "citizen/home.html", context)


@require_safe
@workspace(Role.CITIZEN)
def history(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every movement, newest first."""
    found = statement(visit.by.cell, visit.by.person)
    page = Paginator(found.entries, ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    context = {"listed": page, "lines": _lines(visit, page.object_list), "at": visit.at}
    return render(request, "citizen/history.html", context)


@require_safe
@workspace(Role.CITIZEN)
def history_csv(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Every movement as a file, oldest first; cents are empty in the column that does not apply."""
    found = statement(visit.by.cell, visit.by.person)
    header = ("at", "what", "fund", "moved_cents", "set_aside_cents", "transfer_id")
    rows = (
        (
            entry.at.isoformat(),
            f"{entry.kind} {entry.code}",
            entry.fund,
            entry.cents if entry.moved else None,
            None if entry.moved else entry.cents if entry.kind == "hold" else -entry.cents,
            entry.id,
        )
        for entry in reversed(found.entries)
    )
    return csv_response("wallet", header, rows)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace(Role.CITIZEN)
def lock(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Lock the wallet, or open it again, after a page that says what that means."""
    if request.method != "POST":
        locked = any(pocket.locked for pocket in pockets(visit.by.cell, visit.by.person))
        return render(request, "citizen/lock.html", {"locked": locked, "at": visit.at})
    change = unlock_wallet if request.POST.get("change") == "unlock" else lock_wallet
    with house():
        change(books(visit.by.cell, system_clock()), visit.by, visit.at)
    return redirect("web:citizen:home")


def _sources(visit: Visit, found: Statement) -> list[Source]:
    ids = _bonds(visit, (each.pocket.fund for each in found.standings))
    return [
        Source(each, _series(each.pocket.fund), ids.get(_series(each.pocket.fund)))
        for each in found.standings
    ]


def _lines(visit: Visit, entries: Iterable[Entry]) -> list[Line]:
    listed = list(entries)
    ids = _bonds(visit, (entry.fund for entry in listed))
    return [
        Line(entry, entry_words(entry), _series(entry.fund), ids.get(_series(entry.fund)))
        for entry in listed
    ]


def _series(fund: str | None) -> str:
    return (fund or "").removeprefix("bond:")


def _bonds(visit: Visit, funds: Iterable[str | None]) -> dict[str, UUID]:
    """The pages of the bonds that money comes from, by series."""
    return bond_ids(visit.by.cell, {_series(fund) for fund in funds})


def _next_expiry(visit: Visit, found: Statement) -> object:
    """When the first money that could still be spent is lost; None where none is."""
    ends = [
        each.pocket.expires_at
        for each in found.standings
        if each.pocket.expires_at is not None
        and each.pocket.pays_at(visit.at)
        and each.available_cents > 0
    ]
    return min(ends, default=None)
