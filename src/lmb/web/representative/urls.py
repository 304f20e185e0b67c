"""The addresses of a representative's pages."""

from __future__ import annotations

from django.urls import path

from lmb.web.representative import views

app_name = "representative"
urlpatterns = [path("", views.home, name="home")]
