"""Pages that only read."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponse]


def read_only(view: View) -> View:
    """A view that answers GET and HEAD, and any other method with 405.

    There is nothing to forge, so the check against forgery must not answer first with 403.
    """
    safe: View = csrf_exempt(require_safe(view))
    return safe
