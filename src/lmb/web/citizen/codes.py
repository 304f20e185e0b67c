"""The code a person shows: once, as text and as a picture, and never again."""

from __future__ import annotations

from secrets import token_bytes

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods

from lmb.people.codes import CodeKind, show, withdraw_all
from lmb.people.roles import Role
from lmb.web.citizen.words import CODES
from lmb.web.doors import workspace
from lmb.web.visits import Visit


@require_http_methods(["GET", "HEAD", "POST"])
@workspace(Role.CITIZEN)
def code(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Make a code and show it. It is kept nowhere, so this page alone ever has it."""
    context: dict[str, object] = {"kinds": CODES.items(), "at": visit.at}
    if request.method == "POST" and request.POST.get("do") == "withdraw":
        context["withdrawn"] = withdraw_all(visit.by, visit.at)
    elif request.method == "POST":
        kind = _kind(request.POST.get("kind", ""))
        shown = show(token_bytes, visit.by, kind, visit.at)
        context |= {"shown": shown, "picture": picture(shown.code), "kind": CODES[kind]}
    return render(request, "citizen/code.html", context)


def _kind(text: str) -> CodeKind:
    return CodeKind(text) if text in set(CodeKind) else CodeKind.ENROLMENT


def picture(text: str) -> SafeString:
    """A QR code as SVG that takes the width it is given."""
    made = segno.make(text, error="m", micro=False)
    drawn = made.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None)
    # Drawn by the library from digits, capital letters and hyphens alone.
    return mark_safe(drawn)
