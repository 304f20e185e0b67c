"""The one page of the provider to practise with."""

from __future__ import annotations

from django.urls import path

from lmb.web.practice import views

urlpatterns = [path("authorize", views.authorize, name="practice")]
