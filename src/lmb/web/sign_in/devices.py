"""Sign-in and devices: where somebody is signed in, how they sign in, and changing both."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from uuid import UUID

import segno
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from lmb.people.acting import Acting
from lmb.people.roles import Role
from lmb.people.sign_in import code_generator, factors
from lmb.people.sign_in.accounts import ISSUER, account_of
from lmb.people.sign_in.codes import shown_number
from lmb.people.sign_in.passwords import (
    CHARACTERS_MIN_ALONE,
    CHARACTERS_MIN_WITH_ANOTHER_FACTOR,
    WeakPasswordError,
)
from lmb.people.sign_in.queries import credentials_of, notices, ways_in
from lmb.people.sign_in.strongest import requires_strongest
from lmb.values.errors import RefusedError
from lmb.web.adapters import keys
from lmb.web.doors import workspace
from lmb.web.sign_in.arriving import own_capacity, redirect_after
from lmb.web.sign_in.browsers import where
from lmb.web.sign_in.ceremonies import NAME, answered, creation, party, with_script
from lmb.web.sign_in.newcomers import weak_words
from lmb.web.sign_in.providers import forms_lead_to, offered
from lmb.web.sign_in.sessions import end_one, end_others, open_sessions
from lmb.web.sign_in.words import notice_words
from lmb.web.visits import Visit

ADD = "add"
SECRET_LASTS_SECONDS = 900
SALT = "lmb.code-generator"
View = Callable[..., HttpResponse]


@workspace(*Role, reads=False)
def devices(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everything about how somebody signs in, on one page."""
    mine = own_capacity(visit)
    ways, titles = ways_in(mine), _titles(request)
    context = {
        "sessions": open_sessions(visit),
        "ways": ways,
        "number": None if ways.number is None else shown_number(ways.number),
        "linked": [titles.get(issuer, issuer) for issuer in ways.issuers if issuer != ISSUER],
        "issuers": [one for one in offered(request).values() if one.url not in ways.issuers],
        "notices": [(notice_words(one.kind), one.at) for one in notices(mine)],
        "ial": visit.by.assurance.ial,
    }
    response = render(request, "sign_in/devices.html", context)
    return forms_lead_to(response, offered(request).values())


def changes(view: View) -> Callable[..., HttpResponse]:
    """A form that changes how somebody signs in. Whoever comes by a link, as after showing again
    that it is them, is led to the page that has the form."""

    @wraps(view)
    def posted(request: HttpRequest, visit: Visit, *args: object, **named: object) -> HttpResponse:
        if request.method == "POST":
            view(request, visit, *args, **named)
        return to_devices()

    return workspace(*Role, reads=False)(posted)


@changes
def end_session(request: HttpRequest, visit: Visit) -> HttpResponse:
    """End one session, or all but this one."""
    try:
        end_one(visit, UUID(request.POST.get("session", "")))
    except ValueError:
        end_others(visit)
    return HttpResponse()


