"""The addresses of the API. Whatever else lies below is a problem, not a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path, re_path
from django.views.decorators.csrf import csrf_exempt

from lmb.api import pages, problems
from lmb.api.api import API
from lmb.api.problems import METHOD, NOT_FOUND, ProblemError

View = Callable[..., HttpResponse]


def told_as_problem(view: View) -> View:
    """A view whose refusal of a method is a problem too."""

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        response = view(request, *arguments, **named)
        if response.status_code != METHOD.status:
            return response
        headers = {"Allow": response["Allow"]}
        return problems.answer(ProblemError(METHOD, METHOD.advice, headers=headers))

    return answered


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse:
    """What no operation stands at."""
    return problems.answer(
        ProblemError(NOT_FOUND, "no operation has this address; /api/v1/openapi.json lists them")
    )


def _patterns() -> list[URLPattern]:
    found = []
    for pattern in API.urls[0]:
        # ninja's root has no name of ours and answers with a page.
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            pattern.callback = told_as_problem(pattern.callback)
            found.append(pattern)
    return found


app_name = "api"
urlpatterns = [
    path("v1/", include(_patterns())),
    path("v1/openapi.json", told_as_problem(pages.openapi), name="openapi"),
    path("v1/docs", told_as_problem(pages.docs), name="docs"),
    path("v1/problems/<slug:name>", told_as_problem(pages.problem), name="problem"),
    re_path("", nowhere),
]
