"""The addresses of the Treasury's pages."""

from __future__ import annotations

from django.urls import path

from lmb.web.treasury import views

app_name = "treasury"
urlpatterns = [
    path("", views.home, name="home"),
    path("bonds/<uuid:identifier>/", views.bond, name="bond"),
]
