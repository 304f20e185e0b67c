"""The addresses of the way in and out."""

from __future__ import annotations

from django.urls import path

from lmb.web.sign_in import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("acting/", views.act, name="acting"),
]
