"""The addresses of a person's own pages."""

from __future__ import annotations

from django.urls import path

from lmb.web.citizen import views

app_name = "citizen"
urlpatterns = [path("", views.home, name="home")]
