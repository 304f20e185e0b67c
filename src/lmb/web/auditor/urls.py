"""The addresses of the auditor's pages."""

from __future__ import annotations

from django.urls import path

from lmb.web.auditor import views

app_name = "auditor"
urlpatterns = [
    path("", views.home, name="home"),
    path("sample/", views.sample, name="sample"),
    path("looks/", views.looks, name="looks"),
]
