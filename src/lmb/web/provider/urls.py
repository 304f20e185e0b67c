"""The addresses of a provider's pages."""

from __future__ import annotations

from django.urls import path

from lmb.web.provider import views

app_name = "provider"
urlpatterns = [
    path("", views.home, name="home"),
    path("learners/<uuid:learner>/", views.confirm, name="confirm"),
    path("payments/", views.payments, name="payments"),
    path("programs/", views.programs, name="programs"),
]
