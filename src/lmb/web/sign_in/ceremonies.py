"""Passkeys on a page: what the browser is asked (`static/lmb/passkeys.js` passes it on), and the
challenge that its answer must be for, kept with the session and taken once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from ipaddress import ip_address
from secrets import token_bytes
from typing import Any

from csp.constants import SELF
from django.http import HttpRequest, HttpResponse
from fido2.utils import websafe_decode, websafe_encode

from lmb.people.assertions import RelyingParty
from lmb.people.sign_in.codes import shown_number

NAME = "Labor Market Bonds"
CHALLENGE_BYTES = 32
MILLISECONDS = 300_000
KEPT = "passkey"
ANSWER_CHARACTERS_MAX = 60_000
# ES256, then RS256 for older Windows machines (COSE algorithm numbers).
ALGORITHMS = (-7, -257)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What a page hands to the browser: `create` or `get`, and the options as JSON. `works` is
    false at an address without a name, where browsers give passkeys to nobody."""

    kind: str
    options: str
    works: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """What the browser answered, and the challenge and number it was asked with."""

    challenge: bytes
    number: str
    response: dict[str, Any]


def party(request: HttpRequest) -> RelyingParty:
    """Us, as the browser sees us: the name of this site is what a passkey belongs to."""
    return RelyingParty(_domain(request), NAME, f"{request.scheme}://{request.get_host()}")


def creation(
    request: HttpRequest, purpose: str, number: str, known: Iterable[bytes] = ()
) -> Ceremony:
    """Ask for a new passkey for a number, on a device that has none of the known ones."""
    options = {
        "rp": {"id": _domain(request), "name": NAME},
        "user": {
            "id": websafe_encode(number.encode()),
            "name": shown_number(number),
            "displayName": f"{NAME} {shown_number(number)}",
        },
        "pubKeyCredParams": [{"type": "public-key", "alg": one} for one in ALGORITHMS],
        "excludeCredentials": _listed(known),
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
    }
    return _ceremony(request, "create", purpose, options, number, token_bytes(CHALLENGE_BYTES))


def assertion(
    request: HttpRequest,
    purpose: str,
    known: Iterable[bytes] = (),
    challenge: bytes | None = None,
) -> Ceremony:
    """Ask for a passkey: any of ours, or one of the known. The challenge is drawn, unless it is
    what is to be signed."""
    options = {
        "rpId": _domain(request),
        "allowCredentials": _listed(known),
        "userVerification": "required",
    }
    drawn = challenge or token_bytes(CHALLENGE_BYTES)
    return _ceremony(request, "get", purpose, options, "", drawn)


def answered(request: HttpRequest, purpose: str) -> Answered | None:
    """The browser's answer to what this session was asked for a purpose; None for none that can be
    read. The challenge is good for one answer."""
    kept = request.session.get(KEPT, {})
    asked = kept.pop(purpose, None)
    request.session[KEPT] = kept
    given = request.POST.get("answer", "")
    if asked is None or not 0 < len(given) <= ANSWER_CHARACTERS_MAX:
        return None
    try:
        response = json.loads(given)
    except (ValueError, RecursionError):
        return None
    if not isinstance(response, dict):
        return None
    return Answered(websafe_decode(asked["challenge"]), asked["number"], response)


def with_script(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that may run our own script files, and nothing else."""

    @wraps(view)
    def shown(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        response = view(request, *args, **named)
        replaced = getattr(response, "_csp_replace", {})
        response._csp_replace = {**replaced, "script-src": [SELF]}  # type: ignore[attr-defined]
        return response

    return shown


def _ceremony(
    request: HttpRequest,
    kind: str,
    purpose: str,
    options: dict[str, Any],
    number: str,
    challenge: bytes,
) -> Ceremony:
    text = websafe_encode(challenge)
    kept = request.session.get(KEPT, {})
    request.session[KEPT] = {**kept, purpose: {"challenge": text, "number": number}}
    asked = {**options, "challenge": text, "timeout": MILLISECONDS}
    return Ceremony(kind, json.dumps(asked), not _is_address(_domain(request)))


def _listed(known: Iterable[bytes]) -> list[dict[str, str]]:
    return [{"type": "public-key", "id": websafe_encode(one)} for one in known]


def _domain(request: HttpRequest) -> str:
    host = request.get_host()
    return host if host.endswith("]") else host.rsplit(":", 1)[0] if ":" in host else host


def _is_address(domain: str) -> bool:
    try:
        ip_address(domain.strip("[]"))
    except ValueError:
        return False
    return True