@workspace(*Role, reads=False)
@with_script
def add_passkey(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Make another passkey."""
    mine, vault = own_capacity(visit), keys().vault
    requires_strongest(mine, visit.at)
    refusal = ""
    given = answered(request, ADD) if request.method == "POST" else None
    if request.method == "POST":
        try:
            if given is None:
                raise RefusedError("no passkey was made")
            label = where(request).device
            factors.add_passkey(
                vault, party(request), mine, given.challenge, given.response, label, visit.at
            )
            return to_devices()
        except RefusedError:
            refusal = _("No passkey was made. Try again, or choose another way.")
    number = account_of(vault.randomness, mine, visit.at)
    context = {
        "ceremony": creation(request, ADD, number, credentials_of(mine)),
        "refusal": refusal,
    }
    return render(request, "sign_in/add_passkey.html", context, status=403 if refusal else 200)


@changes
def remove_passkey(request: HttpRequest, visit: Visit, passkey: UUID) -> HttpResponse:
    """Let one passkey sign in no more."""
    factors.remove_passkey(keys().vault, own_capacity(visit), passkey, visit.at)
    return HttpResponse()


@workspace(*Role, reads=False)
def password(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Set a password, or another one."""
    mine = own_capacity(visit)
    requires_strongest(mine, visit.at)
    alone = ways_in(mine).generator_since is None
    least = CHARACTERS_MIN_ALONE if alone else CHARACTERS_MIN_WITH_ANOTHER_FACTOR
    refusal = ""
    if request.method == "POST":
        wanted = request.POST.get("password", "")
        try:
            if wanted == request.POST.get("again", ""):
                factors.set_password(keys().vault, mine, wanted, visit.at)
                return to_devices()
            refusal = _("The two passwords differ. Write the same one twice.")
        except WeakPasswordError as weak:
            refusal = weak_words(weak, least)
    context = {"least": least, "refusal": refusal}
    return render(request, "sign_in/set_password.html", context, status=400 if refusal else 200)


@changes
def remove_password(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Let the password sign in no more."""
    factors.remove_password(keys().vault, own_capacity(visit), visit.at)
    return HttpResponse()


@workspace(*Role, reads=False)
def app(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Take an app for codes into use: a picture for it, and six digits back from it."""
    mine, vault = own_capacity(visit), keys().vault
    requires_strongest(mine, visit.at)
    refusal = ""
    secret = _handed_out(request, mine)
    if secret is not None:
        try:
            typed = request.POST.get("code", "")
            factors.add_code_generator(vault, mine, secret, typed, visit.at)
            return to_devices()
        except RefusedError:
            refusal = _("These are not the digits of now. Write the six your app shows.")
    if secret is None:
        secret = code_generator.draw_secret(vault.randomness)
    number = account_of(vault.randomness, mine, visit.at)
    picture = segno.make(code_generator.address(secret, NAME, number), error="m")
    context = {
        # Made by segno from our own text: no part of it comes from anybody.
        "picture": mark_safe(picture.svg_inline(scale=5, dark="#17292c")),
        "shown": code_generator.shown_secret(secret),
        "handed_out": _hand_out(secret, mine),
        "refusal": refusal,
    }
    return render(request, "sign_in/app.html", context, status=400 if refusal else 200)


@changes
def remove_app(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Let the app sign in no more."""
    factors.remove_code_generator(keys().vault, own_capacity(visit), visit.at)
    return HttpResponse()


@workspace(*Role, reads=False)
def recovery_codes(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ten new recovery codes, shown this once."""
    if request.method != "POST":
        return to_devices()
    mine = own_capacity(visit)
    codes = factors.new_recovery_codes(keys().vault, mine, visit.at)
    number = account_of(keys().vault.randomness, mine, visit.at)
    context = {"codes": codes, "number": shown_number(number)}
    return render(request, "sign_in/recovery_codes.html", context)


def to_devices() -> HttpResponse:
    """On to the page of devices, whatever was sent."""
    return redirect_after(reverse("web:devices"))


def _titles(request: HttpRequest) -> dict[str, str]:
    return {one.url: one.title for one in offered(request).values()}


def _hand_out(secret: bytes, mine: Acting) -> str:
    """A secret as the form carries it back: ours, for this person, for a quarter of an hour."""
    text = base64.b64encode(secret).decode()
    return signing.dumps({"secret": text, "person": str(mine.person)}, salt=SALT)


def _handed_out(request: HttpRequest, mine: Acting) -> bytes | None:
    given = request.POST.get("handed_out", "")
    try:
        held = signing.loads(given, salt=SALT, max_age=SECRET_LASTS_SECONDS)
        secret = base64.b64decode(held["secret"], validate=True)
    except (signing.BadSignature, binascii.Error):
        return None
    return secret if held["person"] == str(mine.person) else None
