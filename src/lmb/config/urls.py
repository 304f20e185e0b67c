"""The addresses of the site: English at the root, other languages below their code."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from lmb.config import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.figures),
    path("api/", include("lmb.api.urls")),
    *i18n_patterns(path("", include("lmb.web.urls")), prefix_default_language=False),
]

handler404 = "lmb.web.public.views.not_found"
handler500 = "lmb.web.public.views.failed"
