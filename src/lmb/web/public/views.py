"""The pages for everyone."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lmb.bonds import queries as bonds
from lmb.rules import queries as rules
from lmb.settlement.report import report
from lmb.web.glossary import entries
from lmb.web.public.bond_page import bond_page
from lmb.web.public.finding import report_or_404, trace_or_404, uuid_or_404
from lmb.web.public.papers import papers_of
from lmb.web.public.reading import read_only, reads_the_books
from lmb.web.public.replays import replayed
from lmb.web.public.steps import caused, rests_on_one_person, steps, totals

BONDS_A_PAGE = 10
CAUSED_A_PAGE = 25


@reads_the_books
def home(request: HttpRequest) -> HttpResponse:
    """What a labor market bond is, with the figures of the newest one, and all bonds."""
    paginator = Paginator(bonds.bonds(), BONDS_A_PAGE)
    listed = paginator.get_page(request.GET.get("page"))
    newest = paginator.page(1).object_list
    page = bond_page(report(newest[0])) if newest else None
    return render(request, "lmb/home.html", {"listed": listed, "page": page})


@reads_the_books
def bond(request: HttpRequest, identifier: str) -> HttpResponse:
    """One bond from its terms to the last coupon."""
    page = bond_page(report_or_404(identifier))
    context = {"page": page, "papers": papers_of(page.report)}
    return render(request, "lmb/bond.html", context)


@read_only
def trace_search(request: HttpRequest) -> HttpResponse:
    """A field for an identifier; leads on to its trace."""
    wanted = request.GET.get("id", "").strip()
    if wanted:
        return redirect("web:trace", identifier=str(uuid_or_404(wanted)))
    return render(request, "lmb/trace_search.html")


@reads_the_books
def trace(request: HttpRequest, identifier: str) -> HttpResponse:
    """From a payment, an order or a determination back to the facts."""
    wanted = uuid_or_404(identifier)
    root = trace_or_404(wanted)
    on_file = rules.find(wanted)
    moved = caused(wanted)
    context = {
        "step": steps(root),
        "moved": totals(moved),
        "replay": None if on_file is None else replayed(on_file),
        "one_person": rests_on_one_person(root),
        "caused": Paginator(moved, CAUSED_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "lmb/trace.html", context)


@read_only
def glossary(request: HttpRequest) -> HttpResponse:
    """Every word of the field that the pages use."""
    return render(request, "lmb/glossary.html", {"entries": entries(get_language() or "en")})


def not_found(request: HttpRequest, exception: Http404) -> HttpResponse:
    """A 404 in the look of the site; our own ones say what to do."""
    said = exception.args[0] if exception.args else None
    reason = said if isinstance(said, str) else _("There is no page at this address.")
    return render(request, "lmb/404.html", {"reason": reason}, status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """A 500 that needs nothing that may have failed: no database, no figures."""
    return render(request, "lmb/500.html", status=500)
