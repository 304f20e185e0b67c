"""The addresses of an employer's pages."""

from __future__ import annotations

from django.urls import path

from lmb.web.employer import views

app_name = "employer"
urlpatterns = [
    path("", views.home, name="home"),
    path("confirm/", views.confirm, name="confirm"),
]
