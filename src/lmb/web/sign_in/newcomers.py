"""Somebody new: first where they live, which decides who serves them, then how they sign in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lmb.ledger.queries import cell_of_newcomers
from lmb.people.homes import Home
from lmb.people.sign_in import accounts, attempts
from lmb.people.sign_in.attempts import TooManyTriesError, Tried
from lmb.people.sign_in.codes import draw_number, shown_number
from lmb.people.sign_in.passwords import CHARACTERS_MIN_ALONE, WeakPasswordError
from lmb.values.errors import RefusedError
from lmb.web import visits
from lmb.web.adapters import keys
from lmb.web.sign_in.arriving import arrival, arrive, redirect_after
from lmb.web.sign_in.browsers import where
from lmb.web.sign_in.ceremonies import answered, creation, party, with_script
from lmb.web.sign_in.providers import forms_lead_to, offered
from lmb.web.sign_in.states import STATES

HOME = "home"
NEW = "new"
BOARD_CHARACTERS_MAX = 100


def home_told(request: HttpRequest) -> tuple[int, Home] | None:
    """The cell and home of somebody new who said where they live; None before they did."""
    told, cell = request.session.get(HOME), cell_of_newcomers()
    return None if told is None or cell is None else (cell, Home(told["state"], told["board"]))


@require_http_methods(["GET", "HEAD", "POST"])
def new_here(request: HttpRequest) -> HttpResponse:
    """Where somebody new lives: the first of two questions."""
    visit = visits.visit_of(request)
    if visit is not None:
        return redirect(arrival(visit))
    state, board = request.POST.get("state", ""), " ".join(request.POST.get("board", "").split())
    refusal = ""
    if request.method == "POST":
        if state in STATES and 0 < len(board) <= BOARD_CHARACTERS_MAX and board.isprintable():
            request.session[HOME] = {"state": state, "board": board}
            return redirect("web:new-way")
        refusal = _("Choose your state and write your county or city.")
    context = {
        "states": STATES,
        "state": state,
        "board": board,
        "refusal": refusal,
        "opened": cell_of_newcomers() is not None,
    }
    return render(request, "sign_in/new_here.html", context)


@require_http_methods(["GET", "HEAD"])
@with_script
def new_way(request: HttpRequest) -> HttpResponse:
    """How somebody new will sign in: the second question."""
    return _ways(request)


@require_POST
@with_script
def with_passkey(request: HttpRequest) -> HttpResponse:
    """Open an account by the passkey the browser made."""
    told, given = home_told(request), answered(request, NEW)
    if told is None:
        return redirect_after(reverse("web:new-here"))
    try:
        if given is None:
            raise RefusedError("no passkey was made")
        vault, at, here = keys().vault, timezone.now(), where(request)
        attempts.count(vault, Tried.NETWORK, attempts.network(here.address), at)
        opened = accounts.open_with_passkey(
            vault, party(request), *told, given.number, given.challenge, given.response, here, at
        )
    except TooManyTriesError:
        return _ways(request, _("This was tried too often. Wait a quarter of an hour."), 429)
    except RefusedError:
        return _ways(request, _("No passkey was made. Try again, or choose another way."), 403)
    return _with_number(request, given.number, arrive(request, opened))


@require_POST
@with_script
def with_password(request: HttpRequest) -> HttpResponse:
    """Open an account by a long password."""
    told = home_told(request)
    if told is None:
        return redirect_after(reverse("web:new-here"))
    password = request.POST.get("password", "")
    if password != request.POST.get("again", ""):
        return _ways(request, _("The two passwords differ. Write the same one twice."), 400)
    try:
        vault, at, here = keys().vault, timezone.now(), where(request)
        attempts.count(vault, Tried.NETWORK, attempts.network(here.address), at)
        number, opened = accounts.open_with_password(vault, *told, password, here, at)
    except TooManyTriesError:
        return _ways(request, _("This was tried too often. Wait a quarter of an hour."), 429)
    except WeakPasswordError as weak:
        return _ways(request, weak_words(weak, CHARACTERS_MIN_ALONE), 400)
    return _with_number(request, number, arrive(request, opened))


def weak_words(weak: WeakPasswordError, least: int) -> str:
    """Why a password is not taken, and what to do."""
    if weak.reason == "short":
        return _("Use at least %(least)d characters. A short sentence is good.") % {"least": least}
    if weak.reason == "long":
        return _("Use at most 200 characters.")
    return _("Many people use this password, so thieves try it first. Choose another.")


def _with_number(request: HttpRequest, number: str, onward: HttpResponse) -> HttpResponse:
    """The number once, large, before going on: whoever loses it needs another way in."""
    del request.session[HOME]
    context = {"number": shown_number(number), "onward": onward["Location"]}
    return render(request, "sign_in/number.html", context)


def _ways(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    told = home_told(request)
    if told is None:
        return redirect_after(reverse("web:new-here"))
    context = {
        "state": STATES[told[1].state],
        "board": told[1].board,
        "ceremony": creation(request, NEW, draw_number(keys().vault.randomness)),
        "issuers": list(offered(request).values()),
        "least": CHARACTERS_MIN_ALONE,
        "refusal": refusal,
    }
    response = render(request, "sign_in/new_way.html", context, status=status)
    return forms_lead_to(response, offered(request).values())
