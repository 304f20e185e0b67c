"""The addresses of the site."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = (
    [path("", include("lmb.web.urls"))]
    if find_spec("lmb.web") and find_spec("lmb.web.urls")
    else []
)
