"""Signing in at our own issuer: by passkey, by number and password, by recovery codes."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from lmb.people.sign_in import entering
from lmb.people.sign_in.accounts import SignedIn
from lmb.people.sign_in.attempts import TooManyTriesError
from lmb.people.sign_in.entering import NotSignedInError
from lmb.web import visits
from lmb.web.adapters import keys
from lmb.web.sign_in.arriving import AnotherPersonError, arrive, remember_way
from lmb.web.sign_in.browsers import where
from lmb.web.sign_in.ceremonies import answered, party, with_script
from lmb.web.sign_in.sessions import end_others
from lmb.web.sign_in.views import ENTER, ways

Refused = NotSignedInError | TooManyTriesError | AnotherPersonError
TOO_MANY = 429


@require_POST
@with_script
def with_passkey(request: HttpRequest) -> HttpResponse:
    """Let in whoever signed this session's challenge."""
    given = answered(request, ENTER)

    def entered() -> SignedIn:
        if given is None:
            raise NotSignedInError
        return entering.with_passkey(
            keys().vault,
            party(request),
            given.challenge,
            given.response,
            where(request),
            timezone.now(),
        )

    def shown(refusal: str, status: int) -> HttpResponse:
        return ways(request, visits.visit_of(request), refusal=refusal, status=status)

    return _let_in(request, entered, shown)


@require_http_methods(["GET", "HEAD", "POST"])
def with_password(request: HttpRequest) -> HttpResponse:
    """Let in by number and password and, where there is an app for it, its code."""
    page = _page(request, "sign_in/password.html")
    if request.method != "POST":
        return page("", 200)
    given = request.POST

    def entered() -> SignedIn:
        return entering.with_password(
            keys().vault,
            given.get("number", ""),
            given.get("password", ""),
            given.get("code", ""),
            where(request),
            timezone.now(),
        )

    return _let_in(request, entered, page)


@require_http_methods(["GET", "HEAD", "POST"])
def with_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Let in by recovery codes, and end every other session: who lost a device may have lost one
    that is signed in."""
    page = _page(request, "sign_in/recover.html")
    if request.method != "POST":
        return page("", 200)
    given = request.POST

    def entered() -> SignedIn:
        return entering.with_recovery_codes(
            keys().vault,
            given.get("number", ""),
            given.get("password", ""),
            (given.get("first", ""), given.get("second", "")),
            where(request),
            timezone.now(),
        )

    response = _let_in(request, entered, page)
    visit = visits.visit_of(request)
    if response.status_code == 302 and visit is not None:
        end_others(visit)
    return response


def _let_in(
    request: HttpRequest,
    entered: Callable[[], SignedIn],
    shown: Callable[[str, int], HttpResponse],
) -> HttpResponse:
    """Arrive, or show the page again with what was wrong: the same for everything that was."""
    try:
        return arrive(request, entered())
    except (NotSignedInError, TooManyTriesError, AnotherPersonError) as refused:
        status = TOO_MANY if isinstance(refused, TooManyTriesError) else 403
        return shown(refusal_words(refused), status)


def refusal_words(refused: Refused) -> str:
    """Why nobody was let in, in the language of the page."""
    if isinstance(refused, AnotherPersonError):
        return _("Somebody else is signed in here. Sign out first.")
    if isinstance(refused, NotSignedInError):
        return _(
            "You are not signed in. Check what you typed, or choose another way. After several "
            "tries, wait a quarter of an hour."
        )
    if refused.minutes is None:
        return _("This was tried too often. Choose another way to sign in.")
    return ngettext(
        "This was tried too often. Wait %(minutes)d minute, or choose another way.",
        "This was tried too often. Wait %(minutes)d minutes, or choose another way.",
        refused.minutes,
    ) % {"minutes": refused.minutes}


def _page(request: HttpRequest, template: str) -> Callable[[str, int], HttpResponse]:
    remember_way(request)

    def shown(refusal: str, status: int) -> HttpResponse:
        number = request.POST.get("number", "")[:30]
        context = {"refusal": refusal, "number": number}
        return render(request, template, context, status=status)

    return shown
