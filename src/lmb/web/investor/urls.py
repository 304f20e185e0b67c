"""The addresses of an investor's pages."""

from __future__ import annotations

from django.urls import path

from lmb.web.investor import views

app_name = "investor"
urlpatterns = [
    path("", views.home, name="home"),
    path("statement/", views.statement, name="statement"),
    path("bids/", views.bids, name="bids"),
]
