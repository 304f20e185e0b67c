"""The pages on a phone without a network: what makes them installable, and the small program that
keeps the last statement. It keeps pages of this workspace alone, until the person signs out."""

from __future__ import annotations

from pathlib import Path

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

installable = csp_replace(
    {"script-src": [SELF], "worker-src": [SELF], "connect-src": [SELF], "manifest-src": [SELF]}
)
"""For the one page that registers the worker: it may run the site's own script, and no other."""

WORKER = Path(__file__).with_name("offline.js")


# The worker fetches what its pages would: pages, styles, fonts and pictures of this site.
@csp_replace({"connect-src": [SELF], "script-src": [SELF]})
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The program of the browser. It is served from below the pages it may see."""
    return HttpResponse(WORKER.read_text(), content_type="text/javascript; charset=utf-8")


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone shows when the pages are put on its first screen."""
    home = reverse("web:citizen:home")
    document = {
        "name": _("My training"),
        "short_name": _("Training"),
        "start_url": home,
        "scope": home,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#07393c",
        "icons": [{"src": static("lmb/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(document, content_type="application/manifest+json")
