"""A request for an operation goes straight to it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from lmb.api.problems import MALFORMED, ProblemError, answer

PLACE = "/api/v1/"
PAGES = ("/api/v1/docs", "/api/v1/problems/")
CONTENT_SECURITY_POLICY = "default-src 'none'; frame-ancestors 'none'"


class StraightToOperations:
    """Middleware that spares programs what is for browsers: sessions, languages, forms, pages'
    policies. It is half of the work of a short answer. What it leaves out, it must not need: an
    operation reads no cookie and writes none, and its answer is no page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._others = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.startswith(PLACE) or path.startswith(PAGES):
            return self._others(request)
        try:
            request.get_host()
            found = request.resolver_match = resolve(path)
        except DisallowedHost:
            return answer(ProblemError(MALFORMED, "this server does not answer for that host"))
        except Resolver404:
            return self._others(request)
        response: HttpResponse = found.func(request, *found.args, **found.kwargs)
        response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        if response.status_code != HTTPStatus.NOT_MODIFIED:
            response["Content-Length"] = str(len(response.content))
        return response
