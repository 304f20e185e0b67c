"""The identity providers people may come by, as this request reaches us."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from csp.constants import SELF
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import override

from lmb.people.oidc import Issuer, Redeemer
from lmb.web.adapters import identity_providers


def offered(request: HttpRequest) -> Mapping[str, Issuer]:
    """Who vouches for people here, by name."""
    return identity_providers().issuers(origin(request))


def redeemer(request: HttpRequest, name: str) -> Redeemer:
    """What turns a code of one of them into what it returned. Raises Http404 for another name."""
    if name not in offered(request):
        raise Http404
    return identity_providers().redeemer(name, origin(request))


def redirect_uri(request: HttpRequest, name: str) -> str:
    """Where a provider sends people back to: one address, whatever the language of the page."""
    with override("en"):
        return origin(request) + reverse("web:sign-in-answer", args=[name])


def origin(request: HttpRequest) -> str:
    """This site, as the browser names it."""
    return f"{request.scheme}://{request.get_host()}"


def forms_lead_to(response: HttpResponse, issuers: Iterable[Issuer]) -> HttpResponse:
    """A page whose forms may lead to some issuers: a browser holds a form to the page's policy
    beyond a redirect."""
    parts = [urlsplit(issuer.url) for issuer in issuers]
    origins = sorted({f"{part.scheme}://{part.netloc}" for part in parts})
    replaced = getattr(response, "_csp_replace", {})
    allowed = {**replaced, "form-action": [SELF, *origins]}
    response._csp_replace = allowed  # type: ignore[attr-defined]
    return response
