"""The addresses of a state board's pages."""

from __future__ import annotations

from django.urls import path

from lmb.web.board import views

app_name = "board"
urlpatterns = [
    path("", views.home, name="home"),
    path("money/", views.money, name="money"),
    path("people/", views.people, name="people"),
]
