"""Pages that only read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from lmb.people.sessions import house

View = Callable[..., HttpResponse]


def read_only(view: View) -> View:
    """A view that answers GET and HEAD, and any other method with 405.

    There is nothing to forge, so the check against forgery must not answer first with 403.
    """
    safe: View = csrf_exempt(require_safe(view))
    return safe


def reads_the_books(view: View) -> View:
    """A read-only view for everyone of what is in the books: it reads as the house, and leaves out
    what is not for everyone."""

    @wraps(view)
    def as_the_house(*arguments: Any, **named: Any) -> HttpResponse:
        with house():
            return view(*arguments, **named)

    return read_only(as_the_house)
