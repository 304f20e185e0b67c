"""The addresses of the personas."""

from __future__ import annotations

from django.urls import path

from lmb.web.personas import views

urlpatterns = [
    path("", views.personas, name="personas"),
    path("<str:role>/", views.come_in, name="persona"),
]
