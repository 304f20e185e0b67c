"""The addresses of the labor agency's pages."""

from __future__ import annotations

from django.urls import path

from lmb.web.agency import views

app_name = "agency"
urlpatterns = [
    path("", views.home, name="home"),
    path("rules/", views.rules, name="rules"),
    path("cases/", views.cases, name="cases"),
]
